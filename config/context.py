"""What every page's frame shows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.access import can_administer
from accounts.models import Role


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the theme and the facts of the installation that the frame of every page needs; no query."""
    user = getattr(request, "user", None)
    is_known = user is not None and user.is_authenticated
    return {
        "theme": getattr(user, "theme", "system") if is_known else "system",
        "may_administer": is_known and can_administer(user),
        "may_write": is_known and user.role != Role.EXECUTIVE,
        "is_demo": settings.HARK_DEMO,
        "currency": settings.HARK_CURRENCY,
    }
