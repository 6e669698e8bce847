"""The rhythm strip as geometry: pure, so that a list of any length costs arithmetic only.

One unit is one day, so that coordinates are small whole numbers and a strip of a busy account stays under 2 kB. The
drawing is stretched to the width of its column; strokes keep their width (`vector-effect: non-scaling-stroke`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

STRIP_DAYS = 180
WIDTH = STRIP_DAYS + 4  # two days of room at either edge, so that no tick is cut
HEIGHT = 34
TODAY_X = STRIP_DAYS + 2


@dataclass(frozen=True, slots=True)
class StripDays:
    """What happened to one account on the last 180 days, as days before today (0 is today)."""

    voice: tuple[int, ...] = ()
    text: tuple[int, ...] = ()
    attempts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Strip:
    """A strip ready to draw: paths of ticks, the open silence from `quiet_x` to today, and the day a touch was due."""

    voice_path: str
    text_path: str
    attempt_path: str
    quiet_x: int | None
    quiet_width: int
    due_x: int | None
    is_calm: bool
    label: str


def draw_strip(
    days: StripDays,
    *,
    silent_days: int | None,
    usual_gap_days: float | None,
    overdue_days: int | None,
    is_calm: bool,
) -> Strip:
    """Lay out one account's strip.

    `silent_days` is None for an account without a touch. `overdue_days` counts from the day the next touch was due by
    the usual gap; None or negative: not due yet, no line. `is_calm` shades the silence grey instead of vermilion.
    """
    quiet_x = None if silent_days is None else max(0, TODAY_X - silent_days)
    is_due_shown = overdue_days is not None and 0 <= overdue_days <= STRIP_DAYS
    return Strip(
        voice_path=_ticks(days.voice, top=6, length=22),
        text_path=_ticks(days.text, top=14, length=14),
        attempt_path=_ticks(days.attempts, top=22, length=6),
        quiet_x=quiet_x if silent_days else None,
        quiet_width=TODAY_X - quiet_x if quiet_x is not None else 0,
        due_x=TODAY_X - overdue_days if is_due_shown and overdue_days is not None else None,
        is_calm=is_calm,
        label=_label(days, silent_days, usual_gap_days),
    )


def strip_svg(strip: Strip) -> str:
    """Return the drawing of a strip as an SVG element.

    It stands in every row of a list, so it is put together here: a template takes ten times as long.
    """
    label = escape(strip.label)
    marks = [
        ("q", "" if strip.quiet_x is None else f"M{strip.quiet_x} 5h{strip.quiet_width}v24h-{strip.quiet_width}z"),
        ("d", "" if strip.due_x is None else f"M{strip.due_x} 2v30"),
        ("a", strip.attempt_path),
        ("x", strip.text_path),
        ("v", strip.voice_path),
        ("n", f"M{TODAY_X} 2v30"),
    ]
    paths = "".join(f'<path class="{css}" d="{path}"/>' for css, path in marks if path)
    group = '<g class="calm">' if strip.is_calm else "<g>"
    return (
        f'<svg class="strip" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img"'
        f' aria-label="{label}"><title>{label}</title>{group}{paths}</g></svg>'
    )


def _ticks(days_ago: Iterable[int], *, top: int, length: int) -> str:
    """Return one path of vertical ticks, oldest first."""
    places = sorted({TODAY_X - day for day in days_ago if 0 <= day <= STRIP_DAYS})
    return "".join(f"M{x} {top}v{length}" for x in places)


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _label(days: StripDays, silent_days: int | None, usual_gap_days: float | None) -> str:
    talks = _counted(len(days.voice), "day with live talk", "days with live talk")
    messages = _counted(len(days.text), "day with messages", "days with messages")
    parts = [f"Last 180 days: {talks}, {messages}"]
    if silent_days is None:
        return f"{parts[0]}; no touch yet"
    parts.append("in touch today" if silent_days == 0 else f"silent for {_counted(silent_days, 'day', 'days')}")
    if usual_gap_days is not None:
        parts.append(f"usually every {_counted(max(1, round(usual_gap_days)), 'day', 'days')}")
    return "; ".join(parts)
