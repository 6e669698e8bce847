"""The cards of the portfolio page: what each chart asks of the scope, and the list behind each of its marks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from accounts.models import Segment, Team, User
from config.formats import count_of, share, short_date
from config.http import HtmxHttpRequest
from health.charts.card import ChartCard
from health.charts.league import LeagueRow, league_table
from health.charts.portfolio import HeatCell, Movement, QuietPoint, heat_table, movement_table, quiet_share_chart
from health.charts.renewals import (
    MonthOfRenewals,
    NamedRenewal,
    RenewalMark,
    RenewalsAhead,
    renewal_months_chart,
    renewals_chart,
)
from health.charts.talk import TalkMonth, talk_chart
from health.drills import Drill
from health.filters import widest_scope
from health.models import Band, ChannelFamily
from health.models.touch_months import ANY_CHANNEL
from health.portfolio_rows import PortfolioRows
from health.selectors import portfolio as selectors
from health.selectors.league import HealthMove, health_league
from health.selectors.portfolio import PlaceTotal, PortfolioFilters
from health.selectors.portfolio_rows import rows_in_scope, sunday_of_history
from health.selectors.renewals import RenewalSpot, renewal_months, renewal_spots, renewing_rows
from health.selectors.touch_months import months_in_touch
from health.touch_months import whole_months

RENEWAL_WINDOW_DAYS = 180
RENEWAL_MONTHS = 12
LEAGUE_SIZE = 5
LEAST_TALK_MONTHS = 6
_ANY_ACCOUNT = 2**63 - 1
_OPEN_BANDS = tuple(band for band in Band.values if band != Band.CLOSED)


@dataclass(frozen=True)
class Question:
    """What is asked of the portfolio, and by whom."""

    request: HtmxHttpRequest
    filters: PortfolioFilters
    today: dt.date
    compared_days: int | None = None

    @cached_property
    def choices(self) -> tuple[list[Team], list[User], list[Segment]]:
        """Return the teams, account managers and segments that the reader may choose between; read once a page."""
        return selectors.scope_choices(self.request.user)

    @cached_property
    def places(self) -> list[PlaceTotal]:
        """Return what stands where today, from which most figures of the page are added up; read once a page."""
        return selectors.totals_by_place(self.rows, today=self.today, renewal_days=RENEWAL_WINDOW_DAYS)

    @property
    def since(self) -> dt.date:
        """Return the day that today is compared with: the begin of the page's period, if no other is asked for."""
        return self.today - dt.timedelta(days=self.compared_days or self.filters.days)

    @cached_property
    def then_on(self) -> dt.date:
        """Return the day of history that health is compared with."""
        return sunday_of_history(self.since, today=self.today, user=self.request.user)

    @cached_property
    def rows(self) -> PortfolioRows:
        """Return the accounts of the scope, from which every figure of today is added up; read once a page."""
        return rows_in_scope(self.request.user, self.filters, since=self.since, then_on=self.then_on)

    @cached_property
    def _list_query(self) -> dict[str, str]:
        """Return what the lists behind all marks share: the widest scope, narrowed by the page's filters."""
        return {"scope": widest_scope(self.request.user), "with_snoozed": "1"} | self.filters.scope_query()

    @cached_property
    def _list_address(self) -> str:
        return f"{reverse('account-list')}?{urlencode(self._list_query)}"

    def list_url(self, drill: Drill | None = None, **params: object) -> str:
        """Return the address of the account list behind a mark: the page's filters and what the mark stands for."""
        given = {name: value for name, value in params.items() if value is not None}
        if self._list_query.keys() & given.keys():  # a cell of a team on a page of that team
            query = self._list_query | (drill.query() if drill else {}) | given
            return f"{reverse('account-list')}?{urlencode(query, doseq=True)}"
        tail = f"&{urlencode(given, doseq=True)}" if given else ""
        return f"{self._list_address}{drill.query_string() if drill else ''}{tail}"

    @cached_property
    def _account_address(self) -> tuple[str, str]:
        before, _, after = reverse("account", args=[_ANY_ACCOUNT]).partition(str(_ANY_ACCOUNT))
        return before, after

    def account_url(self, account_id: int) -> str:
        """Return the address of an account's page; a page has a thousand of them, so the route is looked up once."""
        before, after = self._account_address
        return f"{before}{account_id}{after}"


