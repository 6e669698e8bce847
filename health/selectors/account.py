"""What the account page shows beside stream, people and charts: the score, and what keeps it off the list."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from accounts.models import Account
from health.models import AccountHealth, QuietPeriod, Snooze
from touchpoints.models import Touchpoint


def health_of(account: Account) -> AccountHealth | None:
    """Return the account's current score; None when it has not been scored yet."""
    return AccountHealth.objects.filter(pk=account.pk).select_related("model_version", "feed_stop__source").first()


@dataclass(frozen=True, slots=True)
class Suppression:
    """What keeps the account off the list: an open snooze, a quiet period that holds today or lies ahead."""

    snooze: Snooze | None
    quiet_period: QuietPeriod | None


def suppression_of(account: Account, *, today: dt.date) -> Suppression:
    """Return the open snooze and the current or next quiet period."""
    snooze = Snooze.objects.filter(account=account, ended_at__isnull=True, until_on__gt=today)
    period = QuietPeriod.objects.filter(account=account, ended_at__isnull=True, ends_on__gte=today)
    return Suppression(
        snooze.select_related("author").first(), period.select_related("author").order_by("starts_on").first()
    )


def next_booked(account: Account, *, as_of: dt.datetime) -> Touchpoint | None:
    """Return the next booked touch, such as a meeting in the calendar."""
    ahead = Touchpoint.objects.filter(account=account, occurred_at__gt=as_of, counts=True)
    return ahead.order_by("occurred_at").first()
