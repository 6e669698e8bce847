"""What an open page asks every minute: has anything changed?"""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.http import HtmxHttpRequest, announce
from health.filters import read_filters, today_defaults
from health.selectors.list_changes import has_changed


@require_safe
def today_changed(request: HtmxHttpRequest) -> HttpResponse:
    """Answer without content; when the list has changed, htmx is told to fetch it again.

    `seen_at` is when the list was read, in seconds since 1970, `seen` how many accounts its scope held.
    """
    filters = read_filters(request.GET, user=request.user, defaults=today_defaults(request.user)).filters
    seen_at, seen = _whole(request.GET.get("seen_at", "")), _whole(request.GET.get("seen", ""))
    response = HttpResponse(status=204)
    if seen_at is None or seen is None:
        return response
    moment = dt.datetime.fromtimestamp(seen_at, dt.UTC)
    is_changed = has_changed(request.user, filters, seen_at=moment, seen=seen, now=timezone.now())
    return announce(response, "accounts-rescored") if is_changed else response


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 11 else None