@dataclass(frozen=True, slots=True)
class Shown:
    """A chart with what its template needs beside it."""

    card: ChartCard
    extra: dict[str, Any]


def _quiet_share(question: Question) -> Shown:
    card = quiet_share_chart(quiet_points(question), by_value=question.filters.by_value, today=question.today)
    return Shown(card, {})


def quiet_points(question: Question) -> list[QuietPoint]:
    """Return the Sundays of the period, and today as it stands at this moment, each mark with its list."""
    since = question.today - dt.timedelta(days=max(question.filters.days, 90))
    yesterday = question.today - dt.timedelta(days=1)
    bands = (Band.SILENT, Band.DORMANT, Band.DRIFTING)
    points = []
    for day in selectors.totals_over_time(question.request.user, question.filters, since=since, today=yesterday):
        amounts = day.arr if question.filters.by_value else {band: float(n) for band, n in day.accounts.items()}
        urls = {band.value: question.list_url(Drill(stood=band.value, stood_on=day.day), sort="risk") for band in bands}
        points.append(QuietPoint(day.day, amounts, day.accounts, urls, day.is_reconstructed))
    totals = selectors.band_totals(question.places).values()
    accounts = {total.band: total.count for total in totals}
    amounts = {total.band: float(total.arr if question.filters.by_value else total.count) for total in totals}
    urls = {band.value: question.list_url(band=band.value, sort="risk") for band in bands}
    return [*points, QuietPoint(question.today, amounts, accounts, urls, is_reconstructed=False)]


def _renewals(question: Question) -> Shown:
    today = question.today
    renewing = renewing_rows(question.rows, today=today, days=RENEWAL_WINDOW_DAYS)
    named = selectors.renewals_ahead(renewing)
    names = {row.account_id: row.name for row in named}
    spots = renewal_spots(renewing, today=today)
    ahead = [place for place in question.places if place.band != Band.CLOSED]
    total, scored = sum(place.renewing for place in ahead), sum(place.renewing_scored for place in ahead)
    card = renewals_chart(
        RenewalsAhead(
            [_renewal_mark(question, spot, names) for spot in spots],
            [
                NamedRenewal(
                    row.name,
                    question.account_url(row.account_id),
                    row.band,
                    row.renewal_on,
                    (row.renewal_on - today).days,
                    row.risk,
                    row.arr,
                )
                for row in named
            ],
            RENEWAL_WINDOW_DAYS,
            total - scored,
        ),
        currency=settings.HARK_CURRENCY,
        today=today,
    )
    url = question.list_url(renews=RENEWAL_WINDOW_DAYS, band=_OPEN_BANDS)
    return Shown(card, {"renewals_url": url, "renewals_label": f"Open {count_of(total, 'account')}"})


def _renewal_mark(question: Question, spot: RenewalSpot, names: dict[int, str]) -> RenewalMark:
    """A mark of one account leads to its page, one of several to their list."""
    if spot.account_id is not None:
        name, url = names.get(spot.account_id, ""), question.account_url(spot.account_id)
    else:
        drill = Drill(renews_from=spot.first_on, renews_to=spot.last_on, risk_step=spot.risk_step)
        name, url = "", question.list_url(drill, band=spot.band)
    return RenewalMark(spot.band, spot.first_on, spot.last_on, spot.risk, spot.count, spot.arr, name, url)


def _renewal_months(question: Question) -> Shown:
    return Shown(renewal_months_chart(months_of_renewals(question), currency=settings.HARK_CURRENCY), {})


def months_of_renewals(question: Question) -> list[MonthOfRenewals]:
    """Return what renews in each of the next twelve months, this one among them, each month with its list."""
    return [
        MonthOfRenewals(
            month.first_on,
            month.count,
            month.arr,
            month.value_at_risk,
            question.list_url(
                Drill(renews_from=month.first_on, renews_to=month.last_on), band=_OPEN_BANDS, sort="renewal"
            ),
        )
        for month in renewal_months(question.rows, today=question.today, months=RENEWAL_MONTHS)
    ]


