"""Deciding how many false alarms the firm accepts."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from health import ledger
from health.models import AlarmBudget
from health.scoring.trust.params import BUDGETS
from health.selectors.budget import current_budget


@transaction.atomic
def decide_budget(*, false_alarms_per_year: float, by: User, now: dt.datetime) -> bool:
    """Record a new budget, with who and when; return whether it differs from the one in force.

    The next run finds that the thresholds were set for another budget, and learns the portfolio anew. Raises ValueError
    for a budget whose effect is not computed.
    """
    if false_alarms_per_year not in BUDGETS:
        raise ValueError(f"false_alarms_per_year: must be one of {', '.join(f'{b:g}' for b in BUDGETS)}")
    ledger.lock_fitting()  # two decisions at once: the second sees the first
    if false_alarms_per_year == current_budget():
        return False
    AlarmBudget.objects.create(false_alarms_per_year=false_alarms_per_year, decided_by=by, decided_at=now)
    return True
