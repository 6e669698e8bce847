import datetime as dt
from html import unescape

import pytest
from django.urls import reverse

from health.models import Band, HealthDay, PortfolioDay
from tests.health.test_portfolio import scored, today

pytestmark = pytest.mark.django_db


def sheet(client, user, **query) -> str:
    client.force_login(user)
    response = client.get(reverse("portfolio-snapshot"), query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def figures(client, user, **query) -> dict[str, tuple[str, str]]:
    sheet(client, user, **query)
    found = client.get(reverse("portfolio-snapshot"), query).context["figures"]
    return {figure["label"]: (figure["value"], figure["change"]) for figure in found}


def last_sunday_but_not_just_now() -> dt.date:
    latest = today() - dt.timedelta(days=4)
    return latest - dt.timedelta(days=latest.isoweekday() % 7)


@pytest.fixture
def week(north, south, alice, charlie):
    """North: two silent, one of them renewing soon at risk; South: one steady. A week ago one was silent in North."""
    for n, risk in enumerate([0.9, 0.3]):
        scored(f"N silent {n}", band=Band.SILENT, team=north, owner=alice, renews_in=20, risk=risk, health_score=10.0)
    steady = scored("S steady", band=Band.STEADY, team=south, owner=charlie)
    day = last_sunday_but_not_just_now()
    PortfolioDay.objects.create(
        day=day, team=north, owner=alice, band="silent", account_count=1, arr=1000, value_at_risk=700
    )
    HealthDay.objects.create(account_id=steady.pk, day=day, band="silent", health_score=15.0)


def test_six_figures_stand_with_their_change_since_a_sunday(client, erin, week):
    found = figures(client, erin)
    assert list(found) == ["Value at risk", "Silent", "Drifting", "Dormant", "Steady", "Learning"]
    assert found["Value at risk"] == ("€1.2k", "+€500")
    assert found["Silent"] == ("2", "+1")
    assert found["Drifting"] == ("0", "unchanged")
    assert found["Steady"] == ("1", "+1")


def test_without_a_week_before_no_change_is_told(client, erin):
    scored("New", band=Band.LEARNING)
    assert figures(client, erin)["Learning"] == ("1", "")
    assert "no change can be told" in sheet(client, erin)


def test_renewals_more_likely_silent_than_not_are_named(client, erin, week):
    html = sheet(client, erin)
    assert "1 renewal within 60 days is more likely silent than not: €1k" in html
    assert "N silent 0" in html
    assert "N silent 1" not in html


def test_the_sheet_names_its_scope_and_shows_nothing_beyond_it(client, charlie, north, week):
    html = sheet(client, charlie)
    assert "The accounts that Charlie Chen may see (1 account)" in html
    assert "N silent" not in html
    assert "No account to speak of" in sheet(client, charlie, team=north.pk)


def test_filters_of_the_page_narrow_the_sheet_and_lead_back(client, erin, north, week):
    html = sheet(client, erin, team=north.pk)
    assert "North (2 accounts)" in html
    assert f'href="/portfolio/?team={north.pk}"' in html


def test_without_a_replay_nothing_is_said_of_trust(client, erin, week):
    assert "has not been replayed yet" in sheet(client, erin)


def test_an_empty_portfolio_says_so(client, erin):
    assert "No account to speak of" in sheet(client, erin)


def test_the_sheet_takes_the_same_queries_at_any_size(client, erin, week, django_assert_num_queries):
    client.force_login(erin)
    # session, user; places; teams, owners, segments; the week before; months; days over time; the day of the
    # league, its fallers, its risers; renewals at risk, by name; the newest replay; when it was scored
    with django_assert_num_queries(16):
        client.get(reverse("portfolio-snapshot"))
    for n in range(30):
        scored(f"More {n}", band=Band.SILENT, renews_in=n, risk=0.8)
    with django_assert_num_queries(16):
        client.get(reverse("portfolio-snapshot"))
