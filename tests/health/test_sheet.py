"""What is stored of each account of the demo portfolio is what one account at a time would give."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest
from pytest_django import Settings

from accounts.models import Account
from config.days import firm_day
from health.demo_loader import load_demo
from health.models import AccountHealth, Series
from health.rhythms import read_touch_days
from health.scoring.arrays import NO_DAY
from health.scoring.risk import AccountScore, score_one
from health.selectors.models import current_model
from health.services.runs import run_now, usual_arr
from health.sheet import LEAST_NORMAL

pytestmark = pytest.mark.django_db


@pytest.fixture
def stored(as_of: dt.datetime, settings: Settings) -> list[AccountHealth]:
    settings.HARK_DEMO = True
    load_demo(as_of=as_of.date(), now=as_of)
    Account.objects.filter(pk__in=Account.objects.order_by("pk").values("pk")[:5]).update(arr=None)
    Account.objects.update(updated_at=as_of - dt.timedelta(days=1))
    run_now(kind="manual", as_of=as_of)
    return list(AccountHealth.objects.filter(touch_days__gt=0).select_related("account").order_by("pk"))


def scores_of(account_id: int, as_of: dt.datetime) -> tuple[AccountScore, AccountScore | None, np.ndarray]:
    """One account's score of either series, and its gaps."""
    known = read_touch_days([account_id], as_of=as_of)
    model = current_model()
    assert model is not None
    today = firm_day(as_of).toordinal()
    client = score_one(known.client.days.tolist(), today, model.fitted) if len(known.client) else None
    return score_one(known.any_touch.days.tolist(), today, model.fitted), client, known.any_touch.gaps


def same(stored: float | None, expected: float) -> bool:
    return stored == pytest.approx(expected, rel=1e-12)


def test_figures_are_those_of_one_account_at_a_time(stored: list[AccountHealth], as_of: dt.datetime) -> None:
    assert len(stored) > 200
    for health in stored:
        score, client, gaps = scores_of(health.pk, as_of)
        assert same(health.health_score, score.health)
        assert same(health.normal, score.normal)
        assert same(health.usual_gap_days, score.usual_gap_days)
        assert health.last_touch_on == dt.date.fromordinal(score.last_day)
        assert health.due_on == health.last_touch_on + dt.timedelta(days=max(1, round(score.usual_gap_days)))
        assert health.client_touch_days == (client and client.touch_days)
        assert health.client_normal == (client and pytest.approx(client.normal, rel=1e-12))
        own_range = np.quantile(gaps, (0.1, 0.9)) if score.is_usual_own else (None, None)
        assert (health.usual_gap_low_days, health.usual_gap_high_days) == pytest.approx(tuple(own_range))


def test_value_at_risk_is_exact_to_the_cent_and_orders_the_list(stored: list[AccountHealth]) -> None:
    usual = float(usual_arr() or 0)
    for health in stored:
        arr = health.account.arr
        assert health.arr == arr
        risk = Decimal(health.risk or 0)
        assert health.value_at_risk == ((arr or Decimal(0)) * risk).quantize(Decimal("0.01"))
        normal = health.client_normal if health.alarm_series == Series.CLIENT else health.normal
        value = usual if arr is None else float(arr)
        assert same(health.priority, value * (health.risk or 0) * (1 - max(normal or 0, LEAST_NORMAL)))
    assert sum(health.arr is None for health in stored) >= 4


def test_alarms_and_days_are_there_where_they_belong(stored: list[AccountHealth]) -> None:
    for health in stored:
        assert (health.alarm_since_on is not None) == (health.alarm_series != "")
        assert (health.slowing_since_on is None) or health.is_slowing
        assert health.band_since_on.toordinal() != NO_DAY
    assert {health.alarm_series for health in stored} == {"", "any", "client"}
