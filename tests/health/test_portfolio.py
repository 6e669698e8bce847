import csv
import datetime as dt
import io
import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.days import firm_day
from health.models import AccountHealth, Band, BandChange, PortfolioDay, Snooze
from health.selectors.portfolio import PortfolioFilters, totals_over_time
from tests import factories

pytestmark = pytest.mark.django_db


def today() -> dt.date:
    return firm_day(timezone.now())


def scored(name: str, *, band: str, owner=None, team=None, segment=None, renews_in=None, **fields) -> AccountHealth:
    renewal_on = today() + dt.timedelta(days=renews_in) if renews_in is not None else None
    account = factories.AccountFactory(
        name=name, owner=owner, team=team, segment=segment, renewal_on=renewal_on, arr=1000
    )
    values = {"risk": 0.4, "health_score": 60.0, "arr": 1000, "value_at_risk": 400} | fields
    return AccountHealth.objects.create(
        account=account, as_of_on=today(), computed_at=timezone.now(), band=band, band_since_on=today(),
        segment=segment, renewal_on=renewal_on, touch_days=5, last_touch_on=today(), usual_gap_days=7, normal=0.5,
        horizon_days=30, drift=0, **values,
    )  # fmt: skip


@pytest.fixture
def enterprise(db):
    return factories.SegmentFactory(name="Enterprise")


@pytest.fixture
def portfolio(alice, charlie, north, south, enterprise):
    for n in range(6):
        scored(f"N silent {n}", band=Band.SILENT, owner=alice, team=north, segment=enterprise, renews_in=20 + n)
    for n in range(4):
        scored(f"N steady {n}", band=Band.STEADY, owner=alice, team=north, segment=enterprise)
    scored("N young", band=Band.LEARNING, owner=alice, team=north, renews_in=50, risk=None, health_score=None)
    scored("N closed", band=Band.CLOSED, owner=alice, team=north, renews_in=40)
    for n in range(5):
        scored(f"S drifting {n}", band=Band.DRIFTING, owner=charlie, team=south, renews_in=100)
    moved = AccountHealth.objects.filter(account__name__startswith="N silent")[:3]
    for health in moved:
        BandChange.objects.create(
            account_id=health.pk, changed_on=today() - dt.timedelta(days=10), from_band="steady", to_band="silent"
        )
    Snooze.objects.create(
        account_id=moved[0].pk, author=alice, reason="Fair", created_at=timezone.now(),
        until_on=today() + dt.timedelta(days=5),
    )  # fmt: skip


