"""What the weekly snapshot adds to the portfolio page: the week before, and the renewals to talk about."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet, Sum

from accounts.access import sees_everything, visibility
from accounts.models import User
from health.models import AccountHealth, Band, PortfolioDay
from health.selectors.facets import from_cents, renews_within
from health.selectors.portfolio import PortfolioFilters, visible_health

#: A week ago is a Sunday, of which the reconstructed past knows all accounts too; not one that has just been.
LEAST_DAYS_AGO = 4


@dataclass(frozen=True, slots=True)
class WeekBefore:
    """The scope on the Sunday that today is compared with: accounts by band, and value at risk."""

    day: dt.date
    accounts: dict[str, int]
    value_at_risk: float


def week_before(user: User, filters: PortfolioFilters, *, today: dt.date) -> WeekBefore | None:
    """Return the scope on the last Sunday that lies four days back or more; None when nothing is known of it."""
    latest = today - dt.timedelta(days=LEAST_DAYS_AGO)
    day = latest - dt.timedelta(days=latest.isoweekday() % 7)
    condition = filters.condition()
    if not sees_everything(user):
        condition &= visibility(user)
    rows = (
        PortfolioDay.objects.filter(condition, day=day)
        .order_by()
        .values_list("band")
        .annotate(count=Sum("account_count"), at_risk=Sum("value_at_risk", filter=~Q(band=Band.CLOSED)))
    )
    accounts, value_at_risk = {}, 0.0
    for band, count, at_risk in rows:
        accounts[band] = count
        value_at_risk += float(at_risk or 0)
    return WeekBefore(day, accounts, value_at_risk) if accounts else None


@dataclass(frozen=True, slots=True)
class RenewalAtRisk:
    """An account that renews soon and is more likely silent than not."""

    account_id: int
    name: str
    owner: str
    band: str
    renewal_on: dt.date
    risk: float
    arr: float


@dataclass(frozen=True, slots=True)
class RenewalsAtRisk:
    """How many there are, what they are worth, and those with the most value at risk."""

    count: int
    arr: float
    largest: list[RenewalAtRisk]


def renewals_at_risk(user: User, filters: PortfolioFilters, *, today: dt.date, days: int, size: int) -> RenewalsAtRisk:
    """Return the renewals of the next `days` days with a risk of a half or more. Two queries."""
    found: QuerySet[AccountHealth] = (
        visible_health(user, filters).filter(renews_within(days, today), risk__gte=0.5).exclude(band=Band.CLOSED)
    )
    sums = found.order_by().aggregate(count=Count("*"), arr=Sum("arr_cents"))
    largest = (
        found.order_by(F("value_at_risk_cents").desc(), "renewal_on", "pk")
        .select_related("account__owner")
        .only(
            "band", "renewal_on", "risk", "arr", "account__name", "account__owner__full_name", "account__owner__email"
        )
    )
    return RenewalsAtRisk(
        sums["count"],
        float(from_cents(sums["arr"])),
        [
            RenewalAtRisk(
                health.pk,
                health.account.name,
                str(health.account.owner) if health.account.owner else "",
                health.band,
                health.renewal_on,
                health.risk,
                float(health.arr or 0),
            )
            for health in largest[:size]
            if health.renewal_on is not None and health.risk is not None
        ],
    )
