"""Whose health rose and fell most between a day of history and now."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet

from accounts.access import sees_everything, visibility
from accounts.models import User
from health.explanations import words_for_row
from health.models import AccountHealth, Band, PortfolioDay
from health.selectors.portfolio import PortfolioFilters, visible_health

#: A change that a reader would not call one: the score moves a little every day on which nothing happens.
LEAST_POINTS = 5


def day_of_history(user: User, since: dt.date, *, today: dt.date) -> dt.date:
    """Return the last Sunday up to `since`, or the first one after it that the scope's history knows; one query.

    Of the past that is long ago, history keeps the Sundays of all accounts and no other day.
    """
    wanted = since - dt.timedelta(days=since.isoweekday() % 7)
    seen = Q() if sees_everything(user) else visibility(user)
    known = PortfolioDay.objects.filter(seen, day__gte=wanted, day__lt=today, day__iso_week_day=7).order_by("day")
    return known.values_list("day", flat=True).first() or wanted


@dataclass(frozen=True, slots=True)
class HealthMove:
    """An account's health, 0 to 100, then and now, and the main reason for where it stands now."""

    account_id: int
    name: str
    band: str
    health_then: float
    health_now: float
    reason: str
    arr: float

    @property
    def points(self) -> float:
        return self.health_now - self.health_then


@dataclass(frozen=True, slots=True)
class League:
    """The biggest fallers and risers since `since`, the biggest first."""

    since: dt.date
    fallers: list[HealthMove]
    risers: list[HealthMove]


_FIELDS = (
    *("as_of_on", "band", "alarm_series", "health_score", "risk", "horizon_days", "normal", "drift", "signals"),
    *("is_slowing", "slowing_since_on", "touch_days", "last_touch_on", "usual_gap_days", "is_usual_gap_own"),
    *("last_client_touch_on", "client_usual_gap_days", "is_client_usual_gap_own", "client_normal", "arr"),
    *("account__name", "feed_stop", "feed_stop__last_touch_on", "feed_stop__source__name"),
)


def health_league(user: User, filters: PortfolioFilters, *, since: dt.date, today: dt.date, size: int) -> League:
    """Return up to `size` fallers and risers of at least five points; closed accounts and known quiet are left
    out.

    Three queries: the day, the fallers, the risers.
    """
    day = day_of_history(user, since, today=today)
    moved = (
        visible_health(user, filters)
        .exclude(band__in=[Band.CLOSED, Band.PAUSED])
        .annotate(past=FilteredRelation("account__health_days", condition=Q(account__health_days__day=day)))
        .filter(health_score__isnull=False, past__health_score__isnull=False)
        .annotate(points=F("health_score") - F("past__health_score"))
    )
    fallers = _told(moved.filter(points__lte=-LEAST_POINTS).order_by("points", "pk"), size, today)
    risers = _told(moved.filter(points__gte=LEAST_POINTS).order_by("-points", "pk"), size, today)
    return League(day, fallers, risers)


def _told(moved: QuerySet[AccountHealth, Any], size: int, today: dt.date) -> list[HealthMove]:
    """Tell the first of a list; each row carries the points it moved by."""
    return [
        HealthMove(
            health.pk,
            health.account.name,
            health.band,
            (health.health_score or 0.0) - health.points,
            health.health_score or 0.0,
            words_for_row(health, today=today).reason,
            float(health.arr or 0),
        )
        for health in moved.select_related("account", "feed_stop__source").only(*_FIELDS)[:size]
    ]
