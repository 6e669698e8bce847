"""What axe finds on an open page, in both themes, and whether it fits every width.

Rows that repeat are looked at once: the fourth row of a list is built like the third. Drawn charts are left out, as
each has its figures as a table beside it; their colours are computed in tests/static/test_contrast.py.
"""

from __future__ import annotations

from typing import Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.browsing import overflow

WIDTHS: Final = (360, 390, 1400, 2560, 3840)
_REPEATED: Final = ("tbody tr:nth-child(n+4)", "#stream-entries > li:nth-child(n+12)", ".main-svg", "svg.strip")
# A colour that changes with the theme does so in the next frame; before that, it may be half way.
_PAINTED: Final = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
_axe = Axe()


def findings(page: Page, *, rules: tuple[str, ...] = ()) -> list[str]:
    """Return what axe finds on the page as it is: impact, rule, first elements. Without `rules`, all of them count."""
    options: dict[str, object] = {"resultTypes": ["violations"]}
    options |= {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    found = _axe.run(page, context={"exclude": [[one] for one in _REPEATED]}, options=options).response
    return [
        f"{one['impact']} {one['id']}: {[node['target'] for node in one['nodes'][:3]]}" for one in found["violations"]
    ]


def findings_in_both_themes(page: Page) -> list[str]:
    """Return all findings in the light theme, and those that a theme can make, which is contrast, in the dark one."""
    light = findings(page)
    page.emulate_media(color_scheme="dark")
    page.evaluate(_PAINTED)
    dark = findings(page, rules=("color-contrast",))
    page.emulate_media(color_scheme="light")
    return [*light, *(f"in the dark theme: {one}" for one in dark)]


def too_wide_at(page: Page) -> list[int]:
    """Return the widths at which the page would have to be scrolled sideways."""
    wide = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wide += [width] * (overflow(page) > 0)
    return wide
