"""The account page: one client understood in a minute, today or as of a past day."""

from __future__ import annotations

import datetime as dt
from itertools import zip_longest
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.access import account_for, can_write
from accounts.models import Account
from config.days import firm_day
from config.http import HtmxHttpRequest, wants_fragment
from health.explanations import explain_score, facts_of
from health.models import AccountHealth, Series
from health.reasons import reasons_of, whole_points_of
from health.scoring.explain import spell_chance, spell_gap_comes
from health.selectors import account as selectors
from health.selectors.account_head import recent_health
from health.selectors.next_actions import open_action
from health.selectors.past import day_end
from health.selectors.past_account import PastAccount, account_as_of
from health.selectors.people import people_of
from health.selectors.promised import PROMISE_WORDS, last_promise
from health.views.account_charts import LISTED_TOUCHES, account_charts, periods_of, read_past_day
from health.views.account_walk import walk_links
from health.views.stream import MORE, WHOLE, stream_context, stream_fragment

_FRAGMENTS = {"account-head": "health/_account_head.html", "why": "health/_why_card.html"}
# What an address keeps when something else on the page is followed: the list walked through, and the past day.
_KEPT = ("list", "place", "as_of")


@require_safe
def account(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show the page, or for htmx the part that it asks for: head, reasons, stream, or the next page of the stream."""
    as_of = timezone.now()
    found = account_for(request.user, pk)
    target = request.htmx.target if wants_fragment(request) else None
    context = _base_context(request, found, as_of)
    if target in {WHOLE, MORE}:
        response = stream_fragment(request, context, target, as_of=as_of)
    else:
        if target == "account-head":
            context |= _head_context(request, context, as_of)
        elif target == "why":
            context |= _scored_context(request, context)
            context |= _why_context(context)
        else:
            context |= _page_context(request, context, as_of)
        response = render(request, _FRAGMENTS.get(target or "", "health/account.html"), context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _base_context(request: HtmxHttpRequest, account_: Account, as_of: dt.datetime) -> dict[str, Any]:
    kept = [(name, value) for name in _KEPT if (value := request.GET.get(name, ""))]
    today = firm_day(as_of)
    return {
        "account": account_,
        "health": selectors.health_of(account_),
        "is_writable": can_write(request.user, account_),
        "today": today,
        "past_day": read_past_day(request.GET.get("as_of", ""), today),
        "kept": kept,
        "kept_query": urlencode(kept),
        "list_query": urlencode([(name, value) for name, value in kept if name != "as_of"]),
    }


def _scored_context(request: HtmxHttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The score of the day that is read: `health`, beside today's as `now`; `past` where that day is not today."""
    past_day: dt.date | None = context["past_day"]
    past = account_as_of(context["account"].pk, past_day) if past_day else None
    return {
        "now": context["health"],
        "past": past,
        "health": past.health if past else context["health"],
        "day": past_day or context["today"],
        "is_day_unread": past is None and request.GET.get("as_of", "") not in {"", str(context["today"])},
    }


def _head_context(request: HtmxHttpRequest, context: dict[str, Any], as_of: dt.datetime) -> dict[str, Any]:
    account_: Account = context["account"]
    context = context | _scored_context(request, context)
    today: dt.date = context["today"]
    health: AccountHealth | None = context["health"]
    return context | {
        "explanation": explain_score(health, today=context["day"]) if health else None,
        "recent": recent_health(health, on=context["day"]) if health else None,
        "band_since_on": _band_since(context),
        "suppression": selectors.suppression_of(account_, today=today),
        "next_action": open_action(account_),
        "promise": last_promise(account_, as_of=day_end(context["day"]) if context["past"] else as_of),
        "promise_words": PROMISE_WORDS,
        "booked": selectors.next_booked(account_, as_of=as_of),
        "renewal_days": (account_.renewal_on - today).days if account_.renewal_on else None,
        "lived": _lived_cadence(account_, health),
    }


def _band_since(context: dict[str, Any]) -> dt.date | None:
    past: PastAccount | None = context["past"]
    if past is not None:
        return past.band_since_on
    return context["now"].band_since_on if context["now"] else None


def _lived_cadence(account_: Account, health: AccountHealth | None) -> dict[str, Any] | None:
    """Return the lived cadence in whole days, and whether it falls short of the agreed one by a quarter or more."""
    if health is None or not health.usual_gap_days:
        return None
    days = max(1, round(health.usual_gap_days))
    agreed = account_.agreed_cadence_days
    return {"days": days, "is_own": health.is_usual_gap_own, "is_short": agreed is not None and days >= 1.25 * agreed}


def _page_context(request: HtmxHttpRequest, context: dict[str, Any], as_of: dt.datetime) -> dict[str, Any]:
    account_: Account = context["account"]
    context = context | stream_context(request, context, as_of=as_of) | _head_context(request, context, as_of)
    past_day: dt.date | None = context["past_day"]
    charts = account_charts(account_, context["health"], as_of=day_end(past_day) if past_day else as_of)
    return (
        context
        | _why_context(context)
        | {
            "people": people_of(account_, context["now"], as_of=as_of),
            "charts": charts | {"live_talk": charts["live-talk"]},
            "listed_touches": LISTED_TOUCHES,
            "periods": periods_of(charts["lanes"]) or periods_of(charts["gaps"]),
            "walk": walk_links(request, request.user, account_, today=context["today"]),
        }
    )


def _why_context(context: dict[str, Any]) -> dict[str, Any]:
    """Round what the score rests on so that health and risk add up to 100 as they are shown."""
    health: AccountHealth | None = context["health"]
    facts = facts_of(health, today=context["day"], series=Series.ANY) if health else None
    if health is None or health.risk is None or health.normal is None or facts is None:
        return {}
    percent = round(100 * health.risk)
    reasons = reasons_of(health, today=context["day"], is_past=context["past"] is not None)
    points_now = whole_points_of(context["now"]) if context["past"] and context["now"] else None
    return {
        "reasons": reasons,
        "is_beside": points_now is not None,
        "step_rows": list(zip_longest(reasons.steps if reasons else (), points_now or ())),
        "gap_count": max(0, health.touch_days - 1),
        "gap_comes": spell_gap_comes(facts),
        "chance": spell_chance(facts.normal),
        "risk_percent": percent,
        "health_points": 100 - percent,
    }
