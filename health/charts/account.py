"""The lanes of the account page: every touch on the lane of its channel, and the gaps beyond the usual range."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import plotly.graph_objects as go

from config.formats import count_of, short_date
from health.charts.card import ChartCard, Link, Table, figure_json

CHANNEL_NAMES = {
    "call": "Call",
    "visit": "Visit",
    "meeting": "Meeting",
    "email": "Email",
    "text": "Text",
    "ticket": "Ticket",
    "survey": "Survey",
    "event": "Event",
    "other": "Other",
}
_DIRECTION_NAMES = {
    "inbound": "from the client",
    "outbound": "from us",
    "mutual": "both took part",
    "unknown": "direction not known",
}
# How each direction is drawn: symbol, fill, outline. The client's part is filled, ours is hollow, both is a diamond.
_MARKS = {
    "inbound": ("circle", "var(--accent)", "var(--accent)"),
    "mutual": ("diamond", "var(--ink)", "var(--ink)"),
    "outbound": ("circle-open", "var(--chart-text)", "var(--chart-text)"),
    "unknown": ("square", "var(--chart-text)", "var(--chart-text)"),
    "attempt": ("x-thin", "var(--chart-text)", "var(--chart-text)"),
}
# So many gaps are shaded at most, the longest of them; their labels are thinned to what fits where they are drawn.
MOST_GAPS: Final = 60


@dataclass(frozen=True, slots=True)
class LaneTouch:
    """A mark of the lanes: a touch, or the last of `stands_for` touches of one week. `url` leads to the stream."""

    at: dt.datetime
    channel: str
    direction: str
    counts: bool
    subject: str
    url: str
    stands_for: int = 1

    @property
    def kind(self) -> str:
        """How it is drawn: by its direction, or as an attempt."""
        return self.direction if self.counts else "attempt"


@dataclass(frozen=True, slots=True)
class Silence:
    """The open gap: since when, how long, and the usual range of this account's gaps in days (None: not known)."""

    last_on: dt.date | None
    days: int
    low_days: float | None
    high_days: float | None
    is_flagged: bool

    def chart_end(self, today: dt.date) -> dt.date:
        """Return the last day of the charts: today, or soon after the last touch when that is years ago."""
        if self.last_on is None or self.days <= LONG_AGO_DAYS:
            return today
        return self.last_on + dt.timedelta(days=45)

    @property
    def is_unusual(self) -> bool:
        """Whether it is open for longer than nine in ten of the gaps before it."""
        return self.high_days is not None and self.days > self.high_days


# A silence longer than this is said, not drawn: on its scale nothing else could be seen.
LONG_AGO_DAYS = 548


@dataclass(frozen=True, slots=True)
class LongGap:
    """A closed gap beyond the usual range, between two touch days."""

    begins_on: dt.date
    ends_on: dt.date

    @property
    def days(self) -> int:
        """Whole days from one touch day to the next."""
        return (self.ends_on - self.begins_on).days


def long_gaps(days: Sequence[dt.date], silence: Silence) -> list[LongGap]:
    """Return the closed gaps of `days` (sorted, distinct) that are longer than the usual range, oldest first."""
    high = silence.high_days
    if high is None:
        return []
    return [LongGap(one, other) for one, other in pairwise(days) if (other - one).days > high]


