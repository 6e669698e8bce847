"""Each persona signs in and sees what is theirs, no more."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from config.embedded.launch import Installation
from tests.e2e.browsing import (
    ADMINISTRATOR,
    EXECUTIVE,
    LEAD,
    MANAGER,
    Visit,
    first_number,
    rows,
    watch,
)


def test_a_visitor_is_led_to_the_sign_in_page_and_from_there_to_the_page_asked_for(
    browser: Browser, hark: Installation
) -> None:
    context = browser.new_context(base_url=hark.address)
    page = context.new_page()
    troubles = watch(page)
    page.goto("/portfolio/")
    expect(page).to_have_url(re.compile(r"/sign-in/\?next="))
    expect(page.locator("button.persona")).to_have_count(4)
    page.locator("button.persona", has_text=EXECUTIVE).click()
    expect(page).to_have_url(re.compile(r"/portfolio/$"))
    page.locator("summary.who").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile(r"/sign-in/"))
    page.goto("/portfolio/")
    expect(page).to_have_url(re.compile(r"/sign-in/\?next="))
    context.close()
    assert troubles == []


@pytest.mark.parametrize(
    ("persona", "scopes", "may_write", "may_import"),
    [
        (MANAGER, ["My book", "Team"], True, False),
        (LEAD, ["Team", "My book"], True, False),
        (EXECUTIVE, [], False, False),
        (ADMINISTRATOR, ["Everyone", "My book"], True, True),
    ],
)
def test_what_a_persona_is_offered(
    visit: Callable[..., Visit], persona: str, scopes: list[str], may_write: bool, may_import: bool
) -> None:
    page = visit(persona).page
    assert page.locator("nav.seg a").all_inner_texts() == scopes
    assert page.get_by_role("link", name="Log a touch").count() == int(may_write)
    assert page.locator("nav.nav").get_by_role("link", name="Import").count() == int(may_import)


def test_the_book_is_smaller_than_the_team_and_the_team_than_the_firm(visit: Callable[..., Visit]) -> None:
    counts = []
    for persona, path in ((MANAGER, "?scope=mine"), (LEAD, "?scope=team"), (EXECUTIVE, "?scope=everyone")):
        page = visit(persona, f"/accounts/{path}").page
        counts.append(first_number(page.locator("h1").inner_text()))
    book, team, firm = counts
    assert 0 < book < team < firm
    assert firm >= 240  # the demo has so many; tests of imports may have added to them


def test_a_teammates_account_can_be_read_and_not_changed(visit: Callable[..., Visit]) -> None:
    page = visit(MANAGER, "/accounts/?scope=team").page
    of_others = rows(page).filter(has_not=page.locator(".pick input")).first
    of_others.locator("td.acct a").click()
    expect(page.locator("#stream-title")).to_be_visible()
    assert page.locator("#account-head").get_by_role("link", name="Log").count() == 0
    assert page.locator("#stream").get_by_role("link", name="Edit").count() == 0
