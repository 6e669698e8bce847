"""Pages that belong to no app: the probe of the load balancer and the error pages."""

from __future__ import annotations

import sys

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache

from config.outages import is_outage, unavailable


@login_not_required
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the web process reaches its database; an outage answers 503 by the middleware."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(render_to_string("errors/400.html", {"theme": "system"}), status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer with what the code that refused says about it: who may do it, or whom to ask."""
    return render(request, "errors/403.html", {"reason": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer what nothing else caught, in middlewares too: an unreachable database as such, the rest as our mistake."""
    if is_outage(sys.exception()):
        return unavailable(request)
    # No request context: whatever failed may be what the context would ask for.
    return HttpResponse(render_to_string("errors/500.html", {"theme": "system"}), status=500)


@login_not_required
def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that did not come from this session: mostly a page that was open while somebody signed in anew."""
    return render(request, "errors/403_csrf.html", status=403)
