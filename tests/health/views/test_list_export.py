"""A list as a file: the accounts that the list counts, in its order, and nobody else's."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Account, User
from config.days import firm_day
from health.models import Band, Snooze
from health.selectors import list_export
from tests import factories
from tests.health.test_today import names, page, scored


def csv_of(client: Client, user: User, address: str) -> list[dict[str, str]]:
    client.force_login(user)
    response = client.get(address)
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


@pytest.fixture
def book(alice: User) -> list[Account]:
    """Thirty silent accounts of Alice's, more than a page holds, and a steady one."""
    accounts = factories.AccountFactory.create_batch(30, owner=alice, team=alice.team, arr=Decimal("12000.50"))
    for place, account in enumerate(accounts):
        scored(account, priority=float(place))
    steady = factories.AccountFactory(name="Steady Stones", owner=alice, team=alice.team)
    scored(steady, Band.STEADY)
    return accounts


def test_all_pages_are_in_the_file_in_the_order_of_the_list(client: Client, alice: User, book: list[Account]) -> None:
    rows = csv_of(client, alice, "/lists/today.csv")
    assert [row["Account"] for row in rows] == [account.name for account in reversed(book)]
    assert rows[0]["Value a year"] == "12000.50"
    assert rows[0]["Silent days"] == "41"
    assert rows[0]["Band"] == "Silent"
    assert rows[0]["All reasons"].startswith("Usually every 9 days; silent for 41 days")


def test_the_filters_and_the_sort_of_the_address_hold(client: Client, alice: User, book: list[Account]) -> None:
    rows = csv_of(client, alice, "/lists/account-list.csv?band=steady")
    assert [row["Account"] for row in rows] == ["Steady Stones"]
    listed = names(page(client, alice, "/accounts/?sort=-name&page=2"))
    assert [row["Account"] for row in csv_of(client, alice, "/lists/account-list.csv?sort=-name")][25:] == listed


def test_the_file_holds_what_is_beyond_a_days_capacity_too(client: Client, alice: User, book: list[Account]) -> None:
    User.objects.filter(pk=alice.pk).update(daily_capacity=8)
    assert len(csv_of(client, alice, "/lists/today.csv")) == 30


def test_the_file_has_the_columns_of_the_list(client: Client, alice: User, book: list[Account]) -> None:
    rows = csv_of(client, alice, "/lists/today.csv?col=account&col=risk")
    assert "Value at risk" in rows[0]
    assert "Silent days" not in rows[0]
    assert rows[0]["Main reason"]


def test_a_snooze_is_told_with_its_author(client: Client, alice: User, account: Account) -> None:
    scored(account)
    until = firm_day(timezone.now()) + dt.timedelta(days=5)
    Snooze.objects.create(account=account, author=alice, reason="=Away", until_on=until, created_at=timezone.now())
    assert csv_of(client, alice, "/lists/today.csv") == []
    (row,) = csv_of(client, alice, "/lists/today.csv?snoozed=1")
    assert (row["Snoozed until"], row["Snoozed by"], row["Snooze reason"]) == (str(until), str(alice), "'=Away")


def test_the_xlsx_holds_the_same_rows(client: Client, alice: User, book: list[Account]) -> None:
    rows = csv_of(client, alice, "/lists/today.csv")
    response = client.get("/lists/today.xlsx")
    sheet = load_workbook(io.BytesIO(response.getvalue())).active
    assert [cell.value for cell in sheet["A"]][1:] == [row["Account"] for row in rows]
    assert [cell.value for cell in sheet[1]] == list(rows[0])


def test_the_name_of_the_file_says_list_and_day(client: Client, alice: User, account: Account) -> None:
    client.force_login(alice)
    day = firm_day(timezone.now())
    assert f'filename="hark-today-{day}.csv"' in client.get("/lists/today.csv")["Content-Disposition"]
    assert f'filename="hark-accounts-{day}.xlsx"' in client.get("/lists/account-list.xlsx")["Content-Disposition"]


def test_a_list_that_is_none_is_not_found(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get("/lists/nothing.csv").status_code == 404
    assert client.get("/lists/nothing.xlsx").status_code == 404


@pytest.mark.parametrize("scope", ["mine", "team", "everyone"])
def test_a_stranger_gets_a_file_without_the_account(
    client: Client, charlie: User, account: Account, scope: str
) -> None:
    scored(account)
    assert csv_of(client, charlie, f"/lists/today.csv?scope={scope}&owner={account.owner_id}") == []


def test_an_account_that_was_taken_away_while_the_file_is_written_is_left_out(
    alice: User, charlie: User, account: Account
) -> None:
    first = factories.AccountFactory(owner=alice, team=alice.team)
    scored(first, priority=2.0)
    scored(account, priority=1.0)
    filters = list_export.ListFilters(scope="mine")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(list_export, "AT_ONCE", 1)
        rows = list_export.exported_accounts(alice, filters, today=firm_day(timezone.now()))
        assert next(rows).row.name == first.name
        Account.objects.filter(pk=account.pk).update(owner=charlie, team=charlie.team)
        assert list(rows) == []


def test_one_query_reads_a_thousand_accounts(client: Client, alice: User, book: list[Account]) -> None:
    client.force_login(alice)
    with CaptureQueriesContext(connection) as queries:
        client.get("/lists/today.csv").getvalue()
    assert len(queries) == 5  # session, person, saved views, order, accounts
