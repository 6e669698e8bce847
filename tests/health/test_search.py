"""Search: what is found, and that nobody finds what they may not see."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Account, User
from tests import factories


def found(client: Client, user: User, text: str) -> str:
    client.force_login(user)
    response = client.get("/search/", {"q": text})
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("text", ["lder", "QUILL", "A-17", "someone@aq.example", "aq.example"])
def test_an_account_is_found_by_part_of_its_name_its_number_and_its_domain(
    client: Client, alice: User, account: Account, text: str
) -> None:
    Account.objects.filter(pk=account.pk).update(external_id="A-17")
    factories.AccountDomainFactory(account=account, domain="aq.example")
    assert f'href="/accounts/{account.pk}/"' in found(client, alice, text)


@pytest.mark.parametrize("text", ["okoro", "ade@aq.example"])
def test_a_person_is_found_by_name_and_address(client: Client, alice: User, account: Account, text: str) -> None:
    factories.ContactFactory(account=account, name="Ade Okoro", email="ade@aq.example")
    assert "Ade Okoro" in found(client, alice, text)


def test_a_stranger_finds_nothing(client: Client, charlie: User, account: Account) -> None:
    factories.ContactFactory(account=account, name="Alder Person")
    assert "Nothing found." in found(client, charlie, "Alder")


def test_one_character_is_too_short_and_an_odd_one_does_no_harm(client: Client, alice: User) -> None:
    assert "Type at least two characters." in found(client, alice, "a")
    assert "Nothing found." in found(client, alice, "%_\x00'\"")
