"""What is planned next with an account."""

from __future__ import annotations

from accounts.models import Account
from health.models import NextAction


def open_action(account: Account) -> NextAction | None:
    """Return the open next action of `account`, with its author."""
    return NextAction.objects.filter(account=account, ended_at__isnull=True).select_related("author").first()
