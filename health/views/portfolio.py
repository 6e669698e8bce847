"""The portfolio page: where value is at risk, whether it gets better, and the lists behind every figure."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.models import Segment, Team, User
from config.days import firm_day
from config.formats import count_of, share, short_money, whole_number
from config.http import HtmxHttpRequest, wants_fragment
from health.charts.card import ChartCard
from health.charts.portfolio import (
    HeatCell,
    Movement,
    QuietPoint,
    RenewalPoint,
    heat_table,
    movement_table,
    quiet_share_chart,
    renewals_chart,
)
from health.filters import widest_scope
from health.models import Band
from health.selectors import portfolio as selectors
from health.selectors.portfolio import BandTotal, PlaceTotal, PortfolioFilters
from touchpoints.parsers.export import csv_safe

RENEWAL_WINDOW_DAYS = 180


@dataclass(frozen=True)
class _Question:
    """What is asked of the portfolio, and by whom."""

    request: HtmxHttpRequest
    filters: PortfolioFilters
    today: dt.date

    @cached_property
    def choices(self) -> tuple[list[Team], list[User], list[Segment]]:
        """Return the teams, account managers and segments that the reader may choose between; read once a page."""
        return selectors.scope_choices(self.request.user)

    @cached_property
    def places(self) -> list[PlaceTotal]:
        """Return what stands where today, from which most figures of the page are added up; read once a page."""
        return selectors.totals_by_place(
            self.request.user, self.filters, today=self.today, renewal_days=RENEWAL_WINDOW_DAYS
        )

    def list_url(self, **params: object) -> str:
        """Return the address of the account list behind a mark: the page's filters and what the mark stands for."""
        query: dict[str, object] = {"scope": widest_scope(self.request.user), "with_snoozed": 1}
        query |= {name: value for name, value in self.filters.query().items() if name not in {"days", "by"}}
        query |= {name: value for name, value in params.items() if value is not None}
        return f"{reverse('account-list')}?{urlencode(query, doseq=True)}"


@require_safe
def portfolio(request: HtmxHttpRequest) -> HttpResponse:
    """Show the page, or for htmx its content below the filters."""
    question = _Question(request, PortfolioFilters.from_query(request.GET), firm_day(timezone.now()))
    template = "health/_portfolio.html" if wants_fragment(request) else "health/portfolio.html"
    response = render(request, template, _context(question))
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def portfolio_csv(request: HtmxHttpRequest, name: str) -> HttpResponse:
    """Send the data of one chart as CSV, for the same filters as the page."""
    make = _CHARTS.get(name)
    if make is None:
        raise Http404("There is no chart of that name.")
    question = _Question(request, PortfolioFilters.from_query(request.GET), firm_day(timezone.now()))
    table = make(question).card.table
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="hark-{name}-{question.today:%Y-%m-%d}.csv"'
    writer = csv.writer(response)
    writer.writerow(table.columns)
    writer.writerows([csv_safe("" if cell is None else str(cell)) for cell in row] for row in table.rows)
    return response


@dataclass(frozen=True, slots=True)
class _Shown:
    """A chart with what its template needs beside it."""

    card: ChartCard
    extra: dict[str, Any]


def _context(question: _Question) -> dict[str, Any]:
    filters = question.filters
    totals = selectors.band_totals(question.places)
    teams, owners, segments = question.choices
    shown = {name: make(question) for name, make in _CHARTS.items()}
    return {
        "filters": filters,
        "query": urlencode(filters.query()),
        "periods": selectors.PERIODS,
        "teams": teams,
        "owners": owners,
        "segments": segments,
        "today": question.today,
        "scored_at": selectors.last_scored_at(),
        "headline": _headline(totals),
        "lede": _lede(totals),
        "tiles": _tiles(question, totals),
        "is_empty": not any(total.count for total in totals.values()),
        "charts": {name.replace("-", "_"): item.card for name, item in shown.items()},
        **{key: value for item in shown.values() for key, value in item.extra.items()},
    }


def _open(totals: dict[str, BandTotal]) -> list[BandTotal]:
    return [total for band, total in totals.items() if band != Band.CLOSED]


def _headline(totals: dict[str, BandTotal]) -> str:
    arr = sum(total.arr for total in _open(totals))
    if not arr:
        silent, count = totals[Band.SILENT].count, sum(total.count for total in _open(totals))
        verb = "is" if silent == 1 else "are"
        return f"{whole_number(silent)} of {count_of(count, 'account')} {verb} silent."
    at_risk = sum(total.value_at_risk for total in _open(totals))
    return f"{short_money(at_risk, settings.HARK_CURRENCY)} of {short_money(arr, settings.HARK_CURRENCY)} is at risk."


