"""Next actions: what somebody is going to do about an account, by when, and that it was done."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction

from accounts.models import Account, User
from config.days import firm_day
from health.models import NextAction

FARTHEST_DUE_DAYS: Final = 366


@transaction.atomic
def plan_action(*, account: Account, author: User, what: str, due_on: dt.date | None, now: dt.datetime) -> NextAction:
    """Plan the next action with `account`; one that was open is replaced by it, and kept.

    Raises ValueError when it does not say what, or the day is past or more than a year ahead.
    """
    if not what.strip():
        raise ValueError("what: say what is to be done")
    if due_on is not None and not 0 <= (due_on - firm_day(now)).days <= FARTHEST_DUE_DAYS:
        raise ValueError("due_on: choose a day from today on, at most a year ahead")
    # The row lock makes two people who plan at once take turns; the second replaces the first.
    Account.objects.select_for_update().only("pk").get(pk=account.pk)
    NextAction.objects.filter(account=account, ended_at__isnull=True).update(ended_at=now, ended_by=author)
    return NextAction.objects.create(
        account=account, author=author, what=what.strip()[:200], due_on=due_on, created_at=now
    )


def complete_action(*, account: Account, by: User, now: dt.datetime) -> NextAction | None:
    """Mark the open action of `account` as done and return it; None when there is none."""
    action = NextAction.objects.filter(account=account, ended_at__isnull=True).first()
    if action is None:
        return None
    NextAction.objects.filter(pk=action.pk, ended_at__isnull=True).update(ended_at=now, ended_by=by, is_done=True)
    return action
