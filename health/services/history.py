"""What is remembered: changes of band, and the past of accounts that Hark meets for the first time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import Any, Final

import numpy as np

from health import ledger
from health.explanations import reason_of
from health.models import AccountHealth, BandChange, HealthDay, Series
from health.past import PastDay, health_on, score_day
from health.rhythms import read_histories
from health.scoring.arrays import NO_DAY, BoolArray, IntArray
from health.scoring.bands import Band, BandArray, PreviousBands
from health.scoring.past_series import PastSeries
from health.selectors.models import StoredModel
from health.selectors.standing import LastScore, Standing

RECONSTRUCTED_WEEKS: Final = 52
# So many accounts at a time keep the arrays of a reconstruction within some tens of megabytes.
_CHUNK: Final = 4_000
_SUNDAY: Final = 7
_COLUMN: Final = {name: place for place, name in enumerate(ledger.SCORE_COLUMNS)}


def record_changes(
    rows: Sequence[Sequence[Any]], standing: Sequence[Standing], *, today: dt.date, now: dt.datetime
) -> int:
    """Record which accounts changed their band today, one final change a day; return how many did.

    An account that moved and moved back within the day has not changed.
    """
    before = {one.account_id: one.last.band for one in standing if one.last}
    moved = [row for row in rows if before.get(row[0], row[_COLUMN["band"]]) != row[_COLUMN["band"]]]
    if not moved:
        return 0
    earlier = BandChange.objects.filter(account__in=[row[0] for row in moved], changed_on=today)
    began = dict(earlier.values_list("account_id", "from_band"))
    earlier.delete()
    changes = [
        BandChange(
            account_id=row[0],
            changed_on=today,
            from_band=began.get(row[0], before[row[0]]),
            to_band=row[_COLUMN["band"]],
            reason=reason_of(_health_of(row), today=today),
            model_version_id=row[_COLUMN["model_version_id"]],
            created_at=now,
        )
        for row in moved
        if began.get(row[0], before[row[0]]) != row[_COLUMN["band"]]
    ]
    BandChange.objects.bulk_create(changes, batch_size=5000)
    return len(changes)


def _health_of(row: Sequence[Any]) -> AccountHealth:
    """Return a row of `ledger.SCORE_COLUMNS` as the unsaved model that explanations are written from."""
    return AccountHealth(**dict(zip(ledger.SCORE_COLUMNS, row, strict=True)))


def reconstructed_days(today: dt.date) -> list[dt.date]:
    """Return the last 52 Sundays before `today`, oldest first.

    Always the same weekday, so that accounts met on different days share the days of their reconstructed past.
    """
    newest = today - dt.timedelta(days=today.isoweekday() % _SUNDAY or _SUNDAY)
    return [newest - dt.timedelta(weeks=n) for n in reversed(range(RECONSTRUCTED_WEEKS))]


def newly_met(standing: Sequence[Standing], *, today: dt.date) -> list[int]:
    """Return the accounts without a scored day before `today` whose touches are new or have changed.

    Files arrive in pieces: on the day on which an account is met, its past is reconstructed again with each of them.
    """
    changed = [
        one.account_id
        for one in standing
        if not one.is_closed and (one.last is None or one.last.activity_version != one.activity_version)
    ]
    return ledger.never_scored_before(changed, today)


def reconstruct_history(
    *, account_ids: Sequence[int], as_of: dt.datetime, today: dt.date, model: StoredModel
) -> dict[int, LastScore]:
    """Write the bands of the last 52 weeks of accounts that were never scored before `today`.

    Each week rests on the touches known by then. Returns where the last of them left the accounts; without touches in
    that time there is nothing to return. Pauses and closings are not known for the past, so quiet that was expected
    shows as it looked. Runs inside the caller's transaction, which holds the accounts' locks.
    """
    HealthDay.objects.filter(account__in=account_ids).delete()
    BandChange.objects.filter(account__in=account_ids).delete()
    left: dict[int, LastScore] = {}
    days = reconstructed_days(today)
    for first in range(0, len(account_ids), _CHUNK):
        left |= _Reconstruction(account_ids[first : first + _CHUNK], as_of, model).walk(days)
    ledger.forget_portfolio_days(days)
    return left


class _Reconstruction:
    """A walk through the past weeks of some accounts: what the week before left behind, as arrays over all of them."""

    def __init__(self, account_ids: Sequence[int], as_of: dt.datetime, model: StoredModel) -> None:
        self.model = model
        params = model.fitted.params
        self.any_touch = PastSeries(read_histories(account_ids, Series.ANY, as_of=as_of), params)
        self.client = PastSeries(read_histories(account_ids, Series.CLIENT, as_of=as_of), params)
        self.ids: IntArray = self.any_touch.histories.account_ids
        self.band: BandArray = np.full(len(self.ids), "", dtype="U8")
        self.before: BandArray = self.band.copy()
        self.since: IntArray = np.full(len(self.ids), NO_DAY, dtype=np.int64)
        self.last_day: IntArray = self.since.copy()
        self.held_since: IntArray = self.since.copy()

    def walk(self, days: Sequence[dt.date]) -> dict[int, LastScore]:
        """Write every day's bands and their changes; return where the last day left each account."""
        changes: list[BandChange] = []
        rows: list[tuple[Any, ...]] = []
        for day in days:
            past = self._score(day)
            if past is None:
                continue
            rows += self._day_rows(past)
            changes += self._move(past)
        ledger.append_days(rows)
        BandChange.objects.bulk_create(changes, batch_size=5000)
        return {self.ids[row].item(): self._left(row, days[-1]) for row in np.flatnonzero(self.band != "").tolist()}

    def _score(self, day: dt.date) -> PastDay | None:
        known = self._known_rows(day)
        previous = PreviousBands(self.band[known], self.last_day[known], self.held_since[known])
        return score_day(self.any_touch, self.client, day, self.model.fitted, previous)

    def _known_rows(self, day: dt.date) -> BoolArray:
        known: BoolArray = self.any_touch.histories.first_days <= day.toordinal()
        return known

    def _day_rows(self, past: PastDay) -> Iterator[tuple[Any, ...]]:
        """Yield rows in the order of `ledger.DAY_COLUMNS`."""
        scores = past.scores
        return zip(
            scores.account_ids.tolist(),
            repeat(past.day),
            past.decisions.band.tolist(),
            scores.health.tolist(),
            scores.risk.tolist(),
            scores.normal.tolist(),
            scores.silent_days.astype(np.int64).tolist(),
            repeat(self.model.pk),
            repeat(True),
            strict=False,
        )

    def _move(self, past: PastDay) -> Iterable[BandChange]:
        """Take over the decisions of a week; return the changes of band in it."""
        rows = np.flatnonzero(self._known_rows(past.day))
        was, now = self.band[rows], past.decisions.band
        has_moved = was != now
        day = past.day.toordinal()
        # An alarm is known to the day on which it rang, also between two weeks.
        onset = past.alarms.onset_day
        rang = has_moved & (now == Band.SILENT.value) & (onset > day - _SUNDAY) & (onset < day)
        moved_on = np.where(rang, onset, day)
        changes = [
            BandChange(
                account_id=self.ids[rows[place]].item(),
                changed_on=dt.date.fromordinal(moved_on[place].item()),
                from_band=str(was[place]),
                to_band=str(now[place]),
                reason=reason_of(health_on(past, place), today=dt.date.fromordinal(moved_on[place].item())),
                model_version_id=self.model.pk,
                is_reconstructed=True,
            )
            for place in np.flatnonzero(has_moved & (was != "")).tolist()
        ]
        self.before[rows] = np.where(has_moved, was, self.before[rows])
        self.since[rows] = np.where(has_moved, moved_on, self.since[rows])
        self.band[rows] = now
        self.last_day[rows] = past.scores.last_day
        self.held_since[rows] = past.decisions.failing_since_day
        return changes

    def _left(self, row: int, day: dt.date) -> LastScore:
        held = self.held_since[row].item()
        return LastScore(
            as_of_on=day,
            activity_version=0,
            band=str(self.band[row]),
            band_since_on=dt.date.fromordinal(self.since[row].item()),
            previous_band=str(self.before[row]),
            last_touch_on=dt.date.fromordinal(self.last_day[row].item()),
            held_since_on=dt.date.fromordinal(held) if held != NO_DAY else None,
            next_touch_at=None,
        )
