import datetime as dt

import pytest

from health.models import TouchMonth
from health.services.touch_months import count_months_if_due
from health.touch_months import whole_months
from tests import factories

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 6, 15)
MAY = dt.date(2026, 5, 1)


def counted(family: str, month: dt.date = MAY) -> tuple[int, int]:
    row = TouchMonth.objects.get(month=month, family=family)
    return row.touch_count, row.account_count


def test_thirteen_whole_months_lead_up_to_this_one():
    months = whole_months(TODAY)
    assert (len(months), months[0], months[-1]) == (13, dt.date(2025, 5, 1), MAY)


def test_touches_are_counted_by_family_and_accounts_once_however_they_were_reached(account):
    factories.touches_on(account, MAY, MAY.replace(day=9), channel="visit")
    factories.touches_on(account, MAY.replace(day=31), channel="meeting")
    factories.touches_on(account, MAY.replace(day=12), channel="survey")
    count_months_if_due(today=TODAY)
    assert counted("meeting") == (3, 1)
    assert counted("other") == (1, 1)
    assert counted("any") == (4, 1)


def test_attempts_and_the_month_that_is_not_over_do_not_count(account):
    factories.touches_on(account, MAY, channel="call", outcome="no_answer")
    factories.touches_on(account, TODAY, channel="call")
    count_months_if_due(today=TODAY)
    assert not TouchMonth.objects.exists()


def test_a_touch_belongs_to_the_month_of_the_firms_day(account, settings):
    settings.HARK_TIME_ZONE = "Europe/Helsinki"
    late = dt.datetime(2026, 4, 30, 22, 30, tzinfo=dt.UTC)
    factories.TouchpointFactory(account=account, occurred_at=late, channel="call")
    count_months_if_due(today=TODAY)
    assert counted("call") == (1, 1)


def test_months_are_counted_again_after_a_week_or_when_one_has_ended_or_by_hand(account):
    factories.touches_on(account, MAY, channel="call")
    assert count_months_if_due(today=TODAY)
    factories.touches_on(account, MAY.replace(day=2), channel="call")
    assert not count_months_if_due(today=TODAY + dt.timedelta(days=6))
    assert counted("call") == (1, 1)
    assert count_months_if_due(today=TODAY + dt.timedelta(days=6), is_forced=True)
    assert counted("call") == (2, 1)
    assert count_months_if_due(today=TODAY + dt.timedelta(days=13))
    assert count_months_if_due(today=dt.date(2026, 7, 1))


def test_a_count_again_replaces(account, north):
    factories.touches_on(account, MAY, channel="call")
    count_months_if_due(today=TODAY)
    account.owner = None
    account.save()
    count_months_if_due(today=TODAY, is_forced=True)
    assert TouchMonth.objects.get(family="call").owner is None
