"""The days between touches of one account, its usual range, and the silence that is open now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from config.formats import count_of, short_date
from health.charts.account import LONG_AGO_DAYS, Silence
from health.charts.card import ChartCard, Table, figure_json

# So many gaps are drawn one by one. Beyond it, thousands of one-day gaps would paint over the few that matter: the
# longest of each week is drawn then, or of each month.
MOST_POINTS: Final = 200
# From here on the longest gap would press the usual ones flat on a plain scale.
_FLAT_RATIO: Final = 20
_TICKS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)


@dataclass(frozen=True, slots=True)
class _Gap:
    ends_on: dt.date
    days: int


def gaps_chart(
    days: Sequence[dt.date], silence: Silence, *, today: dt.date, months: int | None = None, page: str = ""
) -> ChartCard:
    """Draw the days between consecutive touch days (`days`, sorted, distinct), the usual range and the open silence.

    `months` back from the end are shown at first (None: all). `page` is the account's address, to whose stream the
    points lead.
    """
    gaps = [_Gap(later, (later - earlier).days) for earlier, later in pairwise(days)]
    rows = tuple((gap.ends_on, gap.days) for gap in reversed(gaps))
    now = ((today, f"{silence.days} and counting"),) if silence.last_on else ()
    table = Table(("Until", "Days"), (*now, *rows))
    if len(gaps) < 2:
        return ChartCard(
            "gaps", "Too few touches to know a rhythm", "", table,
            empty="From three touches on, the days between them are drawn here.",
        )  # fmt: skip
    points, each = _thinned(gaps)
    usual = float(np.median([gap.days for gap in gaps]))
    is_log = max(silence.days, *(gap.days for gap in gaps)) > _FLAT_RATIO * usual
    subtitle = f"{each}; the shaded band is this account’s usual range{'; logarithmic scale' if is_log else ''}"
    end = silence.chart_end(today)
    start = days[0] if months is None else max(days[0], end - dt.timedelta(days=round(months * 30.44)))
    traces = [_gap_trace(points, page)]
    if 0 < silence.days <= LONG_AGO_DAYS:
        traces.append(_silence_trace(silence, today, floor=1 if is_log else 0))
    layout = go.Layout(
        hovermode="closest",
        showlegend=False,
        dragmode="zoom",
        uirevision="gaps",
        xaxis={
            "type": "date",
            "nticks": 8,
            "showgrid": False,
            "fixedrange": False,
            "range": [start, end + dt.timedelta(days=6)],
            "minallowed": days[0] - dt.timedelta(days=8),
            "maxallowed": end + dt.timedelta(days=6),
        },
        yaxis=_days_axis(is_log=is_log),
        shapes=_range_shape(silence, is_log=is_log),
        height=260,
    )
    return ChartCard("gaps", _finding(gaps, usual, silence, today), subtitle, table, figure_json(traces, layout))


def _thinned(gaps: Sequence[_Gap]) -> tuple[list[_Gap], str]:
    """Return the gaps to draw, and what each point stands for."""
    if len(gaps) <= MOST_POINTS:
        return list(gaps), "Days between touches"
    weekly = _longest_by(gaps, lambda day: (day.isocalendar().year, day.isocalendar().week))
    if len(weekly) <= MOST_POINTS:
        return weekly, "Days between touches, the longest gap of each week"
    return _longest_by(gaps, lambda day: (day.year, day.month)), "Days between touches, the longest gap of each month"


def _longest_by(gaps: Sequence[_Gap], period: Any) -> list[_Gap]:
    return [max(group, key=lambda gap: gap.days) for _, group in groupby(gaps, key=lambda gap: period(gap.ends_on))]


def _gap_trace(points: Sequence[_Gap], page: str) -> go.Scatter:
    return go.Scatter(
        x=[gap.ends_on for gap in points],
        y=[gap.days for gap in points],
        mode="lines+markers" if len(points) < 80 else "lines",
        line={"width": 1.6, "color": "var(--ink)"},
        marker={"size": 5, "color": "var(--ink)"},
        name="days between touches",
        customdata=[f"{page}?to={gap.ends_on:%Y-%m-%d}#stream" for gap in points] if page else None,
        hovertemplate="%{y} days until %{x|%-d %b %Y}<extra></extra>",
    )


def _silence_trace(silence: Silence, today: dt.date, *, floor: int) -> go.Scatter:
    colour = "var(--silent)" if silence.is_flagged else "var(--muted)"
    return go.Scatter(
        x=[silence.last_on, today],
        y=[floor, max(silence.days, floor)],
        mode="lines+markers+text" if silence.is_unusual else "lines+markers",
        line={"width": 2.4, "color": colour},
        marker={"size": [0, 9], "color": colour},
        text=["", f"{silence.days} d and counting  "],
        textposition="middle left",
        textfont={"color": colour, "size": 11.5},
        name="open silence",
        hovertemplate=f"{count_of(silence.days, 'day')} of silence<extra></extra>",
        cliponaxis=False,
    )


def _days_axis(*, is_log: bool) -> dict[str, Any]:
    if is_log:
        return {"type": "log", "tickvals": list(_TICKS), "ticktext": [f"{tick} d" for tick in _TICKS]}
    return {"rangemode": "tozero", "ticksuffix": " d", "nticks": 6}


def _range_shape(silence: Silence, *, is_log: bool) -> list[dict[str, Any]]:
    if silence.low_days is None or silence.high_days is None:
        return []
    return [
        {
            "type": "rect",
            "xref": "paper",
            "yref": "y",
            "x0": 0,
            "x1": 1,
            "y0": max(silence.low_days, 1) if is_log else silence.low_days,
            "y1": max(silence.high_days, silence.low_days + 0.25),
            "fillcolor": "var(--steady)",
            "opacity": 0.14,
            "line": {"width": 0},
            "layer": "below",
        }
    ]


def _finding(gaps: Sequence[_Gap], usual: float, silence: Silence, today: dt.date) -> str:
    longest = max(gap.days for gap in gaps)
    text = f"Usually {count_of(round(usual), 'day')} between touches"
    if silence.low_days is not None and silence.high_days is not None:
        low, high = round(silence.low_days), round(silence.high_days)
        text = f"Usually {low} to {high} days between touches" if low != high else text
    if silence.days > longest:
        return f"{text}; the open silence is the longest yet: {silence.days}"
    if silence.days == 0:
        return f"{text}; in touch today"
    since = short_date(silence.last_on, today) if silence.last_on else ""
    return f"{text}; the open silence is {count_of(silence.days, 'day')}, since {since}" if since else text
