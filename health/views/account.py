"""The account page: one client understood in a minute."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.access import account_for, can_write
from accounts.models import Account
from config.days import firm_day
from config.http import HtmxHttpRequest, wants_fragment
from health.charts.account import LaneTouch, Silence, gaps_chart, lanes_chart
from health.charts.card import ChartCard
from health.explanations import explain_score
from health.models import AccountHealth, Band
from health.reasons import label_of, reasons_of
from health.scoring.explain import spell_chance
from health.selectors import account as selectors
from health.selectors.next_actions import open_action
from health.selectors.stream import KINDS, Place, StreamFilters, stream_page
from touchpoints.models import Channel, Direction

_FRAGMENTS = {
    "stream": "health/_stream.html",
    "stream-more": "health/_stream_entries.html",
    "account-head": "health/_account_head.html",
}


@require_safe
def account(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show the page, or for htmx the part that it asks for: the head, the stream, or the next page of the stream."""
    as_of = timezone.now()
    found = account_for(request.user, pk)
    target = request.htmx.target if wants_fragment(request) else None
    if target in {"stream", "stream-more"}:
        context = _stream_context(request, found, as_of)
    elif target == "account-head":
        context = _head_context(request, found, as_of)
    else:
        context = _page_context(request, found, as_of)
    template = _FRAGMENTS.get(target or "", "health/account.html")
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _base_context(request: HtmxHttpRequest, account_: Account, as_of: dt.datetime) -> dict[str, Any]:
    return {
        "account": account_,
        "health": selectors.health_of(account_),
        "is_writable": can_write(request.user, account_),
        "today": firm_day(as_of),
    }


def _head_context(request: HtmxHttpRequest, account_: Account, as_of: dt.datetime) -> dict[str, Any]:
    context = _base_context(request, account_, as_of)
    today: dt.date = context["today"]
    health: AccountHealth | None = context["health"]
    return context | {
        "explanation": explain_score(health, today=today) if health else None,
        "suppression": selectors.suppression_of(account_, today=today),
        "next_action": open_action(account_),
        "booked": selectors.next_booked(account_, as_of=as_of),
        "renewal_days": (account_.renewal_on - today).days if account_.renewal_on else None,
    }


def _stream_context(request: HtmxHttpRequest, account_: Account, as_of: dt.datetime) -> dict[str, Any]:
    context = _base_context(request, account_, as_of)
    filters = StreamFilters.from_query(request.GET)
    before = Place.from_text(request.GET.get("before", ""))
    health: AccountHealth | None = context["health"]
    long_gap = health.usual_gap_high_days if health else None
    page = stream_page(account_, filters, before=before, long_gap_days=long_gap)
    query = filters.query()
    more = urlencode(query | {"before": str(page.next_place)}) if page.next_place else ""
    return context | {
        "filters": filters,
        "entries": page.entries,
        "more_url": f"{account_.get_absolute_url()}?{more}" if more else "",
        "previous_month": timezone.localtime(before.at).strftime("%Y-%m") if before else "",
        "kinds": KINDS,
        "channels": Channel.choices,
        "directions": [choice for choice in Direction.choices if choice[0] != Direction.UNKNOWN],
        "contacts": list(account_.contacts.all()),
        "stream_url": account_.get_absolute_url(),
        "because_label": label_of(filters.because),
    }


def _page_context(request: HtmxHttpRequest, account_: Account, as_of: dt.datetime) -> dict[str, Any]:
    context = _head_context(request, account_, as_of) | _stream_context(request, account_, as_of)
    touches = selectors.lane_touches(account_, as_of=as_of)
    health: AccountHealth | None = context["health"]
    return (
        context
        | _why_context(health, context["today"])
        | {
            "people": selectors.people_of(account_, today=context["today"], as_of=as_of),
            "charts": _charts(account_, context["health"], touches, context["today"]),
        }
    )


def _why_context(health: AccountHealth | None, today: dt.date) -> dict[str, Any]:
    """Round what the score rests on so that health and risk add up to 100 as they are shown."""
    if health is None or health.risk is None or health.normal is None:
        return {}
    percent = round(100 * health.risk)
    return {
        "reasons": reasons_of(health, today=today),
        "gap_count": max(0, health.touch_days - 1),
        "chance": spell_chance(health.normal),
        "risk_percent": percent,
        "health_points": 100 - percent,
    }


def _charts(
    account_: Account, health: AccountHealth | None, touches: list[selectors.ChartTouch], today: dt.date
) -> dict[str, ChartCard]:
    days = selectors.touch_days(touches)
    last_on = health.last_touch_on if health else None
    silence = Silence(
        last_on=last_on,
        days=(today - last_on).days if last_on else 0,
        low_days=health.usual_gap_low_days if health else None,
        high_days=health.usual_gap_high_days if health else None,
        is_flagged=health is not None and health.band in {Band.SILENT, Band.DORMANT},
    )
    page = reverse("account", args=[account_.pk])
    lanes = [
        LaneTouch(
            timezone.localtime(touch.occurred_at),
            touch.channel,
            touch.direction,
            touch.counts,
            touch.subject,
            f"{page}?to={timezone.localtime(touch.occurred_at):%Y-%m-%d}#stream",
        )
        for touch in touches
    ]
    return {
        "lanes": lanes_chart(lanes, silence, today=today, months=selectors.LANE_MONTHS),
        "gaps": gaps_chart(days, silence, today=today),
    }
