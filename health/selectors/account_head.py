"""What the head of the account page shows of the score: where it comes from in 90 days, and which way it goes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from health.charts.sparkline import DAYS, Sparkline, draw_sparkline
from health.models import AccountHealth, HealthDay

# The direction compares with this many days ago. Kept by the day for five weeks, history always holds such a day, or
# the Sunday before it.
COMPARED_DAYS: Final = 30
_SLACK_DAYS: Final = 8
# A smaller difference is called level: health moves by a few points within every gap.
_LEAST_POINTS: Final = 5


@dataclass(frozen=True, slots=True)
class Direction:
    """Health now against about 30 days ago: a word, whole points, and the day compared with."""

    word: str
    points: int
    since_on: dt.date

    @property
    def signed(self) -> str:
        """The points with their sign, as people write it: +12, −3, ±0."""
        return "±0" if self.points == 0 else f"+{self.points}" if self.points > 0 else f"−{-self.points}"


@dataclass(frozen=True, slots=True)
class RecentHealth:
    """The way of the score: its direction (None: too short a history) and its line (None likewise)."""

    direction: Direction | None
    line: Sparkline | None


def recent_health(health: AccountHealth, *, on: dt.date) -> RecentHealth:
    """Return the way of `health`, which is of the day `on`, over the 90 days before. One query.

    History has the day in front in its key, so that each day is asked for by name.
    """
    days = [on - dt.timedelta(days=age) for age in range(1, DAYS + 1)]
    stored = HealthDay.objects.filter(account_id=health.account_id, day__in=days, health_score__isnull=False)
    points = [(day, score) for day, score in sorted(stored.values_list("day", "health_score")) if score is not None]
    if health.health_score is None:
        return RecentHealth(None, None)
    points.append((on, health.health_score))
    return RecentHealth(_direction(points, on), draw_sparkline(points, until=on))


def _direction(points: list[tuple[dt.date, float]], on: dt.date) -> Direction | None:
    edge = on - dt.timedelta(days=COMPARED_DAYS)
    before = [(day, score) for day, score in points if edge - dt.timedelta(days=_SLACK_DAYS) <= day <= edge]
    if not before:
        return None
    since_on, then = before[-1]
    points_moved = round(points[-1][1]) - round(then)
    word = "level" if abs(points_moved) < _LEAST_POINTS else "rising" if points_moved > 0 else "falling"
    return Direction(word, points_moved, since_on)
