"""What surrounds every request: outages said in words, an expired session, the person's time zone."""

from __future__ import annotations

import logging
import zoneinfo
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from config.outages import is_outage, unavailable

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]


class OutageMiddleware:
    """Answer 503 with words when a view cannot reach PostgreSQL; `config.views.server_error` does it for the rest."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not is_outage(exception):
            return None
        logger.error("the database does not answer: %s", exception)
        return unavailable(request)


def htmx_sign_in_middleware(get_response: GetResponse) -> GetResponse:
    """Answer 401 to htmx when the session ended, so that a sign-in form never appears inside a table.

    The body is empty and the header `Hark-Sign-In` holds where to sign in, with the way back to the *page*, not to the
    part of it that was asked for. What was typed stays there: `static/js/trouble.js` goes at once, or asks first.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        asked: HtmxDetails = request.htmx  # type: ignore[attr-defined]
        if not asked or response.status_code != 302 or _path(response.get("Location", "")) != resolve_url("sign-in"):
            return response
        signing_in = HttpResponse(status=401)
        page = asked.current_url_abs_path or resolve_url(settings.LOGIN_REDIRECT_URL)
        signing_in["Hark-Sign-In"] = f"{resolve_url('sign-in')}?{urlencode({'next': page})}"
        signing_in["Cache-Control"] = "no-store"
        return signing_in

    return middleware


def unsent_form_middleware(get_response: GetResponse) -> GetResponse:
    """Lead who sent a form after the session ended back to the page of the form, and say that it did not arrive.

    The address that a form is sent to is not always one that can be opened. What was typed is kept by
    `static/js/drafts.js`.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        location = urlsplit(response.get("Location", ""))
        is_signing_in = response.status_code == 302 and location.path == resolve_url("sign-in")
        if request.method == "POST" and is_signing_in and "next" in parse_qs(location.query):
            page = _page_of_form(request)
            response["Location"] = f"{resolve_url('sign-in')}?{urlencode({'next': page, 'unsent': '1'})}"
        return response

    return middleware


def _page_of_form(request: HttpRequest) -> str:
    """Return the page of this site that the form was sent from, or where it was sent to if that is not known."""
    came_from = request.headers.get("Referer", "")
    is_own = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    page = urlsplit(came_from)
    return f"{page.path}?{page.query}" if is_own and page.query else page.path if is_own else request.get_full_path()


def _path(location: str) -> str:
    return urlsplit(location).path


def time_zone_middleware(get_response: GetResponse) -> GetResponse:
    """Show times in the signed-in person's time zone, or the firm's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        name = getattr(request.user, "time_zone", "") or settings.HARK_TIME_ZONE
        with timezone.override(zoneinfo.ZoneInfo(name)):
            return get_response(request)

    return middleware
