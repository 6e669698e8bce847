"""What scoring needs of accounts beside their rhythm: the firm's decisions, and what the last score left behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from accounts.models import Account
from health import ledger
from health.columns import NO_NUMBER, moment_number
from health.models import AccountHealth, QuietPeriod
from health.scoring.arrays import NO_DAY, BoolArray, FloatArray, IntArray
from health.scoring.bands import BandArray


@dataclass(frozen=True, eq=False)
class LastScores:
    """What the last score of each account said, as far as the next one needs it; arrays of length A.

    Days are ordinals, moments as `columns.Moment` holds them. Where `is_known` is false the rest is missing.
    """

    is_known: BoolArray
    met_on: IntArray
    as_of_on: IntArray
    model_version_id: IntArray
    activity_version: IntArray
    band: BandArray
    band_since_on: IntArray
    previous_band: BandArray
    health_score: FloatArray
    touch_days: IntArray
    last_touch_on: IntArray
    usual_gap_days: FloatArray
    drift: FloatArray
    client_touch_days: IntArray
    last_client_touch_on: IntArray
    held_since_on: IntArray
    next_change_on: IntArray
    next_touch_at: IntArray
    feed_stop_id: IntArray


@dataclass(frozen=True, eq=False)
class Standing:
    """Accounts before they are scored, ids ascending; arrays of length A, values as `health.columns` holds them.

    `agreed_days` is the agreed cadence, nan where none is; `is_edited`: the account or one of its people was changed
    since the last score, or there is none; `knew_quiet`: a quiet period, ended early or not, reaches beyond the last
    score.
    """

    account_ids: IntArray
    is_closed: BoolArray
    segment_id: IntArray
    renewal_on: IntArray
    arr_cents: IntArray
    activity_version: IntArray
    agreed_days: FloatArray
    is_edited: BoolArray
    is_paused: BoolArray
    pause_edge_on: IntArray
    knew_quiet: BoolArray
    next_touch_at: IntArray
    last: LastScores

    def __len__(self) -> int:
        return len(self.account_ids)

    def at(self, rows: IntArray) -> Standing:
        """Return the accounts at these positions."""
        last = {column.name: getattr(self.last, column.name)[rows] for column in fields(self.last)}
        own = {column.name: getattr(self, column.name)[rows] for column in fields(self) if column.name != "last"}
        return Standing(**own, last=LastScores(**last))


def standings(account_ids: Sequence[int] | IntArray, *, today: dt.date, as_of: dt.datetime) -> Standing:
    """Return the standing of those of these accounts that exist. Three queries, whatever their number."""
    known = ledger.read_standing(account_ids)
    ids = known["account_id"]
    last = LastScores(
        is_known=known["is_scored"],
        **{name: known[f"last_{name}"] for name in LastScores.__dataclass_fields__ if name != "is_known"},
    )
    is_paused, pause_edge_on = np.zeros(len(ids), dtype=bool), np.full(len(ids), NO_DAY, dtype=np.int64)
    pauses = ledger.read_pauses(ids, today)
    rows = np.searchsorted(ids, pauses["account_id"])
    is_paused[rows], pause_edge_on[rows] = pauses["is_paused"], pauses["edge_on"]
    return Standing(
        account_ids=ids,
        is_closed=known["is_closed"],
        segment_id=known["segment_id"],
        renewal_on=known["renewal_on"],
        arr_cents=known["arr"],
        activity_version=known["activity_version"],
        agreed_days=_real(known["agreed_cadence_days"]),
        is_edited=known["is_edited"],
        is_paused=is_paused,
        pause_edge_on=pause_edge_on,
        knew_quiet=known["knew_quiet"],
        next_touch_at=_next_touches(ids, last, known["activity_version"], as_of),
        last=last,
    )


def _real(whole: IntArray) -> FloatArray:
    return np.where(whole == NO_NUMBER, np.nan, whole.astype(np.float64))


def agreed_cadences(account_ids: Sequence[int] | IntArray) -> dict[int, int]:
    """Return the agreed cadence in days of those of these accounts that have one."""
    ids = account_ids.tolist() if isinstance(account_ids, np.ndarray) else account_ids
    agreed = Account.objects.filter(pk__in=ids, agreed_cadence_days__isnull=False)
    return {pk: days for pk, days in agreed.values_list("pk", "agreed_cadence_days") if days is not None}


def has_new_touches(last: LastScores, activity_version: IntArray, as_of: dt.datetime) -> BoolArray:
    """bool[A]: where touches came, changed or went since the last score, or a booked one has taken place."""
    has_taken_place = (last.next_touch_at != NO_NUMBER) & (last.next_touch_at <= moment_number(as_of))
    return ~last.is_known | (last.activity_version != activity_version) | has_taken_place


def _next_touches(ids: IntArray, last: LastScores, activity_version: IntArray, as_of: dt.datetime) -> IntArray:
    """int64[A]: the next booked touch of each account; looked for only where touches changed since the last score."""
    moments = last.next_touch_at.copy()
    unsure = np.flatnonzero(has_new_touches(last, activity_version, as_of))
    moments[unsure] = NO_NUMBER
    booked = ledger.read_booked(ids[unsure], as_of)
    moments[np.searchsorted(ids, booked["account_id"])] = booked["at"]
    return moments


def band_counts() -> dict[str, int]:
    """Return how many accounts of the whole portfolio are in each band."""
    return dict(AccountHealth.objects.order_by().values_list("band").annotate(Count("pk")))


def stale_accounts(
    *, today: dt.date, now: dt.datetime, model_id: int | None, limit: int, behind: dt.datetime | None = None
) -> list[int]:
    """Return the ids of up to `limit` accounts whose score is missing or out of date, lowest first.

    A score is out of date when something that it rests on is newer than it: touches, the account, known quiet, the
    model; when the source is back whose stop keeps it from being flagged; when the day has come on which it would
    change; or, with `behind`, when it was computed before that.
    """
    parts: list[QuerySet[Any]] = [_outdated(today, now, model_id, behind), _quiet_changed(), _heard_again(today)]
    found: set[int] = set()
    for part in parts:
        found.update(part.order_by("pk").values_list("pk", flat=True)[:limit])
    return sorted(found)[:limit]


def _outdated(today: dt.date, now: dt.datetime, model_id: int | None, behind: dt.datetime | None) -> QuerySet[Account]:
    """Return the accounts whose score is missing or rests on something else than what is there now.

    All of it in one query, as each minute's sweep goes through the whole portfolio once, side by side with its scores.
    """
    version = F("health__activity_version")
    is_outdated = (
        Q(health__isnull=True)
        | Q(activity__version__gt=version)
        | Q(activity__version__lt=version)
        | Q(updated_at__gt=F("health__computed_at"))
        | Q(health__next_change_on__lte=today, health__as_of_on__lt=today)
        | Q(health__next_touch_at__lte=now)
    )
    if model_id is not None:
        other = Q(health__model_version__gt=model_id) | Q(health__model_version__lt=model_id)
        is_outdated |= Q(health__touch_days__gt=0) & (other | Q(health__model_version__isnull=True))
    if behind is not None:
        is_outdated |= Q(health__computed_at__lt=behind)
    return Account.objects.filter(is_outdated)


def _heard_again(today: dt.date) -> QuerySet[AccountHealth]:
    """Return the scores of accounts that are not flagged because of a source that is back."""
    return AccountHealth.objects.filter(feed_stop__ended_on__lte=today)


def _quiet_changed() -> QuerySet[AccountHealth]:
    """Return the scores of accounts whose known quiet was recorded or taken back after they were computed."""
    newer = Q(created_at__gt=OuterRef("computed_at")) | Q(ended_at__gt=OuterRef("computed_at"))
    return AccountHealth.objects.filter(Exists(QuietPeriod.objects.filter(newer, account=OuterRef("pk"))))
