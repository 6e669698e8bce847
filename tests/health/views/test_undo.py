"""One Undo takes back what was just done, with all accounts at once, and nothing that happened since."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Account, Team, User
from config.days import firm_day
from health.models import NextAction, QuietPeriod, Snooze
from tests import factories

HTMX = {"HX-Request": "true"}
Act = Callable[..., str]


@pytest.fixture
def act(client: Client, alice: User) -> Act:
    """Do something over htmx as Alice, and return the address that takes it back."""
    client.force_login(alice)

    def do(action: str, **data: object) -> str:
        response = client.post(f"/accounts/{action}/", data, headers=HTMX)
        assert response.status_code == 204
        return str(json.loads(response["HX-Trigger"])["toast"]["undo"])

    return do


@pytest.fixture
def other(alice: User, north: Team) -> Account:
    return factories.AccountFactory(owner=alice, team=north)


def in_days(days: int) -> dt.date:
    return firm_day(timezone.now()) + dt.timedelta(days=days)


def undone(client: Client, address: str) -> str:
    response = client.post(address, headers=HTMX)
    assert response.status_code == 204
    return str(json.loads(response["HX-Trigger"])["toast"]["text"])


def test_a_bulk_snooze_is_taken_back_as_a_whole(client: Client, act: Act, account: Account, other: Account) -> None:
    undo = act("snooze", ids=[account.pk, other.pk], length="7", reason="Fair week")
    assert undone(client, undo) == "Undone: 2 accounts."
    assert set(Snooze.objects.values_list("ended_why", flat=True)) == {"taken back by Alice Ahlgren"}


def test_a_snooze_that_replaced_another_gives_way_to_it_again(client: Client, act: Act, account: Account) -> None:
    act("snooze", ids=account.pk, length="14", reason="first")
    undone(client, act("snooze", ids=account.pk, length="3", reason="second"))
    assert list(Snooze.objects.filter(ended_at__isnull=True).values_list("reason", flat=True)) == ["first"]


def test_a_woken_account_sleeps_on(client: Client, act: Act, account: Account) -> None:
    act("snooze", ids=account.pk, length="14", reason="Board meets first")
    undone(client, act("wake", ids=account.pk))
    assert Snooze.objects.get().ended_at is None


def test_expected_quiet_ends_and_begins_again(client: Client, act: Act, account: Account) -> None:
    undone(client, act("pause", ids=account.pk, starts_on=in_days(0), ends_on=in_days(9), reason="Shutdown"))
    assert QuietPeriod.objects.get().ended_at is not None
    act("pause", ids=account.pk, starts_on=in_days(0), ends_on=in_days(8), reason="Holiday")
    undone(client, act("resume", ids=account.pk))
    assert QuietPeriod.objects.get(ended_at__isnull=True).reason == "Holiday"


def test_accounts_of_several_owners_all_return_to_theirs(
    client: Client, bob: User, act: Act, alice: User, amir: User, account: Account, north: Team
) -> None:
    mine = factories.AccountFactory(owner=bob, team=north)
    nobodys = factories.AccountFactory(owner=None, team=north)
    client.force_login(bob)
    undone(client, act("assign", ids=[account.pk, mine.pk, nobodys.pk], owner=amir.pk))
    owners = dict(Account.objects.values_list("pk", "owner"))
    assert owners == {account.pk: alice.pk, mine.pk: bob.pk, nobodys.pk: None}


def test_who_gave_an_account_away_takes_it_back(
    client: Client, act: Act, alice: User, amir: User, account: Account
) -> None:
    undone(client, act("assign", ids=account.pk, owner=amir.pk))
    account.refresh_from_db()
    assert account.owner == alice


def test_an_account_that_was_passed_on_meanwhile_stays_there(
    client: Client, act: Act, amir: User, bob: User, account: Account
) -> None:
    undo = act("assign", ids=account.pk, owner=amir.pk)
    Account.objects.filter(pk=account.pk).update(owner=bob)
    assert undone(client, undo).startswith("Nothing was left to undo")
    account.refresh_from_db()
    assert account.owner == bob


def test_a_next_action_that_was_done_is_open_again(client: Client, act: Act, account: Account) -> None:
    act("next", ids=account.pk, what="Send the offer", due_on=in_days(2))
    undone(client, act("next/done", ids=account.pk))
    action = NextAction.objects.get()
    assert (action.is_done, action.ended_at) == (False, None)


def test_a_next_action_that_was_replaced_is_the_next_again(client: Client, act: Act, account: Account) -> None:
    act("next", ids=account.pk, what="first", due_on="")
    undone(client, act("next", ids=account.pk, what="second", due_on=""))
    assert list(NextAction.objects.filter(ended_at__isnull=True).values_list("what", flat=True)) == ["first"]


def test_an_undo_is_of_one_person(client: Client, act: Act, bob: User, account: Account) -> None:
    undo = act("snooze", ids=account.pk, length="7", reason="Away")
    client.force_login(bob)
    assert client.post(undo).status_code == 400
    assert Snooze.objects.get().ended_at is None


def test_who_may_no_longer_change_the_account_undoes_nothing(
    client: Client, act: Act, charlie: User, south: Team, account: Account
) -> None:
    undo = act("snooze", ids=account.pk, length="7", reason="Away")
    Account.objects.filter(pk=account.pk).update(owner=charlie, team=south)
    assert client.post(undo).status_code == 403
    assert Snooze.objects.get().ended_at is None


def test_an_undo_needs_no_javascript(client: Client, act: Act, account: Account) -> None:
    page = client.post("/accounts/snooze/", {"ids": account.pk, "length": "7", "reason": "Away"}, follow=True)
    (message,) = page.context["messages"]
    assert f'action="{message.extra_tags}"' in page.content.decode()
    assert client.post(message.extra_tags, {"next": "/?band=silent"})["Location"] == "/?band=silent"
    assert Snooze.objects.get().ended_at is not None
