"""The product as a user meets it: all of its processes on servers of their own, seen through a real Chromium.

The demo portfolio is loaded and scored once per test process. Tests share it, so each finds the account it needs in
the page, and none rests on what another one did.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from config.embedded import launch
from config.embedded.supervisor import stop_recorded
from config.embedded.testing import temporary_services
from tests.e2e.browsing import PATIENCE_MS, Visit, chromium, sign_in, watch

FILL = """
import django
django.setup()
from django.core.management import call_command
from django.utils import timezone
from health.services.trust import open_report
call_command("prepare")
call_command("load_demo")
call_command("score")
# The worker replays a quarter, not the year that it would choose: a minute less of it beside the browser.
open_report(now=timezone.now(), months=3)
"""
START_SECONDS = 60
CHROMIUM_FLAGS = (
    "--no-sandbox",  # which root may not use; only own pages are opened
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder, so that `-m "not e2e"` leaves the browser out."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def hark() -> Iterator[launch.Installation]:
    """A running Hark with the demo portfolio, scored: web server, worker and clock."""
    with temporary_services() as var:
        installation = launch.Installation(var=var, is_demo=True, port=_free_port())
        # Empty, not absent: the servers of the other tests must not be taken, nor those of a .env file.
        own_servers = {"DATABASE_URL": "", "REDIS_URL": ""}
        with pytest.MonkeyPatch.context() as patch:
            for name, value in own_servers.items():
                patch.setenv(name, value)
            subprocess.run([sys.executable, "-c", FILL], env=installation.environment, cwd=launch.PROJECT, check=True)
            roles = launch.serving_roles(installation)
            for role in roles:
                role.start()
        try:
            _wait_until_it_answers(installation)
            yield installation
        finally:
            stop_recorded(var, launch.SERVING, grace_seconds=10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(installation: launch.Installation) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urlopen(f"{installation.address}healthz", timeout=5):
                return
        except (URLError, OSError):
            if time.monotonic() > deadline:
                raise AssertionError((installation.log_dir / "web.log").read_text()[-4000:]) from None
            time.sleep(0.05)


# Playwright runs an event loop while it is open, in which Django refuses to work; other tests must not meet it.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium; missing, the test fails: what ran no browser proves nothing."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium(),
            args=CHROMIUM_FLAGS,
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def signed_in(browser: Browser, hark: launch.Installation) -> Callable[[str], dict]:
    """Give the cookies of a persona, by the label of its button; each signs in once per module."""
    known: dict[str, dict] = {}

    def cookies_of(label: str) -> dict:
        if label not in known:
            context = browser.new_context(base_url=hark.address)
            sign_in(context.new_page(), label)
            known[label] = context.storage_state()
            context.close()
        return known[label]

    return cookies_of


@pytest.fixture
def visit(
    browser: Browser, hark: launch.Installation, signed_in: Callable[[str], dict]
) -> Iterator[Callable[..., Visit]]:
    """Open a page as a persona. At the end nothing may have gone wrong in the browser."""
    visits: list[tuple[BrowserContext, Visit]] = []

    def open_as(persona: str, path: str = "/", **options: object) -> Visit:
        context = browser.new_context(
            base_url=hark.address,
            storage_state=signed_in(persona),
            viewport=options.pop("viewport", {"width": 1400, "height": 900}),
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(PATIENCE_MS)
        page: Page = context.new_page()
        opened = Visit(page, watch(page))
        visits.append((context, opened))
        page.goto(path)
        return opened

    yield open_as
    for context, _ in visits:
        context.close()
    assert [trouble for _, opened in visits for trouble in opened.troubles] == []
