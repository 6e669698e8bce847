"""Telling an unreachable database from a mistake of ours, and answering it in words."""

from __future__ import annotations

from typing import Final

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

RETRY_AFTER_SECONDS: Final = 10
PROBE_PATH: Final = "/healthz"

# PostgreSQL's codes for: shut down by an administrator, crashed, not ready yet, too many connections.
_GONE_CODES: Final = frozenset({"57P01", "57P02", "57P03", "53300"})
_CONNECTION_CLASS: Final = "08"


def is_outage(error: BaseException | None) -> bool:
    """Whether `error` says that the database cannot be reached, rather than that it refused a statement."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    code: str | None = getattr(error.__cause__, "pgcode", None)
    # libpq gives no code when there is nobody to ask: refused, timed out, closed without a word.
    return code is None or code in _GONE_CODES or code.startswith(_CONNECTION_CLASS)


def unavailable(request: HttpRequest) -> HttpResponse:
    """Answer 503: JSON to the probe, one sentence to htmx, else a page that tries again by itself.

    Nothing in it touches the database.
    """
    response: HttpResponse
    if request.path_info == PROBE_PATH:
        response = JsonResponse({"status": "unavailable", "reason": "the database does not answer"}, status=503)
    elif request.headers.get("HX-Request") == "true":
        response = HttpResponse("Hark cannot reach its database right now.", status=503, content_type="text/plain")
    else:
        response = HttpResponse(render_to_string("errors/503.html", {"theme": "system"}), status=503)
        if request.method == "GET":
            response["Refresh"] = str(RETRY_AFTER_SECONDS)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    response["Cache-Control"] = "no-store"
    return response