def page(client: Client, user, **query) -> str:
    client.force_login(user)
    response = client.get(reverse("portfolio"), query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def links(html: str, pattern: str) -> list[str]:
    return re.findall(rf'href="({reverse("account-list")}\?[^"]*{pattern}[^"]*)"', html)


def count_of_list(client: Client, url: str) -> int:
    return client.get(url).context["facets"].tally().count


def test_each_tile_leads_to_a_list_of_as_many_accounts(client, erin, portfolio):
    html = page(client, erin)
    for band, count in [("silent", 6), ("drifting", 5), ("steady", 4), ("learning", 1)]:
        urls = [url for url in links(html, f"band={band}") if "team=" not in url and "renew" not in url]
        (url,) = {url for url in urls if "sort=" not in url}
        assert count_of_list(client, url) == count, band


def test_each_cell_of_the_heat_map_leads_to_its_silent_accounts(client, erin, portfolio):
    html = page(client, erin)
    cells = set(links(html, "team="))
    assert sorted(count_of_list(client, url) for url in cells) == [0, 0, 6]


def test_a_team_or_segment_that_is_missing_has_a_cell_and_a_list_too(client, erin):
    scored("Nowhere", band=Band.SILENT)
    (url,) = set(links(page(client, erin), "team=none"))
    assert "segment=none" in url
    assert count_of_list(client, url) == 1


def test_movement_names_the_accounts_behind_it(client, erin, portfolio):
    html = page(client, erin, days="30")
    (url,) = set(links(html, "moved=steady-silent"))
    assert count_of_list(client, url) == 3
    assert "N silent 0</a>, " in html


def test_an_account_that_went_and_came_back_has_not_moved(client, erin, portfolio):
    back = AccountHealth.objects.get(account__name="N steady 0")
    for days, was, now in [(9, "steady", "silent"), (2, "silent", "steady")]:
        BandChange.objects.create(
            account_id=back.pk, changed_on=today() - dt.timedelta(days=days), from_band=was, to_band=now
        )
    assert links(page(client, erin), "moved=steady-steady") == []


def test_renewals_ahead_are_counted_with_those_that_have_no_score_yet(client, erin, portfolio):
    html = page(client, erin)
    (url,) = links(html, "renews=180")
    assert count_of_list(client, url) == 12
    assert "1 account without history not drawn" in html


def test_nobody_reads_figures_of_accounts_outside_their_scope(client, bob, dora, portfolio):
    assert "€6k" in page(client, bob).replace("\u202f", "")
    html = page(client, dora)
    assert "S drifting" in html
    assert "N silent" not in html
    tiles = {tile["band"]: tile["count"] for tile in client.get(reverse("portfolio")).context["tiles"]}
    assert tiles == {"silent": 0, "drifting": 5, "steady": 0, "learning": 0}


def test_a_filter_on_a_foreign_team_shows_nothing_of_it(client, dora, north, portfolio):
    assert "No account matches these filters" in page(client, dora, team=str(north.pk))


def test_history_shows_sundays_and_is_bound_to_the_scope(client, dora, north, south, portfolio):
    sunday = today() - dt.timedelta(days=today().isoweekday())
    days = [sunday - dt.timedelta(days=7), sunday - dt.timedelta(days=3), sunday]
    for team, count in [(north, 9), (south, 4)]:
        for day in days:
            PortfolioDay.objects.create(
                day=day, team=team, band="silent", account_count=count, arr=0, value_at_risk=0
            )  # fmt: skip
    client.force_login(dora)
    card = client.get(reverse("portfolio")).context["charts"]["quiet_share"]
    assert [row[0] for row in card.table.rows] == [days[0], days[2], today()]
    points = totals_over_time(dora, PortfolioFilters(), since=days[0], today=today())
    assert [point.accounts for point in points] == [{"silent": 4}, {"silent": 4}]


@pytest.mark.parametrize("name", ["quiet-share", "movement", "league", "where", "renewals", "renewal-months", "talk"])
def test_every_chart_has_its_data_as_csv(client, erin, portfolio, name):
    client.force_login(erin)
    response = client.get(reverse("portfolio-csv", args=[name]))
    rows = list(csv.reader(io.StringIO(response.content.decode())))
    assert response["Content-Type"].startswith("text/csv")
    assert len({len(row) for row in rows}) == 1


def test_a_name_that_a_spreadsheet_would_run_is_made_harmless(client, erin):
    scored("=HYPERLINK(1)", band=Band.SILENT, renews_in=10)
    client.force_login(erin)
    rows = list(csv.reader(io.StringIO(client.get(reverse("portfolio-csv", args=["renewals"])).content.decode())))
    assert rows[1][0].startswith("'=")


def test_the_data_of_a_chart_is_a_table_whose_names_are_escaped(client, erin):
    scored("<b>Wren & Co</b>", band=Band.SILENT, renews_in=10)
    client.force_login(erin)
    html = client.get(reverse("portfolio")).content.decode()
    assert '">&lt;b&gt;Wren &amp; Co&lt;/b&gt;</a></th><td class="num">Silent</td>' in html
    assert '<td class="num">10</td><td class="num">40</td><td class="num">1000</td></tr>' in html


def test_an_unknown_chart_is_not_found(client, erin):
    client.force_login(erin)
    assert client.get("/portfolio/nonsense.csv").status_code == 404


def test_an_empty_portfolio_says_what_to_do(client, root):
    assert "Import accounts and touches" in page(client, root)


def test_filters_that_mean_nothing_are_left_out(client, erin, portfolio):
    html = page(client, erin, team="x", days="7", segment="999999999999", by="weight")
    assert "Nothing to show yet" not in html


def test_value_may_be_what_is_counted(client, erin, portfolio):
    assert "of value is silent" in page(client, erin, by="value") or "begins today" in page(client, erin, by="value")


def test_the_page_takes_the_same_queries_at_any_size(client, erin, portfolio, django_assert_num_queries):
    client.force_login(erin)
    # session, user; the day to compare with; which accounts are kept, those that are not, those that are; teams,
    # people, segments; days over time; names of moves, of renewals (nobody rose or fell); touches by month; the newest
    # replay; when it was scored
    with django_assert_num_queries(15):
        client.get(reverse("portfolio"))
    for n in range(30):
        scored(f"More {n}", band=Band.SILENT, renews_in=n)
    with django_assert_num_queries(15):
        client.get(reverse("portfolio"))
