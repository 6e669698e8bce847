"""How often a scope was in touch, by channel and month."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Max, Sum

from accounts.access import sees_everything, visibility
from accounts.models import User
from health.models import TouchMonth
from health.models.touch_months import ANY_CHANNEL
from health.selectors.portfolio import PortfolioFilters


@dataclass(frozen=True, slots=True)
class MonthInTouch:
    """One month of a scope: touches and accounts by family of channels, and all accounts that were in touch."""

    month: dt.date
    touches: dict[str, int]
    accounts: dict[str, int]
    accounts_in_touch: int


@dataclass(frozen=True, slots=True)
class MonthsInTouch:
    """Months, oldest first, and the day on which they were counted; None when they never were."""

    months: list[MonthInTouch]
    counted_on: dt.date | None


def months_in_touch(user: User, filters: PortfolioFilters, *, since: dt.date) -> MonthsInTouch:
    """Return the months of the scope from `since` on; one query."""
    condition = filters.condition()
    if not sees_everything(user):
        condition &= visibility(user)
    rows = (
        TouchMonth.objects.filter(condition, month__gte=since)
        .order_by("month")
        .values_list("month", "family")
        .annotate(touches=Sum("touch_count"), accounts=Sum("account_count"), counted=Max("counted_on"))
    )
    touches: dict[dt.date, dict[str, int]] = defaultdict(dict)
    accounts: dict[dt.date, dict[str, int]] = defaultdict(dict)
    counted_on = None
    for month, family, touch_count, account_count, counted in rows:
        touches[month][family] = touch_count
        accounts[month][family] = account_count
        counted_on = max(counted, counted_on or counted)
    months = [
        MonthInTouch(
            month,
            {family: n for family, n in touches[month].items() if family != ANY_CHANNEL},
            {family: n for family, n in accounts[month].items() if family != ANY_CHANNEL},
            accounts[month].get(ANY_CHANNEL, 0),
        )
        for month in touches
    ]
    return MonthsInTouch(months, counted_on)
