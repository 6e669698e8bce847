"""What scoring needs of accounts beside their rhythm: the firm's decisions, and what the last score left behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet

from accounts.models import Account, AccountStatus
from health.models import AccountHealth, QuietPeriod
from touchpoints.models import AccountActivity, Touchpoint


@dataclass(frozen=True, slots=True)
class Standing:
    """One account before it is scored."""

    account_id: int
    is_closed: bool
    segment_id: int | None
    renewal_on: dt.date | None
    arr: Decimal | None
    activity_version: int
    is_paused: bool
    pause_edge_on: dt.date | None
    next_touch_at: dt.datetime | None
    last: LastScore | None

    def has_new_touches(self, as_of: dt.datetime) -> bool:
        """Whether touches came, changed or went since the last score, or a booked one has taken place."""
        last = self.last
        if last is None or last.activity_version != self.activity_version:
            return True
        return last.next_touch_at is not None and last.next_touch_at <= as_of


@dataclass(frozen=True, slots=True)
class LastScore:
    """What the account's last score said, as far as the next one needs it."""

    as_of_on: dt.date
    activity_version: int
    band: str
    band_since_on: dt.date
    previous_band: str
    last_touch_on: dt.date | None
    held_since_on: dt.date | None
    next_touch_at: dt.datetime | None


def standings(account_ids: Sequence[int], *, today: dt.date, as_of: dt.datetime) -> list[Standing]:
    """Return the standing of each of these accounts that exists, ids ascending. Five queries, whatever their number."""
    # The activity is read first: a touch that arrives meanwhile makes the score stale again, never missed.
    versions = dict(AccountActivity.objects.filter(pk__in=account_ids).values_list("pk", "version"))
    accounts = (
        Account.objects.filter(pk__in=account_ids)
        .order_by("pk")
        .values_list("pk", "status", "segment_id", "renewal_on", "arr")
    )
    pauses = _pauses(account_ids, today)
    booked = _booked(account_ids, as_of)
    last = _last_scores(account_ids)
    return [
        Standing(
            account_id=pk,
            is_closed=status == AccountStatus.CLOSED,
            segment_id=segment_id,
            renewal_on=renewal_on,
            arr=arr,
            activity_version=versions.get(pk, 0),
            is_paused=pauses.get(pk, (False, None))[0],
            pause_edge_on=pauses.get(pk, (False, None))[1],
            next_touch_at=booked.get(pk),
            last=last.get(pk),
        )
        for pk, status, segment_id, renewal_on, arr in accounts
    ]


def _pauses(account_ids: Sequence[int], today: dt.date) -> dict[int, tuple[bool, dt.date | None]]:
    """Return for accounts with known quiet whether it holds today, and the day on which that changes."""
    found: dict[int, tuple[bool, dt.date | None]] = {}
    periods = QuietPeriod.objects.filter(account__in=account_ids, ended_at__isnull=True, ends_on__gte=today)
    for pk, starts_on, ends_on in periods.order_by("-starts_on").values_list("account_id", "starts_on", "ends_on"):
        if starts_on > today:
            found[pk] = (False, starts_on)
        else:
            is_paused, until = found.get(pk, (False, None))
            after = ends_on + dt.timedelta(days=1)
            found[pk] = (True, max(after, until) if is_paused and until else after)
    return found


def _booked(account_ids: Sequence[int], as_of: dt.datetime) -> dict[int, dt.datetime]:
    ahead = Touchpoint.objects.filter(account__in=account_ids, occurred_at__gt=as_of, counts=True)
    return dict(ahead.order_by().values_list("account").annotate(first=Min("occurred_at")))


def _last_scores(account_ids: Sequence[int]) -> dict[int, LastScore]:
    rows = AccountHealth.objects.filter(pk__in=account_ids).values_list(
        "pk", "as_of_on", "activity_version", "band", "band_since_on", "previous_band", "last_touch_on",
        "held_since_on", "next_touch_at",
    )  # fmt: skip
    return {row[0]: LastScore(*row[1:]) for row in rows}


def band_counts() -> dict[str, int]:
    """Return how many accounts of the whole portfolio are in each band."""
    return dict(AccountHealth.objects.order_by().values_list("band").annotate(Count("pk")))


def stale_accounts(
    *, today: dt.date, now: dt.datetime, model_id: int | None, limit: int, behind: dt.datetime | None = None
) -> list[int]:
    """Return the ids of up to `limit` accounts whose score is missing or out of date, lowest first.

    A score is out of date when something that it rests on is newer than it: touches, the account, known quiet, the
    model; when the day has come on which it would change; or, with `behind`, when it was computed before that.
    """
    health = AccountHealth.objects
    parts: list[QuerySet[Any]] = [
        _outdated(model_id, behind),
        health.filter(next_change_on__lte=today, as_of_on__lt=today),
        health.filter(next_touch_at__lte=now),
        _quiet_changed(),
    ]
    found: set[int] = set()
    for part in parts:
        found.update(part.order_by("pk").values_list("pk", flat=True)[:limit])
    return sorted(found)[:limit]


def _outdated(model_id: int | None, behind: dt.datetime | None) -> QuerySet[Account]:
    """Return the accounts whose score is missing or rests on something else than what is there now.

    All of it in one query, as each minute's sweep goes through the whole portfolio once, side by side with its scores.
    """
    version = F("health__activity_version")
    is_outdated = (
        Q(health__isnull=True)
        | Q(activity__version__gt=version)
        | Q(activity__version__lt=version)
        | Q(updated_at__gt=F("health__computed_at"))
    )
    if model_id is not None:
        other = Q(health__model_version__gt=model_id) | Q(health__model_version__lt=model_id)
        is_outdated |= Q(health__touch_days__gt=0) & (other | Q(health__model_version__isnull=True))
    if behind is not None:
        is_outdated |= Q(health__computed_at__lt=behind)
    return Account.objects.filter(is_outdated)


def _quiet_changed() -> QuerySet[AccountHealth]:
    """Return the scores of accounts whose known quiet was recorded or taken back after they were computed."""
    newer = Q(created_at__gt=OuterRef("computed_at")) | Q(ended_at__gt=OuterRef("computed_at"))
    return AccountHealth.objects.filter(Exists(QuietPeriod.objects.filter(newer, account=OuterRef("pk"))))
