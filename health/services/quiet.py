"""Quiet periods: a time in which no contact is expected, so that silence is not flagged."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Final

from django.db import transaction

from accounts.models import Account, User
from config.days import firm_day
from health.models import QuietPeriod
from touchpoints.signals import activity_changed

LONGEST_PAUSE_DAYS: Final = 366


@transaction.atomic
def pause_account(
    *, account: Account, author: User, reason: str, starts_on: dt.date, ends_on: dt.date, now: dt.datetime
) -> QuietPeriod:
    """Expect quiet from `starts_on` to `ends_on`, the last quiet day.

    Raises ValueError when the reason is empty, the days are the wrong way round, or it would last more than a year.
    """
    if not reason.strip():
        raise ValueError("reason: say why, so that colleagues know")
    if ends_on < starts_on:
        raise ValueError("ends_on: the last quiet day lies before the first")
    if (ends_on - starts_on).days >= LONGEST_PAUSE_DAYS:
        raise ValueError("ends_on: a quiet period may last a year at most")
    period = QuietPeriod.objects.create(
        account=account, author=author, reason=reason.strip(), starts_on=starts_on, ends_on=ends_on, created_at=now
    )
    _rescore(account)
    return period


@transaction.atomic
def end_quiet_period(*, account: Account, now: dt.datetime) -> list[QuietPeriod]:
    """End the quiet periods of `account` that hold now or lie ahead; return them."""
    ended = list(QuietPeriod.objects.filter(account=account, ended_at__isnull=True, ends_on__gte=firm_day(now)))
    if ended:
        QuietPeriod.objects.filter(pk__in=[period.pk for period in ended]).update(ended_at=now)
        _rescore(account)
    return ended


def _rescore(account: Account) -> None:
    """Ask for a new band soon; scoring also finds the account by itself, because the period is newer than its score."""
    transaction.on_commit(partial(activity_changed.send_robust, sender=QuietPeriod, account_ids=(account.pk,)))
