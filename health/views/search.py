"""Search over accounts and contacts; beside each account, whether Today lists it and why not."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.days import firm_day
from config.http import HtmxHttpRequest
from health.filters import SEARCH_LENGTH, capacity_of, today_defaults
from health.selectors.absences import Absence, notes_on, places_in
from health.selectors.search import SHORTEST, FoundAccount, search


@dataclass(frozen=True, slots=True)
class NotedAccount:
    """An account that was found; `absence` says why Today does not list it, None: it does.

    `place` is its place in the list where it is beyond the reader's capacity for a day.
    """

    found: FoundAccount
    absence: Absence | None
    place: int | None


@require_safe
def search_page(request: HtmxHttpRequest) -> HttpResponse:
    """Show what matches `q`."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:SEARCH_LENGTH]
    is_long_enough = len(text) >= SHORTEST
    result = search(request.user, text) if is_long_enough else None
    context = {
        "search_text": text,
        "result": result,
        "accounts": _with_notes(request, result.accounts) if result else [],
        "is_too_short": bool(text) and not is_long_enough,
    }
    return render(request, "health/search.html", context)


def _with_notes(request: HtmxHttpRequest, found: list[FoundAccount]) -> list[NotedAccount]:
    """Add what Today says about each; one query, and one more for somebody with a daily capacity."""
    if not found:
        return []
    today = firm_day(timezone.now())
    usual = today_defaults(request.user)
    absent = notes_on(request.user, [one.account_id for one in found], usual, today=today)
    capacity = capacity_of(request.user, usual, usual)
    places = places_in(request.user, usual, today=today) if capacity else {}
    return [
        NotedAccount(
            one,
            absent.get(one.account_id),
            place if capacity and (place := places.get(one.account_id, 0)) > capacity else None,
        )
        for one in found
    ]
