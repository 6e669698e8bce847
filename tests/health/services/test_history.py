"""The past of accounts that were just met: complete, free of later knowledge, and the start of what follows."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from accounts.models import Account
from health.models import AccountHealth, BandChange, HealthDay, PortfolioDay
from health.scoring.gaps import evidence_many
from health.scoring.histories import TouchHistories
from health.scoring.past_series import PastSeries
from health.selectors.models import StoredModel
from health.services.history import reconstructed_days
from health.services.runs import run_now, score_touched
from tests import factories

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 6, 15)
HOUR = dt.timedelta(hours=1)


def days_before(*ns: int) -> list[dt.date]:
    return [MONDAY - dt.timedelta(days=n) for n in ns]


@pytest.fixture
def caller(account: Account, as_of: dt.datetime) -> Account:
    """A weekly caller who stopped 60 days ago."""
    factories.touches_on(account, *days_before(*range(60, 600, 7)))
    Account.objects.update(updated_at=as_of - HOUR)
    return account


@pytest.mark.parametrize("weekday", range(7))
def test_the_days_are_always_the_last_52_sundays(weekday: int) -> None:
    today = MONDAY + dt.timedelta(days=weekday)
    days = reconstructed_days(today)
    assert len(days) == 52
    assert {day.isoweekday() for day in days} == {7}
    assert 1 <= (today - days[-1]).days <= 7


def test_the_silence_is_dated_to_the_day_on_which_it_rang(model: StoredModel, caller: Account, as_of: dt.datetime):
    run_now(kind="manual", as_of=as_of)
    health = AccountHealth.objects.get(account=caller)
    change = BandChange.objects.get(account=caller, to_band="silent")
    assert change.is_reconstructed
    assert health.band == "silent"
    assert health.band_since_on == health.alarm_since_on == change.changed_on
    assert not BandChange.objects.filter(changed_on=MONDAY).exists()


def test_a_later_touch_changes_no_earlier_week(model: StoredModel, caller: Account, as_of: dt.datetime):
    twin = factories.AccountFactory(name="Twin that came back")
    factories.touches_on(twin, *days_before(*range(60, 600, 7), 4, 9, 12))
    Account.objects.update(updated_at=as_of - HOUR)
    run_now(kind="manual", as_of=as_of)
    until = MONDAY - dt.timedelta(days=13)
    weeks = HealthDay.objects.filter(day__lt=until).order_by("day")
    first = list(weeks.filter(account=caller).values_list("day", "band", "health_score"))
    assert len(first) > 40
    assert first == list(weeks.filter(account=twin).values_list("day", "band", "health_score"))


def test_more_of_the_past_that_arrives_on_the_first_day_is_told_too(
    model: StoredModel, account: Account, as_of: dt.datetime
):
    factories.touches_on(account, *days_before(1, 8))
    run_now(kind="manual", as_of=as_of)
    assert HealthDay.objects.filter(account=account).count() == 3
    factories.touches_on(account, *days_before(*range(15, 400, 7)))
    score_touched(account_ids=[account.pk], now=as_of + HOUR)
    assert HealthDay.objects.filter(account=account, is_reconstructed=True).count() == 52
    counted = PortfolioDay.objects.filter(day=reconstructed_days(MONDAY)[0])
    assert sum(counted.values_list("account_count", flat=True)) == 1


def test_after_the_first_day_the_past_stands(model: StoredModel, caller: Account, as_of: dt.datetime):
    run_now(kind="manual", as_of=as_of)
    before = list(HealthDay.objects.filter(day__lte=MONDAY).order_by("day").values())
    factories.touches_on(caller, *days_before(20, 30, 40))
    score_touched(account_ids=[caller.pk], now=as_of + dt.timedelta(days=1))
    assert list(HealthDay.objects.filter(day__lte=MONDAY).order_by("day").values()) == before


def test_the_evidence_of_a_past_day_is_that_of_the_touches_known_then(model: StoredModel) -> None:
    histories = TouchHistories.from_pairs([1, 1, 1, 1, 2, 2, 3], [100, 107, 115, 190, 90, 130, 180])
    for day in (95, 130, 150, 200):
        known, evidence = PastSeries(histories, model.fitted.params).known_by(day)
        np.testing.assert_allclose(evidence, evidence_many(histories.as_of(day), model.fitted.params), atol=1e-9)
        assert known.account_ids.tolist() == histories.as_of(day).account_ids.tolist()
