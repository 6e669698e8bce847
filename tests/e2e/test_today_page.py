"""Today: the morning's work by keyboard alone, and lists whose whole state stands in their address."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.browsing import (
    LEAD,
    MANAGER,
    RESCORED_MS,
    Visit,
    changed_row_names,
    expect_rows,
    first_number,
    row_names,
    rows,
)

Open = Callable[..., Visit]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def selected_id(page: Page) -> str:
    return page.locator("tr[data-row].sel").get_attribute("id") or ""


def test_j_and_k_move_and_enter_opens(visit: Open) -> None:
    page = visit(MANAGER).page
    press(page, "j")
    first = selected_id(page)
    press(page, "j")
    second = selected_id(page)
    assert first != second
    press(page, "k")
    assert selected_id(page) == first
    press(page, "Enter")
    expect(page).to_have_url(re.compile(rf"/accounts/{first.removeprefix('account-')}/\?list=today&place=1$"))


def test_a_touch_logged_by_keyboard_takes_the_account_off_the_list_when_it_is_scored(visit: Open) -> None:
    page = visit(MANAGER, "/?band=silent").page
    press(page, "j")
    account = selected_id(page)
    press(page, "l")
    expect(page.locator("#dialog")).to_be_visible()
    page.locator("#dialog textarea[name=body]").fill("Talked it through; the next order comes on Monday.")
    page.locator("#dialog textarea[name=body]").press("Tab")
    page.locator("#dialog button.primary").press("Enter")
    expect(page.locator("#dialog")).to_be_hidden()
    expect(page.locator(".toast")).to_contain_text("ogged")
    # Nobody reloads: the page looks again by itself until the worker has scored the account.
    expect(page.locator(f"#{account}")).to_have_count(0, timeout=RESCORED_MS)
    page.goto(f"/accounts/{account.removeprefix('account-')}/")
    expect(page.locator("#stream-entries")).to_contain_text("the next order comes on Monday")
    expect(page.locator("#account-head .band").first).not_to_have_text("Silent")


def test_snooze_needs_a_reason_takes_the_row_away_and_can_be_undone(visit: Open) -> None:
    page = visit(LEAD).page
    press(page, "j")
    account = selected_id(page)
    press(page, "s")
    reason = page.locator("#dialog input[name=reason]")
    expect(reason).to_be_focused()
    press(page, "Enter")
    expect(page.locator("#dialog")).to_be_visible()  # the browser asks for the reason
    page.keyboard.type("Back from leave on Thursday")
    press(page, "Enter")
    expect(page.locator("#dialog")).to_be_hidden()
    expect(page.locator(f"#{account}")).to_have_count(0)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(f"#{account}")).to_have_count(1)


def test_assign_by_keyboard(visit: Open) -> None:
    page = visit(LEAD, "/accounts/?sort=name").page
    press(page, "j")
    row = page.locator("tr[data-row].sel")
    account = row.get_attribute("id")
    press(page, "a")
    chooser = page.locator("#dialog select[name=owner]")
    expect(chooser).to_be_focused()
    owner = row.locator("td.acct small").inner_text()
    other = next(
        option
        for option in chooser.locator("option").all_inner_texts()[1:]
        if option.split(" (")[0].split(" · ")[0] not in owner
    )
    chooser.select_option(label=other)
    page.locator("#dialog button.primary").click()
    expect(page.locator("#dialog")).to_be_hidden()
    expect(page.locator(f"#{account} td.acct small")).not_to_have_text(owner)


def test_picked_rows_are_counted_and_snoozed_together(visit: Open) -> None:
    page = visit(LEAD).page
    names = row_names(page)[:2]
    press(page, "j", "x", "j", "x")
    expect(page.locator("[data-picked]")).to_have_text("2")
    page.locator("#picked").get_by_role("button", name="Snooze").click()
    expect(page.locator("#dialog-title")).to_contain_text("2 accounts")
    page.locator("#dialog input[name=reason]").fill("Both wait for the new price list")
    page.locator("#dialog button.primary").click()
    expect(page.locator("#dialog")).to_be_hidden()
    for name in names:
        expect(page.locator("td.acct a", has_text=name)).to_have_count(0)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator("td.acct a", has_text=names[0])).to_have_count(1)


def test_slash_searches_and_the_question_mark_lists_the_keys(visit: Open) -> None:
    page = visit(MANAGER).page
    name = row_names(page)[0]
    press(page, "?")
    expect(page.locator("#keymap")).to_be_visible()
    expect(page.locator("#keymap")).to_contain_text("Snooze")
    press(page, "Escape", "/")
    expect(page.locator("#search-box")).to_be_focused()
    page.keyboard.type(name)  # with letters that are keys: they are off while typing
    press(page, "Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q="))
    expect(page.locator("main")).to_contain_text(name)


def test_filters_order_and_pages_stand_in_the_address_and_back_and_forward_follow(visit: Open) -> None:
    page = visit(LEAD, "/accounts/").page
    everything = first_number(page.locator("h1").inner_text())
    first = row_names(page)
    page.locator("nav.pager a[rel=next]").click()
    expect(page).to_have_url(re.compile("page=2"))
    second = changed_row_names(page, first)
    page.locator("th a", has_text="Health").click()
    expect(page).to_have_url(re.compile("sort=health"))
    expect(page).not_to_have_url(re.compile("page="))
    by_health = changed_row_names(page, second)
    page.locator("nav.chips a", has_text="Silent").first.click()
    expect(page).to_have_url(re.compile("band="))
    expect(page.locator("h1")).not_to_contain_text(f"{everything}")
    assert 0 < first_number(page.locator("h1").inner_text()) < everything
    page.go_back()
    expect(page.locator("h1")).to_contain_text(f"{everything}")
    expect_rows(page, by_health)
    page.go_back()
    expect(page).to_have_url(re.compile("page=2"))
    expect_rows(page, second)
    page.go_forward()
    expect(page).to_have_url(re.compile("sort=health"))
    expect_rows(page, by_health)
    page.goto(page.url)
    expect_rows(page, by_health)


def test_a_tile_shows_as_many_rows_as_it_says_and_the_title_counts(visit: Open) -> None:
    page = visit(LEAD).page
    tile = page.locator("a.tile.drifting")
    count = first_number(tile.locator("b").inner_text())
    assert count
    tile.click()
    expect(page).to_have_url(re.compile("band=drifting"))
    expect(rows(page)).to_have_count(count)
    assert re.search(r"\d", page.title())


def test_filters_that_hide_everything_say_so_and_offer_the_way_back(visit: Open) -> None:
    page = visit(MANAGER, "/accounts/?q=no+account+is+called+this").page
    expect(rows(page)).to_have_count(0)
    page.locator(".empty a").first.click()
    expect(rows(page).first).to_be_visible()


def test_a_managers_morning_by_keyboard_alone(visit: Open) -> None:
    """Five rows triaged without the pointer: called, planned, done, snoozed, undone, assigned."""
    page = visit(LEAD).page
    toast = page.locator(".toast").last
    press(page, "j")
    called = selected_id(page)
    press(page, "c")
    expect(page.locator("#chord")).to_contain_text("voicemail")
    press(page, "n")
    expect(toast).to_contain_text("No answer from")
    assert selected_id(page) == called  # an attempt is no touch: the row stays, and so does the focus

    press(page, "j", "n")
    planned = selected_id(page)
    what = page.locator("#dialog input[name=what]")
    expect(what).to_be_focused()
    what.fill("Send the new price list")
    press(page, "Enter")
    expect(page.locator(f"#{planned} .next")).to_contain_text("Send the new price list, tomorrow")
    assert selected_id(page) == planned
    press(page, "d")
    expect(toast).to_contain_text("Done: Send the new price list")
    expect(page.locator(f"#{planned}")).not_to_contain_text("Send the new price list")
    press(page, "u")
    expect(page.locator(f"#{planned} .next")).to_contain_text("Send the new price list")

    press(page, "j", "e")
    explained = selected_id(page)
    expect(page.locator(f"#{explained} .all-reasons")).to_contain_text("sually every")
    count = first_number(page.title())

    press(page, "j", "s")
    snoozed = selected_id(page)
    expect(page.locator("#dialog input[name=reason]")).to_be_focused()
    page.keyboard.type("Back on Thursday")
    press(page, "Enter")
    expect(page.locator(f"#{snoozed}")).to_have_count(0)
    expect(page.locator("tr[data-row].sel")).to_be_focused()  # the next row, without reaching for it
    expect(page.locator(f"#{explained} .all-reasons")).to_have_attribute("open", "")
    press(page, "u")
    expect(page.locator(f"#{snoozed}")).to_have_count(1)
    assert first_number(page.title()) == count

    press(page, "a")
    expect(page.locator("#dialog select[name=owner]")).to_be_focused()
    press(page, "ArrowDown", "Tab", "Tab", "Enter")
    expect(toast).to_contain_text("assigned to")
    press(page, "u")
    expect(toast).to_contain_text("Undone")

    page.locator("a.tile.steady").press("Enter")
    expect(page).to_have_url(re.compile("band=steady"))
    press(page, "Alt+ArrowLeft")
    expect(page.locator(f"#{snoozed}")).to_have_count(1)
    press(page, "Alt+ArrowRight")
    expect(page).to_have_url(re.compile("band=steady"))


def test_a_range_is_picked_by_keyboard_and_one_undo_takes_all_back(visit: Open) -> None:
    page = visit(LEAD).page
    press(page, "j", "x", "j", "j", "Shift+X")
    expect(page.locator("[data-picked]")).to_have_text("3")
    press(page, "c")
    expect(page.locator("#dialog-title")).to_contain_text("3 accounts")
    page.locator("#dialog").get_by_role("button", name="Left a voicemail").press("Enter")
    expect(page.locator(".toast").last).to_contain_text("3 accounts")
    expect(page.locator("#dialog")).to_be_hidden()
    press(page, "u")
    expect(page.locator(".toast").last).to_contain_text("Undone: the call with 3 accounts")


def test_a_page_that_is_looked_at_again_asks_what_changed_and_keeps_what_is_typed(visit: Open) -> None:
    first, second = visit(LEAD).page, visit(LEAD).page
    press(first, "j")
    account = selected_id(first)
    press(second, "j", "n")
    second.locator("#dialog input[name=what]").fill("Ask for the new contract")
    press(second, "Enter")
    expect(second.locator(f"#{account} .next")).to_contain_text("Ask for the new contract")
    press(first, "n")
    draft = first.locator("#dialog input[name=what]")
    draft.fill("Half a sentence")
    first.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(draft).to_have_value("Half a sentence")
    press(first, "Escape")
    expect(first.locator(f"#{account} .next")).to_contain_text("Ask for the new contract")
    assert selected_id(first) == account
    icon = first.locator("link[rel=icon]")
    expect(icon).to_have_attribute("href", re.compile("^data:image/png"))
