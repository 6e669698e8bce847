"""How often a wrong password may be given, seen from Hark's side; django-axes keeps the count.

Its settings name the two functions `person` and `client_address`.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.http import HttpRequest


def person(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str:
    """Return the name under which tries are counted: the e-mail address, in one spelling whatever its case."""
    field: str = settings.AXES_USERNAME_FORM_FIELD
    name = (credentials or {}).get(field) or (request.POST.get(field) if request is not None else "")
    return name_of(str(name or ""))


def name_of(email: str) -> str:
    """Return the one spelling under which tries for `email` are counted."""
    return email.strip().lower()


def client_address(request: HttpRequest) -> str:
    """Return the address that the tries of `request` are counted for.

    Behind a proxy (HARK_HTTPS) that is what the proxy wrote last into X-Forwarded-For: what stands before it was
    written by the client, who could invent a new address for each try.
    """
    forwarded: str = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.IS_HTTPS else ""
    nearest = forwarded.rpartition(",")[2].strip()
    return nearest or str(request.META.get("REMOTE_ADDR", ""))


def locked_until(request: HttpRequest, credentials: dict[str, Any] | None, *, now: dt.datetime) -> dt.datetime:
    """Return when the next try is allowed for whoever was just refused: a cool-off after the last counted one."""
    last = (
        AccessAttempt.objects.filter(username=person(request, credentials), ip_address=client_address(request))
        .order_by("-attempt_time")
        .values_list("attempt_time", flat=True)
        .first()
    )
    cool_off: dt.timedelta = settings.AXES_COOLOFF_TIME
    return (last or now) + cool_off
