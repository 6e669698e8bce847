"""Each mark of a portfolio chart opens a list of exactly the accounts it stands for, within the reader's scope."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from health.charts.card import Link
from health.models import Band, HealthDay, PortfolioDay
from health.touch_months import count_months, whole_months
from tests import factories
from tests.health.test_portfolio import count_of_list, page, scored, today

pytestmark = pytest.mark.django_db


def charts(client, user, **query):
    page(client, user, **query)
    return client.get(reverse("portfolio"), query).context["charts"]


def linked(card) -> list[Link]:
    return [cell for row in card.table.rows for cell in row if isinstance(cell, Link) and "/accounts/?" in cell.url]


def marks(card) -> list[tuple[str, str]]:
    """The text and the address of each mark that leads to a list."""
    return [
        (str(text), url)
        for trace in card.figure["data"]
        for text, url in zip(trace.get("text") or trace["hovertext"], trace["customdata"], strict=True)
        if url and "/accounts/?" in url
    ]


@pytest.fixture
def sunday(north, south, alice, charlie):
    """Last Sunday: three were silent in North and two in South; today one of each is steady."""
    day = today() - dt.timedelta(days=today().isoweekday())
    for team, owner, count in [(north, alice, 3), (south, charlie, 2)]:
        for n in range(count):
            band = Band.STEADY if n == 0 else Band.SILENT
            health = scored(f"{team.name} {n}", band=band, team=team, owner=owner)
            HealthDay.objects.create(account_id=health.pk, day=day, band="silent", health_score=20.0)
        PortfolioDay.objects.create(
            day=day, team=team, owner=owner, band="silent", account_count=count, arr=1000 * count, value_at_risk=0
        )  # fmt: skip
    return day


def test_a_share_of_a_past_sunday_opens_who_was_silent_then(client, erin, sunday):
    past, now = (url for _, url in marks(charts(client, erin)["quiet_share"]))
    assert f"on={sunday}" in past
    assert count_of_list(client, past) == 5
    assert count_of_list(client, now) == 3


def test_a_share_by_value_opens_the_accounts_behind_the_value(client, erin, sunday):
    past, now = (url for _, url in marks(charts(client, erin, by="value")["quiet_share"]))
    assert [count_of_list(client, past), count_of_list(client, now)] == [5, 3]


def test_a_mark_narrowed_to_a_team_opens_its_accounts_alone(client, erin, north, sunday):
    past, _ = (url for _, url in marks(charts(client, erin, team=north.pk)["quiet_share"]))
    assert count_of_list(client, past) == 3


def test_the_address_of_a_mark_tells_a_stranger_nothing(client, erin, charlie, sunday):
    past, _ = (url for _, url in marks(charts(client, erin)["quiet_share"]))
    client.force_login(charlie)
    assert count_of_list(client, past.replace("scope=everyone", "scope=team")) == 2


def test_renewals_at_the_same_spot_are_one_mark_that_opens_them_all(client, erin):
    for n, (days, risk) in enumerate([(8, 0.41), (9, 0.44), (9, 0.46), (30, 0.41)]):
        scored(f"Account {n}", band=Band.STEADY, renews_in=days, risk=risk)
    card = charts(client, erin)["renewals"]
    ((text, url),) = marks(card)
    assert text == "2"
    assert count_of_list(client, url) == 2
    singles = [url for url in card.figure["data"][0]["customdata"] if "/accounts/?" not in url]
    assert len(singles) == 2
    assert client.get(singles[0]).status_code == 200


@pytest.mark.parametrize("risk", [0.0, 0.05, 0.15, 0.3, 0.35, 0.55, 0.7, 0.95, 1.0])
def test_a_risk_at_the_bound_of_a_step_is_counted_where_it_is_listed(client, erin, risk):
    for n in range(2):
        scored(f"Account {n}", band=Band.STEADY, renews_in=8, risk=risk)
    ((text, url),) = marks(charts(client, erin)["renewals"])
    assert text == "2"
    assert count_of_list(client, url) == 2


def test_a_renewal_month_opens_what_renews_in_it_and_closed_accounts_are_left_out(client, erin):
    for n, (days, band) in enumerate(
        [(0, "silent"), (40, "steady"), (40, "drifting"), (40, "closed"), (200, "steady")]
    ):
        scored(f"Account {n}", band=band, renews_in=days)
    card = charts(client, erin)["renewal_months"]
    assert sum(link.value for link in linked(card)) == 4
    assert [count_of_list(client, link.url) for link in linked(card)] == [link.value for link in linked(card)]


@pytest.fixture
def talked(alice, charlie, north, south):
    """In each of the last six whole months: North is called and written to, South is written to twice."""
    for team, owner, channels in [(north, alice, ("call", "email")), (south, charlie, ("email", "email"))]:
        health = scored(f"{team.name} account", band=Band.STEADY, team=team, owner=owner)
        for month in whole_months(today())[-6:]:
            for day, channel in enumerate(channels, start=3):
                factories.touches_on(health.account, month.replace(day=day), channel=channel)
        factories.touches_on(
            health.account, whole_months(today())[-1].replace(day=9), channel="call", outcome="no_answer"
        )
    count_months(today=today())


def test_a_bar_of_touches_opens_who_was_reached_so_in_that_month(client, erin, talked):
    card = charts(client, erin)["talk"]
    assert [row[2] for row in card.table.rows] == [4] * 6
    assert [row[3] for row in card.table.rows] == [25] * 6
    found = linked(card)
    assert {link.value for link in found} == {1, 2}
    assert [count_of_list(client, link.url) for link in found[-3:]] == [link.value for link in found[-3:]]


def test_touches_are_of_the_readers_scope_alone(client, charlie, talked):
    card = charts(client, charlie)["talk"]
    assert [row[3] for row in card.table.rows] == [0] * 6
    assert {link.value for link in linked(card)} == {1}


def test_the_league_tells_who_fell_and_who_rose_since_a_day_of_history(client, erin, charlie, sunday, north):
    health = scored("Cedar Mill", band=Band.SILENT, team=north, health_score=10.0)
    quiet = scored("On leave", band=Band.PAUSED, team=north, health_score=10.0)
    for one in (health, quiet):
        HealthDay.objects.create(account_id=one.pk, day=sunday, band="steady", health_score=95.0)
    card = charts(client, erin, days=30)["league"]
    assert card.finding == "Biggest fall: Cedar Mill, health 95 to 10"
    told = [(str(row[0]), row[1], row[2], row[3]) for row in card.table.rows]
    assert told[0] == ("Cedar Mill", "fell", 95, 10)
    assert {row[1:] for row in told[1:]} == {("rose", 20, 60)}
    assert "Cedar Mill" not in str(charts(client, charlie, days=30)["league"].table.rows)


def test_marks_that_stand_for_nobody_lead_nowhere(client, erin, sunday):
    drifting = charts(client, erin)["quiet_share"].figure["data"][2]
    assert drifting["customdata"] == [None, None]


def test_a_list_behind_a_mark_says_what_it_is_narrowed_to(client, erin, sunday):
    past, _ = (url for _, url in marks(charts(client, erin)["quiet_share"]))
    html = client.get(past).content.decode()
    assert f"Silent on {sunday.day} {sunday:%b %Y}" in html


def test_lists_behind_marks_take_the_same_queries_as_others(client, erin, sunday, talked, django_assert_num_queries):
    client.force_login(erin)
    behind = {"stood": "silent", "on": sunday, "touched": "call", "month": f"{whole_months(today())[-1]:%Y-%m}"}
    for query in ({}, behind):
        # session, user; facets, names of segments; rows, their strips; when it was scored
        with django_assert_num_queries(8):
            client.get(reverse("account-list"), {"scope": "everyone"} | query)


def test_figures_are_of_this_moment(client, erin, sunday):
    assert f"As of {timezone.localtime():%-d %B %Y}" in page(client, erin)
