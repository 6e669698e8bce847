"""Renewals ahead: how many lie where, and what they are worth. Aggregated by the database at any number of accounts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, Func, IntegerField, Max, Min, Q, Sum, Value
from django.db.models.functions import TruncMonth

from accounts.models import User
from health.models import Band
from health.selectors.drills import RISK_STEP
from health.selectors.facets import from_cents, renews_within
from health.selectors.portfolio import PortfolioFilters, visible_health
from health.touch_months import month_after


@dataclass(frozen=True, slots=True)
class RenewalSpot:
    """Accounts of one band that renew in the same week at about the same risk: one mark of a chart.

    `risk` is their mean; `account_id` the account, where there is only one.
    """

    band: str
    first_on: dt.date
    last_on: dt.date
    risk_step: int
    risk: float
    count: int
    arr: float
    account_id: int | None


def renewal_spots(user: User, filters: PortfolioFilters, *, today: dt.date, days: int) -> list[RenewalSpot]:
    """Return where the renewals of the next `days` days with a known risk lie, by week, band and step of risk.

    Weeks count from `today`. Largest value first, so that small marks are drawn over large ones.
    """
    week = Func(
        F("renewal_on"), Value(today), template="((%(expressions)s) / 7)", arg_joiner=" - ", output_field=IntegerField()
    )
    rows = (
        visible_health(user, filters)
        .filter(renews_within(days, today), risk__isnull=False)
        .exclude(band=Band.CLOSED)
        .order_by()
        .annotate(week=week, risk_step=RISK_STEP)
        .values_list("band", "week", "risk_step")
        .annotate(
            first_on=Min("renewal_on"),
            last_on=Max("renewal_on"),
            risk_sum=Sum("risk"),
            count=Count("*"),
            arr_sum=Sum("arr_cents"),
            one=Min("account_id"),
        )
    )
    spots = [
        RenewalSpot(
            band, first, last, step, risk_sum / count, count, float(from_cents(arr)), one if count == 1 else None
        )
        for band, _, step, first, last, risk_sum, count, arr, one in rows
    ]
    return sorted(spots, key=lambda spot: (-spot.arr, spot.first_on, spot.risk_step, spot.band))


@dataclass(frozen=True, slots=True)
class RenewalMonth:
    """What renews from `first_on` to `last_on`, days of one month, and how much of its value is at risk."""

    first_on: dt.date
    last_on: dt.date
    count: int
    arr: float
    value_at_risk: float


def renewal_months(user: User, filters: PortfolioFilters, *, today: dt.date, months: int) -> list[RenewalMonth]:
    """Return the renewals from `today` to the end of the last of `months` months, this one among them, by month.

    A month without a renewal has zeros. Closed accounts are left out.
    """
    starts = [today]
    for _ in range(months - 1):
        starts.append(month_after(starts[-1]))
    last_on = month_after(starts[-1]) - dt.timedelta(days=1)
    rows = (
        visible_health(user, filters)
        .filter(Q(renewal_on__range=(today, last_on)))
        .exclude(band=Band.CLOSED)
        .order_by()
        .annotate(month=TruncMonth("renewal_on"))
        .values_list("month")
        .annotate(count=Count("*"), arr_sum=Sum("arr_cents"), risk_sum=Sum("value_at_risk_cents"))
    )
    known = {month: (count, arr, at_risk) for month, count, arr, at_risk in rows}
    found = []
    for start in starts:
        count, arr, at_risk = known.get(start.replace(day=1), (0, 0, 0))
        last = month_after(start) - dt.timedelta(days=1)
        found.append(RenewalMonth(start, last, count, float(from_cents(arr)), float(from_cents(at_risk))))
    return found
