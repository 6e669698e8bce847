"""The last 90 days of a health score as a small line: pure geometry, drawn as inline SVG."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from config.formats import short_date

DAYS: Final = 90
HEIGHT: Final = 36
_ROOM: Final = 4  # above, below and to the right, so that neither line nor dot is cut
# The scale never shows less than this many points, so that a wobble does not look like a fall.
_LEAST_SPAN: Final = 40.0


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A line over 90 days ready to draw, one unit a day; `label` says in words what it shows."""

    path: str
    end_x: float
    end_y: float
    label: str


def draw_sparkline(points: Sequence[tuple[dt.date, float]], *, until: dt.date) -> Sparkline | None:
    """Lay out healths by day, oldest first, of the 90 days to `until`; None with fewer than two of them."""
    shown = [(DAYS - (until - day).days, health) for day, health in points if 0 <= (until - day).days <= DAYS]
    if len(shown) < 2:
        return None
    low, high = _scale([health for _, health in shown])
    places = [(x, _ROOM + (HEIGHT - 2 * _ROOM) * (high - health) / (high - low)) for x, health in shown]
    path = "M" + "L".join(f"{x} {y:.1f}" for x, y in places)
    return Sparkline(path, places[-1][0], round(places[-1][1], 1), _label(points, until))


def _scale(healths: Sequence[float]) -> tuple[float, float]:
    low, high = min(healths), max(healths)
    room = max(0.0, _LEAST_SPAN - (high - low)) / 2
    low = min(max(0.0, low - room), 100 - _LEAST_SPAN)
    return low, max(min(100.0, high + room), low + _LEAST_SPAN)


def _label(points: Sequence[tuple[dt.date, float]], until: dt.date) -> str:
    shown = [(day, round(health)) for day, health in points if 0 <= (until - day).days <= DAYS]
    (first_on, first), (_, last) = shown[0], shown[-1]
    lowest_on, lowest = min(shown, key=lambda point: point[1])
    text = f"Health over 90 days: {first} on {short_date(first_on, until)}, {last} at the end"
    return text if lowest in {first, last} else f"{text}; lowest {lowest} on {short_date(lowest_on, until)}"


def sparkline_svg(line: Sparkline) -> str:
    """Return the drawing as an SVG element; strokes keep their width however wide it is drawn."""
    label = escape(line.label)
    dot = f"M{line.end_x} {line.end_y}h0"
    return (
        f'<svg class="sparkline" viewBox="-1 0 {DAYS + 4} {HEIGHT}" preserveAspectRatio="none" role="img"'
        f' aria-label="{label}"><title>{label}</title><path d="{line.path}"/><path class="end" d="{dot}"/></svg>'
    )
