"""A past day computed from the facts says what was said on it."""

from __future__ import annotations

import datetime as dt

import pytest
from pytest_django import Settings

from accounts.models import Account
from health.demo_loader import load_demo
from health.models import AccountHealth, Band, HealthDay
from health.selectors.past import account_on, portfolio_on
from health.services.runs import run_now

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
# What people decided, and what a band is held by, is not known of the past.
DECIDED = (Band.PAUSED, Band.CLOSED, Band.LEARNING)


def test_yesterday_from_the_facts_is_what_was_stored_yesterday(as_of: dt.datetime, settings: Settings) -> None:
    settings.HARK_DEMO = True
    load_demo(as_of=as_of.date(), now=as_of)
    Account.objects.update(updated_at=as_of - DAY)
    run_now(kind="nightly", as_of=as_of)
    held = set(AccountHealth.objects.filter(held_since_on__isnull=False).values_list("pk", flat=True))
    run_now(kind="nightly", as_of=as_of + DAY)
    stored = list(HealthDay.objects.filter(day=as_of.date(), risk__isnull=False))
    assert len(stored) > 200
    for said in stored:
        again = account_on(said.account_id, as_of.date())
        assert again is not None
        figures = (again.risk, again.health_score, again.normal)
        assert figures == pytest.approx((said.risk, said.health_score, said.normal), rel=1e-9, abs=1e-9)
        assert said.band in {again.band, *DECIDED} or said.account_id in held
    past = portfolio_on(as_of.date())
    assert past is not None
    assert past.accounts == len(stored)
