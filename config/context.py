"""What every page's frame shows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.access import can_administer, can_create_accounts
from accounts.models import Role, User
from config.heartbeat import background_trouble


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the theme and the facts of the installation that the frame of every page needs; no query."""
    user = getattr(request, "user", None)
    person = user if isinstance(user, User) else None
    return {
        "theme": person.theme if person else "system",
        "may_administer": person is not None and can_administer(person),
        "may_write": person is not None and person.role != Role.EXECUTIVE,
        "may_create_accounts": person is not None and can_create_accounts(person),
        "background_trouble": background_trouble if person is not None and _sees_operations(person) else "",
        "is_demo": settings.HARK_DEMO,
        "currency": settings.HARK_CURRENCY,
    }


def _sees_operations(person: User) -> bool:
    """Whether `person` can do something about background work that stands still, or must know that figures are old."""
    return can_administer(person) or person.role == Role.LEAD
