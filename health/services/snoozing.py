"""Snoozes: somebody chose not to be reminded of a flagged account until a day, and said why."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction

from accounts.models import Account, User
from config.days import firm_day
from health.models import Snooze

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


def end_snooze(*, account: Account, by: User, now: dt.datetime) -> bool:
    """List `account` again; return whether it was snoozed."""
    ended = Snooze.objects.filter(account=account, ended_at__isnull=True).update(
        ended_at=now, ended_why=f"woken by {by}"[:200]
    )
    return ended > 0
