"""The portfolio page: where value is at risk, whether it gets better, and the lists behind every figure."""

from __future__ import annotations

import csv
import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from config.days import firm_day
from config.formats import count_of, share, short_money, whole_number
from config.http import HtmxHttpRequest, wants_fragment
from health.models import Band
from health.selectors import portfolio as selectors
from health.selectors.portfolio import BandTotal, PortfolioFilters
from health.selectors.trust_summary import flagged_before_lost
from health.views.portfolio_cards import CHARTS, Question
from health.views.portfolio_words import headline_of, lede_of, open_totals
from touchpoints.parsers.export import csv_safe


@require_safe
def portfolio(request: HtmxHttpRequest) -> HttpResponse:
    """Show the page, or for htmx its content below the filters."""
    now = timezone.now()
    question = Question(request, PortfolioFilters.from_query(request.GET), firm_day(now))
    template = "health/_portfolio.html" if wants_fragment(request) else "health/portfolio.html"
    response = render(request, template, _context(question, now))
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def portfolio_csv(request: HtmxHttpRequest, name: str) -> HttpResponse:
    """Send the data of one chart as CSV, for the same filters as the page."""
    make = CHARTS.get(name)
    if make is None:
        raise Http404("There is no chart of that name.")
    question = Question(request, PortfolioFilters.from_query(request.GET), firm_day(timezone.now()))
    table = make(question).card.table
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="hark-{name}-{question.today:%Y-%m-%d}.csv"'
    writer = csv.writer(response)
    writer.writerow(table.columns)
    writer.writerows([csv_safe("" if cell is None else str(cell)) for cell in row] for row in table.rows)
    return response


def _context(question: Question, now: dt.datetime) -> dict[str, Any]:
    filters = question.filters
    totals = selectors.band_totals(question.places)
    teams, owners, segments = question.choices
    shown = {name: make(question) for name, make in CHARTS.items()}
    return {
        "filters": filters,
        "query": urlencode(filters.query()),
        "periods": selectors.PERIODS,
        "teams": teams,
        "owners": owners,
        "segments": segments,
        "today": question.today,
        "now": now,
        "trust_line": _trust_line(question),
        "scope_query": urlencode(filters.scope_query()),
        "scored_at": selectors.last_scored_at(),
        "headline": headline_of(totals),
        "lede": lede_of(totals),
        "tiles": _tiles(question, totals),
        "is_empty": not any(total.count for total in totals.values()),
        "charts": {name.replace("-", "_"): item.card for name, item in shown.items()},
        **{key: value for item in shown.values() for key, value in item.extra.items()},
    }


def _trust_line(question: Question) -> str:
    """Say in one sentence how far the score can be trusted, by the newest replay of the reader's scope."""
    flagged = flagged_before_lost(question.request.user)
    if flagged is None:
        return "Can I trust this? The past has not been replayed yet"
    if not flagged.lost:
        return "Can I trust this? Nobody was lost whom the score could have missed"
    return f"Can I trust this? {flagged.in_time} of {count_of(flagged.lost, 'lost account')} were flagged in time"


def _tiles(question: Question, totals: dict[str, BandTotal]) -> list[dict[str, Any]]:
    count = sum(total.count for total in open_totals(totals))
    tiles = []
    for band in (Band.SILENT, Band.DRIFTING, Band.STEADY, Band.LEARNING, Band.PAUSED, Band.DORMANT):
        total = totals[band]
        if band in {Band.PAUSED, Band.DORMANT} and not total.count:
            continue
        note = f"{share(total.count, count)} of {whole_number(count)}"
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
