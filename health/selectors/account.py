"""What the account page shows beside stream and people: the score with its facts, the charts' data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from accounts.models import Account
from config.days import firm_day
from health.models import AccountHealth, QuietPeriod, Snooze
from touchpoints.models import Touchpoint

# What the lanes draw at most; beyond it the marks hide each other and the page grows heavy.
LANE_TOUCHES = 2500
LANE_MONTHS = 18


def health_of(account: Account) -> AccountHealth | None:
    """Return the account's current score; None when it has not been scored yet."""
    return AccountHealth.objects.filter(pk=account.pk).select_related("model_version").first()


@dataclass(frozen=True, slots=True)
class ChartTouch:
    """What the charts need of a touch."""

    pk: int
    occurred_at: dt.datetime
    channel: str
    direction: str
    counts: bool
    subject: str


def lane_touches(account: Account, *, as_of: dt.datetime, months: int = LANE_MONTHS) -> list[ChartTouch]:
    """Return the touches and attempts of the last `months` months, oldest first, the newest 2,500 at most.

    Of an account that has been silent for longer, the months before its last touch.
    """
    past = Touchpoint.objects.shown().filter(account=account, occurred_at__lte=as_of, is_automated=False)
    last_at = past.order_by("-occurred_at").values_list("occurred_at", flat=True).first()
    window = dt.timedelta(days=round(months * 30.44))
    since = (as_of if last_at is None or last_at > as_of - window else last_at) - window
    rows = (
        past.filter(occurred_at__gte=since)
        .order_by("-occurred_at")
        .values_list("pk", "occurred_at", "channel", "direction", "counts", "subject")[:LANE_TOUCHES]
    )
    return [ChartTouch(*row) for row in reversed(rows)]


def touch_days(touches: list[ChartTouch]) -> list[dt.date]:
    """Return the distinct days, in the firm's time zone, of the touches that count."""
    return sorted({firm_day(touch.occurred_at) for touch in touches if touch.counts})


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
