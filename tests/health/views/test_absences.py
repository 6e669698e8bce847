"""“Why is X not listed?”: each answer, the way to the list that holds the account, and silence towards strangers."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account, User
from config.formats import short_date
from health.models import Band, QuietPeriod, Snooze
from tests import factories
from tests.health.test_today import names, page, scored, today


def in_days(days: int) -> dt.date:
    return today() + dt.timedelta(days=days)


def spelt(days: int) -> str:
    return short_date(in_days(days), today())


def answer(client: Client, user: User, address: str = "/?q=alder") -> str:
    return " ".join(page(client, user, address).partition('class="absences"')[2].partition("</div>")[0].split())


def way_in(client: Client, user: User, address: str = "/?q=alder") -> list[str]:
    """Return what the list holds behind the answer's “List it”."""
    query = answer(client, user, address).partition('class="btn ghost" href="')[2].partition('"')[0]
    return names(page(client, user, query.replace("&amp;", "&")))


ALDER = ["Alder &amp; Quill"]


@pytest.mark.parametrize(
    ("band", "fields", "sentence"),
    [
        (Band.STEADY, {"next_change_on": in_days(9)}, f"If nothing comes, it is flagged on {spelt(9)}."),
        (Band.STEADY, {}, "It is Steady: in touch in its usual rhythm."),
        (Band.LEARNING, {"touch_days": 2}, "It is Learning: only 2 days in touch so far"),
        (Band.DORMANT, {}, "It is Dormant: silent so long that it is probably lost."),
        (Band.CLOSED, {}, "It is Closed; a closed account is not flagged."),
    ],
)
def test_a_band_that_is_not_flagged_is_the_answer(
    client: Client, alice: User, account: Account, band: str, fields: dict[str, object], sentence: str
) -> None:
    scored(account, band, **fields)
    assert sentence in answer(client, alice)
    assert way_in(client, alice) == ALDER


def test_known_quiet_tells_until_when_and_why(client: Client, alice: User, account: Account) -> None:
    scored(account, Band.PAUSED)
    QuietPeriod.objects.create(
        account=account, author=alice, reason="<b>Summer</b>", starts_on=in_days(-2), ends_on=in_days(8)
    )
    told = answer(client, alice)
    assert f"It is Paused: quiet is expected until {spelt(8)}." in told
    assert "&lt;b&gt;Summer&lt;/b&gt;" in told


def test_quiet_that_begins_before_a_flag_is_told_instead_of_it(client: Client, alice: User, account: Account) -> None:
    scored(account, Band.STEADY, next_change_on=in_days(3))
    QuietPeriod.objects.create(account=account, author=alice, reason="Summer", starts_on=in_days(3), ends_on=in_days(8))
    assert f"Known quiet begins on {spelt(3)}." in answer(client, alice)


def test_a_snooze_tells_who_until_when_and_why(client: Client, alice: User, bob: User, account: Account) -> None:
    scored(account)
    Snooze.objects.create(
        account=account, author=bob, reason="Fair week", until_on=in_days(5), created_at=timezone.now()
    )
    told = answer(client, alice)
    assert f"It is snoozed by {bob} until {spelt(5)}." in told
    assert "Fair week" in told
    assert way_in(client, alice) == ALDER


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("band=drifting", "It is Silent; the list shows other bands."),
        ("renews=30", "It renews on no known day, not within 30 days."),
        ("segment=none", "It is of another segment than the list shows."),
        ("one_sided=1", "It is not the client alone who went silent."),
        ("team=none", "It is of another team than the list shows."),
        ("snoozed=1", "It is not snoozed; the list shows what is."),
        ("owner=999999", "Another account manager than the list shows looks after it."),
        ("risk=5-10", "It is not among the accounts of the mark that led to this list."),
    ],
)
def test_a_filter_that_hides_it_is_named_and_one_click_takes_it_off(
    client: Client, alice: User, account: Account, query: str, sentence: str
) -> None:
    segment = factories.SegmentFactory()
    Account.objects.filter(pk=account.pk).update(segment=segment, renewal_on=None)
    account.refresh_from_db()
    scored(account)
    assert sentence in answer(client, alice, f"/?q=alder&{query}")
    assert way_in(client, alice, f"/?q=alder&{query}") == ALDER


