"""Adding and changing accounts and contacts: who may, and what is refused in words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Account, Contact, Team, User
from config.days import firm_day
from tests import factories


def account_data(**changes: str) -> dict[str, str]:
    return {
        "name": "Cedar Mill",
        "arr": "48000",
        "started_on": "2024-02-01",
        "renewal_on": "2027-02-01",
        "agreed_cadence_days": "14",
        "external_id": "CRM-77",
        "domains": "Cedarmill.example, cedar-mill.example\ncedarmill.example",
        "status": "active",
    } | changes


def test_a_lead_adds_an_account_to_the_own_team(client: Client, bob: User, alice: User, north: Team) -> None:
    client.force_login(bob)
    response = client.post("/accounts/new/", account_data(owner=str(alice.pk)))
    account = Account.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/accounts/{account.pk}/")
    assert (account.name, account.owner, account.team, account.arr) == ("Cedar Mill", alice, north, Decimal(48000))
    assert account.renewal_on == dt.date(2027, 2, 1)
    assert [domain.domain for domain in account.domains.all()] == ["cedar-mill.example", "cedarmill.example"]


def test_an_administrator_adds_one_to_the_owners_team(client: Client, root: User, charlie: User, south: Team) -> None:
    client.force_login(root)
    client.post("/accounts/new/", account_data(owner=str(charlie.pk), team=""))
    assert Account.objects.get().team == south


def test_a_lead_cannot_put_an_account_into_another_team(client: Client, bob: User, charlie: User, south: Team) -> None:
    client.force_login(bob)
    response = client.post("/accounts/new/", account_data(owner=str(charlie.pk), team=str(south.pk)))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["owner"]
    assert not Account.objects.exists()


@pytest.mark.parametrize("who", ["alice", "erin"])
def test_managers_and_executives_add_none(client: Client, who: str, request: pytest.FixtureRequest) -> None:
    client.force_login(request.getfixturevalue(who))
    assert client.get("/accounts/new/").status_code == 403
    assert client.post("/accounts/new/", account_data()).status_code == 403
    assert not Account.objects.exists()


def test_an_owner_edits_but_hands_over_only_by_assigning(
    client: Client, alice: User, amir: User, account: Account
) -> None:
    client.force_login(alice)
    client.post(f"/accounts/{account.pk}/edit/", account_data(owner=str(amir.pk), name="Alder & Quill Ltd"))
    account.refresh_from_db()
    assert (account.name, account.owner) == ("Alder & Quill Ltd", alice)


def test_a_new_owner_brings_the_account_into_their_team(
    client: Client, root: User, charlie: User, account: Account, north: Team, south: Team
) -> None:
    client.force_login(root)
    client.post(f"/accounts/{account.pk}/edit/", account_data(owner=str(charlie.pk), team=str(north.pk)))
    account.refresh_from_db()
    assert (account.owner, account.team) == (charlie, south)


def test_domains_that_are_no_longer_named_are_gone(client: Client, alice: User, account: Account) -> None:
    factories.AccountDomainFactory(account=account, domain="old.example")
    client.force_login(alice)
    assert b"old.example" in client.get(f"/accounts/{account.pk}/edit/").content
    client.post(f"/accounts/{account.pk}/edit/", account_data(domains="new.example"))
    assert [domain.domain for domain in account.domains.all()] == ["new.example"]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"name": ""}, "name", "required"),
        ({"domains": "not a domain"}, "domains", "is not an e-mail domain"),
        ({"arr": "-1"}, "arr", "greater than or equal to 0"),
        ({"renewal_on": "2020-01-01"}, "renewal_on", "before the day on which they became a client"),
        ({"agreed_cadence_days": "0"}, "agreed_cadence_days", "greater than or equal to 1"),
        ({"external_id": "TAKEN"}, "external_id", "Another account has this number"),
        ({"name": "a\x00b"}, "name", "Null characters"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    client: Client, alice: User, account: Account, changes: dict[str, str], field: str, words: str
) -> None:
    factories.AccountFactory(external_id="TAKEN")
    client.force_login(alice)
    response = client.post(f"/accounts/{account.pk}/edit/", account_data(**changes))
    assert response.status_code == 422
    assert words in str(response.context["form"].errors[field])
    account.refresh_from_db()
    assert account.name == "Alder & Quill"


def test_closing_without_a_day_means_today_and_reopening_forgets_it(
    client: Client, alice: User, account: Account
) -> None:
    client.force_login(alice)
    client.post(f"/accounts/{account.pk}/edit/", account_data(status="closed"))
    account.refresh_from_db()
    assert (account.status, account.closed_on) == ("closed", firm_day(timezone.now()))
    client.post(f"/accounts/{account.pk}/edit/", account_data(status="active", closed_on="2026-01-01"))
    account.refresh_from_db()
    assert (account.status, account.closed_on) == ("active", None)


def contact_data(**changes: str) -> dict[str, str]:
    return {"name": "Nina Vogel", "email": "nina@cedar.example", "title": "CFO", "level": "director"} | changes


def test_a_contact_is_added_and_changed(client: Client, alice: User, account: Account) -> None:
    client.force_login(alice)
    response = client.post(f"/accounts/{account.pk}/contacts/new/", contact_data())
    assert (response.status_code, response["Location"]) == (302, f"/accounts/{account.pk}/")
    contact = Contact.objects.get()
    assert (contact.account, contact.name, contact.level) == (account, "Nina Vogel", "director")
    client.post(f"/contacts/{contact.pk}/edit/", contact_data(name="Nina Vogel-Amsel", level=""))
    contact.refresh_from_db()
    assert (contact.name, contact.level, contact.left_on) == ("Nina Vogel-Amsel", "", None)


def test_a_contact_has_left_and_somebody_known_took_over(client: Client, alice: User, account: Account) -> None:
    contact, other = factories.ContactFactory.create_batch(2, account=account)
    client.force_login(alice)
    client.post(f"/contacts/{contact.pk}/left/", {"left_on": "2026-06-01", "successor": other.pk})
    contact.refresh_from_db()
    assert (contact.left_on, contact.successor) == (dt.date(2026, 6, 1), other)


def test_somebody_new_takes_over_with_level_and_title(client: Client, alice: User, account: Account) -> None:
    contact = factories.ContactFactory(account=account, level="director", title="CFO")
    client.force_login(alice)
    new = {"left_on": "2026-06-01", "new_name": "Otto Neu", "new_email": "otto@cedar.example"}
    client.post(f"/contacts/{contact.pk}/left/", new)
    contact.refresh_from_db()
    took_over = contact.successor
    assert (took_over.name, took_over.email, took_over.level, took_over.title, took_over.account) == (
        "Otto Neu",
        "otto@cedar.example",
        "director",
        "CFO",
        account,
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"left_on": ""}, "left_on"),
        ({"left_on": "2999-01-01"}, "left_on"),
        ({"new_email": "otto@cedar.example"}, "new_name"),
        ({"new_name": "Otto", "new_email": "NINA@cedar.example"}, "new_email"),
        ({"successor": "foreign"}, "successor"),
        ({"successor": "known", "new_name": "Otto"}, "new_name"),
    ],
)
def test_a_leaving_that_cannot_be_is_refused_in_words(
    client: Client, alice: User, account: Account, changes: dict[str, str], field: str
) -> None:
    contact = factories.ContactFactory(account=account)
    people = {
        "known": factories.ContactFactory(account=account, email="nina@cedar.example"),
        "foreign": factories.ContactFactory(),
    }
    data = {"left_on": "2026-06-01"} | changes
    data["successor"] = str(people[data["successor"]].pk) if "successor" in data else ""
    client.force_login(alice)
    response = client.post(f"/contacts/{contact.pk}/left/", data)
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    contact.refresh_from_db()
    assert contact.left_on is None


def test_who_works_there_after_all_has_no_successor(client: Client, alice: User, account: Account) -> None:
    other = factories.ContactFactory(account=account)
    contact = factories.ContactFactory(account=account, left_on=dt.date(2026, 6, 1), successor=other)
    client.force_login(alice)
    client.post(f"/contacts/{contact.pk}/back/")
    contact.refresh_from_db()
    assert (contact.left_on, contact.successor) == (None, None)


def test_one_address_is_one_contact_of_an_account(client: Client, alice: User, account: Account) -> None:
    factories.ContactFactory(account=account, email="Nina@Cedar.example")
    factories.ContactFactory(email="free@cedar.example")
    client.force_login(alice)
    address = f"/accounts/{account.pk}/contacts/new/"
    response = client.post(address, contact_data())
    assert response.status_code == 422
    assert "Another contact of this account has this address" in str(response.context["form"].errors["email"])
    assert client.post(address, contact_data(email="free@cedar.example")).status_code == 302
    assert client.post(address, contact_data(email="")).status_code == 302
    assert client.post(address, contact_data(email="")).status_code == 302


@pytest.mark.parametrize(("who", "status"), [("amir", 403), ("erin", 403), ("charlie", 404), ("dora", 404)])
def test_only_writers_touch_contacts(
    client: Client, account: Account, who: str, status: int, request: pytest.FixtureRequest
) -> None:
    contact = factories.ContactFactory(account=account, name="Before")
    client.force_login(request.getfixturevalue(who))
    assert client.post(f"/contacts/{contact.pk}/edit/", contact_data()).status_code == status
    assert client.post(f"/accounts/{account.pk}/contacts/new/", contact_data()).status_code == status
    assert [c.name for c in Contact.objects.all()] == ["Before"]
