"""The week on one page: what an executive prints for a meeting, on one sheet of A4."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import sees_everything
from config.days import firm_day
from config.formats import count_of, short_money, whole_number
from config.http import HtmxHttpRequest
from health.charts.portfolio import quiet_share_chart
from health.charts.printed import printed_months, printed_shares
from health.charts.renewals import renewal_months_chart
from health.models import Band
from health.selectors import portfolio as selectors
from health.selectors.league import health_league
from health.selectors.portfolio import PortfolioFilters
from health.selectors.snapshot import WeekBefore, renewals_at_risk, week_before
from health.selectors.trust_summary import flagged_before_lost
from health.views.portfolio_cards import Question, months_of_renewals, quiet_points
from health.views.portfolio_words import headline_of, lede_of, open_totals

RENEWAL_DAYS = 60
RENEWALS_SHOWN = 8
MOVERS_SHOWN = 4


@require_safe
def snapshot(request: HtmxHttpRequest) -> HttpResponse:
    """Show the sheet; team, account manager and segment narrow it as they do the portfolio page."""
    now = timezone.now()
    filters = PortfolioFilters.from_query(request.GET)
    question = Question(request, filters, firm_day(now), compared_days=selectors.SNAPSHOT_DAYS)
    totals = selectors.band_totals(question.places)
    user, today = request.user, question.today
    before = week_before(user, filters, today=today)
    months = months_of_renewals(question)
    points = quiet_points(question)
    context: dict[str, Any] = {
        "today": today,
        "now": now,
        "week": today.isocalendar().week,
        "scope": _scope_words(question),
        "back_url": f"{reverse('portfolio')}?{urlencode(filters.query())}".removesuffix("?"),
        "headline": headline_of(totals),
        "lede": lede_of(totals),
        "is_empty": not any(total.count for total in totals.values()),
        "figures": _figures(totals, before),
        "before": before,
        "shares": printed_shares(points),
        "shares_card": quiet_share_chart(points, by_value=filters.by_value, today=today),
        "months": printed_months(months, currency=settings.HARK_CURRENCY),
        "months_card": renewal_months_chart(months, currency=settings.HARK_CURRENCY),
        "league": health_league(question.rows, since=question.then_on, today=today, size=MOVERS_SHOWN),
        "renewals": renewals_at_risk(user, filters, today=today, days=RENEWAL_DAYS, size=RENEWALS_SHOWN),
        "renewal_days": RENEWAL_DAYS,
        "trust": flagged_before_lost(user),
        "scored_at": selectors.last_scored_at(),
    }
    return render(request, "health/snapshot.html", context)


def _figures(totals: dict[str, selectors.BandTotal], before: WeekBefore | None) -> list[dict[str, str]]:
    """Return the six figures, each with its change since the week before, where that is known."""
    at_risk = float(sum(total.value_at_risk for total in open_totals(totals)))
    currency = settings.HARK_CURRENCY
    figures = [
        {
            "label": "Value at risk",
            "band": "",
            "value": short_money(at_risk, currency) if at_risk else "–",
            "change": "" if before is None else _change(at_risk - before.value_at_risk, currency),
        }
    ]
    for band in (Band.SILENT, Band.DRIFTING, Band.DORMANT, Band.STEADY, Band.LEARNING):
        count = totals[band].count
        change = "" if before is None else _change(count - before.accounts.get(band, 0))
        figures.append({"label": str(band.label), "band": band.value, "value": whole_number(count), "change": change})
    return figures


def _change(change: float, currency: str = "") -> str:
    if abs(change) < (0.5 if not currency else 1):
        return "unchanged"
    size = short_money(abs(change), currency) if currency else whole_number(abs(change))
    return f"{'+' if change > 0 else '−'}{size}"


def _scope_words(question: Question) -> str:
    """Name whose accounts the sheet is about, so that it can lie on a table by itself."""
    teams, owners, segments = question.choices
    filters, user = question.filters, question.request.user
    chosen = [
        *(team.name for team in teams if team.pk == filters.team),
        *(owner.full_name for owner in owners if owner.pk == filters.owner),
        *(segment.name for segment in segments if segment.pk == filters.segment),
    ]
    if not chosen:
        chosen = ["All accounts" if sees_everything(user) else f"The accounts that {user.full_name} may see"]
    count = sum(place.count for place in question.places if place.band != Band.CLOSED)
    return f"{', '.join(chosen)} ({count_of(count, 'account')})"
