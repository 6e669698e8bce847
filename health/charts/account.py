"""The charts of the account page: touches by channel, and the days between touches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go

from config.formats import count_of, short_date
from health.charts.card import ChartCard, Table, figure_json

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
# How each direction is drawn: symbol, fill, outline. The client's part is filled, ours is hollow.
_MARKS = {
    "inbound": ("circle", "var(--accent)", "var(--accent)"),
    "mutual": ("circle", "var(--ink)", "var(--ink)"),
    "outbound": ("circle-open", "var(--chart-text)", "var(--chart-text)"),
    "unknown": ("circle", "var(--chart-text)", "var(--chart-text)"),
    "attempt": ("x-thin", "var(--chart-text)", "var(--chart-text)"),
}


@dataclass(frozen=True, slots=True)
class LaneTouch:
    """A touch as the lanes draw it. `url` jumps to it in the stream."""

    at: dt.datetime
    channel: str
    direction: str
    counts: bool
    subject: str
    url: str


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


# A silence longer than this is said, not drawn: on its scale nothing else could be seen.
LONG_AGO_DAYS = 548


def lanes_chart(touches: Sequence[LaneTouch], silence: Silence, *, today: dt.date, months: int) -> ChartCard:
    """Draw each touch on the lane of its channel, and shade the open silence."""
    end = silence.chart_end(today)
    span = f"last {months} months" if end == today else f"the {months} months to the last touch"
    subtitle = f"By channel, {span}; filled: the client took part, hollow: from us"
    table = Table(
        ("When", "Channel", "Direction", "Counts as a touch", "Subject"),
        tuple(
            (
                t.at.strftime("%Y-%m-%d %H:%M"),
                CHANNEL_NAMES.get(t.channel, t.channel),
                _DIRECTION_NAMES[t.direction],
                "yes" if t.counts else "no",
                t.subject,
            )
            for t in touches
        ),
    )
    if not touches:
        return ChartCard(
            "lanes",
            "No touches yet",
            subtitle,
            table,
            empty="Nothing was logged or imported so far.",
        )
    lanes = [name for key, name in reversed(CHANNEL_NAMES.items()) if any(t.channel == key for t in touches)]
    traces = [
        _lane_trace(
            kind, [t for t in touches if (kind == "attempt") == (not t.counts) and kind in {"attempt", t.direction}]
        )
        for kind in _MARKS
    ]
    start = min(t.at for t in touches).date()
    layout = go.Layout(
        hovermode="closest",
        showlegend=True,
        xaxis={
            "type": "date",
            "range": [start - dt.timedelta(days=8), end + dt.timedelta(days=6)],
            "nticks": 8,
            "showgrid": False,
        },
        yaxis={"categoryorder": "array", "categoryarray": lanes, "range": [-0.6, len(lanes) - 0.4]},
        shapes=_silence_shapes(silence, end),
        height=max(250, 120 + 34 * len(lanes)),
    )
    return ChartCard(
        "lanes", _lanes_finding(touches, today, months), subtitle, table, figure_json([t for t in traces if t], layout)
    )


def _lane_trace(kind: str, touches: Sequence[LaneTouch]) -> go.Scatter | None:
    if not touches:
        return None
    symbol, fill, line = _MARKS[kind]
    return go.Scatter(
        x=[t.at.replace(tzinfo=None) for t in touches],
        y=[CHANNEL_NAMES.get(t.channel, t.channel) for t in touches],
        mode="markers",
        name="attempt" if kind == "attempt" else _DIRECTION_NAMES[kind],
        marker={"symbol": symbol, "size": 8, "color": fill, "line": {"width": 1.5, "color": line}},
        text=[t.subject or CHANNEL_NAMES.get(t.channel, t.channel) for t in touches],
        customdata=[t.url for t in touches],
        hovertemplate="<b>%{text}</b><br>%{x|%-d %b %Y, %H:%M}<extra></extra>",
    )


def _silence_shapes(silence: Silence, end: dt.date) -> list[dict[str, object]]:
    if silence.last_on is None or silence.days < 1:
        return []
    colour = "var(--silent)" if silence.is_flagged else "var(--chart-text)"
    return [
        {
            "type": "rect",
            "xref": "x",
            "yref": "paper",
            "x0": silence.last_on.isoformat(),
            "x1": end.isoformat(),
            "y0": 0,
            "y1": 1,
            "fillcolor": colour,
            "opacity": 0.13,
            "line": {"width": 0},
            "layer": "below",
        }
    ]


def _lanes_finding(touches: Sequence[LaneTouch], today: dt.date, months: int) -> str:
    """Compare the share of live talk in the last 90 days with that before, when both have enough touches."""
    voice = {"call", "visit", "meeting"}
    edge = today - dt.timedelta(days=90)
    counting = [t for t in touches if t.counts]
    recent = [t for t in counting if t.at.date() > edge]
    before = [t for t in counting if t.at.date() <= edge]
    if not recent and counting:
        return f"No touch since {short_date(counting[-1].at.date(), today)}"
    if len(recent) < 5 or len(before) < 10:
        return f"{count_of(len(counting), 'touch', 'touches')} in the last {months} months"
    share_now = round(100 * sum(t.channel in voice for t in recent) / len(recent))
    share_before = round(100 * sum(t.channel in voice for t in before) / len(before))
    if share_before - share_now >= 15:
        return f"Live talk fell from {share_before}% to {share_now}% of touches"
    if share_now - share_before >= 15:
        return f"Live talk grew from {share_before}% to {share_now}% of touches"
    return f"Live talk is {share_now}% of touches, as before"


def gaps_chart(days: Sequence[dt.date], silence: Silence, *, today: dt.date) -> ChartCard:
    """Draw the days between consecutive touch days (`days`, sorted, distinct), the usual range and the open silence."""
    subtitle = "Days between touches; the shaded band is this account's usual range"
    gaps = [(later, (later - earlier).days) for earlier, later in pairwise(days)]
    table = Table(
        ("Until", "Days"), (*gaps, (today, f"{silence.days} and counting")) if silence.last_on else tuple(gaps)
    )
    if len(gaps) < 2:
        return ChartCard(
            "gaps",
            "Too few touches to know a rhythm",
            subtitle,
            table,
            empty="From three touches on, the days between them are drawn here.",
        )
    traces = [
        go.Scatter(
            x=[day for day, _ in gaps],
            y=[gap for _, gap in gaps],
            mode="lines+markers" if len(gaps) < 80 else "lines",
            line={"width": 1.6, "color": "var(--ink)"},
            marker={"size": 4, "color": "var(--ink)"},
            name="days between touches",
            hovertemplate="%{y} days until %{x|%-d %b %Y}<extra></extra>",
        )
    ]
    colour = "var(--silent)" if silence.is_flagged else "var(--muted)"
    if 0 < silence.days <= LONG_AGO_DAYS:
        traces.append(
            go.Scatter(
                x=[gaps[-1][0], today],
                y=[0, silence.days],
                mode="lines+markers",
                line={"width": 2.4, "color": colour},
                marker={"size": [0, 9], "color": colour},
                name="open silence",
                hovertemplate="%{y} days of silence<extra></extra>",
            )
        )
    layout = go.Layout(
        hovermode="closest",
        showlegend=False,
        xaxis={
            "type": "date",
            "nticks": 8,
            "showgrid": False,
            "range": [days[0], silence.chart_end(today) + dt.timedelta(days=6)],
        },
        yaxis={"rangemode": "tozero", "ticksuffix": " d", "nticks": 6},
        shapes=_range_shape(silence),
    )
    return ChartCard(
        "gaps", _gaps_finding([gap for _, gap in gaps], silence, today), subtitle, table, figure_json(traces, layout)
    )


def _range_shape(silence: Silence) -> list[dict[str, object]]:
    if silence.low_days is None or silence.high_days is None:
        return []
    return [
        {
            "type": "rect",
            "xref": "paper",
            "yref": "y",
            "x0": 0,
            "x1": 1,
            "y0": silence.low_days,
            "y1": silence.high_days,
            "fillcolor": "var(--steady)",
            "opacity": 0.12,
            "line": {"width": 0},
            "layer": "below",
        }
    ]


def _gaps_finding(gaps: Sequence[int], silence: Silence, today: dt.date) -> str:
    longest = max(gaps)
    usual = float(np.median(gaps))
    text = f"Usually {count_of(round(usual), 'day')} between touches"
    if silence.low_days is not None and silence.high_days is not None:
        low, high = round(silence.low_days), round(silence.high_days)
        text = f"Usually {low} to {high} days between touches" if low != high else text
    if silence.days > longest:
        return f"{text}; the open silence is the longest yet: {silence.days}"
    since = short_date(silence.last_on, today) if silence.last_on else ""
    return f"{text}; the open silence is {count_of(silence.days, 'day')}, since {since}" if since else text
