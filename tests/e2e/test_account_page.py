"""One client: the charts are drawn, the stream can be narrowed and read to its end, a touch can be changed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import LEAD, MANAGER, Visit, rows

Open = Callable[..., Visit]


@pytest.fixture
def account(visit: Open) -> Page:
    """The page of the account at the top of the manager's list."""
    page = visit(MANAGER).page
    rows(page).first.locator("td.acct a").click()
    expect(page.locator("#stream-title")).to_be_visible()
    return page


def test_both_charts_are_drawn_and_their_data_stands_beside_them(account: Page) -> None:
    charts = account.locator("[data-chart]")
    expect(charts).to_have_count(2)
    for index in range(2):
        charts.nth(index).scroll_into_view_if_needed()
        expect(charts.nth(index).locator("svg.main-svg").first).to_be_visible()
        expect(charts.nth(index)).to_have_attribute("aria-busy", "false")
    tables = account.locator("details.chart-data")
    tables.first.locator("summary").click()
    expect(tables.first.locator("tbody tr").first).to_be_visible()


def test_the_stream_is_narrowed_by_channel_and_back_leads_to_all_of_it(account: Page) -> None:
    everything = account.locator("#stream-entries > li").count()
    account.locator("#stream-channel").select_option("email")
    expect(account).to_have_url(re.compile("channel=email"))
    expect(account.locator("#stream-entries .icon.call")).to_have_count(0)
    expect(account.locator("#stream-entries .icon.email").first).to_be_visible()
    account.go_back()
    expect(account).not_to_have_url(re.compile("channel="))
    expect(account.locator("#stream-entries > li")).to_have_count(everything)


def test_the_stream_goes_on_when_its_end_comes_into_view(account: Page) -> None:
    # Every touch of the account is in the stream in the end: the list grows until nothing more is offered.
    touches = account.locator("#stream-entries > li[id^=touch-]")
    before = touches.count()
    expect(account.locator("#stream-more")).to_have_count(1)
    account.locator("#stream-more").scroll_into_view_if_needed()
    expect(touches.nth(before)).to_be_attached()
    ids = touches.evaluate_all("items => items.map((item) => item.id)")
    assert len(ids) == len(set(ids))


def test_a_touch_is_changed_and_deleted_and_brought_back(visit: Open) -> None:
    page = visit(LEAD, "/accounts/?band=steady").page
    rows(page).first.locator("td.acct a").click()
    page.locator("#account-head").get_by_role("link", name="Log a touch").click()
    page.locator("#dialog textarea[name=body]").fill("First words")
    page.locator("#dialog button.primary").click()
    entry = page.locator("#stream-entries li[id^=touch-]").first
    expect(entry).to_contain_text("First words")
    entry.get_by_role("link", name="Edit").click()
    page.locator("#dialog textarea[name=body]").fill("Better words")
    page.locator("#dialog button.primary").click()
    expect(page.locator("#dialog")).to_be_hidden()
    expect(entry).to_contain_text("Better words")
    entry.get_by_role("link", name="Edit").click()
    page.locator("#dialog .danger-zone summary").click()
    page.locator("#delete-reason").fill("Logged twice")
    page.locator("#dialog .danger-zone button.danger").click()
    expect(page.locator("#stream-entries")).not_to_contain_text("Better words")
    page.locator(".toast").get_by_role("button", name="Undo").last.click()
    expect(page.locator("#stream-entries")).to_contain_text("Better words")
