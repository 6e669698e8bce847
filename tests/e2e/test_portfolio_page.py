"""The portfolio: charts are drawn, and each figure opens the list behind it, with exactly that many accounts."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.browsing import EXECUTIVE, LEAD, Visit, first_number

Open = Callable[..., Visit]


def test_every_chart_is_drawn(visit: Open) -> None:
    page = visit(EXECUTIVE, "/portfolio/").page
    charts = page.locator("[data-chart]")
    assert charts.count() >= 2
    for index in range(charts.count()):
        charts.nth(index).scroll_into_view_if_needed()
        expect(charts.nth(index).locator("svg.main-svg").first).to_be_visible()


def test_every_tile_opens_the_list_with_as_many_accounts(visit: Open) -> None:
    page = visit(EXECUTIVE, "/portfolio/").page
    tiles = [
        (tile.get_attribute("href"), first_number(tile.locator("b").inner_text()))
        for tile in page.locator("a.tile").all()
    ]
    assert len(tiles) >= 5
    for address, count in tiles:
        page.goto(address or "")
        listed = page.locator("h1").inner_text() if count else "0"
        assert first_number(listed) == count, address


def test_a_cell_of_the_heat_map_opens_the_silent_accounts_of_that_team_and_segment(visit: Open) -> None:
    page = visit(LEAD, "/portfolio/").page
    cell = page.locator("table.heat td a", has_text=re.compile(r"^(?!0)")).first
    silent = first_number(cell.locator("small").inner_text())
    cell.click()
    expect(page).to_have_url(re.compile(r"/accounts/\?"))
    assert first_number(page.locator("h1").inner_text()) == silent


def test_narrowing_stands_in_the_address_and_redraws_the_charts(visit: Open) -> None:
    page = visit(EXECUTIVE, "/portfolio/").page
    team = page.locator("#filter-team")
    team.select_option(index=1)
    expect(page).to_have_url(re.compile(r"team=\d+"))
    expect(page.locator("#portfolio [data-chart] svg.main-svg").first).to_be_visible()
    page.go_back()
    expect(page).not_to_have_url(re.compile("team="))
    expect(team).to_have_value("")


def test_a_chart_comes_as_csv(visit: Open) -> None:
    page = visit(EXECUTIVE, "/portfolio/").page
    page.locator("details.chart-data summary").first.click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").first.click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) > 2
