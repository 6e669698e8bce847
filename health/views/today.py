"""Today and the account list: the same list machinery with another beginning."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from config.days import firm_day, spell_since, working_day_before
from config.http import HtmxHttpRequest, wants_fragment
from health.filters import (
    FLAGGED,
    USUAL_COLUMNS,
    ListFilters,
    capacity_of,
    directory_defaults,
    read_filters,
    today_defaults,
)
from health.list_columns import COLUMNS
from health.models import Band
from health.selectors.absences import absences
from health.selectors.changes import changes_since
from health.selectors.facets import Facets, list_facets
from health.selectors.feeds import footing
from health.selectors.lists import (
    PAGE_SIZE,
    has_accounts,
    list_rows,
)
from health.selectors.saved_views import saved_views_of
from health.views.list_beginnings import beginning_address
from health.views.list_controls import Controls
from health.walks import WalkedList


@require_safe
@vary_on_headers("HX-Request")
def today(request: HtmxHttpRequest) -> HttpResponse:
    """Show who has gone quiet, in the order in which it matters; a bare address may open a saved view instead."""
    if address := beginning_address(request, "today"):
        return HttpResponseRedirect(address)
    context = _list_context(request, "today", today_defaults(request.user))
    filters: ListFilters = context["filters"]
    facets: Facets = context["facets"]
    today_: dt.date = context["today"]
    since = working_day_before(today_)
    changes = changes_since(request.user, filters.scope, since=since, today=today_)
    silent = facets.tally(bands=(Band.SILENT.value,), is_snoozed=False)
    flagged = facets.tally(bands=FLAGGED, is_snoozed=False)
    context |= {
        "changes": changes,
        "since": spell_since(since, today_),
        "tiles": context["controls"].tiles(changes, spell_since(since, today_)),
        "silent": silent,
        "flagged": flagged,
        "total": facets.total,
        "live_address": _live_address(context),
        "is_narrowed": _is_narrowed(filters, today_defaults(request.user)),
        "page_title": f"({silent.count}) Today · Hark" if silent.count else "Today · Hark",
    }
    return render(request, "health/_today.html" if wants_fragment(request) else "health/today.html", context)


@require_safe
@vary_on_headers("HX-Request")
def account_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show every account of the scope, whatever its band; a bare address may open a saved view instead."""
    if address := beginning_address(request, "account-list"):
        return HttpResponseRedirect(address)
    context = _list_context(request, "account-list", directory_defaults(request.user))
    context |= {"total": context["facets"].total, "page_title": "Accounts · Hark"}
    return render(request, "health/_accounts.html" if wants_fragment(request) else "health/accounts.html", context)


def _list_context(request: HtmxHttpRequest, name: str, defaults: ListFilters) -> dict[str, Any]:
    as_of = timezone.now()
    today_ = firm_day(as_of)
    read = read_filters(request.GET, user=request.user, defaults=defaults)
    filters = read.filters
    facets = list_facets(request.user, filters, today=today_)
    capacity = capacity_of(request.user, filters, defaults)
    rows = list_rows(request.user, filters, as_of=as_of, today=today_, limit=min(capacity or PAGE_SIZE, PAGE_SIZE))
    controls = Controls(request.user, filters, defaults, facets)
    count = facets.tally().count
    return {
        "as_of": as_of,
        "today": today_,
        "filters": filters,
        "not_understood": read.not_understood,
        "facets": facets,
        "rows": rows,
        "controls": controls,
        "segment_fields": controls.hidden_fields("segment"),
        "search_fields": controls.hidden_fields("q"),
        "columns": controls.columns(),
        "pager": controls.pager(shown=len(rows)),
        "beyond_capacity": max(0, count - len(rows)) if capacity else 0,
        "state_query": filters.query(defaults),
        "absences": controls.absent(absences(request.user, filters, today=today_)),
        "list_name": name,
        "views": controls.views(saved_views_of(request.user, name)),
        "may_share": request.user.team_id is not None,
        "column_choices": COLUMNS,
        "has_own_columns": filters.columns != USUAL_COLUMNS or defaults.columns != USUAL_COLUMNS,
        "sheet_query": filters.changed(is_all=False).query(defaults),
        "walk_query": WalkedList(name, filters, defaults).account_query(),
        "list_address": f"{request.path}{filters.query(defaults)}",
        "footing": (known := footing(request.user, today=today_)),
        "stopped_feeds": controls.stopped(known.stopped),
        "scored_at": known.scored_at,
        "empty": "" if rows else _why_empty(request, filters, defaults, facets),
    }


def _live_address(context: dict[str, Any]) -> str:
    """Return where the page asks whether it has changed since it was read."""
    seen = urlencode({"seen_at": int(context["as_of"].timestamp()), "seen": context["facets"].total.count})
    query = context["state_query"]
    return f"{reverse('today-changed')}{query}{'&' if query else '?'}{seen}"


def _is_narrowed(filters: ListFilters, defaults: ListFilters) -> bool:
    """Whether the headline speaks of a part of the scope; it counts bands and leaves out snoozes by itself."""
    return filters.changed(bands=defaults.bands, is_snoozed=False, is_with_snoozed=False).narrows(defaults)


def _why_empty(request: HtmxHttpRequest, filters: ListFilters, defaults: ListFilters, facets: Facets) -> str:
    """Name the reason for an empty list, for the three are different news: quiet, hidden, waiting, nothing."""
    if facets.total.count:
        return "hidden" if filters.narrows(defaults) or filters.page > 1 else "nobody_quiet"
    if filters.search or filters.team or filters.owner:
        return "hidden"
    return "waiting" if has_accounts(request.user, filters.scope) else "no_data"
