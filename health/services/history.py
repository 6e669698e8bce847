"""What is remembered: changes of band, and the past of a portfolio that Hark meets for the first time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from django.db import transaction

from accounts.models import Account
from config.days import firm_day
from health import ledger
from health.explanations import reason_of
from health.models import AccountHealth, BandChange, HealthDay, Series
from health.rhythms import read_histories
from health.scoring.alarm import alarm_many, worse_alarms
from health.scoring.bands import AccountFlags, PreviousBands, decide_bands_many
from health.scoring.gaps import evidence_many
from health.scoring.histories import TouchHistories
from health.scoring.rhythm import compute_rhythm
from health.scoring.risk import AccountScore, score_many
from health.selectors.models import StoredModel
from health.selectors.standing import Standing

RECONSTRUCTED_WEEKS: Final = 52
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
    BandChange.objects.bulk_create(changes)
    return len(changes)


def _health_of(row: Sequence[Any]) -> AccountHealth:
    """Return a row of `ledger.SCORE_COLUMNS` as the unsaved model that explanations are written from."""
    return AccountHealth(**dict(zip(ledger.SCORE_COLUMNS, row, strict=True)))


def accounts_without_history(*, limit: int | None = None) -> list[int]:
    """Return accounts of which no day is known yet, neither scored nor reconstructed."""
    found = Account.objects.exclude(pk__in=HealthDay.objects.values("account")).order_by("pk")
    return list(found.values_list("pk", flat=True)[:limit])


@transaction.atomic
def reconstruct_history(*, account_ids: Sequence[int], as_of: dt.datetime, model: StoredModel) -> list[dt.date]:
    """Compute the bands of the last 52 weeks for accounts that Hark has just met, from the touches known by each week.

    Returns the days written. A day that was scored stands; closed accounts are left out, as it is not known since when
    they are. Pauses are not known either, so quiet that was expected shows as it looked.
    """
    ledger.lock_buckets(account_ids)
    open_ids = list(
        Account.objects.filter(pk__in=account_ids, status="active").order_by("pk").values_list("pk", flat=True)
    )
    histories = read_histories(open_ids, Series.ANY, as_of=as_of)
    client = read_histories(open_ids, Series.CLIENT, as_of=as_of)
    today = firm_day(as_of)
    weeks = [today - dt.timedelta(days=7 * n) for n in range(RECONSTRUCTED_WEEKS, 0, -1)]
    previous: dict[int, tuple[str, int, int]] = {}
    changes: list[BandChange] = []
    for week in weeks:
        rows = list(_week(histories, client, week, model, previous))
        ledger.write_days([row[:-1] for row in rows], replace=False)
        changes += [row[-1] for row in rows if row[-1] is not None]
    BandChange.objects.bulk_create(changes, ignore_conflicts=True, batch_size=5000)
    return weeks


def _week(
    histories: TouchHistories,
    client: TouchHistories,
    week: dt.date,
    model: StoredModel,
    previous: dict[int, tuple[str, int, int]],
) -> Iterator[tuple[Any, ...]]:
    """Yield a row of `ledger.DAY_COLUMNS` and the change of band, if any, for each account known by `week`."""
    day, fitted = week.toordinal(), model.fitted
    known = histories.as_of(day)
    if not len(known):
        return
    stats = compute_rhythm(known)
    evidence = evidence_many(known, fitted.params)
    scores = score_many(stats, evidence, day, fitted)
    alarms = alarm_many(stats, evidence, scores, fitted)
    known_client = client.as_of(day)
    if len(known_client):
        client_stats = compute_rhythm(known_client)
        client_evidence = evidence_many(known_client, fitted.params)
        client_scores = score_many(client_stats, client_evidence, day, fitted)
        alarms = worse_alarms(alarms, alarm_many(client_stats, client_evidence, client_scores, fitted))
    ids = stats.account_ids.tolist()
    last = [previous.get(pk, ("", 0, 0)) for pk in ids]
    decisions = decide_bands_many(
        scores,
        alarms,
        day,
        fitted.settings,
        flags=AccountFlags.none(len(ids)),
        previous=PreviousBands(
            np.array([one[0] for one in last], dtype="U8"),
            np.array([one[1] for one in last], dtype=np.int64),
            np.array([one[2] for one in last], dtype=np.int64),
        ),
    )
    for row, pk in enumerate(ids):
        band = str(decisions.band[row])
        score = scores.row(row)
        change = None
        if last[row][0] and last[row][0] != band:
            change = BandChange(
                account_id=pk,
                changed_on=week,
                from_band=last[row][0],
                to_band=band,
                reason=reason_of(_past_health(score, band, is_slowing=bool(decisions.is_slowing[row])), today=week),
                model_version_id=model.pk,
                is_reconstructed=True,
            )
        previous[pk] = (band, score.last_day, int(decisions.failing_since_day[row]))
        yield (pk, week, band, score.health, score.risk, score.normal, int(score.silent_days), model.pk, True, change)


def _past_health(score: AccountScore, band: str, *, is_slowing: bool) -> AccountHealth:
    """Return what is known of a past week as the unsaved model that explanations are written from."""
    return AccountHealth(
        account_id=score.account_ids,
        band=band,
        last_touch_on=dt.date.fromordinal(score.last_day),
        usual_gap_days=score.usual_gap_days,
        is_usual_gap_own=score.is_usual_own,
        normal=score.normal,
        touch_days=score.touch_days,
        risk=score.risk,
        horizon_days=score.horizon_days,
        drift=score.drift,
        is_slowing=is_slowing,
    )
