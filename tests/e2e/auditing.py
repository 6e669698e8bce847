"""What axe finds on an open page, in both themes, and whether it fits every width.

Rows that repeat are looked at once: the fourth row of a list is built like the third. Drawn charts are left out, as
each has its figures as a table beside it; their colours are computed in tests/static/test_contrast.py.
"""

from __future__ import annotations

from typing import Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.browsing import overflow

# The page is as wide at 3840 as it is at 2560.
WIDTHS: Final = (360, 390, 1400, 3840)
_REPEATED: Final = ("tbody tr:nth-child(n+4)", "#stream-entries > li:nth-child(n+12)", ".main-svg", "svg.strip")
# Drawn charts follow a new width after a tenth of a second; everything else is there with the next frame.
_PAINTED: Final = """async () => {
  const frames = document.querySelector(".main-svg") ? 12 : 2;
  for (let frame = 0; frame < frames; frame += 1) await new Promise((done) => requestAnimationFrame(done));
}"""
_NEXT_FRAME: Final = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
WCAG: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
"""What the guidelines ask for, without axe's own advice: for Django's administration, whose markup is not ours."""

_axe = Axe()


def findings(page: Page, *, rules: tuple[str, ...] = (), tags: tuple[str, ...] = ()) -> list[str]:
    """Return what axe finds on the page as it is: impact, rule, first elements.

    Only `rules` count, or those with one of `tags`; without either, all of them.
    """
    kind, values = ("rule", rules) if rules else ("tag", tags)
    options: dict[str, object] = {"resultTypes": ["violations"]}
    options |= {"runOnly": {"type": kind, "values": list(values)}} if values else {}
    found = _axe.run(page, context={"exclude": [[one] for one in _REPEATED]}, options=options).response
    return [
        f"{one['impact']} {one['id']}: {[node['target'] for node in one['nodes'][:3]]}" for one in found["violations"]
    ]


def findings_in_both_themes(page: Page, *, tags: tuple[str, ...] = ()) -> list[str]:
    """Return all findings in the light theme, and those that a theme can make, which is contrast, in the dark one.

    The page stays dark: to change back would draw all of its charts a third time.
    """
    page.emulate_media(color_scheme="light")
    page.evaluate(_NEXT_FRAME)
    light = findings(page, tags=tags)
    page.emulate_media(color_scheme="dark")
    page.evaluate(_NEXT_FRAME)
    dark = findings(page, rules=("color-contrast",))
    return [*light, *(f"in the dark theme: {one}" for one in dark)]


def too_wide_at(page: Page) -> list[int]:
    """Return the widths at which the page would have to be scrolled sideways."""
    wide = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(_PAINTED)
        wide += [width] * (overflow(page) > 0)
    return wide
