"""Every way of handing an account over leaves a row: who had it, who has it, by whom, when."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Account, Assignment, Team, User
from tests import factories
from tests.conftest import AS_OF
from touchpoints.loader.accounts import load_accounts
from touchpoints.loader.staging import ReadRow
from touchpoints.parsers.records import AccountRecord

pytestmark = pytest.mark.django_db


def kept() -> list[tuple[User | None, User | None, User | None]]:
    return [(one.from_owner, one.to_owner, one.assigned_by) for one in Assignment.objects.order_by("pk")]


def test_assigning_is_kept_and_undoing_it_too(
    client: Client, bob: User, alice: User, amir: User, account: Account
) -> None:
    client.force_login(bob)
    client.post("/accounts/assign/", {"ids": account.pk, "owner": amir.pk})
    client.post("/accounts/assign/", {"ids": account.pk, "owner": alice.pk})
    assert kept() == [(alice, amir, bob), (amir, alice, bob)]


def test_assigning_to_whoever_has_it_keeps_nothing(client: Client, bob: User, alice: User, account: Account) -> None:
    client.force_login(bob)
    client.post("/accounts/assign/", {"ids": account.pk, "owner": alice.pk})
    assert kept() == []


def test_the_form_keeps_a_new_owner_and_the_first_one(
    client: Client, root: User, alice: User, amir: User, account: Account
) -> None:
    client.force_login(root)
    client.post(f"/accounts/{account.pk}/edit/", {"name": "Alder & Quill", "status": "active", "owner": amir.pk})
    client.post("/accounts/new/", {"name": "Cedar Mill", "status": "active", "owner": alice.pk})
    assert kept() == [(alice, amir, root), (None, alice, root)]


def test_the_administration_keeps_it(
    client: Client, root: User, alice: User, amir: User, account: Account, north: Team
) -> None:
    client.force_login(root)
    empty = {
        f"{group}-{count}": "0"
        for group in ("domains", "contacts")
        for count in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
    }
    data = {"name": "Alder & Quill", "status": "active", "owner": amir.pk, "team": north.pk, **empty}
    assert client.post(f"/admin/accounts/account/{account.pk}/change/", data).status_code == 302
    assert kept() == [(alice, amir, root)]


def test_an_import_keeps_what_it_changed_under_the_name_of_its_file(alice: User, amir: User, account: Account) -> None:
    rows = [(account.name, amir.email), ("New one", alice.email), ("Nobody's", "")]
    records = [
        AccountRecord(line, "", name, owner, "", "", None, None, None, "", None, ())
        for line, (name, owner) in enumerate(rows)
    ]
    load_accounts([ReadRow((), record) for record in records], now=AS_OF, origin="crm.csv")
    assert kept() == [(None, alice, None), (alice, amir, None)]
    assert set(Assignment.objects.values_list("origin", "assigned_at")) == {("crm.csv", AS_OF)}


def test_an_account_that_is_only_edited_was_not_handed_over(client: Client, alice: User, account: Account) -> None:
    client.force_login(alice)
    client.post(f"/accounts/{account.pk}/edit/", {"name": "Alder", "status": "active"})
    assert kept() == []


def test_whoever_left_keeps_a_place_in_the_history(alice: User, amir: User, account: Account) -> None:
    factories.AccountFactory(owner=amir)
    Assignment.objects.create(account=account, from_owner=amir, to_owner=alice, assigned_at=AS_OF)
    assert account.assignments.get().from_owner == amir
