"""What the portfolio page shows: totals by band, their past, movement, renewals, and where it is quiet.

Every query is bound to what the reader may see; figures over time come from PortfolioDay, so that they cost the same at
any number of accounts.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from accounts.access import sees_everything, visibility
from accounts.models import Account, Segment, Team, User
from health.models import AccountHealth, Band, PortfolioDay, ScoreRun
from health.selectors.facets import from_cents, renews_within
from health.selectors.moves import band_on

PERIODS = (30, 90, 180, 365)
# How many renewals are told by name; the marks of the chart stand for all of them.
RENEWALS_SHOWN = 300
# How many accounts a move between bands names.
NAMES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class PortfolioFilters:
    """What the page is narrowed to; all of it stands in the URL."""

    team: int | None = None
    owner: int | None = None
    segment: int | None = None
    days: int = 90
    by_value: bool = False

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> PortfolioFilters:
        """Read the filters from a query string; what is not understood is left out, as if it had not been given."""
        days = _number(query.get("days"))
        return cls(
            team=_number(query.get("team")),
            owner=_number(query.get("owner")),
            segment=_number(query.get("segment")),
            days=days if days in PERIODS else 90,
            by_value=query.get("by") == "value",
        )

    def condition(self, prefix: str = "") -> Q:
        """Return the condition on the fields owner, team and segment behind `prefix`."""
        chosen = {"team": self.team, "owner": self.owner, "segment": self.segment}
        return Q(**{f"{prefix}{name}": value for name, value in chosen.items() if value is not None})

    def scope_query(self) -> dict[str, str]:
        """Return whose accounts are chosen, as query parameters."""
        given = {"team": self.team, "owner": self.owner, "segment": self.segment}
        return {name: str(value) for name, value in given.items() if value is not None}

    def query(self) -> dict[str, str]:
        """Return the filters as query parameters, defaults left out."""
        given: dict[str, Any] = self.scope_query()
        if self.days != 90:
            given["days"] = self.days
        if self.by_value:
            given["by"] = "value"
        return {name: str(value) for name, value in given.items() if value is not None}


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


@dataclass(frozen=True, slots=True)
class BandTotal:
    """Accounts, value and value at risk of one band."""

    band: str
    count: int
    arr: Decimal
    value_at_risk: Decimal


def visible_health(user: User, filters: PortfolioFilters) -> QuerySet[AccountHealth]:
    """Return the scores that `user` may see, narrowed to the page's filters."""
    return AccountHealth.objects.filter(visibility(user, prefix="account__"), filters.condition("account__"))


@dataclass(frozen=True, slots=True)
class PlaceTotal:
    """The accounts of one team in one segment that stand in one band; of those, the renewals ahead and their scores."""

    team: int | None
    segment: int | None
    band: str
    count: int
    arr: Decimal
    value_at_risk: Decimal
    renewing: int
    renewing_scored: int


def totals_by_place(user: User, filters: PortfolioFilters, *, today: dt.date, renewal_days: int) -> list[PlaceTotal]:
    """Count the scope by team, segment and band: one pass over it for every figure of today.

    Segments are those of the scores, as in the lists, so that a figure and the list behind it agree.
    """
    soon = renews_within(renewal_days, today)
    rows = (
        visible_health(user, filters)
        .order_by()
        .values_list("account__team", "segment", "band")
        .annotate(
            count=Count("*"),
            arr_sum=Sum("arr_cents"),
            risk_sum=Sum("value_at_risk_cents"),
            renewing=Count("band", filter=soon),
            scored=Count("risk", filter=soon),
        )
    )
    return [
        PlaceTotal(team, segment, band, count, from_cents(arr), from_cents(at_risk), renewing, scored)
        for team, segment, band, count, arr, at_risk, renewing, scored in rows
    ]


def band_totals(places: Iterable[PlaceTotal]) -> dict[str, BandTotal]:
    """Return the totals of every band, in the order of urgency, with zeros for empty ones."""
    totals = {band: BandTotal(band, 0, Decimal(0), Decimal(0)) for band in Band.values}
    for place in places:
        known = totals[place.band]
        totals[place.band] = BandTotal(
            place.band, known.count + place.count, known.arr + place.arr, known.value_at_risk + place.value_at_risk
        )
    return totals


@dataclass(frozen=True, slots=True)
class DayTotals:
    """One day of the scope: by band, accounts and value."""

    day: dt.date
    accounts: dict[str, int]
    arr: dict[str, float]
    is_reconstructed: bool


