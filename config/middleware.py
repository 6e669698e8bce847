"""What surrounds every request: outages said in words, htmx and an expired session, the person's time zone."""

from __future__ import annotations

import logging
import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

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
    """Send the whole page to the sign-in form when a session ended: a form never appears inside a table."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        location = response.get("Location", "")
        if request.htmx and response.status_code == 302 and "/sign-in" in location:  # type: ignore[attr-defined]
            return HttpResponseClientRedirect(location)
        return response

    return middleware


def time_zone_middleware(get_response: GetResponse) -> GetResponse:
    """Show times in the signed-in person's time zone, or the firm's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        name = getattr(request.user, "time_zone", "") or settings.HARK_TIME_ZONE
        with timezone.override(zoneinfo.ZoneInfo(name)):
            return get_response(request)

    return middleware
