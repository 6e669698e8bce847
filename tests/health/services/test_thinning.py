"""History is kept by the day for five weeks, then by the week; what changed and what is counted stays."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.models import Account
from health import tasks
from health.models import BandChange, HealthDay, PortfolioDay
from health.selectors.models import StoredModel
from health.services import thinning
from health.services.runs import run_now
from health.services.thinning import thin_history
from tests import factories

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 6, 15)
DAY = dt.timedelta(days=1)


@pytest.fixture
def nights(account: Account, model: StoredModel, as_of: dt.datetime) -> Account:
    """A weekly caller who fell silent, and a visitor, scored on 45 nights in a row."""
    visitor = factories.AccountFactory(name="Visitor")
    factories.touches_on(account, *[MONDAY - n * DAY for n in range(3, 400, 7)])
    factories.touches_on(visitor, *[MONDAY - n * DAY for n in range(10, 700, 90)])
    Account.objects.update(updated_at=as_of - DAY)
    for night in range(45):
        run_now(kind="nightly", as_of=as_of + night * DAY)
    return account


def said_of(account: Account) -> set[dt.date]:
    return set(HealthDay.objects.filter(account=account, day__gte=MONDAY).values_list("day", flat=True))


def test_old_days_become_weeks_but_for_changes_of_band(nights: Account) -> None:
    today = MONDAY + 44 * DAY
    before = dict(HealthDay.objects.filter(account=nights).values_list("day", "health_score"))
    portfolio = list(PortfolioDay.objects.order_by("pk").values())
    BandChange.objects.filter(account=nights).delete()
    BandChange.objects.create(account=nights, changed_on=MONDAY + 2 * DAY, from_band="steady", to_band="silent")
    assert thin_history(today=today) == 9 * 2 - 2 - 1  # nine days left the five weeks: a Sunday and a change are kept
    old = {day for day in said_of(nights) if day < today - 35 * DAY}
    assert old == {MONDAY + 2 * DAY, MONDAY + 6 * DAY}
    assert said_of(nights) - old == {today - n * DAY for n in range(36)}
    kept = dict(HealthDay.objects.filter(account=nights).values_list("day", "health_score"))
    assert kept.items() <= before.items()
    assert list(PortfolioDay.objects.order_by("pk").values()) == portfolio


def test_thinning_again_changes_nothing_and_the_reconstructed_past_stays(nights: Account) -> None:
    thin_history(today=MONDAY + 44 * DAY)
    left = HealthDay.objects.count()
    assert HealthDay.objects.filter(is_reconstructed=True).count() == 104
    assert thin_history(today=MONDAY + 44 * DAY) == 0
    assert HealthDay.objects.count() == left


def test_a_day_that_is_not_counted_yet_waits(nights: Account) -> None:
    PortfolioDay.objects.filter(day=MONDAY).delete()
    thin_history(today=MONDAY + 44 * DAY)
    assert HealthDay.objects.filter(day=MONDAY).count() == 2


def test_the_beat_thins_as_of_today(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dt.date] = []
    monkeypatch.setattr(tasks, "thin_history", lambda *, today: asked.append(today))
    tasks.thin_old_days()
    assert len(asked) == 1
    assert thinning.DAILY_DAYS == 35
