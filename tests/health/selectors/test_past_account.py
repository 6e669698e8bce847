"""One account as of a past day: from the facts, beside what was stored, and under which model."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.models import Account
from health.models import Band, HealthDay
from health.selectors.models import StoredModel
from health.selectors.past_account import account_as_of
from health.services.runs import run_now
from tests import factories

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 6, 15)


@pytest.fixture
def weekly(account: Account, model: StoredModel, as_of: dt.datetime) -> Account:
    """In touch every week until forty days ago, and scored today for the first time."""
    factories.touches_on(account, *(MONDAY - dt.timedelta(days=age) for age in range(40, 300, 7)))
    run_now(kind="manual", as_of=as_of)
    return account


def test_a_past_day_knows_nothing_of_later_ones(weekly: Account) -> None:
    day = MONDAY - dt.timedelta(days=42)
    past = account_as_of(weekly.pk, day)
    assert past.health is not None
    assert (past.health.band, past.health.as_of_on) == (Band.STEADY, day)
    assert past.health.last_touch_on <= day
    assert past.health.usual_gap_high_days == 7


def test_every_day_that_was_stored_is_computed_again_the_same(weekly: Account) -> None:
    stored = list(HealthDay.objects.filter(account=weekly, health_score__isnull=False))
    assert len(stored) > 30
    for day in stored:
        past = account_as_of(weekly.pk, day.day)
        assert past.health is not None
        assert past.health.health_score == pytest.approx(day.health_score, rel=1e-9)
        assert not past.differs


def test_a_touch_that_came_in_later_makes_a_difference_that_is_said(weekly: Account) -> None:
    day = MONDAY - dt.timedelta(days=8)
    assert not account_as_of(weekly.pk, day).differs
    factories.touches_on(weekly, MONDAY - dt.timedelta(days=9))
    past = account_as_of(weekly.pk, day)
    assert past.differs
    assert past.said_label == "Silent"


def test_before_the_first_model_the_first_one_judges_and_no_model_is_fitted(weekly: Account) -> None:
    assert account_as_of(weekly.pk, MONDAY - dt.timedelta(days=30)).is_later_model
    assert not account_as_of(weekly.pk, MONDAY).is_later_model


def test_before_the_first_touch_there_is_no_score(weekly: Account) -> None:
    past = account_as_of(weekly.pk, MONDAY - dt.timedelta(days=500))
    assert (past.health, past.said, past.band_since_on) == (None, None, None)


def test_without_any_model_there_is_no_score(account: Account) -> None:
    factories.touches_on(account, MONDAY - dt.timedelta(days=9))
    assert account_as_of(account.pk, MONDAY).health is None
