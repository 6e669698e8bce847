"""What the portfolio page shows: totals by band, their past, movement, renewals, and where it is quiet.

Every query is bound to what the reader may see. Figures of today are added up from the accounts of the scope, read once
as arrays (`health.selectors.portfolio_rows`); figures over time come from PortfolioDay, so that they cost the same at
any number of accounts.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from accounts.access import sees_everything, visibility
from accounts.models import Account, Segment, Team, User
from health.columns import NO_NUMBER
from health.models import AccountHealth, Band, PortfolioDay, ScoreRun
from health.portfolio_rows import BAND_OF_CODE, PortfolioRows
from health.scoring.arrays import IntArray
from health.scoring.groups import group_by
from health.selectors.facets import from_cents

PERIODS = (30, 90, 180, 365)
# What the weekly snapshot compares today with.
SNAPSHOT_DAYS = 28
_SUNDAY = 7
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
    """Return the scores that `user` may see, narrowed to the page's filters; the segment is that of the score, as in
    the lists."""
    chosen = {"account__team": filters.team, "account__owner": filters.owner, "segment": filters.segment}
    narrowed = {name: value for name, value in chosen.items() if value is not None}
    return AccountHealth.objects.filter(visibility(user, prefix="account__"), **narrowed)


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


def totals_by_place(rows: PortfolioRows, *, today: dt.date, renewal_days: int) -> list[PlaceTotal]:
    """Count the scope by team, segment and band.

    Segments are those of the scores, as in the lists, so that a figure and the list behind it agree.
    """
    groups = group_by(_or_zero(rows.team_id), _or_zero(rows.segment_id), rows.band)
    soon = rows.renews_within(renewal_days, today)
    sums = zip(
        rows.team_id[groups.first].tolist(),
        rows.segment_id[groups.first].tolist(),
        rows.band[groups.first].tolist(),
        groups.count.tolist(),
        groups.sums(rows.known_arr_cents).tolist(),
        groups.sums(rows.value_at_risk_cents).tolist(),
        groups.sums(soon).tolist(),
        groups.sums(soon & ~np.isnan(rows.risk)).tolist(),
        strict=True,
    )
    return [
        PlaceTotal(
            _key(team),
            _key(segment),
            BAND_OF_CODE[band],
            count,
            from_cents(round(arr)),
            from_cents(round(at_risk)),
            round(renewing),
            round(scored),
        )
        for team, segment, band, count, arr, at_risk, renewing, scored in sums
    ]


def _or_zero(ids: IntArray) -> IntArray:
    """Return ids with 0 where there is none."""
    return np.maximum(ids, 0)


def _key(number: int) -> int | None:
    return None if number == NO_NUMBER else number


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
    sundays = (
        since + dt.timedelta(days=-since.isoweekday() % 7 + 7 * week) for week in range((today - since).days // 7 + 1)
    )
    # Told day by day, the index is read at these days alone, and not from one end of the period to the other.
    days = {today, *(day for day in sundays if day <= today)}
    rows = (
        PortfolioDay.objects.filter(condition, day__in=days)
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


def renewals_ahead(ahead: PortfolioRows) -> list[RenewalRow]:
    """Return the most valuable of some renewals, of all of which day and risk are known.

    One query: the names of those that are shown.
    """
    largest = ahead.where(ahead.largest(RENEWALS_SHOWN))
    names = names_of(largest.account_id)
    found = zip(
        largest.account_id.tolist(),
        largest.band.tolist(),
        largest.renewal_on.tolist(),
        largest.risk.tolist(),
        largest.known_arr_cents.tolist(),
        strict=True,
    )
    return [
        RenewalRow(pk, names[pk], BAND_OF_CODE[band], dt.date.fromordinal(day), risk, float(from_cents(arr)))
        for pk, band, day, risk, arr in found
        if pk in names
    ]


def names_of(account_ids: IntArray) -> dict[int, str]:
    """Return the names of accounts that the reader is known to see; of one deleted in between, none."""
    return dict(Account.objects.filter(pk__in=account_ids.tolist()).order_by().values_list("pk", "name"))


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


def movement_between(rows: PortfolioRows) -> list[MovementRow]:
    """Return the net moves of accounts whose band now differs from the one they had on the day that `rows` were asked
    for, largest first.

    One query: the names of the three most valuable accounts of each move.
    """
    moved = rows.where((rows.was > 0) & (rows.was != rows.band))
    groups = group_by(moved.was, moved.band)
    pairs = zip(moved.was[groups.first].tolist(), moved.band[groups.first].tolist(), strict=True)
    arr = groups.sums(moved.known_arr_cents).tolist()
    largest = [moved.account_id[moved.largest(NAMES_SHOWN, among=groups.rows(group))] for group in range(len(arr))]
    names = names_of(np.concatenate([moved.account_id[:0], *largest]))
    found = [
        MovementRow(
            BAND_OF_CODE[was],
            BAND_OF_CODE[band],
            int(groups.count[group]),
            float(from_cents(round(arr[group]))),
            tuple((pk, names[pk]) for pk in largest[group].tolist() if pk in names),
        )
        for group, (was, band) in enumerate(pairs)
    ]
    return sorted(found, key=lambda move: (-move.count, move.from_band, move.to_band))


def scope_choices(user: User) -> tuple[list[Team], list[User], list[Segment]]:
    """Return the teams, account managers and segments that `user` may narrow the page to."""
    teams = Team.objects.all() if sees_everything(user) else Team.objects.filter(members=user)
    owners = User.objects.filter(Exists(Account.objects.filter(owner=OuterRef("pk"))))
    if not sees_everything(user):
        owners = owners.filter(Q(pk=user.pk) | Q(team__isnull=False, team=user.team_id))
    return list(teams), list(owners.only("full_name", "email")), list(Segment.objects.all())


def last_scored_at() -> dt.datetime | None:
    """Return when the portfolio was last scored as a whole."""
    return (
        ScoreRun.objects.filter(finished_at__isnull=False)
        .exclude(kind=ScoreRun.Kind.SWEEP)
        .values_list("finished_at", flat=True)
        .first()
    )
