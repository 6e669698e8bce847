"""The portfolio: charts are drawn, and each figure opens the list behind it, with exactly that many accounts."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.browsing import EXECUTIVE, LEAD, Visit, first_number, overflow

Open = Callable[..., Visit]

# Of each chart the first mark of several accounts that leads to a list: its place, and how many accounts it stands for.
_MARK = """
(element) => {
  for (const [curve, trace] of element.data.entries()) {
    for (const [point, url] of (trace.customdata ?? []).entries()) {
      const told = `${trace.text?.[point] || ""} ${trace.hovertext?.[point] || ""}`;
      const count = Number(/[0-9]+/.exec(told)?.[0]);
      if (url?.startsWith("/accounts/?") && count > 1) return { curve, point, url, count };
    }
  }
}
"""
CHARTS = ("quiet-share", "renewals", "talk", "renewal-months")


def test_every_chart_is_drawn_and_kept_and_its_marks_open_lists_of_as_many_accounts(visit: Open) -> None:
    page = visit(EXECUTIVE, "/portfolio/").page
    assert page.locator("[data-chart]").count() == len(CHARTS)
    marks = []
    for name in CHARTS:
        chart = page.locator(f"[data-chart={name}]")
        chart.scroll_into_view_if_needed()
        expect(chart).to_have_attribute("aria-busy", "false")
        marks.append(chart.evaluate(_MARK))
    with page.expect_download() as download:
        page.locator("button[data-png=renewal-months]").click()
    assert download.value.suggested_filename.startswith("hark-renewal-months-")
    picture = download.value.path().read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 20_000
    # The rest of the value in the second month: a bar that is tall enough to be met by a mouse. Plotly's own layer lies
    # over it and takes the click.
    page.locator("[data-chart=renewal-months] .bars").nth(1).locator(".point").nth(1).click(force=True)
    expect(page).to_have_url(re.compile(r"renewing=\d{4}-\d\d-01"))
    for mark in marks:
        page.goto(mark["url"])
        assert first_number(page.locator("h1").inner_text()) == mark["count"], mark


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
    everyone = first_number(page.locator("a.tile b").first.inner_text())
    team.select_option(index=1)
    expect(page).to_have_url(re.compile(r"team=\d+"))
    expect(page.locator("#portfolio [data-chart] svg.main-svg").first).to_be_visible()
    expect(page.locator("a.tile b").first).not_to_have_text(str(everyone))
    page.go_back()
    expect(page).not_to_have_url(re.compile("team="))
    expect(team).to_have_value("")
    expect(page.locator("a.tile b").first).to_have_text(str(everyone))
    page.go_forward()
    expect(team).not_to_have_value("")


def test_it_fits_a_phone_in_the_dark(visit: Open) -> None:
    page = visit(EXECUTIVE, "/portfolio/", viewport={"width": 390, "height": 844}, color_scheme="dark").page
    assert overflow(page) == 0
    page.goto("/portfolio/snapshot/")
    assert overflow(page) == 0


def test_without_javascript_a_chart_is_a_table_that_leads_to_the_same_lists_and_comes_as_csv(visit: Open) -> None:
    page = visit(EXECUTIVE, "/portfolio/?days=180", java_script_enabled=False).page
    assert not page.get_by_role("button", name="Save as PNG").first.is_visible()
    card = page.locator("section", has=page.locator("#chart-renewal-months-title"))
    card.locator("summary").click()
    with page.expect_download() as download:
        card.get_by_role("link", name="Download as CSV").click()
    assert len(download.value.path().read_text(encoding="utf-8-sig").splitlines()) == 13
    link = card.locator("td a").first
    count = first_number(link.inner_text())
    link.click()
    expect(page).to_have_url(re.compile("renewing="))
    assert first_number(page.locator("h1").inner_text()) == count


def test_the_week_prints_on_one_sheet_of_a4(visit: Open) -> None:
    page = visit(EXECUTIVE, "/portfolio/").page
    page.get_by_role("link", name="The week on one page").click()
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    assert page.locator("svg.printed path.area").count() >= 3
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    width, height = (float(number) for number in re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)[0])
    assert (round(width), round(height)) == (595, 842)
