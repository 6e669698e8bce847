"""What is remembered: changes of band, and the past of accounts that Hark meets for the first time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from health import ledger
from health.columns import NO_NUMBER, Table, rows_of
from health.explanations import reason_of
from health.models import AccountHealth, BandChange, FeedStop
from health.past import PastDay, past_of, reason_on, score_day
from health.rhythms import read_touch_days
from health.scoring.arrays import NO_DAY, BoolArray, IntArray
from health.scoring.bands import Band, BandArray, PreviousBands
from health.scoring.histories import TouchHistories
from health.selectors.models import StoredModel
from health.selectors.standing import LastScores, Standing

RECONSTRUCTED_WEEKS: Final = 52
# Accounts with so many gaps between them at a time keep the arrays of a reconstruction within a hundred megabytes.
_CHUNK_GAPS: Final = 100_000
_SUNDAY: Final = 7


def record_changes(
    scores: Table, standing: Standing, told: Mapping[int, list[dict[str, Any]]], *, today: dt.date, now: dt.datetime
) -> int:
    """Record which accounts changed their band today, one final change a day; return how many did.

    An account that moved and moved back within the day has not changed. `scores` has the columns of `ledger.SCORES` and
    the rows of `standing`; `told` are the signals of the accounts that show any.
    """
    before = standing.last.band
    moved = np.flatnonzero(standing.last.is_known & (before != scores["band"]))
    if not len(moved):
        return 0
    earlier = BandChange.objects.filter(account__in=standing.account_ids[moved].tolist(), changed_on=today)
    began = dict(earlier.values_list("account_id", "from_band"))
    earlier.delete()
    stop_ids = np.unique(scores["feed_stop_id"][moved])
    stops = FeedStop.objects.select_related("source").in_bulk(stop_ids[stop_ids != NO_NUMBER].tolist())
    changes: list[tuple[Any, ...]] = []
    for place, row in zip(moved.tolist(), rows_of(ledger.SCORES, scores, moved), strict=True):
        health = AccountHealth(**row)
        health.signals = told.get(health.account_id, [])
        health.feed_stop = stops.get(health.feed_stop_id) if health.feed_stop_id else None
        from_band = began.get(health.account_id, str(before[place]))
        if from_band != health.band:
            reason = reason_of(health, today=today)
            changes.append(
                (health.account_id, today, from_band, health.band, reason, health.model_version_id, False, now)
            )
    ledger.write_changes(changes)
    return len(changes)


def reconstructed_days(today: dt.date) -> list[dt.date]:
    """Return the last 52 Sundays before `today`, oldest first.

    Always the same weekday, so that accounts met on different days share the days of their reconstructed past.
    """
    newest = today - dt.timedelta(days=today.isoweekday() % _SUNDAY or _SUNDAY)
    return [newest - dt.timedelta(weeks=n) for n in reversed(range(RECONSTRUCTED_WEEKS))]


def newly_met(standing: Standing, *, today: dt.date) -> IntArray:
    """Return the accounts that are scored for the first time today and whose touches are new or have changed.

    Files arrive in pieces: on the day on which an account is met, its past is reconstructed again with each of them.
    """
    last = standing.last
    is_met_today = ~last.is_known | (last.met_on == today.toordinal())
    has_changed = ~last.is_known | (last.activity_version != standing.activity_version)
    return standing.account_ids[is_met_today & has_changed & ~standing.is_closed]


@dataclass(frozen=True, eq=False)
class Left:
    """Where the reconstructed past left accounts that were just met; arrays over `account_ids`, bands never ''."""

    day: int
    met_on: int
    account_ids: IntArray
    band: BandArray
    band_since_on: IntArray
    previous_band: BandArray
    last_touch_on: IntArray
    held_since_on: IntArray
    met_ids: IntArray

    def going_on_from(self, standing: Standing) -> LastScores:
        """Return the last scores of `standing`, but for those just met: these go on from their past, if they have one,
        like all others from their last score."""
        known = {name: getattr(standing.last, name).copy() for name in LastScores.__dataclass_fields__}
        known["is_known"][np.searchsorted(standing.account_ids, self.met_ids)] = False
        rows = np.searchsorted(standing.account_ids, self.account_ids)
        known["is_known"][rows] = True
        known["as_of_on"][rows] = self.day
        known["activity_version"][rows] = 0
        known["model_version_id"][rows] = NO_NUMBER
        known["met_on"][rows] = self.met_on
        known["next_touch_at"][rows] = known["feed_stop_id"][rows] = NO_NUMBER
        for name in ("band", "band_since_on", "previous_band", "last_touch_on", "held_since_on"):
            known[name][rows] = getattr(self, name)
        return _only_known(known)


def _only_known(known: Table) -> LastScores:
    """Blank what the last score of accounts said that have to begin anew."""
    unknown = ~known["is_known"]
    for name in ("band", "previous_band"):
        known[name][unknown] = ""
    for name in ("last_touch_on", "held_since_on", "band_since_on", "met_on"):
        known[name][unknown] = NO_DAY
    return LastScores(**known)


def reconstruct_history(*, account_ids: IntArray, as_of: dt.datetime, today: dt.date, model: StoredModel) -> Left:
    """Write the bands of the last 52 weeks of accounts that were never scored before `today`.

    Each week rests on the touches known by then. Returns where the last of them left the accounts; without touches in
    that time there is nothing to return. Pauses and closings are not known for the past, so quiet that was expected
    shows as it looked. Runs inside the caller's transaction, which holds the accounts' locks; the portfolio is to be
    counted anew on these days.
    """
    days = reconstructed_days(today)
    ledger.forget_reconstructed_days(account_ids, days)
    BandChange.objects.filter(account__in=account_ids.tolist(), is_reconstructed=True).delete()
    touch_days = read_touch_days(account_ids, as_of=as_of)
    parts = [
        _Reconstruction(chunk, touch_days.client, as_of, model).walk(days)
        for chunk in touch_days.any_touch.chunks(_CHUNK_GAPS)
    ]
    left = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return Left(day=days[-1].toordinal(), met_on=today.toordinal(), met_ids=account_ids, **left)


class _Reconstruction:
    """A walk through the past weeks of some accounts: what the week before left behind, as arrays over all of them."""

    def __init__(
        self, any_touch: TouchHistories, client: TouchHistories, as_of: dt.datetime, model: StoredModel
    ) -> None:
        self.model = model
        self.as_of = as_of
        self.ids: IntArray = any_touch.account_ids
        self.past = past_of(any_touch, client, as_of=as_of, params=model.fitted.params)
        self.band: BandArray = np.full(len(self.ids), "", dtype="U8")
        self.before: BandArray = self.band.copy()
        self.since: IntArray = np.full(len(self.ids), NO_DAY, dtype=np.int64)
        self.last_day: IntArray = self.since.copy()
        self.held_since: IntArray = self.since.copy()

    def walk(self, days: Sequence[dt.date]) -> Table:
        """Write every day's bands and their changes; return where the last day left each account, as in `Left`."""
        changes: list[tuple[Any, ...]] = []
        tables: list[Table] = []
        for day in days:
            past = self._score(day)
            if past is not None:
                tables.append(self._day_table(past))
                changes += self._move(past)
        if tables:
            table = {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
            ledger.write_reconstructed_days(self._without_what_was_said(table, days))
        ledger.write_changes(changes)
        known = self.band != ""
        return {
            "account_ids": self.ids[known],
            "band": self.band[known],
            "band_since_on": self.since[known],
            "previous_band": self.before[known],
            "last_touch_on": self.last_day[known],
            "held_since_on": self.held_since[known],
        }

    def _score(self, day: dt.date) -> PastDay | None:
        known = self._known_rows(day)
        previous = PreviousBands(self.band[known], self.last_day[known], self.held_since[known])
        return score_day(self.past, day, self.model.fitted, previous)

    def _known_rows(self, day: dt.date) -> BoolArray:
        known: BoolArray = self.past.any_touch.histories.first_days <= day.toordinal()
        return known

    def _day_table(self, past: PastDay) -> Table:
        """Return columns as the fields of `HealthDay`."""
        scores = past.scores
        return {
            "day": np.full(len(scores), past.day.toordinal()),
            "account_id": scores.account_ids,
            "band": past.decisions.band,
            "health_score": scores.health,
            "risk": scores.risk,
            "normal": scores.normal,
            "silent_days": scores.silent_days.astype(np.int64),
            "model_version_id": np.full(len(scores), self.model.pk),
            "is_reconstructed": np.ones(len(scores), dtype=bool),
        }

    def _without_what_was_said(self, table: Table, days: Sequence[dt.date]) -> Table:
        """Leave out days of which a score made at the time is stored: it stands, whatever became of the account's."""
        said = ledger.said_days(self.ids, days)
        if not len(said["day"]):
            return table
        days_of, said_of = (one["account_id"] * 2**22 + one["day"] for one in (table, said))
        is_new = ~np.isin(days_of, said_of)
        return {name: values[is_new] for name, values in table.items()}

    def _move(self, past: PastDay) -> Iterator[tuple[Any, ...]]:
        """Take over the decisions of a week; return the changes of band in it, in `ledger.CHANGE_COLUMNS`' order."""
        rows = np.flatnonzero(self._known_rows(past.day))
        was, now = self.band[rows], past.decisions.band
        has_moved = was != now
        day = past.day.toordinal()
        # An alarm is known to the day on which it rang, also between two weeks.
        onset = past.alarms.onset_day
        rang = has_moved & (now == Band.SILENT.value) & (onset > day - _SUNDAY) & (onset < day)
        moved_on = np.where(rang, onset, day)
        self.before[rows] = np.where(has_moved, was, self.before[rows])
        self.since[rows] = np.where(has_moved, moved_on, self.since[rows])
        self.band[rows] = now
        self.last_day[rows] = past.scores.last_day
        self.held_since[rows] = past.decisions.failing_since_day
        return self._changes(past, rows, was, moved_on, np.flatnonzero(has_moved & (was != "")))

    def _changes(
        self, past: PastDay, rows: IntArray, was: BandArray, moved_on: IntArray, places: IntArray
    ) -> Iterator[tuple[Any, ...]]:
        ids, now = self.ids[rows], past.decisions.band
        for place in places.tolist():
            on = dt.date.fromordinal(int(moved_on[place]))
            reason = reason_on(past, place, on=on)
            yield int(ids[place]), on, str(was[place]), str(now[place]), reason, self.model.pk, True, self.as_of
