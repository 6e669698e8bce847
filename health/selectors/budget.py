"""How many false alarms per account and year the firm accepts."""

from __future__ import annotations

from django.conf import settings

from health.models import AlarmBudget


def current_budget() -> float:
    """Return the budget in force: what was decided last, before that what the installation was given."""
    decided = AlarmBudget.objects.first()
    return decided.false_alarms_per_year if decided else float(settings.HARK_FALSE_ALARMS_PER_YEAR)


def last_decision() -> AlarmBudget | None:
    """Return who decided on the budget in force, and when; None while nobody has."""
    return AlarmBudget.objects.select_related("decided_by").first()