def test_all_that_hides_it_is_taken_off_at_once(client: Client, alice: User, account: Account) -> None:
    scored(account, Band.STEADY)
    told = answer(client, alice, "/?q=alder&one_sided=1")
    assert "It is Steady" in told
    assert "not the client alone" in told
    assert way_in(client, alice, "/?q=alder&one_sided=1") == ALDER


def test_a_colleagues_account_is_told_to_the_team(client: Client, amir: User, account: Account) -> None:
    scored(account)
    assert f"{account.owner} looks after it; this list shows your own book." in answer(client, amir)
    assert way_in(client, amir) == ALDER


def test_an_account_without_a_score_says_so(client: Client, alice: User, account: Account) -> None:
    assert "It has no score yet" in answer(client, alice)


@pytest.mark.parametrize("address", ["/?q=alder", "/?q=alder&scope=team", "/accounts/?q=alder", "/search/?q=alder"])
def test_to_a_stranger_it_is_as_if_the_account_did_not_exist(
    client: Client, charlie: User, account: Account, address: str
) -> None:
    scored(account, Band.STEADY)
    with_it = page(client, charlie, address)
    Account.objects.filter(pk=account.pk).update(name="Something else")
    without_it = page(client, charlie, address)
    assert 'class="absences"' not in with_it
    assert with_it.count("\n") == without_it.count("\n")


def test_what_is_listed_needs_no_answer(client: Client, alice: User, account: Account) -> None:
    scored(account)
    assert answer(client, alice) == ""
    assert names(page(client, alice, "/?q=alder")) == ALDER


def test_of_many_the_first_are_told(client: Client, alice: User) -> None:
    for account in factories.AccountFactory.create_batch(7, name="Alder Works", owner=alice, team=alice.team):
        scored(account, Band.STEADY)
    told = answer(client, alice)
    assert told.count("<li>") == 5
    assert "More accounts match." in told


def test_the_search_says_beside_each_account_what_today_says(client: Client, alice: User, account: Account) -> None:
    scored(account, Band.STEADY, next_change_on=in_days(9))
    scored(factories.AccountFactory(name="Alder Silent", owner=alice, team=alice.team))
    html = page(client, alice, "/search/?q=alder")
    assert f"Not on Today’s list. It is Steady. If nothing comes, it is flagged on {spelt(9)}." in html
    assert html.count("On Today’s list") == 1


def test_beyond_a_days_capacity_the_place_is_told(client: Client, alice: User, account: Account) -> None:
    User.objects.filter(pk=alice.pk).update(daily_capacity=1)
    scored(factories.AccountFactory(owner=alice, team=alice.team), priority=9.0)
    scored(account, priority=1.0)
    assert "beyond today’s capacity: it is number 2 in the order" in page(client, alice, "/search/?q=alder")


def test_an_answer_costs_one_query(client: Client, alice: User, account: Account) -> None:
    scored(account, Band.STEADY)
    client.force_login(alice)
    counts = []
    for address in ("/?q=alder", "/?segment=none"):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] - counts[1] == 1


def test_an_empty_list_says_what_each_filter_hides(client: Client, alice: User, account: Account) -> None:
    segment = factories.SegmentFactory()
    Account.objects.filter(pk=account.pk).update(segment=segment)
    account.refresh_from_db()
    scored(account)
    html = page(client, alice, "/?segment=none")
    assert "Without “No segment” <b>1</b>" in html
    assert "Without “Silent or Drifting”" not in html
    scored(factories.AccountFactory(owner=alice, team=alice.team), Band.STEADY)
    assert "Without “Only some bands” <b>1</b>" in page(client, alice, "/?segment=none")
