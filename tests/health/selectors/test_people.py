"""Who is reached: levels, last talks, who of ours knows whom, who has left, and warnings that are the signals."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from accounts.models import Account, Contact, User
from health.models import AccountHealth
from health.selectors.people import people_of
from tests import factories
from tests.conftest import AS_OF

pytestmark = pytest.mark.django_db
TODAY = AS_OF.date()


def before(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


@pytest.fixture
def people(account: Account, alice: User, amir: User) -> dict[str, Contact]:
    named = {
        "chief": factories.ContactFactory(account=account, name="Marta Ruiz", level="executive"),
        "buyer": factories.ContactFactory(account=account, name="Ade Okoro", level="manager"),
        "gone": factories.ContactFactory(account=account, name="Jon Pell", level="director", left_on=before(10)),
        "leaving": factories.ContactFactory(account=account, name="Lin Zhao", level="analyst", left_on=before(-10)),
    }
    for age, name, direction, mine in (
        (100, "chief", "mutual", [alice]),
        (20, "buyer", "inbound", [alice, amir]),
        (12, "buyer", "mutual", [amir]),
        (2, "buyer", "outbound", [alice]),
        (30, "gone", "mutual", [alice]),
    ):
        (touch,) = factories.touches_on(account, before(age), direction=direction)
        touch.contacts.add(named[name])
        touch.colleagues.set(mine)
    return named


def test_people_stand_by_level_with_their_last_two_way_touch(account: Account, people: dict[str, Contact]) -> None:
    found = people_of(account, None, as_of=AS_OF)
    assert [(row.contact.name, row.quiet_days, row.warmth) for row in found.present] == [
        ("Marta Ruiz", 100, "silent"),
        ("Ade Okoro", 12, "steady"),
        ("Lin Zhao", None, "silent"),
    ]


def test_who_of_ours_talks_with_whom(account: Account, people: dict[str, Contact]) -> None:
    known = {row.contact.name: row.colleagues for row in people_of(account, None, as_of=AS_OF).present}
    assert [(one.name, one.touches) for one in known["Ade Okoro"]] == [("Amir Nasser", 2), ("Alice Ahlgren", 1)]
    assert known["Lin Zhao"] == []


def test_who_has_left_stands_apart_and_on_a_past_day_was_still_there(
    account: Account, people: dict[str, Contact]
) -> None:
    now = people_of(account, None, as_of=AS_OF)
    then = people_of(account, None, as_of=AS_OF - dt.timedelta(days=11))
    assert [row.contact.name for row in now.left] == ["Jon Pell"]
    assert [row.contact.name for row in then.left] == []
    assert "Jon Pell" in [row.contact.name for row in then.present]


def test_warnings_are_the_signals_about_people(account: Account) -> None:
    figures = {"contact_id": 1, "name": "Ade Okoro", "named_days": 9, "lone_earlier_days": 2, "earlier_named_days": 20}
    alone = {"signal": "single_threaded", "strength": 2.0, "last_on": "2026-06-10", **figures}
    missed = {"signal": "cadence_missed", "strength": 1.0, "agreed_days": 7, "lived_days": 14, "last_on": "2026-06-10"}
    health = AccountHealth(account=account, as_of_on=TODAY, signals=[alone, missed])
    warnings = people_of(account, health, as_of=AS_OF).warnings
    assert [one.signal for one in warnings] == ["single_threaded"]
    assert warnings[0].sentence.startswith("Only Ade Okoro took part")


@pytest.mark.parametrize("more", [0, 12])
def test_the_card_takes_two_queries_at_any_size(
    account: Account, people: dict[str, Contact], more: int, django_assert_num_queries: Any
) -> None:
    factories.ContactFactory.create_batch(more, account=account)
    with django_assert_num_queries(2):  # contacts with their last talks; who of ours took part with them
        people_of(account, None, as_of=AS_OF)