def lanes_chart(
    marks: Sequence[LaneTouch],
    silence: Silence,
    *,
    days: Sequence[dt.date],
    today: dt.date,
    months: int,
    listed: Sequence[LaneTouch] | None = None,
    note: str = "",
) -> ChartCard:
    """Draw marks on the lane of their channel, and shade the gaps beyond the usual range and the open silence.

    `marks` oldest first; `days` the touch days behind the shaded gaps; `months` back from the end are shown at first.
    `listed` are the touches of the table, if others than the marks; `note` says what was merged or left out.
    """
    end = silence.chart_end(today)
    listed = marks if listed is None else listed
    table = _table(listed)
    lane_of, lanes, by_what = _lanes(marks)
    subtitle = f"By {by_what}; filled: from the client, diamond: both took part, hollow: from us"
    subtitle = f"{subtitle}. {note}" if note else subtitle
    total = sum(mark.stands_for for mark in marks)
    if total < 2 or len({(mark.channel, mark.kind) for mark in marks}) < 2:
        finding, empty = _said(marks, total, today)
        return ChartCard("lanes", finding, "", table, empty=empty)
    gaps = long_gaps(days, silence)
    drawn = sorted(sorted(gaps, key=lambda gap: gap.days)[-MOST_GAPS:], key=lambda gap: gap.begins_on)
    first = min(mark.at for mark in marks).date() - dt.timedelta(days=8)
    start = max(first, end - dt.timedelta(days=round(months * 30.44)))
    layout = go.Layout(
        hovermode="closest",
        showlegend=True,
        dragmode="zoom",
        uirevision="lanes",
        xaxis={
            "type": "date",
            "range": [start, end + dt.timedelta(days=6)],
            "nticks": 8,
            "showgrid": False,
            "fixedrange": False,
            "minallowed": first,
            "maxallowed": end + dt.timedelta(days=6),
        },
        yaxis={"categoryorder": "array", "categoryarray": lanes, "range": [-0.6, len(lanes) - 0.4]},
        shapes=_silence_shapes(silence, end),
        annotations=_silence_labels(silence, end),
        margin={"t": 26},
        height=max(250, 140 + 34 * len(lanes)),
    )
    kinds = ((kind, [mark for mark in marks if mark.kind == kind]) for kind in _MARKS)
    traces = [_lane_trace(kind, found, lane_of) for kind, found in kinds if found]
    figure = figure_json(traces, layout)
    # Put in by hand, of the same form as those of the silence: plotly's checks take half a millisecond for each.
    figure["layout"]["shapes"] = [*_gap_shapes(drawn), *figure["layout"].get("shapes", ())]
    figure["layout"]["annotations"] = [*_gap_labels(drawn), *figure["layout"].get("annotations", ())]
    finding = _finding(gaps, silence, total, end, today)
    return ChartCard("lanes", finding, subtitle, table, figure)


def _lanes(marks: Sequence[LaneTouch]) -> tuple[dict[str, str], list[str], str]:
    """Return the lane of each channel, or of each direction where all touches share one channel, and the lanes."""
    channels = [key for key in CHANNEL_NAMES if any(mark.channel == key for mark in marks)]
    if len(channels) != 1:
        return CHANNEL_NAMES, [CHANNEL_NAMES[key] for key in reversed(channels)], "channel"
    names = {kind: text[:1].upper() + text[1:] for kind, text in (*_DIRECTION_NAMES.items(), ("attempt", "attempts"))}
    kinds = [kind for kind in names if any(mark.kind == kind for mark in marks)]
    only = f"direction, for all are on one channel: {CHANNEL_NAMES[channels[0]].lower()}"
    return names, [names[kind] for kind in reversed(kinds)], only


def _said(marks: Sequence[LaneTouch], total: int, today: dt.date) -> tuple[str, str]:
    """Return title and words where there is nothing that a drawing would show better."""
    if not marks:
        return "No touches yet", "Nothing was logged or imported so far."
    last = marks[-1]
    what = f"{CHANNEL_NAMES.get(last.channel, last.channel).lower()}, {_word(last.kind)}"
    if total == 1:
        return "One touch so far", f"{short_date(last.at.date(), today)}: {what}. From the second on, they are drawn."
    return (
        f"All {count_of(total, 'touch', 'touches')} are of one kind: {what}",
        f"The last one: {short_date(last.at.date(), today)}. Touches are drawn once channels or directions differ.",
    )


def _word(kind: str) -> str:
    return "attempts, not counted as touches" if kind == "attempt" else _DIRECTION_NAMES[kind]


def _table(touches: Sequence[LaneTouch]) -> Table:
    return Table(
        ("When", "Channel", "Direction", "Counts as a touch", "Subject"),
        tuple(
            (
                Link(t.at.strftime("%Y-%m-%d %H:%M"), t.url),
                CHANNEL_NAMES.get(t.channel, t.channel),
                _DIRECTION_NAMES[t.direction],
                "yes" if t.counts else "no",
                t.subject,
            )
            for t in reversed(touches)
        ),
    )


