"""Quiet days of the firm are known quiet of every account, also of those added later, until they end."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.admin.models import LogEntry

from accounts.models import Account, User
from health.models import AccountHealth, Band, QuietDays, QuietPeriod
from health.quiet_days import spread_quiet_days
from health.services.quiet import end_quiet_period
from health.services.quiet_days import add_quiet_days, end_quiet_days
from health.services.scoring import score_accounts
from tests import factories
from tests.factories import touches_on

AS_OF = dt.datetime(2026, 6, 15, 10, 0, tzinfo=dt.UTC)
TODAY = AS_OF.date()


def add(by: User, first: int = 0, last: int = 6) -> QuietDays:
    days = [TODAY + dt.timedelta(days=offset) for offset in (first, last)]
    return add_quiet_days(author=by, reason="Shutdown", starts_on=days[0], ends_on=days[1], now=AS_OF)


def band_of(account: Account, now: dt.datetime) -> str:
    score_accounts(account_ids=[account.pk], as_of=now, model=None)
    return AccountHealth.objects.get(account=account).band


def test_every_active_account_is_paused_while_they_last(account: Account, root: User) -> None:
    touches_on(account, *(TODAY - dt.timedelta(days=days) for days in (60, 53, 46, 39)))
    factories.AccountFactory(status="closed", closed_on=TODAY)
    add(root)
    period = QuietPeriod.objects.get()
    assert (period.account, period.author, period.reason) == (account, root, "Shutdown")
    assert band_of(account, AS_OF) == Band.PAUSED
    assert band_of(account, AS_OF + dt.timedelta(days=7)) != Band.PAUSED


def test_an_account_that_is_added_meanwhile_gets_them_too(account: Account, root: User) -> None:
    add(root)
    newcomer = factories.AccountFactory()
    assert spread_quiet_days(today=TODAY, now=AS_OF) == 1
    assert spread_quiet_days(today=TODAY, now=AS_OF) == 0
    assert QuietPeriod.objects.filter(account=newcomer).exists()


def test_ended_they_are_ended_for_everybody(account: Account, root: User) -> None:
    days = add(root)
    assert end_quiet_days(days=days, by=root, now=AS_OF)
    assert not end_quiet_days(days=days, by=root, now=AS_OF)
    assert QuietPeriod.objects.get().ended_at == AS_OF
    assert spread_quiet_days(today=TODAY, now=AS_OF) == 0
    assert list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True)) == ["added", "ended"]


def test_what_was_ended_for_one_account_stays_ended(account: Account, root: User) -> None:
    add(root)
    end_quiet_period(account=account, now=AS_OF)
    assert spread_quiet_days(today=TODAY, now=AS_OF) == 0
    assert QuietPeriod.objects.get().ended_at == AS_OF


@pytest.mark.parametrize(("first", "last"), [(2, 1), (-9, -1), (0, 31)])
def test_days_that_cannot_be_are_refused(root: User, first: int, last: int) -> None:
    with pytest.raises(ValueError):
        add(root, first, last)
    assert not QuietDays.objects.exists()