def totals_over_time(user: User, filters: PortfolioFilters, *, since: dt.date, today: dt.date) -> list[DayTotals]:
    """Return the scope's totals of each Sunday from `since` on, and of today, oldest first.

    The reconstructed past knows Sundays only, so between them a part of the accounts would be missing.
    """
    condition = filters.condition()
    if not sees_everything(user):
        # The rows carry owner and team of their day: what a reader may see today by ownership or team, they see here.
        condition &= visibility(user)
    rows = (
        PortfolioDay.objects.filter(condition, Q(day__iso_week_day=7) | Q(day=today), day__range=(since, today))
        .order_by("day")
        .values("day", "band", "is_reconstructed")
        .annotate(count=Sum("account_count"), arr_sum=Sum("arr"))
    )
    accounts: dict[dt.date, Counter[str]] = defaultdict(Counter)
    arr: dict[dt.date, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    reconstructed: dict[dt.date, bool] = {}
    for row in rows:
        accounts[row["day"]][row["band"]] += row["count"]
        arr[row["day"]][row["band"]] += float(row["arr_sum"] or 0)
        reconstructed[row["day"]] = row["is_reconstructed"]
    return [DayTotals(day, dict(accounts[day]), dict(arr[day]), reconstructed[day]) for day in sorted(accounts)]


@dataclass(frozen=True, slots=True)
class RenewalRow:
    """An account that renews soon, with its risk."""

    account_id: int
    name: str
    band: str
    renewal_on: dt.date
    risk: float
    arr: float


def renewals_ahead(user: User, filters: PortfolioFilters, *, today: dt.date, days: int) -> list[RenewalRow]:
    """Return the most valuable renewals of the next `days` days whose risk is known; closed accounts are left out."""
    ahead = visible_health(user, filters).filter(renews_within(days, today), risk__isnull=False)
    order = F("arr_cents").desc(nulls_last=True), "pk"
    # Which ones, from narrow rows; then the names of those that are shown.
    largest = ahead.exclude(band=Band.CLOSED).order_by(*order).values("pk")[:RENEWALS_SHOWN]
    found = (
        AccountHealth.objects.filter(pk__in=largest)
        .order_by(*order)
        .values_list("account_id", "account__name", "band", "renewal_on", "risk", "arr")
    )
    return [
        RenewalRow(pk, name, band, renewal_on, risk, float(arr or 0))
        for pk, name, band, renewal_on, risk, arr in found
        if renewal_on is not None and risk is not None
    ]


@dataclass(frozen=True, slots=True)
class QuietCell:
    """Accounts and value of one team in one segment, and of those the silent ones."""

    team: int | None
    segment: int | None
    accounts: int
    silent: int
    arr: float
    silent_arr: float


def quiet_by_team_and_segment(places: Iterable[PlaceTotal]) -> list[QuietCell]:
    """Return the cells that have accounts; closed accounts are left out."""
    cells: dict[tuple[int | None, int | None], QuietCell] = {}
    for place in places:
        if place.band == Band.CLOSED:
            continue
        is_silent = place.band == Band.SILENT
        known = cells.get((place.team, place.segment), QuietCell(place.team, place.segment, 0, 0, 0.0, 0.0))
        cells[place.team, place.segment] = replace(
            known,
            accounts=known.accounts + place.count,
            silent=known.silent + place.count * is_silent,
            arr=known.arr + float(place.arr),
            silent_arr=known.silent_arr + float(place.arr) * is_silent,
        )
    return list(cells.values())


@dataclass(frozen=True, slots=True)
class MovementRow:
    """How many accounts of the scope stood in one band then and in another now, and the most valuable of them."""

    from_band: str
    to_band: str
    count: int
    arr: float
    largest: tuple[tuple[int, str], ...]


def movement_between(user: User, filters: PortfolioFilters, *, since: dt.date) -> list[MovementRow]:
    """Return the net moves of accounts whose band now differs from the one they had on `since`, largest first.

    Two queries: the moves, and the names of the three most valuable accounts of each.
    """
    rows = (
        visible_health(user, filters)
        .filter(band_since_on__gt=since)
        .order_by()
        .annotate(was=band_on(since))
        .values_list("was", "band")
        .annotate(
            count=Count("*"),
            arr_sum=Sum("arr_cents"),
            ids=ArrayAgg("pk", order_by=(F("arr_cents").desc(nulls_last=True), "pk")),
        )
    )
    moves = [
        (was, band, count, float(from_cents(arr)), ids[:NAMES_SHOWN])
        for was, band, count, arr, ids in rows
        if was and was != band
    ]
    names = dict(Account.objects.filter(pk__in=[pk for *_, ids in moves for pk in ids]).values_list("pk", "name"))
    found = [
        MovementRow(was, band, count, arr, tuple((pk, names[pk]) for pk in ids if pk in names))
        for was, band, count, arr, ids in moves
    ]
    return sorted(found, key=lambda move: (-move.count, move.from_band, move.to_band))


def scope_choices(user: User) -> tuple[list[Team], list[User], list[Segment]]:
    """Return the teams, account managers and segments that `user` may narrow the page to."""
    teams = Team.objects.all() if sees_everything(user) else Team.objects.filter(members=user)
    owners = User.objects.filter(Exists(Account.objects.filter(owner=OuterRef("pk"))))
    if not sees_everything(user):
        owners = owners.filter(Q(pk=user.pk) | Q(team__isnull=False, team=user.team_id))
    return list(teams), list(owners), list(Segment.objects.all())


def last_scored_at() -> dt.datetime | None:
    """Return when the portfolio was last scored as a whole."""
    return (
        ScoreRun.objects.filter(finished_at__isnull=False)
        .exclude(kind=ScoreRun.Kind.SWEEP)
        .values_list("finished_at", flat=True)
        .first()
    )
