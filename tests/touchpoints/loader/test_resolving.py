"""Which account a reference means."""

from __future__ import annotations

import pytest

from accounts.models import Account
from tests import factories
from tests.touchpoints.files_on_disk import NOW
from touchpoints.loader.resolving import Resolution, find_accounts, resolve_accounts

pytestmark = pytest.mark.django_db


def resolve(*refs: str, create: bool = True, **names: str) -> Resolution:
    return resolve_accounts(dict.fromkeys(refs, "") | names, create=create, now=NOW)


@pytest.mark.parametrize(
    "ref",
    ["C-7", "ACME gmbh", "Acme   GmbH", "JO@mail.example", "new@acme.example", "acme.example"],
    ids=["external id", "name in another case", "name with other spaces", "address", "domain of address", "domain"],
)
def test_an_account_is_found_by(ref: str) -> None:
    acme = factories.AccountFactory(name="Acme GmbH", external_id="C-7")
    factories.ContactFactory(account=acme, email="jo@mail.example")
    factories.AccountDomainFactory(account=acme, domain="acme.example")
    assert find_accounts([ref]).ids == {ref: acme.pk}


def test_an_external_id_wins_over_an_equal_name() -> None:
    factories.AccountFactory(name="C-7")
    by_id = factories.AccountFactory(name="Acme", external_id="C-7")
    assert find_accounts(["C-7"]).ids == {"C-7": by_id.pk}


def test_two_accounts_of_one_name_are_a_problem_not_a_guess() -> None:
    factories.AccountFactory(name="Acme", external_id="1")
    factories.AccountFactory(name="acme", external_id="2")
    found = resolve("Acme")
    assert found.ids == {}
    assert found.problems["Acme"][0] == "ambiguous_account"


def test_mail_of_everybodys_provider_names_no_account() -> None:
    factories.AccountDomainFactory(domain="gmail.com")
    assert find_accounts(["someone@gmail.com", "gmail.com"]) == Resolution({}, {})


def test_two_people_of_one_new_company_make_one_account_with_its_domain() -> None:
    made = resolve("jo@new.example", "kim@NEW.example")
    assert made.created == 1
    account = Account.objects.get()
    assert (account.name, account.domains.get().domain) == ("new.example", "new.example")
    assert resolve("lee@new.example").ids == {"lee@new.example": account.pk}


def test_an_address_finds_the_account_that_is_called_like_its_domain() -> None:
    account = factories.AccountFactory(name="new.example")
    assert resolve("jo@new.example").ids == {"jo@new.example": account.pk}


def test_an_id_without_digits_beside_a_name_is_found_again_in_the_next_chunk() -> None:
    first = resolve(**{"ACME-CORP": "Acme Corporation"})
    again = resolve(**{"ACME-CORP": "Acme Corporation"})
    assert again.ids == first.ids
    assert list(Account.objects.values_list("name", "external_id")) == [("Acme Corporation", "ACME-CORP")]


def test_an_account_known_by_name_takes_the_id_beside_it() -> None:
    acme = factories.AccountFactory(name="Acme Corporation")
    assert resolve(create=False, **{"C-7": "ACME Corporation"}).ids == {"C-7": acme.pk}
    acme.refresh_from_db()
    assert acme.external_id == "C-7"


def test_new_names_that_differ_by_case_are_one_account() -> None:
    made = resolve("Acme", "ACME")
    assert (made.created, len(set(made.ids.values()))) == (1, 1)
