"""Search over accounts and contacts."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.http import HtmxHttpRequest
from health.filters import SEARCH_LENGTH
from health.selectors.search import SHORTEST, search


@require_safe
def search_page(request: HtmxHttpRequest) -> HttpResponse:
    """Show what matches `q`."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:SEARCH_LENGTH]
    is_long_enough = len(text) >= SHORTEST
    result = search(request.user, text) if is_long_enough else None
    context = {"search_text": text, "result": result, "is_too_short": bool(text) and not is_long_enough}
    return render(request, "health/search.html", context)
