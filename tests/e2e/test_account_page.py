"""One client: the charts are drawn, the stream can be narrowed and read to its end, a touch can be changed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import LEAD, MANAGER, Visit, overflow, rows

Open = Callable[..., Visit]


@pytest.fixture
def account(visit: Open) -> Page:
    """The page of the account at the top of the manager's list."""
    page = visit(MANAGER).page
    rows(page).first.locator("td.acct a").click()
    expect(page.locator("#stream-title")).to_be_visible()
    return page


def test_all_charts_are_drawn_and_their_data_stands_beside_them(account: Page) -> None:
    charts = account.locator("[data-chart]")
    expect(charts).to_have_count(4)
    for index in range(4):
        charts.nth(index).scroll_into_view_if_needed()
        expect(charts.nth(index).locator("svg.main-svg").first).to_be_visible()
        expect(charts.nth(index)).to_have_attribute("aria-busy", "false")
    tables = account.locator("details.chart-data")
    tables.first.locator("summary").click()
    expect(tables.first.locator("tbody tr").first).to_be_visible()


def test_a_period_is_chosen_by_keyboard_and_a_mark_opens_its_touch_under_an_address_of_its_own(account: Page) -> None:
    lanes = account.locator("[data-chart=lanes]")
    expect(lanes).to_have_attribute("aria-busy", "false")
    expect(account.locator("[data-chart=gaps]")).to_have_attribute("aria-busy", "false")
    account.get_by_role("button", name="3 months").press("Enter")
    expect(account.locator("[data-periods] [aria-pressed=true]")).to_have_text("3 m")
    account.get_by_role("button", name="All", exact=True).press("Space")
    account.locator("[data-chart=lanes] .scatterlayer .point").first.click(force=True)
    expect(account).to_have_url(re.compile(r"[?&]touch=(\d+).*#touch-\1$"))
    entry = account.locator("#stream .is-target")
    expect(entry).to_be_focused()
    shared = entry.get_attribute("id")
    account.goto(account.url)
    expect(account.locator(f"#{shared}")).to_be_in_viewport()


def test_a_past_score_is_read_beside_todays_and_the_way_back_is_one_click(account: Page) -> None:
    today = account.locator("#as-of").get_attribute("max") or ""
    summer = dt.date.fromisoformat(today) - dt.timedelta(days=100)
    account.locator("#as-of").fill(summer.isoformat())
    account.get_by_role("button", name="Read").click()
    expect(account).to_have_url(re.compile(f"as_of={summer}"))
    expect(account.locator(".notice.past")).to_contain_text("You read")
    expect(account.locator("#why thead")).to_contain_text("Today")
    account.get_by_role("link", name="Return to today").click()
    expect(account).not_to_have_url(re.compile("as_of"))


def test_the_list_is_walked_through_by_keys_and_leads_back_to_itself(visit: Open) -> None:
    page = visit(LEAD, "/accounts/?band=silent").page
    names = page.locator("td.acct a").all_inner_texts()
    rows(page).nth(0).locator("td.acct a").click()
    expect(page.locator(".walk-place")).to_have_text(f"1 of {len(names)}")
    page.wait_for_load_state()  # keys answer once the page is there, which on a busy machine is after its head
    page.keyboard.press("]")
    expect(page.locator("h1 bdi")).to_have_text(names[1])
    page.wait_for_load_state()
    page.keyboard.press("?")
    expect(page.locator("#keymap")).to_contain_text("Next account of the list")
    page.keyboard.press("Escape")
    page.keyboard.press("[")
    expect(page.locator("h1 bdi")).to_have_text(names[0])
    page.wait_for_load_state()
    page.keyboard.press("[")
    expect(page).to_have_url(re.compile(r"/accounts/\?band=silent#account-\d+$"))


def test_charts_follow_the_theme_at_once_and_the_page_fits_a_phone(visit: Open) -> None:
    page = visit(MANAGER, "/accounts/?band=silent", viewport={"width": 390, "height": 844}).page
    rows(page).first.locator("td.acct a").click()
    title = page.locator("[data-chart=lanes] .xtick text").first
    title.scroll_into_view_if_needed()
    light = title.evaluate("element => getComputedStyle(element).fill")
    page.emulate_media(color_scheme="dark")
    expect(title).not_to_have_css("fill", light)
    assert overflow(page) <= 0


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
