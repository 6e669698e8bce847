"""The stream on the account's page: its address, what htmx gets of it, and what it costs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account, User
from health.models import NextAction
from tests import factories

DAY = dt.date(2026, 6, 10)


def fragment(client: Client, account: Account, query: dict[str, Any], target: str, trigger: str = "") -> Any:
    headers = {"HX-Request": "true", "HX-Target": target} | ({"HX-Trigger": trigger} if trigger else {})
    return client.get(f"/accounts/{account.pk}/", query, headers=headers)


@pytest.fixture
def as_alice(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def long(account: Account) -> Account:
    factories.touches_on(account, *[DAY - dt.timedelta(days=n) for n in range(100)], subject="Weekly call")
    return account


def test_filters_become_the_address_without_what_is_empty(as_alice: Client, long: Account) -> None:
    response = fragment(as_alice, long, {"channel": "call", "kind": "", "q": "", "from": ""}, "stream")
    assert response["HX-Push-Url"] == f"/accounts/{long.pk}/?channel=call"
    assert f'hx-get="/accounts/{long.pk}/?channel=call"' in response.content.decode()


def test_a_stream_that_is_fetched_again_is_no_new_place(as_alice: Client, long: Account) -> None:
    response = fragment(as_alice, long, {"channel": "call", "pages": "2"}, "stream", trigger="stream-refresh")
    assert "HX-Push-Url" not in response
    assert response.content.decode().count('id="touch-') == 80


def test_the_address_gives_the_same_page_when_it_is_reloaded(as_alice: Client, long: Account) -> None:
    page = as_alice.get(f"/accounts/{long.pk}/", {"channel": "email"}).content.decode()
    assert "Nothing on the timeline matches these filters." in page
    assert '<option value="email" selected>Email (0)</option>' in page


def test_older_entries_go_on_within_the_month(as_alice: Client, long: Account) -> None:
    first = as_alice.get(f"/accounts/{long.pk}/")
    assert [line.month for line in first.context["lines"] if line.month] == [dt.date(2026, 6, 1), dt.date(2026, 5, 1)]
    response = as_alice.get(first.context["more_url"], headers={"HX-Request": "true", "HX-Target": "stream-more"})
    assert [line.month for line in response.context["lines"] if line.month] == [
        dt.date(2026, 4, 1),
        dt.date(2026, 3, 1),
    ]


def test_changing_an_entry_leads_back_to_it(as_alice: Client, long: Account) -> None:
    touch = long.touchpoints.first()
    page = as_alice.get(f"/accounts/{long.pk}/", {"channel": "call"}).content.decode()
    back = f"/touches/{touch.pk}/edit/?next=%2Faccounts%2F{long.pk}%2F%3Fchannel%3Dcall%23touch-{touch.pk}"
    assert back in page


def test_what_was_promised_is_found_and_marked(as_alice: Client, long: Account) -> None:
    factories.touches_on(long, DAY - dt.timedelta(days=99), subject="Visit", body="<i>Promised</i> for Friday")
    page = fragment(as_alice, long, {"q": "promised"}, "stream").content.decode()
    assert "&lt;i&gt;<mark>Promised</mark>&lt;/i&gt; for Friday" in page
    assert page.count('id="touch-') == 1


def test_a_reader_is_offered_no_change(client: Client, amir: User, long: Account) -> None:
    client.force_login(amir)
    assert "/edit/" not in fragment(client, long, {}, "stream").content.decode()


@pytest.mark.parametrize("touches", [1, 120])
def test_the_stream_takes_the_same_queries_at_any_size(
    as_alice: Client, account: Account, touches: int, django_assert_num_queries: Any
) -> None:
    factories.touches_on(account, *[DAY - dt.timedelta(days=n) for n in range(touches)])
    # session, user, account, score; eleven of the page (tests/health/selectors/stream/test_pages.py); channels with
    # directions, kinds, contacts, who took part, who wrote, what else is theirs
    with django_assert_num_queries(21):
        fragment(as_alice, account, {}, "stream")
    # the same without the six of the filters
    with django_assert_num_queries(15):
        fragment(as_alice, account, {}, "stream-more")


def test_a_next_action_is_told_with_who_planned_it_and_who_did_it(
    as_alice: Client, account: Account, alice: User, amir: User
) -> None:
    planned_at, done_at = (dt.datetime(2026, 6, n, 9, tzinfo=dt.UTC) for n in (10, 12))
    about = {"account": account, "author": alice, "created_at": planned_at}
    NextAction.objects.create(**about, what="Call the depot", ended_at=done_at, ended_by=amir, is_done=True)
    NextAction.objects.create(**about, what="Send <b>it</b>", ended_at=done_at, ended_by=amir)
    NextAction.objects.create(account=account, author=alice, what="Visit", created_at=done_at, due_on=DAY)
    html = as_alice.get(f"/accounts/{account.pk}/").content.decode()
    assert '<option value="plan">Next actions planned (3)</option>' in html
    assert '<option value="done">Next actions done (1)</option>' in html
    assert "<b>Done</b> by Amir Nasser; planned" in html
    assert "<b>Planned</b> by Alice Ahlgren, due" in html
    assert "Replaced or taken back" in html
    assert "Still to do" in html
    assert "Send &lt;b&gt;it&lt;/b&gt;" in html
