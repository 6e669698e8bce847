"""What views need to know of a request that htmx may have sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

if TYPE_CHECKING:
    from accounts.models import User


class HtmxHttpRequest(HttpRequest):
    """A request of a signed-in user, after the middlewares."""

    htmx: HtmxDetails
    user: User


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page: not when it boosts a link or restores a page of its history."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def announce(response: HttpResponse, *events: str, toast: str = "", undo: str = "") -> HttpResponse:
    """Make htmx fire `events` on the page when it has read `response`, and show `toast` if there is one.

    `undo` is the address that takes the change back; its query string is sent as the body of a POST.
    """
    triggers: dict[str, object] = {event: {} for event in events}
    if toast:
        triggers["toast"] = {"text": toast, "undo": undo}
    if triggers:
        response["HX-Trigger"] = json.dumps(triggers)
    return response


def account_changed(*account_ids: int) -> tuple[str, ...]:
    """Return the names of the events that say that these accounts changed; rows and panels listen to theirs."""
    return ("accounts-changed", *(f"account-changed-{account_id}" for account_id in account_ids))


def next_address(request: HttpRequest, fallback: str) -> str:
    """Return where the form's `next` asks to go afterwards, if that is a page of this site, else `fallback`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_own = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and is_own else fallback
