"""The handover brief: what stands on it, who keeps the note, and what it costs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Account, User
from config.days import firm_day
from health.models import AccountHealth, BandChange, NextAction
from tests import factories


@pytest.fixture
def known(account: Account, alice: User) -> Account:
    today = firm_day(timezone.now())
    days = [today - dt.timedelta(days=age) for age in (3, 20, 40)]
    contact = factories.ContactFactory(account=account, name="Marta Ruiz", level="executive")
    gone = factories.ContactFactory(account=account, name="Jon Pell", left_on=days[1], successor=contact)
    talk, earlier, _ = factories.touches_on(account, *days, subject="Review", body="We promised the route file.")
    for touch in (talk, earlier):
        touch.contacts.add(contact, gone)
        touch.colleagues.add(alice)
    factories.touches_on(account, days[0], channel="email", direction="inbound", subject="Where is it?")
    factories.touches_on(account, today + dt.timedelta(days=9), channel="visit", subject="Board visit")
    BandChange.objects.create(account=account, changed_on=days[1], from_band="steady", to_band="drifting")
    AccountHealth.objects.create(
        account=account, as_of_on=today, computed_at=timezone.now(), band="steady", band_since_on=today
    )
    NextAction.objects.create(account=account, author=alice, what="Send the offer")
    Account.objects.filter(pk=account.pk).update(agreed_cadence_days=14)
    return account


def page_of(client: Client, account: Account) -> str:
    return client.get(f"/accounts/{account.pk}/brief/").content.decode()


def test_the_brief_says_what_the_next_person_must_know(client: Client, alice: User, known: Account) -> None:
    client.force_login(alice)
    page = page_of(client, known)
    said = ("Marta Ruiz", "every 14 days", "Send the offer", "Board visit", "Jon Pell", "took over", "Drifting")
    assert [words for words in said if words not in page] == []
    assert "We <mark>promised</mark> the route file." in page


def test_an_account_without_anything_has_a_brief_too(client: Client, alice: User, account: Account) -> None:
    client.force_login(alice)
    page = page_of(client, account)
    assert "No live talk is known." in page
    assert "Nothing is booked or planned." in page


def test_the_note_is_kept_with_its_author_and_rescored_is_nothing(client: Client, bob: User, account: Account) -> None:
    client.force_login(bob)
    edited_at = account.updated_at
    response = client.post(f"/accounts/{account.pk}/brief/", {"note": " Ask Selma first. "})
    assert response["Location"] == f"/accounts/{account.pk}/brief/"
    account.refresh_from_db()
    assert (account.handover_note, account.handover_noted_by) == ("Ask Selma first.", bob)
    assert account.updated_at == edited_at
    assert "Ask Selma first." in page_of(client, account)


def test_who_only_reads_finds_no_form(client: Client, amir: User, account: Account) -> None:
    client.force_login(amir)
    assert "Save the note" not in page_of(client, account)


@pytest.mark.parametrize("more", [0, 40])
def test_the_brief_takes_the_same_queries_at_any_size(
    client: Client, alice: User, known: Account, more: int, django_assert_num_queries: Any
) -> None:
    today = firm_day(timezone.now())
    for touch in factories.touches_on(known, *[today - dt.timedelta(days=n) for n in range(more)], body="Promised"):
        touch.contacts.add(known.contacts.first())
    client.force_login(alice)
    # session, user, account, score; contacts, who knows whom; the last talk with two sides of people; the counts of the
    # 90 days; their talks with people; band changes; promises with people; booked; the newest touch; snooze, quiet
    with django_assert_num_queries(22):
        page_of(client, known)
