"""What browser tests do again and again: find Chromium, sign in, watch for trouble, read the list."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Response, expect

NAMES = ("chromium", "chromium-browser", "google-chrome")
MANAGER, LEAD, EXECUTIVE, ADMINISTRATOR = "Account manager", "Team lead", "Executive", "Administrator"
PATIENCE_MS = 15_000
"""A page answers in a blink; on a machine that runs all tests at once it may take this long."""

RESCORED_MS = 30_000
"""A change must be scored within seconds; on a busy machine it may take this long."""

expect.set_options(timeout=PATIENCE_MS)

_TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """An open page, and what went wrong on it so far."""

    page: Page
    troubles: list[str]


def chromium() -> str | None:
    """Return the path of the Chromium of this machine; None for the one that Playwright downloaded, if any."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def watch(page: Page) -> list[str]:
    """Collect what a careful user would see in the browser's console: errors, violations, failed requests."""
    troubles: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        # Chromium also writes down that a form was refused, which is what its page says in words.
        if message.type in {"error", "warning"} and "status of 422" not in message.text:
            troubles.append(f"{page.url}: {message.type}: {message.text}")

    def on_failure(request: Request) -> None:
        # A request is cut off when the page is left, which is no failure.
        if "ERR_ABORTED" not in (request.failure or ""):
            troubles.append(f"{page.url}: {request.url} failed: {request.failure}")

    def on_response(response: Response) -> None:
        if response.status >= 400 and response.status != 422:
            troubles.append(f"{page.url}: {response.url} answered {response.status}")

    page.add_init_script(_TELL_VIOLATIONS)
    page.on("console", on_console)
    page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
    page.on("requestfailed", on_failure)
    page.on("response", on_response)
    return troubles


def sign_in(page: Page, label: str) -> None:
    """Sign in to the demo by the button of a persona."""
    page.goto("/")
    page.locator("button.persona", has_text=label).first.click()
    expect(page.locator("header.bar")).to_be_visible()


def rows(page: Page) -> Locator:
    """Return the rows of the list of accounts."""
    return page.locator("tr[data-row]")


def row_names(page: Page) -> list[str]:
    """Return the names of the accounts in the list, in order."""
    return page.locator("tr[data-row] td.acct a").all_inner_texts()


def expect_rows(page: Page, names: Sequence[str]) -> None:
    """Wait until the list holds exactly these accounts, in this order."""
    expect(page.locator("tr[data-row] td.acct a")).to_have_text(list(names))


def changed_row_names(page: Page, before: Sequence[str]) -> list[str]:
    """Wait until the list begins with another account than before, and return the names of its accounts."""
    expect(page.locator("tr[data-row] td.acct a").first).not_to_have_text(before[0])
    return row_names(page)


def first_number(text: str) -> int:
    """Return the first whole number in a text, with or without thousands separators.

    Raises AssertionError when there is none.
    """
    found = re.search(r"\d[\d,\u2009\u202f\u00a0 ]*", text)
    assert found, f"no number in {text!r}"
    return int(re.sub(r"\D", "", found.group()))


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def write_csv(path: Path, lines: Sequence[str]) -> Path:
    """Write lines to a CSV file and return its path."""
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
