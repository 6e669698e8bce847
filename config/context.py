"""What every page's frame shows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the theme and the facts of the installation that the frame of every page needs; no query."""
    user = getattr(request, "user", None)
    theme = getattr(user, "theme", "system") if user is not None and user.is_authenticated else "system"
    return {"theme": theme, "is_demo": settings.HARK_DEMO, "currency": settings.HARK_CURRENCY}
