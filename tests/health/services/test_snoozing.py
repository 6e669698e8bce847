"""A snooze holds until its day, the client's voice or a near renewal, whichever comes first."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.models import Account, User
from health.models import Snooze
from health.services.snoozing import end_due_snoozes, snooze_account
from tests import factories

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def snooze(account: Account, alice: User, as_of: dt.datetime) -> Snooze:
    return snooze_account(
        account=account, author=alice, reason="On holiday", until_on=(as_of + 60 * DAY).date(), now=as_of
    )


def test_it_holds_while_nothing_happens(snooze: Snooze, as_of: dt.datetime) -> None:
    assert end_due_snoozes(now=as_of + 59 * DAY) == 0


def test_it_ends_on_its_day_and_says_so(snooze: Snooze, as_of: dt.datetime) -> None:
    assert end_due_snoozes(now=as_of + 60 * DAY) == 1
    snooze.refresh_from_db()
    assert snooze.ended_why == "its day has come"


@pytest.mark.parametrize(("direction", "woken"), [("inbound", 1), ("mutual", 1), ("outbound", 0), ("unknown", 0)])
def test_a_touch_of_the_client_wakes_it(
    snooze: Snooze, account: Account, as_of: dt.datetime, direction: str, woken: int
) -> None:
    factories.TouchpointFactory(account=account, occurred_at=as_of + HOUR, channel="email", direction=direction)
    assert end_due_snoozes(now=as_of + 2 * HOUR) == woken


@pytest.mark.parametrize("hours", [-1, 3])
def test_an_earlier_or_a_booked_touch_does_not(
    snooze: Snooze, account: Account, as_of: dt.datetime, hours: int
) -> None:
    factories.TouchpointFactory(account=account, occurred_at=as_of + hours * HOUR, direction="inbound")
    assert end_due_snoozes(now=as_of + 2 * HOUR) == 0


def test_a_renewal_that_comes_near_wakes_it(snooze: Snooze, account: Account, as_of: dt.datetime) -> None:
    Account.objects.filter(pk=account.pk).update(renewal_on=(as_of + 50 * DAY).date())
    assert end_due_snoozes(now=as_of + 19 * DAY) == 0
    assert end_due_snoozes(now=as_of + 20 * DAY) == 1
    snooze.refresh_from_db()
    assert snooze.ended_why == "the renewal is within 30 days"


def test_a_renewal_that_was_near_already_does_not(snooze: Snooze, account: Account, as_of: dt.datetime) -> None:
    Account.objects.filter(pk=account.pk).update(renewal_on=(as_of + 29 * DAY).date())
    assert end_due_snoozes(now=as_of + 10 * DAY) == 0


def test_only_the_accounts_named_are_looked_at(snooze: Snooze, account: Account, as_of: dt.datetime) -> None:
    assert end_due_snoozes(now=as_of + 60 * DAY, account_ids=[account.pk + 1]) == 0
    assert end_due_snoozes(now=as_of + 60 * DAY, account_ids=[account.pk]) == 1


@pytest.mark.parametrize(("reason", "days"), [("  ", 7), ("Holiday", 0), ("Holiday", 91)])
def test_it_needs_a_reason_and_an_end_within_ninety_days(
    account: Account, alice: User, as_of: dt.datetime, reason: str, days: int
) -> None:
    with pytest.raises(ValueError, match=r"^(reason|until_on): "):
        snooze_account(account=account, author=alice, reason=reason, until_on=(as_of + days * DAY).date(), now=as_of)
