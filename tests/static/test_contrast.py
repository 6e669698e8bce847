"""Every pair of text and surface that the screens use reaches WCAG AA, in the light and in the dark theme."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

TOKENS = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text()
COLOURS = {
    name: (light, dark)
    for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", TOKENS)
}
BANDS = ("silent", "drifting", "steady", "learning", "paused", "dormant")
TEXT_PAIRS = [
    *[(text, surface) for text in ("ink", "muted", "accent", "silent") for surface in ("paper", "card", "hover")],
    *[(band, f"{band}-bg") for band in BANDS],
    *[(band, "card") for band in BANDS],
    ("on-accent", "accent"),
    ("paper", "ink"),
    ("ink", "accent-bg"),
]
SURFACES = ("paper", "card", "hover")
# What the rules of a screen leave to the element they are used on: the pairs of bands stand above.
GIVEN_BY_THE_BAND = {"c", "bg"}
CONTROL_PAIRS = [("edge", "paper"), ("edge", "card"), ("chart-text", "card"), ("accent", "card")]


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb (WCAG 2.2)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_is_the_largest_contrast_there_is() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "surface"), TEXT_PAIRS)
def test_text_reaches_four_and_a_half_to_one(text: str, surface: str, theme: int) -> None:
    assert contrast(COLOURS[text][theme], COLOURS[surface][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("part", "surface"), CONTROL_PAIRS)
def test_borders_of_controls_and_marks_reach_three_to_one(part: str, surface: str, theme: int) -> None:
    assert contrast(COLOURS[part][theme], COLOURS[surface][theme]) >= 3


def used_pairs() -> set[tuple[str, str]]:
    """Return the pairs of text and surface that the style sheets make.

    A rule that sets both names its pair itself; a text colour alone may stand on paper, on a card or on what the
    pointer hovers over.
    """
    pairs = set()
    for sheet in sorted((settings.BASE_DIR / "static" / "css").glob("*.css")):
        for rule in re.findall(r"{([^{}]*)}", sheet.read_text() * (sheet.name not in {"admin.css", "tokens.css"})):
            texts = re.findall(r"(?<![\w-])color: var\(--([\w-]+)\)", rule)
            surfaces = re.findall(r"background(?:-color)?: var\(--([\w-]+)\)", rule) or SURFACES
            pairs |= {(text, surface) for text in texts for surface in surfaces}
    return {pair for pair in pairs if not GIVEN_BY_THE_BAND & set(pair)}


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_pair_that_a_style_sheet_makes_reaches_it_too(theme: int) -> None:
    pairs = used_pairs()
    assert ("muted", "paper") in pairs
    too_faint = {(text, on) for text, on in pairs if contrast(COLOURS[text][theme], COLOURS[on][theme]) < 4.5}
    assert too_faint == set()