def _talk(question: Question) -> Shown:
    """Show the months of the period, six at least: of fewer, no trend can be told."""
    months = whole_months(question.today)
    shown = months[-max(LEAST_TALK_MONTHS, question.filters.days // 28) :]
    known = months_in_touch(question.request.user, question.filters, since=shown[0])
    drawn = [
        TalkMonth(
            month.month,
            month.touches,
            month.accounts,
            month.accounts_in_touch,
            {
                family: question.list_url(Drill(touched=family, month=month.month))
                for family in (ANY_CHANNEL, *ChannelFamily.values)
            },
        )
        for month in known.months
    ]
    as_of = f"Counted on {short_date(known.counted_on, question.today)}" if known.counted_on else ""
    return Shown(replace(talk_chart(drawn), as_of=as_of), {})


def _where(question: Question) -> Shown:
    cells = {(cell.team, cell.segment): cell for cell in selectors.quiet_by_team_and_segment(question.places)}
    teams, _, segments = question.choices
    used_segments = {segment for _, segment in cells}
    columns: list[tuple[int | None, str]] = [(s.pk, s.name) for s in segments if s.pk in used_segments]
    if None in used_segments:
        columns.append((None, "No segment"))
    named = {team.pk: team.name for team in teams}
    used = sorted({team for team, _ in cells if team is not None}, key=lambda pk: named.get(pk, ""))
    lines: list[tuple[int | None, str]] = [(pk, named.get(pk, "Other team")) for pk in used]
    if any(team is None for team, _ in cells):
        lines.append((None, "No team"))

    def cell_for(team: int | None, segment: int | None) -> HeatCell | None:
        cell = cells.get((team, segment))
        if cell is None:
            return None
        url = question.list_url(band=Band.SILENT.value, team=team or "none", segment=segment or "none")
        return HeatCell(cell.accounts, cell.silent, cell.arr, cell.silent_arr, url)

    rows = [(name, [cell_for(team, segment) for segment, _ in columns]) for team, name in lines]
    card = heat_table(rows, [name for _, name in columns], by_value=question.filters.by_value)
    return Shown(
        card,
        {"heat_rows": _heat_rows(rows, by_value=question.filters.by_value), "heat_columns": [n for _, n in columns]},
    )


def _heat_rows(
    rows: list[tuple[str, list[HeatCell | None]]], *, by_value: bool
) -> list[tuple[str, list[dict[str, Any] | None]]]:
    def drawn(cell: HeatCell | None) -> dict[str, Any] | None:
        if cell is None:
            return None
        part, whole = (cell.silent_arr, cell.arr) if by_value else (cell.silent, cell.accounts)
        return {
            "heat": min(10, round(20 * cell.share_of(by_value=by_value))),
            "share": share(part, whole),
            "is_small": cell.accounts < 5,
            "cell": cell,
        }

    return [(name, [drawn(cell) for cell in cells]) for name, cells in rows]


def _movement(question: Question) -> Shown:
    moves = [
        Movement(
            row.from_band,
            row.to_band,
            row.count,
            row.arr,
            question.list_url(moved=f"{row.from_band}-{row.to_band}", since=question.since.isoformat()),
            row.largest,
        )
        for row in selectors.movement_between(question.rows)
    ]
    card = movement_table(moves, days=question.filters.days, currency=settings.HARK_CURRENCY)
    labels = dict(Band.choices)
    drawn = [
        {
            "move": m,
            "from_label": labels.get(m.from_band, m.from_band),
            "to_label": labels.get(m.to_band, m.to_band),
            "more": m.count - len(m.largest),
        }
        for m in moves
    ]
    return Shown(card, {"moves": drawn, "moves_since": question.since})


def _league(question: Question) -> Shown:
    league = health_league(question.rows, since=question.then_on, today=question.today, size=LEAGUE_SIZE)
    fallers, risers = ([_league_row(question, move) for move in moves] for moves in (league.fallers, league.risers))
    card = league_table(fallers, risers, since=league.since, today=question.today, currency=settings.HARK_CURRENCY)
    sides = [("Fell most", fallers), ("Rose most", risers)]
    return Shown(card, {"league_sides": [(title, rows) for title, rows in sides if rows]})


def _league_row(question: Question, move: HealthMove) -> LeagueRow:
    return LeagueRow(
        move.name,
        question.account_url(move.account_id),
        move.band,
        round(move.health_then),
        round(move.health_now),
        move.reason,
        move.arr,
    )


CHARTS: dict[str, Callable[[Question], Shown]] = {
    "quiet-share": _quiet_share,
    "movement": _movement,
    "league": _league,
    "where": _where,
    "renewals": _renewals,
    "renewal-months": _renewal_months,
    "talk": _talk,
}
