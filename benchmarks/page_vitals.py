"""What the pages weigh, and what a person waits for, in a real Chromium over the demo portfolio.

    .venv/bin/python benchmarks/page_vitals.py [--address http://127.0.0.1:8000] [--json FILE]

Without an address, a demo is started on servers of its own and stopped afterwards; with one, a running demo is visited.
Each page is opened at both widths in a browser that has never been there (nothing cached), then scrolled to its end, so
that every chart is drawn. Columns:

- LCP: milliseconds until the largest piece of content was painted
- CLS: how much of what was painted moved afterwards, the scroll included (0: nothing; good: below .1)
- TBT: milliseconds for which the browser could not have answered a key, until the end of the scroll
- bytes over the wire, in kB: the page itself, style sheets, scripts, plotly.js, everything else; requests
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright

from config.embedded import launch
from config.embedded.supervisor import stop_recorded
from config.embedded.testing import temporary_services

MANAGER, EXECUTIVE, ADMINISTRATOR = "Account manager", "Executive", "Administrator"
# Name, who looks at it, address; None is the first account of the manager's list.
PAGES = (
    ("Sign-in", None, "/sign-in/"),
    ("Today", MANAGER, "/"),
    ("Today", EXECUTIVE, "/"),
    ("Accounts", EXECUTIVE, "/accounts/"),
    ("Account", MANAGER, None),
    ("Portfolio", EXECUTIVE, "/portfolio/"),
    ("Trust", EXECUTIVE, "/trust/"),
    ("Search", MANAGER, "/search/?q=an"),
    ("Log a touch", MANAGER, "/touches/log/"),
    ("Import", ADMINISTRATOR, "/imports/"),
)
WIDTHS = {390: 844, 1400: 900}
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
START_SECONDS = 60

FILL = """
import django
django.setup()
from django.core.management import call_command
for command in ("prepare", "load_demo", "score", "replay"):
    call_command(command)
"""

# Gathers from before the first paint on; entries of the past come with `buffered`.
OBSERVE = """
window.vitals = {lcp: 0, cls: 0, tbt: 0, moved: []};
const watch = (type, heard) =>
  new PerformanceObserver((list) => list.getEntries().forEach(heard)).observe({type, buffered: true});
