"""What is done next: planned, shown in the row and on the account page, done."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Account, User
from config.days import firm_day
from health.models import NextAction
from tests import factories
from tests.health.test_today import page, scored


def in_days(days: int) -> dt.date:
    return firm_day(timezone.now()) + dt.timedelta(days=days)


def test_it_is_planned_for_many_at_once_with_its_author(client: Client, alice: User, account: Account) -> None:
    other = factories.AccountFactory(owner=alice)
    client.force_login(alice)
    client.post("/accounts/next/", {"ids": [account.pk, other.pk], "what": "Invite to the fair", "due_on": in_days(3)})
    planned = NextAction.objects.values_list("account", "what", "due_on", "author")
    assert set(planned) == {(pk, "Invite to the fair", in_days(3), alice.pk) for pk in (account.pk, other.pk)}


@pytest.mark.parametrize(("what", "days"), [("", 1), ("   ", 1), ("Call", -1), ("Call", 367)])
def test_it_says_what_and_is_due_within_a_year(
    client: Client, alice: User, account: Account, what: str, days: int
) -> None:
    client.force_login(alice)
    response = client.post("/accounts/next/", {"ids": account.pk, "what": what, "due_on": in_days(days)})
    assert response.status_code == 422
    assert not NextAction.objects.exists()


def test_a_new_one_replaces_it_and_what_was_planned_is_kept(client: Client, alice: User, account: Account) -> None:
    client.force_login(alice)
    for what in ("first", "second"):
        client.post("/accounts/next/", {"ids": account.pk, "what": what, "due_on": ""})
    assert list(NextAction.objects.values_list("what", "is_done", "ended_by")) == [
        ("second", False, None),
        ("first", False, alice.pk),
    ]


def test_the_form_begins_with_what_is_planned(client: Client, alice: User, account: Account) -> None:
    client.force_login(alice)
    client.post("/accounts/next/", {"ids": account.pk, "what": "Send the offer", "due_on": ""})
    assert 'value="Send the offer"' in client.get("/accounts/next/", {"ids": account.pk}).content.decode()


@pytest.mark.parametrize(("days", "words"), [(-2, "Overdue"), (0, "Next"), (2, "Next")])
def test_the_row_and_the_account_page_tell_it_and_mark_what_is_overdue(
    client: Client, alice: User, account: Account, days: int, words: str
) -> None:
    scored(account)
    NextAction.objects.create(account=account, author=alice, what="Send the offer", due_on=in_days(days))
    html = page(client, alice)
    assert f'{words}: <span dir="auto">Send the offer' in html
    assert ("overdue" in html) == (days < 0)
    assert f"<b>{words}:</b>" in page(client, alice, f"/accounts/{account.pk}/")


def test_what_is_done_leaves_the_row_and_is_kept(client: Client, alice: User, account: Account) -> None:
    scored(account)
    NextAction.objects.create(account=account, author=alice, what="Send the offer")
    client.force_login(alice)
    client.post("/accounts/next/done/", {"ids": account.pk})
    action = NextAction.objects.get()
    assert (action.is_done, action.ended_by) == (True, alice)
    client.get("/")  # what was said of it has been read
    assert "Send the offer" not in page(client, alice)


def test_done_twice_is_done_once(client: Client, alice: User, account: Account) -> None:
    NextAction.objects.create(account=account, author=alice, what="Send the offer")
    client.force_login(alice)
    client.post("/accounts/next/done/", {"ids": account.pk})
    first = NextAction.objects.get().ended_at
    client.post("/accounts/next/done/", {"ids": account.pk})
    assert NextAction.objects.get().ended_at == first
