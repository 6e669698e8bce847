"""The account page: its head, a past day beside today, the walk, places in the timeline; and what it costs."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, User
from config.days import firm_day
from health.models import AccountHealth, HealthDay, ModelVersion
from health.selectors.models import StoredModel
from health.services.runs import run_now
from tests import factories

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def days_ago(*ages: int) -> list[dt.date]:
    today = firm_day(timezone.now())
    return [today - dt.timedelta(days=age) for age in ages]


@pytest.fixture
def weekly(account: Account, model: StoredModel) -> Account:
    """In touch every week until forty days ago, and scored now."""
    factories.touches_on(account, *days_ago(*range(40, 400, 7)), channel="call")
    factories.touches_on(account, *days_ago(*range(60, 400, 31)), channel="email", direction="inbound")
    run_now(kind="manual", as_of=timezone.now())
    return account


def page(client: Client, user: User, account: Account, query: str = "", **headers: str) -> str:
    client.force_login(user)
    response = client.get(f"{account.get_absolute_url()}{query}", headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_the_head_tells_health_its_way_the_cadences_and_what_is_booked(
    client: Client, alice: User, weekly: Account
) -> None:
    factories.touches_on(weekly, *days_ago(-3), channel="meeting")
    weekly.agreed_cadence_days = 5
    weekly.save()
    html = page(client, alice, weekly)
    assert re.search(r'class="direction falling">.*?falling −\d+', html)
    assert 'class="sparkline"' in html
    assert "slower than agreed" in html
    assert re.search(r"<dt>Next booked</dt><dd>Meeting <small>.*in 3 days", html)


def test_an_account_without_touches_says_so_and_draws_nothing(client: Client, alice: User, account: Account) -> None:
    html = page(client, alice, account)
    assert "No touches yet" in html
    assert "data-chart=" not in html
    assert 'class="sparkline"' not in html


def test_a_past_day_is_shown_beside_today_and_the_page_says_so(client: Client, alice: User, weekly: Account) -> None:
    (day,) = days_ago(42)
    html = page(client, alice, weekly, f"?as_of={day}")
    assert "You read" in html
    assert 'class="band steady"' in html
    assert "Steady, today Silent" in html
    assert '<th scope="col" class="num">Today</th>' in html
    assert f'<a class="btn" href="{weekly.get_absolute_url()}">Return to today</a>' in html
    assert f"Why this score on {day.day} {day:%b %Y}" in html


def test_a_past_day_says_whether_it_is_what_was_said_then(client: Client, alice: User, weekly: Account) -> None:
    (day,) = days_ago(10)
    HealthDay.objects.filter(account=weekly, day=day).delete()
    assert "is not kept" in page(client, alice, weekly, f"?as_of={day}")
    said = HealthDay.objects.create(account=weekly, day=day, band="drifting", health_score=71, risk=0.29)
    assert "That day Hark said Drifting with health 71" in page(client, alice, weekly, f"?as_of={day}")
    said.is_reconstructed = True
    said.save()
    assert "computed afterwards it was Drifting with health 71" in page(client, alice, weekly, f"?as_of={day}")


def test_before_the_first_touch_a_past_day_has_no_score(client: Client, alice: User, weekly: Account) -> None:
    html = page(client, alice, weekly, f"?as_of={days_ago(900)[0]}")
    assert "No touch was known by then" in html
    assert "No score that day" in html


@pytest.mark.parametrize("text", ["2999-01-01", "yesterday", "0001-01-01", "%00"])
def test_a_day_that_is_not_past_is_today_and_says_so(client: Client, alice: User, weekly: Account, text: str) -> None:
    html = page(client, alice, weekly, f"?as_of={text}")
    assert "Only a day before today can be read" in html
    assert 'class="band silent"' in html


def test_reading_the_past_writes_nothing(client: Client, alice: User, weekly: Account) -> None:
    def stored() -> list[object]:
        tables = (AccountHealth, HealthDay, ModelVersion)
        return [list(table.objects.order_by("pk").values()) for table in tables]

    before = stored()
    page(client, alice, weekly, f"?as_of={days_ago(42)[0]}")
    assert stored() == before


def test_the_timeline_of_a_past_day_ends_with_it(client: Client, alice: User, weekly: Account) -> None:
    (day,) = days_ago(100)
    html = page(client, alice, weekly, f"?as_of={day}", **HTMX, **{"HX-Target": "stream"})
    shown = [dt.date.fromisoformat(text[:10]) for text in re.findall(r'<time datetime="([^"]+)"', html)]
    assert max(shown) <= day
    assert "up to" in html


def test_the_timeline_opens_at_the_touch_that_the_address_names(client: Client, alice: User, weekly: Account) -> None:
    oldest = weekly.touchpoints.order_by("occurred_at").first()
    query = f"?touch={oldest.pk}"
    assert f'id="touch-{oldest.pk}"' in page(client, alice, weekly, query)
    assert "Show the newest" in page(client, alice, weekly, query, **HTMX, **{"HX-Target": "stream"})
    assert f'id="touch-{oldest.pk}"' not in page(client, alice, weekly)


def test_the_walk_leads_on_without_a_script_and_keeps_the_list(client: Client, alice: User, weekly: Account) -> None:
    for name in ("Aaa first", "Zzz last"):
        factories.AccountFactory(name=name, owner=alice)
    run_now(kind="manual", as_of=timezone.now())
    html = page(client, alice, weekly, "?list=account-list")
    assert "2 of 3" in html
    (following,) = re.findall(r'rel="next" href="([^"]+)"', html)
    again = client.get(following.replace("&amp;", "&")).content.decode()
    assert "3 of 3" in again
    assert "<h1><bdi>Zzz last</bdi>" in again
    assert 'data-key="]" data-key-name="Back to the list"' in again


def test_a_page_without_a_list_has_no_walk(client: Client, alice: User, weekly: Account) -> None:
    assert 'class="walk"' not in page(client, alice, weekly)
    assert 'class="walk"' not in page(client, alice, weekly, "?list=nowhere")


def test_lists_send_their_state_along_with_each_account(client: Client, alice: User, weekly: Account) -> None:
    client.force_login(alice)
    html = client.get("/accounts/?band=silent").content.decode()
    assert f'{weekly.get_absolute_url()}?list=account-list%3Fband%3Dsilent&amp;place=1"' in html


def test_charts_come_with_their_data_as_csv(client: Client, alice: User, weekly: Account) -> None:
    client.force_login(alice)
    heads = {
        name: client.get(reverse("account-csv", args=[weekly.pk, name])).content.decode().splitlines()[0]
        for name in ("lanes", "gaps", "course", "live-talk")
    }
    assert heads == {
        "lanes": "When,Channel,Direction,Counts as a touch,Subject",
        "gaps": "Until,Days",
        "course": "Day,Health,Band,Computed,Model",
        "live-talk": "Quarter,Touches,Live talk,Share %",
    }
    assert client.get(reverse("account-csv", args=[weekly.pk, "other"])).status_code == 404


def test_the_reasons_are_a_part_that_htmx_can_ask_for(client: Client, alice: User, weekly: Account) -> None:
    part = page(client, alice, weekly, **HTMX, **{"HX-Target": "why"})
    assert "<html" not in part
    assert "Why this score" in part


# Session, user, account and score; the stream (touches, contacts, colleagues, changes, snoozes, quiet, what was planned
# and done); contacts, recent health, snooze and quiet, the last promise, what is booked, touches drawn, touch days,
# history (changes, days, models), quarters, touches behind the reasons, what would clear the flag, people; for the walk
# the list. A past day: its model, its facts, decisions, what was stored, its change of band, and nothing that would
# clear a flag.
@pytest.mark.parametrize(("query", "expected"), [("", 43), ("?list=today", 44), ("?as_of={day}", 48)])
def test_the_number_of_queries_does_not_grow_with_the_touches(
    client: Client, alice: User, weekly: Account, query: str, expected: int
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(f"{weekly.get_absolute_url()}{query.format(day=days_ago(42)[0])}")
        return len(captured)

    client.force_login(alice)
    queries()
    few = queries()
    factories.touches_on(weekly, *days_ago(*range(45, 600, 9)), channel="text", direction="inbound")
    assert queries() == few
    assert few == expected
