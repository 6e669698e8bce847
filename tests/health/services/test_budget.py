"""The budget of false alarms is decided in the firm, with who and when; then the portfolio is learned anew."""

from __future__ import annotations

import datetime as dt

import pytest
from pytest_django import Settings

from accounts.models import User
from health.models import AlarmBudget
from health.selectors.budget import current_budget, last_decision
from health.services.budget import decide_budget
from health.services.fitting import fit_is_due
from tests.health.services.test_fitting import FRESH

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 6, 15, 10, 0, tzinfo=dt.UTC)


def test_what_the_installation_was_given_stands_until_somebody_decides(settings: Settings, root: User) -> None:
    settings.HARK_FALSE_ALARMS_PER_YEAR = 1.7
    assert (current_budget(), last_decision()) == (1.7, None)
    decide_budget(false_alarms_per_year=3.0, by=root, now=NOW)
    assert current_budget() == 3.0


def test_every_decision_is_kept_with_who_and_when(root: User) -> None:
    assert decide_budget(false_alarms_per_year=3.0, by=root, now=NOW)
    assert decide_budget(false_alarms_per_year=1.0, by=root, now=NOW + dt.timedelta(days=1))
    assert AlarmBudget.objects.count() == 2
    last = last_decision()
    assert (last.false_alarms_per_year, last.decided_by, last.decided_at) == (1.0, root, NOW + dt.timedelta(days=1))


def test_deciding_on_what_is_in_force_changes_nothing(root: User) -> None:
    assert not decide_budget(false_alarms_per_year=2.0, by=root, now=NOW)
    assert not AlarmBudget.objects.exists()


def test_a_budget_whose_effect_nobody_knows_is_refused(root: User) -> None:
    with pytest.raises(ValueError, match="false_alarms_per_year"):
        decide_budget(false_alarms_per_year=1.3, by=root, now=NOW)


def test_another_budget_makes_a_fit_due(root: User) -> None:
    decide_budget(false_alarms_per_year=1.0, by=root, now=NOW)
    assert fit_is_due(FRESH, now=FRESH.created_at, portfolio_count=100, budget=current_budget())
