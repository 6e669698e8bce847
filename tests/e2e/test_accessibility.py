"""What is not an address of its own: dialogs, the steps of an import, pages before signing in, error pages, paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Page, expect

from config.embedded.launch import Installation
from tests.e2e.auditing import findings, findings_in_both_themes, too_wide_at
from tests.e2e.browsing import ADMINISTRATOR, LEAD, Visit, rows, write_csv

Open = Callable[..., Visit]


def test_dialogs_and_the_list_of_keys(visit: Open) -> None:
    page = visit(LEAD).page
    row = rows(page).first
    found = []
    for action in ("Log", "Snooze", "Assign to somebody", "Expected quiet until…"):
        row.locator("details.menu").evaluate("menu => { menu.open = true }")
        row.get_by_role("link", name=action).click()
        expect(page.locator("#dialog")).to_be_visible()
        found += findings_in_both_themes(page)
        page.keyboard.press("Escape")
        expect(page.locator("#dialog")).not_to_be_visible()
        expect(page.locator("body")).not_to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#keymap")).to_be_visible()
    assert found + findings_in_both_themes(page) == []


def test_a_swap_takes_neither_the_focus_nor_the_news(visit: Open) -> None:
    page = visit(LEAD, "/accounts/").page
    chip = page.locator("nav.chips a", has_text="Drifting")
    chip.focus()
    page.keyboard.press("Enter")
    expect(page.locator("nav.chips a[aria-current]", has_text="Drifting")).to_be_focused()
    expect(page.locator("#spoken")).to_contain_text("of")


def test_the_skip_link_is_first_and_leads_to_the_content(visit: Open) -> None:
    page = visit(LEAD).page
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_what_can_be_tapped_is_large_enough_for_a_finger(visit: Open) -> None:
    page = visit(LEAD, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).page
    small = """() => [...document.querySelectorAll("a.btn, button, .chip, .nav a, summary, .seg > *, select")]
        .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height > 0)
        .filter((each) => each.getBoundingClientRect().height < 43.5)
        .map((each) => each.outerHTML.slice(0, 90))"""
    assert page.evaluate(small) == []


def test_the_steps_of_an_import(visit: Open, tmp_path: Path) -> None:
    page = visit(ADMINISTRATOR, "/imports/new/").page
    file = write_csv(tmp_path / "clients.csv", ["name,arr", "Marsh & Reed,1000", "Fern Hill,much"])
    page.locator("#main label", has_text="Accounts").click()
    page.locator("[name=source]").fill("Accessible")
    page.locator("[name=file]").set_input_files(file)
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_role("heading", name="The first rows")).to_be_visible()
    assert findings_in_both_themes(page) == []
    assert too_wide_at(page) == []
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="Rejected rows")).to_be_visible()
    assert findings_in_both_themes(page) == []
    assert too_wide_at(page) == []
    page.get_by_role("link", name="Mend").click()
    expect(page.get_by_role("heading", name="Mend line 3")).to_be_visible()
    assert findings_in_both_themes(page) == []
    assert too_wide_at(page) == []


@pytest.fixture
def stranger(browser: Browser, hark: Installation) -> Page:
    """A page of somebody who has not signed in."""
    context = browser.new_context(base_url=hark.address, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", ["/sign-in/", "/set-password/MQ/no-token/"])
def test_a_page_before_signing_in(stranger: Page, path: str) -> None:
    stranger.goto(path)
    assert findings_in_both_themes(stranger) == []
    assert too_wide_at(stranger) == []


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500", "503"])
def test_an_error_page(stranger: Page, name: str) -> None:
    html = render_to_string(f"errors/{name}.html", {"theme": "system"})
    stranger.route("**/broken/", lambda route: route.fulfill(content_type="text/html", body=html))
    stranger.goto("/broken/")
    assert findings_in_both_themes(stranger) == []
    assert too_wide_at(stranger) == []


@pytest.mark.parametrize("path", ["/", "/portfolio/"])
def test_a_page_on_paper(visit: Open, path: str) -> None:
    page = visit(ADMINISTRATOR, path).page
    page.emulate_media(media="print", color_scheme="dark")
    assert findings(page, rules=("color-contrast",)) == []
    assert page.locator("header.bar").is_hidden()
