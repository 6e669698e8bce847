"""The firm's quiet days: a time in which no client is expected to be in touch, and none is flagged."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Final

from django.db import transaction

from accounts.models import User
from accounts.services import record_change
from config.days import firm_day
from health.models import QuietDays, QuietPeriod
from health.quiet_days import spread_quiet_days
from touchpoints.signals import activity_changed

# Longer than this, silence that matters would hide in it.
LONGEST_QUIET_DAYS: Final = 31


@transaction.atomic
def add_quiet_days(*, author: User, reason: str, starts_on: dt.date, ends_on: dt.date, now: dt.datetime) -> QuietDays:
    """Expect quiet of every account from `starts_on` to `ends_on`, the last quiet day.

    Raises ValueError when the reason is empty, the days are the wrong way round or over, or there are too many.
    """
    if not reason.strip():
        raise ValueError("reason: say why, so that colleagues know")
    if ends_on < starts_on or ends_on < firm_day(now):
        raise ValueError("ends_on: the last quiet day lies before the first, or is over")
    if (ends_on - starts_on).days >= LONGEST_QUIET_DAYS:
        raise ValueError(f"ends_on: at most {LONGEST_QUIET_DAYS} days")
    days = QuietDays.objects.create(
        author=author, reason=reason.strip(), starts_on=starts_on, ends_on=ends_on, created_at=now
    )
    spread_quiet_days(today=firm_day(now), now=now)
    record_change(record=days, by=author, words="added", is_new=True)
    _rescore()
    return days


@transaction.atomic
def end_quiet_days(*, days: QuietDays, by: User, now: dt.datetime) -> bool:
    """End quiet days that hold or lie ahead, for every account; return whether they did."""
    found = QuietDays.objects.filter(pk=days.pk, ended_at__isnull=True, ends_on__gte=firm_day(now))
    if not found.update(ended_at=now):
        return False
    QuietPeriod.objects.filter(quiet_days=days, ended_at__isnull=True).update(ended_at=now)
    record_change(record=days, by=by, words="ended")
    _rescore()
    return True


def _rescore() -> None:
    """Ask for the sweep; it also comes by itself, because the periods are newer than the scores."""
    transaction.on_commit(partial(activity_changed.send_robust, sender=QuietDays, account_ids=None))
