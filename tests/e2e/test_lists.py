"""Finding: narrow a list, name it, open it elsewhere, choose its columns, take it along, and ask who is missing."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.browsing import MANAGER, Visit, rows

Open = Callable[..., Visit]


def counted(page: Page) -> int:
    """Return how many accounts the list says that it holds."""
    found = re.search(r"of (\d+)", page.get_by_role("navigation", name="Pages").inner_text())
    assert found
    return int(found[1])


def test_a_list_is_narrowed_named_opened_elsewhere_and_taken_along(visit: Open) -> None:
    page = visit(MANAGER, "/accounts/").page
    page.get_by_role("link", name=re.compile("^Renews ≤ 90 d")).click()
    expect(page).to_have_url(re.compile("renews=90"))
    page.get_by_text("Save this view", exact=True).click()
    page.get_by_label("Name", exact=True).fill("Renewals ahead")
    page.get_by_role("button", name="Save", exact=True).click()
    views = page.get_by_role("navigation", name="Saved views")
    expect(views.get_by_role("link", name="Renewals ahead")).to_have_attribute("aria-current", "true")
    views.get_by_role("link", name="All views").click()
    address = page.get_by_role("link", name="Renewals ahead").get_attribute("href")
    elsewhere = visit(MANAGER, address)
    page = elsewhere.page
    expect(page.get_by_role("link", name=re.compile("^Renews ≤ 90 d"))).to_have_attribute("aria-current", "true")
    page.get_by_text("Columns", exact=True).click()
    page.get_by_label("Rhythm").uncheck()
    page.get_by_label("Value at risk").check()
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("columnheader", name="Value at risk")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Rhythm")).to_have_count(0)
    expect(page).to_have_url(re.compile("/\\?renews=90$"))
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV", exact=True).click()
    with download.value.path().open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    assert len(found) == counted(page)
    assert [row["Account"] for row in found][: rows(page).count()] == page.locator("td.acct a").all_inner_texts()
    assert "Value at risk" in found[0]
    page.get_by_text("Columns", exact=True).click()
    page.get_by_role("button", name="The usual ones").click()
    expect(page.get_by_role("columnheader", name="Rhythm")).to_be_visible()
    assert elsewhere.troubles == []


def test_a_search_in_the_list_says_why_an_account_is_not_on_it(visit: Open) -> None:
    page = visit(MANAGER, "/accounts/?band=steady").page
    name = page.locator("td.acct a").first.inner_text()
    page.goto("/")
    page.get_by_label("Part of a name").last.fill(name)
    page.get_by_label("Part of a name").last.press("Enter")
    answer = page.get_by_role("status").filter(has_text="It is Steady")
    expect(answer).to_be_visible()
    answer.get_by_role("link", name=f"List it: {name}").click()
    expect(page.locator("td.acct a", has_text=name).first).to_be_visible()
