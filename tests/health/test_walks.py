"""A list as it travels in the address of an account."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from accounts.models import User
from health.walks import read_place, read_walked_list

pytestmark = pytest.mark.django_db


def test_a_list_comes_back_from_an_address_as_it_went_in(alice: User) -> None:
    walked = read_walked_list("account-list?band=silent&sort=-name&page=3", alice)
    again = QueryDict(walked.account_query(7).removeprefix("?"))
    assert again["place"] == "7"
    assert read_walked_list(again["list"], alice).text == "account-list?band=silent&sort=-name"


def test_the_way_back_leads_to_the_page_that_holds_the_account(alice: User) -> None:
    walked = read_walked_list("today?band=silent", alice)
    assert walked.page_query(25, 25) == "?band=silent"
    assert walked.page_query(26, 25) == "?band=silent&page=2"


@pytest.mark.parametrize("text", ["", "nowhere", "portfolio?band=silent", "\0", "?band=silent"])
def test_what_is_no_list_is_none(alice: User, text: str) -> None:
    assert read_walked_list(text, alice) is None


def test_a_scope_that_is_not_open_to_the_reader_is_not_taken(alice: User) -> None:
    assert read_walked_list("today?scope=everyone", alice).filters.scope == "mine"


@pytest.mark.parametrize(("text", "place"), [("7", 7), ("0", None), ("-1", None), ("x", None), ("", None)])
def test_a_place_is_a_whole_number_from_one(text: str, place: int | None) -> None:
    assert read_place(text) == place
