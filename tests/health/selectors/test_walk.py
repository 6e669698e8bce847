"""The place of an account in a list, at its ends, after it has left, and when the list is empty."""

from __future__ import annotations

import pytest

from accounts.models import Account, User
from health.models import Band
from health.selectors.walk import walk_at
from health.walks import WalkedList, read_walked_list
from tests import factories
from tests.health.test_today import scored, today

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(alice: User) -> dict[str, Account]:
    """Three silent accounts of Alice's, by name, and a steady one."""
    made = {}
    for name, band in (("Ada", Band.SILENT), ("Ben", Band.SILENT), ("Cyd", Band.SILENT), ("Dot", Band.STEADY)):
        made[name] = factories.AccountFactory(name=name, owner=alice)
        scored(made[name], band)
    return made


def silent_by_name(user: User) -> WalkedList:
    walked = read_walked_list("today?band=silent&sort=name", user)
    assert walked is not None
    return walked


def walk(user: User, account: Account, left_place: int | None = None):
    return walk_at(user, silent_by_name(user), account.pk, left_place=left_place, today=today())


def test_the_neighbours_follow_the_filters_and_the_order_of_the_list(alice: User, book: dict[str, Account]) -> None:
    found = walk(alice, book["Ben"])
    assert (found.place, found.count) == (2, 3)
    assert (found.previous.name, found.following.name, found.following.place) == ("Ada", "Cyd", 3)


def test_at_the_ends_nobody_stands_before_or_after(alice: User, book: dict[str, Account]) -> None:
    assert walk(alice, book["Ada"]).previous is None
    assert walk(alice, book["Cyd"]).following is None


def test_an_account_that_has_left_is_walked_on_from_where_it_stood(alice: User, book: dict[str, Account]) -> None:
    book["Ben"].health.band = Band.STEADY
    book["Ben"].health.save()
    found = walk(alice, book["Ben"], left_place=2)
    assert (found.place, found.count) == (None, 2)
    assert (found.previous.name, found.following.name) == ("Ada", "Cyd")
    last = walk(alice, book["Ben"], left_place=9)
    assert (last.previous.name, last.following) == ("Cyd", None)


def test_an_account_that_never_was_in_the_list_leads_to_its_first(alice: User, book: dict[str, Account]) -> None:
    found = walk(alice, book["Dot"])
    assert (found.place, found.previous, found.following.name) == (None, None, "Ada")


def test_an_empty_list_leads_nowhere(alice: User) -> None:
    found = walk(alice, factories.AccountFactory(owner=alice))
    assert (found.place, found.count, found.previous, found.following) == (None, 0, None, None)


def test_a_walk_never_leaves_the_readers_scope(charlie: User, book: dict[str, Account]) -> None:
    everyone = read_walked_list("today?scope=everyone&band=silent", charlie)
    assert everyone is not None
    found = walk_at(charlie, everyone, book["Ben"].pk, left_place=2, today=today())
    assert (found.count, found.previous, found.following) == (0, None, None)
