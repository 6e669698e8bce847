"""Whose health rose and fell most between a day of history and now."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from health.explanations import words_for_row
from health.models import AccountHealth, Band
from health.portfolio_rows import CODE_OF_BAND, PortfolioRows
from health.scoring.groups import smallest

#: A change that a reader would not call one: the score moves a little every day on which nothing happens.
LEAST_POINTS = 5


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


def health_league(rows: PortfolioRows, *, since: dt.date, today: dt.date, size: int) -> League:
    """Return up to `size` fallers and risers of at least five points; closed accounts and known quiet are left out.

    `since` is the day of `rows.health_then`. One query: what is told of those that are shown.
    """
    is_told = rows.is_open & (rows.band != CODE_OF_BAND[Band.PAUSED])
    points = rows.health_score - rows.health_then  # nan where either is not known
    fallers = _first(rows.where(is_told & (points <= -LEAST_POINTS)), size, sign=1)
    risers = _first(rows.where(is_told & (points >= LEAST_POINTS)), size, sign=-1)
    told = _told({**fallers, **risers}, today)
    return League(since, [told[pk] for pk in fallers if pk in told], [told[pk] for pk in risers if pk in told])


def _first(rows: PortfolioRows, size: int, *, sign: int) -> dict[int, float]:
    """Return the accounts that moved most and their health then, the biggest move first; `sign` is 1 for falls."""
    places = smallest(size, sign * (rows.health_score - rows.health_then), rows.account_id)
    return dict(zip(rows.account_id[places].tolist(), rows.health_then[places].tolist(), strict=True))


def _told(health_then: dict[int, float], today: dt.date) -> dict[int, HealthMove]:
    """Tell what is said of some accounts, of each of which the health of then is given."""
    found = (
        AccountHealth.objects.filter(pk__in=list(health_then))
        .select_related("account", "feed_stop__source")
        .only(*_FIELDS)
    )
    return {
        health.pk: HealthMove(
            health.pk,
            health.account.name,
            health.band,
            health_then[health.pk],
            health.health_score or 0.0,
            words_for_row(health, today=today).reason,
            float(health.arr or 0),
        )
        for health in found
    }
