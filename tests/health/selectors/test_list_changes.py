"""An open list asks whether it is still true; the answer costs little and tells no more than the list."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Account, User
from health.filters import today_defaults
from health.models import AccountHealth, NextAction, QuietPeriod, Snooze
from health.selectors.list_changes import has_changed
from tests import factories
from tests.health.test_today import scored

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def quiet_hour(account: Account, as_of: dt.datetime) -> Account:
    """An account about which nothing was written for the last hour before `as_of`."""
    scored(account, computed_at=as_of - 60 * MINUTE)
    Account.objects.update(updated_at=as_of - 60 * MINUTE)
    return account


def asked(user: User, as_of: dt.datetime, seen: int = 1) -> bool:
    return has_changed(user, today_defaults(user), seen_at=as_of, seen=seen, now=as_of + MINUTE)


def test_nothing_has_changed(alice: User, quiet_hour: Account, as_of: dt.datetime) -> None:
    assert not asked(alice, as_of)


def rescored(account: Account, author: User, at: dt.datetime) -> None:
    AccountHealth.objects.update(computed_at=at)


def reassigned(account: Account, author: User, at: dt.datetime) -> None:
    Account.objects.filter(pk=account.pk).update(updated_at=at)


def snoozed(account: Account, author: User, at: dt.datetime) -> None:
    Snooze.objects.create(account=account, author=author, reason="Away", created_at=at, until_on=at.date())


def planned(account: Account, author: User, at: dt.datetime) -> None:
    NextAction.objects.create(account=account, what="Call", created_at=at)


def done(account: Account, author: User, at: dt.datetime) -> None:
    NextAction.objects.create(account=account, what="Call", created_at=at - 60 * MINUTE, ended_at=at, is_done=True)


def paused(account: Account, author: User, at: dt.datetime) -> None:
    day = at.date()
    QuietPeriod.objects.create(account=account, author=author, reason="Away", starts_on=day, ends_on=day, created_at=at)


CHANGES = [rescored, reassigned, snoozed, planned, done, paused]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(("seconds", "is_seen"), [(30, True), (-30, True), (-90, False)])
def test_each_change_is_seen_also_one_that_was_being_written(
    alice: User, quiet_hour: Account, as_of: dt.datetime, change: Callable[..., None], seconds: int, is_seen: bool
) -> None:
    change(quiet_hour, alice, as_of + dt.timedelta(seconds=seconds))
    assert asked(alice, as_of) == is_seen


@pytest.mark.parametrize("change", CHANGES)
def test_a_stranger_learns_of_none(
    alice: User, charlie: User, quiet_hour: Account, as_of: dt.datetime, change: Callable[..., None]
) -> None:
    change(quiet_hour, alice, as_of)
    assert not asked(charlie, as_of, seen=0)


def test_an_account_that_left_the_scope_is_missed(alice: User, quiet_hour: Account, as_of: dt.datetime) -> None:
    assert asked(alice, as_of, seen=2)


def test_a_new_day_is_a_change(alice: User, quiet_hour: Account, as_of: dt.datetime) -> None:
    tomorrow = as_of + dt.timedelta(days=1)
    assert has_changed(alice, today_defaults(alice), seen_at=as_of, seen=1, now=tomorrow)


def test_the_page_asks_where_it_is_answered(client: Client, alice: User, account: Account) -> None:
    scored(account, computed_at=timezone.now() - 60 * MINUTE)
    Account.objects.update(updated_at=timezone.now() - 60 * MINUTE)
    client.force_login(alice)
    address = client.get("/?scope=team&segment=none").context["live_address"]
    quiet = client.get(address, headers={"HX-Request": "true"})
    assert (quiet.status_code, quiet.content, quiet.headers.get("HX-Trigger")) == (204, b"", None)
    NextAction.objects.create(account=account, what="Call")
    changed = client.get(address, headers={"HX-Request": "true"})
    assert changed.status_code == 204
    assert json.loads(changed["HX-Trigger"]) == {"accounts-rescored": {}}


@pytest.mark.parametrize("query", ["", "?seen=1", "?seen=x&seen_at=1", "?seen=1&seen_at=-5"])
def test_a_question_that_is_none_is_answered_with_nothing(client: Client, alice: User, query: str) -> None:
    client.force_login(alice)
    response = client.get(f"/today/changed/{query}")
    assert (response.status_code, response.headers.get("HX-Trigger")) == (204, None)


def test_many_accounts_cost_no_more_questions(
    alice: User, quiet_hour: Account, as_of: dt.datetime, django_assert_num_queries
) -> None:
    # 1 scores, 2 how many there are, 3 accounts, 4 snoozes, 5 next actions, 6 quiet periods
    with django_assert_num_queries(6):
        asked(alice, as_of)
    for account in factories.AccountFactory.create_batch(20, owner=alice):
        scored(account, computed_at=as_of - 60 * MINUTE)
    Account.objects.update(updated_at=as_of - 60 * MINUTE)
    with django_assert_num_queries(6):
        asked(alice, as_of, seen=21)