watch("largest-contentful-paint", (entry) => { vitals.lcp = entry.startTime; });
watch("layout-shift", (entry) => {
  if (entry.hadRecentInput) return;
  vitals.cls += entry.value;
  for (const source of entry.sources ?? []) {
    const node = source.node;
    if (node?.tagName) vitals.moved.push(`${node.tagName.toLowerCase()}.${node.className?.baseVal ?? node.className}`);
  }
});
watch("longtask", (entry) => { vitals.tbt += Math.max(0, entry.duration - 50); });
"""


@dataclass(frozen=True)
class Vitals:
    """One page at one width; times in milliseconds, sizes in bytes over the wire."""

    page: str
    person: str
    width: int
    lcp_ms: float
    cls: float
    tbt_ms: float
    html: int
    css: int
    scripts: int
    plotly: int
    other: int
    requests: int
    html_unpacked: int
    moved: list[str]


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", help="a running demo, such as http://127.0.0.1:8000")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    options = parser.parse_args()
    with at(options.address) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=FLAGS
        )
        measured = list(measure(browser, address))
        browser.close()
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in measured], indent=1))


@contextmanager
def at(address: str | None) -> Iterator[str]:
    """Give the address to visit: the one that was named, or that of a demo that runs as long as the block."""
    if address:
        yield address.rstrip("/")
        return
    with temporary_services() as var:
        os.environ.update(DATABASE_URL="", REDIS_URL="")  # empty, not absent: see benchmarks/_portfolio.py
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            installation = launch.Installation(var=var, is_demo=True, port=int(probe.getsockname()[1]))
        subprocess.run(
            [sys.executable, "-c", FILL],
            env=installation.environment,
            cwd=launch.PROJECT,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        try:
            for role in launch.serving_roles(installation):
                role.start()
            wait_for(installation)
            yield installation.address.rstrip("/")
        finally:
            stop_recorded(var, launch.SERVING, grace_seconds=10)


def wait_for(installation: launch.Installation) -> None:
    """Return when the web server answers."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urlopen(f"{installation.address}healthz", timeout=5):
                return
        except (URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def measure(browser: Browser, address: str) -> Iterator[Vitals]:
    """Visit every page at both widths, and print a row for each as it comes."""
    print(f"{'page':<12} {'as':<16} {'width':>5}  {'LCP':>5} {'CLS':>6} {'TBT':>5}", end="  ")
    print(f"{'html':>6} {'css':>6} {'js':>6} {'plotly':>6} {'other':>6} {'requests':>8}")
    sessions: dict[str | None, Any] = {None: None}
    for name, person, path in PAGES:
        if person not in sessions:
            sessions[person] = signed_in(browser, address, person)
        for width, height in WIDTHS.items():
            context = browser.new_context(
                base_url=address, storage_state=sessions[person], viewport={"width": width, "height": height}
            )
            vitals = visit(context, name, person or "", path or first_account(context), width)
            context.close()
            print_row(vitals)
            yield vitals


def signed_in(browser: Browser, address: str, person: str | None) -> Any:
    """Sign in by the button of a persona of the demo; return the cookies."""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto("/")
    page.locator("button.persona", has_text=person or "").first.click()
    page.wait_for_selector("header.bar")
    state = context.storage_state()
    context.close()
    return state


def first_account(context: BrowserContext) -> str:
    """Return the address of the first account of the person's list."""
    found = re.search(r'href="(/accounts/\d+/)"', context.request.get("/").text())
    assert found, "the list is empty"
    return found[1]


def visit(context: BrowserContext, name: str, person: str, path: str, width: int) -> Vitals:
    """Open one page with nothing cached, scroll to its end, and read what the browser saw."""
    page = context.new_page()
    page.add_init_script(OBSERVE)
    sizes: Counter[str] = Counter()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - playwright marks what it is given
    page.goto(path, wait_until="networkidle")
    scroll_to_the_end(page)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)  # long tasks and shifts are told a moment after they happened
    for answer in answers:
        sizes[kind_of(answer)] += answer.request.sizes()["responseBodySize"]
    seen = page.evaluate("window.vitals")
    return Vitals(
        page=name,
        person=person,
        width=width,
        lcp_ms=seen["lcp"],
        cls=seen["cls"],
        tbt_ms=seen["tbt"],
        html=sizes["html"],
        css=sizes["css"],
        scripts=sizes["scripts"],
        plotly=sizes["plotly"],
        other=sizes["other"],
        requests=len(answers),
        html_unpacked=len(answers[0].body()),
        moved=sorted(set(seen["moved"])),
    )


def scroll_to_the_end(page: Page) -> None:
    """Bring every part of the page into view, a screen at a time, and wait for the charts to be drawn."""
    for top in range(0, page.evaluate("document.documentElement.scrollHeight"), 600):
        page.evaluate("(top) => window.scrollTo(0, top)", top)
        page.wait_for_timeout(50)
    for chart in page.locator("[data-chart]").all():
        chart.scroll_into_view_if_needed()
        chart.locator("svg.main-svg").first.wait_for()


def kind_of(answer: Response) -> str:
    """Name what an answer is for the table."""
    if "plotly" in answer.url:
        return "plotly"
    return {"document": "html", "xhr": "html", "fetch": "html", "stylesheet": "css", "script": "scripts"}.get(
        answer.request.resource_type, "other"
    )


def print_row(vitals: Vitals) -> None:
    """Print one row; sizes in kB."""
    print(f"{vitals.page:<12} {vitals.person:<16} {vitals.width:>5}  {vitals.lcp_ms:>5.0f} {vitals.cls:>6.3f}", end=" ")
    sizes = (vitals.html, vitals.css, vitals.scripts, vitals.plotly, vitals.other)
    print(
        f"{vitals.tbt_ms:>5.0f}", " ", *(f"{size / 1000:>6.1f}" for size in sizes), f"{vitals.requests:>8}", flush=True
    )
    if vitals.cls > 0.001:
        print(f"             moved: {', '.join(vitals.moved)}", flush=True)


if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parents[1])
    main()