def _lede(totals: dict[str, BandTotal]) -> str:
    """Say what the headline leaves open: how many are silent, probably lost, or not known well enough yet."""
    count = sum(total.count for total in _open(totals))
    silent, dormant, learning = totals[Band.SILENT], totals[Band.DORMANT], totals[Band.LEARNING]
    sentences = []
    if silent.arr:
        verb = "is" if silent.count == 1 else "are"
        money = short_money(silent.arr, settings.HARK_CURRENCY)
        sentences.append(
            f"{share(silent.count, count)} of {count_of(count, 'account')} {verb} silent, with {money} a year."
        )
    if dormant.count:
        has = "has" if dormant.count == 1 else "have"
        sentences.append(f"{whole_number(dormant.count)} {has} been silent so long as to be probably lost.")
    if learning.count > count / 4:
        sentences.append(f"{share(learning.count, count)} have too little history for a judgement of their own.")
    return " ".join(sentences)


def _tiles(question: _Question, totals: dict[str, BandTotal]) -> list[dict[str, Any]]:
    count = sum(total.count for total in _open(totals))
    tiles = []
    for band in (Band.SILENT, Band.DRIFTING, Band.STEADY, Band.LEARNING, Band.PAUSED, Band.DORMANT):
        total = totals[band]
        if band in {Band.PAUSED, Band.DORMANT} and not total.count:
            continue
        note = share(total.count, count)
        if total.arr:
            note += f" · {short_money(total.arr, settings.HARK_CURRENCY)}"
        tiles.append(
            {
                "band": band,
                "label": band.label,
                "count": total.count,
                "note": note,
                "url": question.list_url(band=band.value),
            }
        )
    return tiles


def _quiet_share(question: _Question) -> _Shown:
    since = question.today - dt.timedelta(days=max(question.filters.days, 90))
    by_value = question.filters.by_value
    points = []
    for day in selectors.totals_over_time(question.request.user, question.filters, since=since, today=question.today):
        amounts = day.arr if by_value else {band: float(count) for band, count in day.accounts.items()}
        total = sum(amount for band, amount in amounts.items() if band != Band.CLOSED)
        points.append(QuietPoint(day.day, total, amounts, day.is_reconstructed))
    return _Shown(quiet_share_chart(points, by_value=by_value, today=question.today), {})


def _renewals(question: _Question) -> _Shown:
    rows = selectors.renewals_ahead(
        question.request.user, question.filters, today=question.today, days=RENEWAL_WINDOW_DAYS
    )
    points = [
        RenewalPoint(
            row.account_id,
            row.name,
            reverse("account", args=[row.account_id]),
            row.band,
            row.renewal_on,
            (row.renewal_on - question.today).days,
            row.risk,
            row.arr,
        )
        for row in rows
    ]
    ahead = [place for place in question.places if place.band != Band.CLOSED]
    total, scored = sum(place.renewing for place in ahead), sum(place.renewing_scored for place in ahead)
    card = renewals_chart(
        points,
        days=RENEWAL_WINDOW_DAYS,
        shown_of=scored,
        without_score=total - scored,
        currency=settings.HARK_CURRENCY,
        today=question.today,
    )
    open_bands = [band for band in Band.values if band != Band.CLOSED]
    url = question.list_url(renews=RENEWAL_WINDOW_DAYS, band=open_bands)
    return _Shown(card, {"renewals_url": url, "renewals_label": f"Open {count_of(total, 'account')}"})


def _where(question: _Question) -> _Shown:
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
    return _Shown(
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


def _movement(question: _Question) -> _Shown:
    since = question.today - dt.timedelta(days=question.filters.days)
    moves = [
        Movement(
            row.from_band,
            row.to_band,
            row.count,
            row.arr,
            question.list_url(moved=f"{row.from_band}-{row.to_band}", since=since.isoformat()),
        )
        for row in selectors.movement_between(question.request.user, question.filters, since=since)
    ]
    card = movement_table(moves, days=question.filters.days, currency=settings.HARK_CURRENCY)
    labels = dict(Band.choices)
    drawn = [
        {"move": m, "from_label": labels.get(m.from_band, m.from_band), "to_label": labels.get(m.to_band, m.to_band)}
        for m in moves
    ]
    return _Shown(card, {"moves": drawn, "moves_since": since})


_CHARTS: dict[str, Callable[[_Question], _Shown]] = {
    "quiet-share": _quiet_share,
    "renewals": _renewals,
    "where": _where,
    "movement": _movement,
}
