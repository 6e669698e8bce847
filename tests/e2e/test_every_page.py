"""What holds on every page: it passes axe in both themes, fits every width, and the browser does not complain."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.auditing import WCAG, findings_in_both_themes, too_wide_at
from tests.e2e.browsing import ADMINISTRATOR, MANAGER, Visit, overflow, rows

Open = Callable[..., Visit]
PHONE = {"width": 390, "height": 844}
TABLETS = [{"width": 1024, "height": 768}, {"width": 984, "height": 768}, {"width": 820, "height": 1180}]

PAGES = [
    "/",
    "/?scope=mine&band=all",
    "/accounts/",
    "/accounts/?q=no+account+is+called+this",
    "/accounts/new/",
    "/search/",
    "/search/?q=an",
    "/accounts/?q=an&band=silent&col=account&col=risk",
    "/views/",
    "/portfolio/",
    "/trust/",
    "/settings/",
    "/settings/password/",
    "/imports/",
    "/imports/new/",
    "/touches/log/",
    "/manage/",
    "/manage/people/",
    "/manage/people/new/",
    "/manage/teams/",
    "/manage/segments/",
    "/manage/quiet-days/",
    "/manage/sources/",
]
ADMINISTRATION = [
    "/admin/",
    "/admin/accounts/account/",
    "/admin/accounts/user/",
    "/admin/touchpoints/touchpoint/",
    "/admin/touchpoints/importbatch/",
    "/admin/health/accounthealth/",
]
OF_AN_ACCOUNT = ["", "edit/", "contacts/new/", "brief/"]


def load_lazily_drawn_parts(page: Page) -> None:
    """Bring every chart into view, all at once, so that whatever it may complain about happens now."""
    if not page.locator("[data-chart]").count():
        return
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": size["width"], "height": 8000})
    expect(page.locator("[data-chart][aria-busy=true]")).to_have_count(0)
    page.set_viewport_size(size)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_the_phone_and_the_desk_without_complaint(visit: Open, path: str) -> None:
    page = visit(ADMINISTRATOR, path).page
    load_lazily_drawn_parts(page)
    assert findings_in_both_themes(page) == []
    assert too_wide_at(page) == []


@pytest.mark.parametrize("path", ADMINISTRATION)
def test_djangos_administration_keeps_to_the_guidelines(visit: Open, path: str) -> None:
    page = visit(ADMINISTRATOR, path).page
    assert findings_in_both_themes(page, tags=WCAG) == []
    assert too_wide_at(page) == []


def test_an_accounts_pages_fit_the_phone_and_the_desk_without_complaint(visit: Open) -> None:
    page = visit(ADMINISTRATOR).page
    path = (rows(page).first.locator("td.acct a").get_attribute("href") or "").partition("?")[0]
    desk = page.viewport_size
    assert desk is not None
    found = []
    for end in OF_AN_ACCOUNT:
        page.set_viewport_size(desk)
        page.goto(f"{path}{end}")
        load_lazily_drawn_parts(page)
        found += [f"{end}: {one}" for one in (*findings_in_both_themes(page), *too_wide_at(page))]
    assert found == []


@pytest.mark.parametrize("path", ["/", "/?scope=everyone&band=all", "/accounts/", "/portfolio/"])
def test_a_list_does_not_run_out_of_a_tablet(visit: Open, path: str) -> None:
    page = visit(ADMINISTRATOR, path).page
    load_lazily_drawn_parts(page)
    widths = []
    for size in TABLETS:
        page.set_viewport_size(size)
        widths.append(overflow(page))
    assert max(widths) <= 0


def test_dialogs_fit_the_phone(visit: Open) -> None:
    page = visit(MANAGER, viewport=PHONE).page
    rows(page).first.get_by_role("link", name="Log").click()
    expect(page.locator("#dialog")).to_be_visible()
    box = page.locator("#dialog").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    assert overflow(page) <= 0


def test_a_theme_chosen_in_the_menu_is_kept(visit: Open) -> None:
    page = visit(MANAGER, "/portfolio/").page
    background = "getComputedStyle(document.body).backgroundColor"
    for theme in ("dark", "light"):
        page.locator("summary.who").click()
        page.locator(f"button[name=theme][value={theme}]").click()
        expect(page.locator("html")).to_have_attribute("data-theme", theme)
    light = page.evaluate(background)
    page.locator("summary.who").click()
    page.locator("button[name=theme][value=dark]").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate(background) != light
    load_lazily_drawn_parts(page)
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.locator("summary.who").click()  # as it was, for the tests that come after this one
    page.locator("button[name=theme][value=system]").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "system")


def test_a_page_that_does_not_exist_is_told_in_words(visit: Open) -> None:
    opened = visit(MANAGER)
    opened.page.goto("/accounts/999999/")
    expect(opened.page.locator("h1")).to_be_visible()
    expect(opened.page.locator("main")).not_to_contain_text("Traceback")
    assert len(opened.troubles) == 2  # the browser tells of the 404 in its two ways
    opened.troubles.clear()
