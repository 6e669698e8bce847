"""The timeline of a client: narrowed, read on, left and come back to, and read without a script."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import LEAD, Visit, rows

Open = Callable[..., Visit]
TOUCHES = "#stream-entries li[id^=touch-]"


@pytest.fixture
def open_account(visit: Open) -> Callable[..., Page]:
    """Open the page of the first steady account of the lead's team."""

    def opened(**options: object) -> Page:
        page = visit(LEAD, "/accounts/?band=steady", **options).page
        rows(page).first.locator("td.acct a").click()
        expect(page.locator("#stream-title")).to_be_visible()
        return page

    return opened


def ids(page: Page) -> list[str]:
    return page.locator(TOUCHES).evaluate_all("items => items.map((item) => item.id)")


def test_filters_stand_in_the_address_and_a_reload_shows_the_same(open_account: Callable[..., Page]) -> None:
    page = open_account()
    page.locator("#stream-channel").select_option("email")
    expect(page).to_have_url(re.compile(r"[?&]channel=email$"))
    expect(page.locator("#stream-entries .icon.call")).to_have_count(0)
    page.locator("#stream-direction").select_option("inbound")
    expect(page).to_have_url(re.compile(r"[?&]channel=email&direction=inbound$"))
    expect(page.locator("#stream-direction option:checked")).to_have_text(re.compile(r"From the client \(\d+\)"))
    page.wait_for_load_state("networkidle")
    shown = ids(page)
    assert shown
    page.reload()
    assert ids(page)[: len(shown)] == shown
    page.go_back()
    expect(page).to_have_url(re.compile(r"[?&]channel=email$"))
    expect(page.locator("#stream-direction")).to_have_value("")


def test_back_from_another_page_leads_to_the_entry_one_had_read_to(open_account: Callable[..., Page]) -> None:
    page = open_account()
    first = len(ids(page))
    page.locator("#stream-more").scroll_into_view_if_needed()
    entry = page.locator(TOUCHES).nth(first + 5)
    expect(entry).to_be_attached()
    name = entry.get_attribute("id")
    entry.scroll_into_view_if_needed()
    expect(entry).to_be_in_viewport()
    page.wait_for_function("Object.values(sessionStorage).some((kept) => kept.includes('pages') && kept.includes('y'))")
    page.wait_for_load_state("networkidle")
    page.goto("/portfolio/")
    page.go_back()
    expect(page.locator(f"#{name}")).to_be_in_viewport()
    page.reload()
    expect(page.locator(f"#{name}")).to_be_in_viewport()
    assert len(ids(page)) == len(set(ids(page)))


def test_without_a_script_older_is_a_link_and_a_change_leads_back_to_its_entry(
    open_account: Callable[..., Page],
) -> None:
    page = open_account(java_script_enabled=False)
    first = ids(page)
    page.locator("#stream-more a").click()
    expect(page).to_have_url(re.compile("before="))
    older = ids(page)
    assert not set(first) & set(older)
    page.locator("#stream-text").fill("the")
    page.locator(".stream-filters button").click()
    expect(page).to_have_url(re.compile("q=the"))
    expect(page.locator("#stream-entries mark").first).to_be_visible()
    entry = page.locator(TOUCHES).first
    name = entry.get_attribute("id")
    entry.get_by_role("link", name="Edit").click()
    page.locator(".touch-form input[name=reason]").fill("Nothing was wrong")
    page.locator(".touch-form button.primary").click()
    expect(page).to_have_url(re.compile(f"q=the#{name}$"))


def test_the_brief_is_one_page_of_paper(open_account: Callable[..., Page]) -> None:
    page = open_account()
    page.get_by_role("link", name="Handover brief").click()
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    paper = page.pdf(format="A4", prefer_css_page_size=True)
    assert re.findall(rb"/Count (\d+)", paper) == [b"1"]