def _lane_trace(kind: str, marks: Sequence[LaneTouch], lane_of: dict[str, str]) -> go.Scatter:
    symbol, fill, line = _MARKS[kind]
    return go.Scatter(
        x=[mark.at.replace(tzinfo=None) for mark in marks],
        y=[lane_of.get(mark.channel) or lane_of[kind] for mark in marks],
        mode="markers",
        name="attempt" if kind == "attempt" else _DIRECTION_NAMES[kind],
        marker={
            "symbol": symbol,
            "opacity": 1,  # marks of unlike size are half transparent otherwise
            "size": [8 if mark.stands_for == 1 else 11 for mark in marks],
            "color": fill,
            "line": {"width": 1.5, "color": line},
        },
        text=[_hover(mark) for mark in marks],
        customdata=[mark.url for mark in marks],
        hovertemplate="%{text}<br>%{x|%-d %b %Y, %H:%M}<extra></extra>",
    )


def _hover(mark: LaneTouch) -> str:
    """The subject as plain text: Plotly reads a little markup, and a subject is not ours."""
    subject = (mark.subject or CHANNEL_NAMES.get(mark.channel, mark.channel)).replace("<", "‹").replace(">", "›")
    subject = subject if len(subject) <= 80 else f"{subject[:79]}…"
    return subject if mark.stands_for == 1 else f"{mark.stands_for} in this week, the last: {subject}"


def _gap_shapes(gaps: Sequence[LongGap]) -> list[dict[str, Any]]:
    return [_shade(gap.begins_on, gap.ends_on, "var(--drifting)", 0.12) for gap in gaps]


def _silence_shapes(silence: Silence, end: dt.date) -> list[dict[str, Any]]:
    if silence.last_on is None or silence.days < 1:
        return []
    colour = "var(--silent)" if silence.is_flagged else "var(--chart-text)"
    return [_shade(silence.last_on, end, colour, 0.15)]


def _shade(begins_on: dt.date, ends_on: dt.date, colour: str, opacity: float) -> dict[str, Any]:
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": begins_on.isoformat(),
        "x1": ends_on.isoformat(),
        "y0": 0,
        "y1": 1,
        "fillcolor": colour,
        "opacity": opacity,
        "line": {"width": 0},
        "layer": "below",
    }


def _gap_labels(gaps: Sequence[LongGap]) -> list[dict[str, Any]]:
    """Return a label above each gap, hidden: which of them fit, only the page knows."""
    return [
        _label(gap.begins_on + (gap.ends_on - gap.begins_on) / 2, f"{gap.days} days", "var(--muted)", "center")
        | {"name": f"gap-{gap.days}", "visible": False}
        for gap in gaps
    ]


def _silence_labels(silence: Silence, end: dt.date) -> list[dict[str, Any]]:
    if silence.last_on is None or silence.days < 1:
        return []
    colour = "var(--silent)" if silence.is_flagged else "var(--muted)"
    text = f"{count_of(silence.days, 'day')} of silence" if silence.is_unusual else f"{count_of(silence.days, 'day')}"
    return [_label(end, text, colour, "right") | {"name": "silence"}]


def _label(day: dt.date, text: str, colour: str, anchor: str) -> dict[str, Any]:
    return {
        "x": day.isoformat(),
        "y": 1,
        "xref": "x",
        "yref": "paper",
        "text": text,
        "showarrow": False,
        "xanchor": anchor,
        "yanchor": "bottom",
        "font": {"size": 11.5, "color": colour},
    }


def _finding(gaps: Sequence[LongGap], silence: Silence, total: int, end: dt.date, today: dt.date) -> str:
    """Say what the silence is like beside the gaps before it."""
    if silence.last_on is None:
        return f"{count_of(total, 'attempt')} and no touch yet"
    if end != today:
        return f"No touch since {short_date(silence.last_on, today)}"
    if silence.high_days is None:
        return f"{count_of(total, 'touch', 'touches')} so far, too few to know a usual range"
    before = f"{count_of(len(gaps), 'gap')} beyond the usual range" if gaps else "no gap beyond the usual range"
    if silence.is_unusual:
        return f"{count_of(silence.days, 'day')} of silence; before it, {before}"
    if not gaps:
        return f"{before[:1].upper()}{before[1:]} so far"
    longest = max(gaps, key=lambda gap: gap.days)
    return f"{before}; the longest took {longest.days} days, to {short_date(longest.ends_on, today)}"
