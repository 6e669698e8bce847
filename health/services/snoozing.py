"""Snoozes: somebody chose not to be reminded of a flagged account until a day, and said why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import TruncDate

from accounts.models import Account, User
from config.days import firm_day
from health.models import Snooze
from touchpoints.models import CLIENT_DIRECTIONS, Touchpoint

LONGEST_SNOOZE_DAYS: Final = 90


@transaction.atomic
def snooze_account(*, account: Account, author: User, reason: str, until_on: dt.date, now: dt.datetime) -> Snooze:
    """Snooze `account` until `until_on`, the first day on which it is listed again; an open snooze is replaced.

    Raises ValueError when the reason is empty, or the day is not within the next 90 days.
    """
    if not reason.strip():
        raise ValueError("reason: say why, so that colleagues know")
    if not 0 < (until_on - firm_day(now)).days <= LONGEST_SNOOZE_DAYS:
        raise ValueError(f"until_on: choose a day from tomorrow on, at most {LONGEST_SNOOZE_DAYS} days ahead")
    # The row lock makes two people who snooze at once take turns; the second replaces the first.
    Account.objects.select_for_update().only("pk").get(pk=account.pk)
    Snooze.objects.filter(account=account, ended_at__isnull=True).update(
        ended_at=now, ended_why=f"replaced by {author}"[:200]
    )
    return Snooze.objects.create(
        account=account, author=author, reason=reason.strip(), until_on=until_on, created_at=now
    )


def end_snooze(*, account: Account, by: User, now: dt.datetime) -> Snooze | None:
    """List `account` again; return the snooze that held until now, None when there was none."""
    snooze = Snooze.objects.filter(account=account, ended_at__isnull=True).first()
    if snooze is None:
        return None
    Snooze.objects.filter(pk=snooze.pk, ended_at__isnull=True).update(ended_at=now, ended_why=f"woken by {by}"[:200])
    return snooze


RENEWAL_WAKES_DAYS: Final = 30


def end_due_snoozes(*, now: dt.datetime, account_ids: Collection[int] | None = None) -> int:
    """Wake the snoozed accounts whose day has come, whose client got in touch, or whose renewal comes near.

    A renewal wakes only those that were snoozed before it came within 30 days: whoever snoozed later knew of it.
    `account_ids` narrows it to some accounts. Returns how many woke.
    """
    today = firm_day(now)
    snoozed = set(Snooze.objects.filter(ended_at__isnull=True).values_list("account", flat=True))
    if account_ids is not None:
        snoozed.intersection_update(account_ids)
    if not snoozed:
        return 0
    is_open = Q(ended_at__isnull=True, account__in=snoozed)
    inbound = Touchpoint.objects.filter(
        account=OuterRef("account"),
        counts=True,
        direction__in=CLIENT_DIRECTIONS,
        occurred_at__gt=OuterRef("created_at"),
        occurred_at__lte=now,
    )
    nears_on = today + dt.timedelta(days=RENEWAL_WAKES_DAYS)
    renewing = Snooze.objects.filter(is_open, account__renewal_on__range=(today, nears_on)).exclude(
        account__renewal_on__lte=TruncDate("created_at") + dt.timedelta(days=RENEWAL_WAKES_DAYS)
    )
    woken = Snooze.objects.filter(is_open, until_on__lte=today).update(ended_at=now, ended_why="its day has come")
    woken += Snooze.objects.filter(is_open & Exists(inbound)).update(ended_at=now, ended_why="the client got in touch")
    woken += Snooze.objects.filter(pk__in=list(renewing.values_list("pk", flat=True))).update(
        ended_at=now, ended_why=f"the renewal is within {RENEWAL_WAKES_DAYS} days"
    )
    return woken
