"""Without JavaScript the job can be done all the same: every action is a link or a form."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from config.embedded.launch import Installation
from tests.e2e.browsing import EXECUTIVE, LEAD, MANAGER, Visit, first_number, rows, sign_in

Open = Callable[..., Visit]


@pytest.fixture
def plain(visit: Open) -> Callable[..., Page]:
    """Open a page in a browser that runs no JavaScript."""
    return lambda persona, path="/": visit(persona, path, java_script_enabled=False).page


def test_sign_in(browser: Browser, hark: Installation) -> None:
    context = browser.new_context(base_url=hark.address, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, MANAGER)
    expect(rows(page).first).to_be_visible()
    context.close()


def test_lists_are_filtered_ordered_and_paged(plain: Callable[..., Page]) -> None:
    page = plain(LEAD, "/accounts/")
    page.locator("nav.pager a[rel=next]").click()
    expect(page).to_have_url(re.compile("page=2"))
    page.locator("th a", has_text="Health").click()
    expect(page).to_have_url(re.compile("sort=health"))
    page.locator("nav.chips a", has_text="Drifting").click()
    expect(page).to_have_url(re.compile("band="))
    page.locator("#segment").select_option(index=1)
    page.locator("form:has(#segment) button").click()
    expect(page).to_have_url(re.compile(r"segment=\d"))


def test_a_touch_is_logged(plain: Callable[..., Page]) -> None:
    page = plain(MANAGER, "/?band=drifting")
    rows(page).first.get_by_role("link", name="Log").click()
    expect(page).to_have_url(re.compile(r"/touches/log/\?account="))
    page.locator("textarea[name=body]").fill("Written without a script")
    page.locator("main button.primary").click()
    expect(page).not_to_have_url(re.compile("/touches/log/"))
    expect(page.locator(".toast")).to_contain_text("ogged")


def test_an_account_is_found_for_a_touch(plain: Callable[..., Page]) -> None:
    page = plain(MANAGER, "/touches/log/")
    name = page.locator("#picks a").first.inner_text()
    page.locator("#pick-text").fill(name)
    page.locator("main").get_by_role("button", name="Search").click()
    page.locator("#picks a", has_text=name).first.click()
    expect(page.locator("textarea[name=body]")).to_be_visible()


def test_an_account_is_snoozed_with_a_reason(plain: Callable[..., Page]) -> None:
    page = plain(LEAD)
    account = rows(page).first.get_attribute("id")
    rows(page).first.get_by_role("link", name="Snooze").click()
    page.locator("main input[name=reason]").fill("They asked for a pause")
    page.locator("main button.primary").click()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(f"#{account}")).to_have_count(0)


def test_a_next_action_is_planned_done_and_undone(plain: Callable[..., Page]) -> None:
    page = plain(MANAGER)
    row = f"#{rows(page).last.get_attribute('id')}"
    page.locator(f"{row} details.menu summary").click()
    page.locator(row).get_by_role("link", name="Next action").click()
    page.locator("main input[name=what]").fill("Ask for the new contact")
    page.locator("main button.primary").click()
    expect(page.locator(f"{row} .next")).to_contain_text("Ask for the new contact")
    page.locator(row).get_by_role("button", name="Done").click()
    expect(page.locator(row)).not_to_contain_text("Ask for the new contact")
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(f"{row} .next")).to_contain_text("Ask for the new contact")


def test_the_stream_is_read_on_and_charts_have_their_tables(plain: Callable[..., Page]) -> None:
    page = plain(MANAGER)
    rows(page).first.locator("td.acct a").click()
    page.locator("#stream-more a").click()
    expect(page.locator("#stream-entries li").first).to_be_visible()
    page.locator("details.chart-data summary").first.click()
    expect(page.locator("details.chart-data tbody tr").first).to_be_visible()


def test_the_portfolio_has_its_figures_as_tables_and_is_narrowed(plain: Callable[..., Page]) -> None:
    page = plain(EXECUTIVE, "/portfolio/")
    page.locator("details.chart-data summary").first.click()
    expect(page.locator("details.chart-data tbody tr").first).to_be_visible()
    page.locator("#filter-team").select_option(index=1)
    page.locator("form.portfolio-filters button").click()
    expect(page).to_have_url(re.compile(r"team=\d+"))
    assert first_number(page.locator("a.tile b").first.inner_text()) >= 0
