"""Own data: a file is uploaded, its doubts are settled, the worker imports it, and its accounts are scored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.browsing import ADMINISTRATOR, RESCORED_MS, Visit, rows, write_csv

Open = Callable[..., Visit]
IMPORTED_MS = 30_000


def weekly_log(today: dt.date) -> list[str]:
    """Two clients that were in touch every week; one of them stopped two months ago. Days before months in between."""
    lines = ["client;when;how;about"]
    for weeks in range(40):
        day = today - dt.timedelta(days=1 + 7 * weeks)
        lines.append(f"Larkspur Mills;{day:%d/%m/%Y} 10:15;call;Weekly talk")
        if weeks > 8:
            lines.append(f"Quietwater Ltd;{day:%d/%m/%Y} 11:30;call;Weekly talk")
    lines.append("Larkspur Mills;on some day;call;Nobody knows when")
    return lines


def upload(page: Page, path: Path, source: str) -> None:
    page.goto("/imports/new/")
    page.locator("input[name=kind][value=touchpoints]").check()
    page.locator("input[name=source]").fill(source)
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Look at the file").click()
    expect(page.locator("#columns-title")).to_be_visible()


def test_a_file_of_touches_is_imported_reported_and_scored(visit: Open, tmp_path: Path) -> None:
    page = visit(ADMINISTRATOR).page
    log = write_csv(tmp_path / "calls.csv", weekly_log(dt.datetime.now(dt.UTC).date()))
    upload(page, log, "Phone system")
    expect(page.locator("table.preview")).to_contain_text("Larkspur Mills")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("The same file again changes nothing.")).to_be_visible(timeout=IMPORTED_MS)
    tiles = page.locator(".tiles")
    expect(tiles.locator(".tile", has_text="Rows read").locator("b")).to_have_text("72")
    expect(tiles.locator(".tile", has_text="New").locator("b")).to_have_text("71")
    expect(tiles.locator(".tile", has_text="Accounts created").locator("b")).to_have_text("2")
    expect(page.locator("table.rejected tbody tr")).to_have_count(1)
    expect(page.locator("table.rejected")).to_contain_text("on some day")

    page.locator("table.rejected").get_by_role("link", name="Mend").click()
    broken = page.locator("input[value='on some day']")
    broken.fill(f"{dt.datetime.now(dt.UTC).date() - dt.timedelta(days=3):%d/%m/%Y} 09:00")
    page.locator("main form button.primary").click()
    expect(page.locator("main")).to_contain_text("All rejected rows were mended")

    expect_scored(page, "Larkspur Mills", "Steady")
    expect_scored(page, "Quietwater Ltd", "Silent")

    page.goto("/imports/new/")
    page.locator("input[name=kind][value=touchpoints]").check()
    page.locator("input[name=source]").fill("Phone system")
    page.locator("input[type=file]").set_input_files(log)
    page.get_by_role("button", name="Look at the file").click()
    expect(page.locator("body")).to_contain_text("already")


def expect_scored(page: Page, name: str, band: str) -> None:
    """Wait until the list shows the account in a band; the page is loaded anew until it does."""
    page.goto(f"/accounts/?q={name.split(' ', maxsplit=1)[0]}")
    expect(rows(page)).to_have_count(1)
    deadline = RESCORED_MS // 500
    while deadline and rows(page).locator(".band").inner_text() != band:
        page.wait_for_timeout(500)
        page.reload()
        deadline -= 1
    expect(rows(page).locator(".band")).to_have_text(band)


def test_days_that_could_be_months_are_asked_about(visit: Open, tmp_path: Path) -> None:
    page = visit(ADMINISTRATOR).page
    upload(
        page,
        write_csv(
            tmp_path / "doubt.csv", ["account,date,channel", "Doubtful,01/02/2026,call", "Doubtful,03/04/2026,email"]
        ),
        "Doubts",
    )
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("Nothing was imported yet")
