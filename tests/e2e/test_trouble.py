"""A request that comes to nothing: what was typed stays, and the way on is one click away."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.browsing import MANAGER, Visit, rows

Open = Callable[..., Visit]
NOTE = "They asked for the report by Friday"


def open_log(page: Page) -> None:
    rows(page).first.get_by_role("link", name="Log").click()
    expect(page.locator("#dialog")).to_be_visible()
    page.locator("#dialog textarea[name=body]").fill(NOTE)


def test_what_was_typed_survives_a_lost_connection(visit: Open) -> None:
    opened = visit(MANAGER)
    page = opened.page
    open_log(page)
    page.context.set_offline(True)
    page.locator("#dialog button.primary").click()
    bar = page.locator("#dialog .trouble")
    expect(bar).to_contain_text("cannot be reached")
    expect(page.locator("#dialog textarea[name=body]")).to_have_value(NOTE)
    page.context.set_offline(False)
    bar.get_by_role("button", name="Try again").click()
    expect(page.locator(".toast")).to_contain_text("ogged")
    expect(page.locator(".trouble")).to_have_count(0)
    opened.troubles.clear()


def test_a_list_that_could_not_be_fetched_is_asked_for_again(visit: Open) -> None:
    opened = visit(MANAGER)
    page = opened.page
    page.route("**/accounts/?*band=*", lambda route: route.fulfill(status=503, body=""))
    page.goto("/accounts/")
    page.locator("nav.chips a", has_text="Drifting").click()
    expect(page.locator(".trouble")).to_contain_text("cannot reach its database")
    page.unroute("**/accounts/?*band=*")
    page.locator(".trouble").get_by_role("button", name="Try again").click()
    expect(page.locator("nav.chips a[aria-current]", has_text="Drifting")).to_be_visible()
    expect(page.locator(".trouble")).to_have_count(0)
    assert "band=" in page.url
    opened.troubles.clear()


def test_a_session_that_ended_leads_to_the_sign_in_page_and_back(visit: Open) -> None:
    opened = visit(MANAGER, "/accounts/?sort=name")
    page = opened.page
    page.context.clear_cookies(name="sessionid")
    page.locator("nav.chips a", has_text="Drifting").click()
    expect(page.locator("button.persona").first).to_be_visible()
    page.locator("button.persona", has_text=MANAGER).first.click()
    page.wait_for_url("**/accounts/?sort=name")
    opened.troubles.clear()


def test_a_session_that_ended_takes_nothing_that_was_typed(visit: Open) -> None:
    opened = visit(MANAGER)
    page = opened.page
    open_log(page)
    page.context.clear_cookies(name="sessionid")
    page.locator("#dialog button.primary").click()
    asked = page.locator("#signed-out")
    expect(asked).to_contain_text("What you typed is still here")
    with page.context.expect_page() as found:
        asked.get_by_role("link", name="Sign in in a new tab").click()
    tab = found.value
    tab.locator("button.persona", has_text=MANAGER).first.click()
    expect(tab.locator("header.bar")).to_be_visible()
    tab.close()
    expect(page.locator("#dialog textarea[name=body]")).to_have_value(NOTE)
    asked.get_by_role("button", name="Go on").click()
    expect(page.locator(".toast")).to_contain_text("ogged")
    expect(page.locator("#dialog")).not_to_be_visible()
    opened.troubles.clear()


def test_a_form_of_a_page_of_its_own_is_filled_again_after_signing_in(visit: Open) -> None:
    opened = visit(MANAGER)
    page = opened.page
    page.goto(f"{rows(page).first.locator('.acct a').get_attribute('href').partition('?')[0]}brief/")
    note = page.locator("textarea[name=note]")
    before = note.input_value()
    note.fill(NOTE)
    page.context.clear_cookies(name="sessionid")
    note.locator("xpath=ancestor::form").get_by_role("button").last.click()
    expect(page.locator("[data-unsent]")).to_contain_text("did not arrive")
    page.locator("button.persona", has_text=MANAGER).first.click()
    expect(note).to_have_value(NOTE)
    expect(page.locator("main .notice")).to_contain_text("What you typed is back")
    page.reload()
    expect(note).to_have_value(before)
    assert page.evaluate("sessionStorage.getItem('hark-draft')") is None
    opened.troubles.clear()
