"""The course of one account's health: every score that is kept, where its band changed, where a new model began."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import plotly.graph_objects as go

from config.formats import short_date
from health.charts.card import ChartCard, Link, Table, figure_json

BAND_COLOURS: Final = {
    "silent": "var(--silent)",
    "drifting": "var(--drifting)",
    "dormant": "var(--dormant)",
    "steady": "var(--steady)",
    "learning": "var(--learning)",
    "paused": "var(--paused)",
    "closed": "var(--learning)",
}
# The title compares with this many days ago, and calls a smaller difference no difference.
COMPARED_DAYS: Final = 90
_LEAST_POINTS: Final = 5
_WORDS: Final = 60


@dataclass(frozen=True, slots=True)
class CoursePoint:
    """The health that was said on a day, or computed afterwards; `model` is the number of the model it rests on."""

    day: dt.date
    health: float
    band_label: str
    is_reconstructed: bool
    model: int | None


@dataclass(frozen=True, slots=True)
class CourseChange:
    """A change of band, and why."""

    day: dt.date
    from_label: str
    to_band: str
    to_label: str
    reason: str


@dataclass(frozen=True, slots=True)
class CourseModel:
    """A model that came into force on a day."""

    day: dt.date
    words: str


def course_chart(
    points: Sequence[CoursePoint],
    changes: Sequence[CourseChange],
    models: Sequence[CourseModel],
    *,
    today: dt.date,
    page: str,
) -> ChartCard:
    """Draw health over time; points, changes and models oldest first. A mark leads to the page as of its day."""
    table = Table(
        ("Day", "Health", "Band", "Computed", "Model"),
        tuple(
            (
                Link(p.day, f"{page}?as_of={p.day}"),
                round(p.health, 1),
                p.band_label,
                "afterwards" if p.is_reconstructed else "that day",
                p.model,
            )
            for p in reversed(points)
        ),
    )
    if len(points) < 2:
        return ChartCard(
            "course", "The history of this score begins today", "", table,
            empty="From the second day on, health is drawn here as it was said.",
        )  # fmt: skip
    first = points[0].day
    changes = [change for change in changes if change.day >= first]
    models = [model for model in models if model.day > first]
    traces = [*_lines(points, page), *_models(models)]
    if changes:
        traces.append(_changes(changes, points, page))
    layout = go.Layout(
        hovermode="closest",
        showlegend=True,
        xaxis={
            "type": "date",
            "nticks": 8,
            "showgrid": False,
            "range": [first - dt.timedelta(days=4), points[-1].day + dt.timedelta(days=6)],
        },
        yaxis={"range": [-3, 108], "tickvals": [0, 25, 50, 75, 100]},
        shapes=[_line(model.day) for model in models],
        height=280,
    )
    subtitle = "0 to 100, higher is healthier; follow a mark to read the score of its day"
    return ChartCard("course", _finding(points, changes, today), subtitle, table, figure_json(traces, layout))


def _lines(points: Sequence[CoursePoint], page: str) -> list[go.Scatter]:
    """Return what was computed afterwards, dotted, and from its end on what was said."""
    later = [point for point in points if point.is_reconstructed]
    said = [point for point in points if not point.is_reconstructed]
    parts = [(later, "computed afterwards", "dot"), ([*later[-1:], *said] if said else [], "as said that day", "solid")]
    return [
        go.Scatter(
            x=[point.day for point in part],
            y=[round(point.health, 1) for point in part],
            mode="lines" if len(part) > 1 else "markers",
            name=name,
            line={"width": 1.8, "color": "var(--ink)", "dash": dash},
            marker={"size": 5, "color": "var(--ink)"},
            text=[point.band_label for point in part],
            customdata=[f"{page}?as_of={point.day}" for point in part],
            hovertemplate="Health %{y:.0f}, %{text}<br>%{x|%-d %b %Y}<extra></extra>",
        )
        for part, name, dash in parts
        if part
    ]


def _changes(changes: Sequence[CourseChange], points: Sequence[CoursePoint], page: str) -> go.Scatter:
    colours = [BAND_COLOURS.get(change.to_band, "var(--ink)") for change in changes]
    return go.Scatter(
        x=[change.day for change in changes],
        y=[_health_on(change.day, points) for change in changes],
        mode="markers",
        name="change of band",
        marker={"size": 10, "color": colours, "line": {"width": 1.5, "color": "var(--card)"}},
        text=[_change_words(change) for change in changes],
        customdata=[f"{page}?as_of={change.day}" for change in changes],
        hovertemplate="%{text}<br>%{x|%-d %b %Y}<extra></extra>",
    )


def _health_on(day: dt.date, points: Sequence[CoursePoint]) -> float:
    """Return the health of the nearest day that is kept."""
    return round(min(points, key=lambda point: abs((point.day - day).days)).health, 1)


def _change_words(change: CourseChange) -> str:
    way = f"{change.from_label} → {change.to_label}" if change.from_label else change.to_label
    reason = change.reason.replace("<", "‹").replace(">", "›")
    return f"{way}<br>{reason if len(reason) <= _WORDS else reason[: _WORDS - 1] + '…'}" if reason else way


def _models(models: Sequence[CourseModel]) -> list[go.Scatter]:
    if not models:
        return []
    return [
        go.Scatter(
            x=[model.day for model in models],
            y=[104] * len(models),
            mode="markers",
            name="new model",
            marker={"symbol": "triangle-down", "size": 8, "color": "var(--chart-text)"},
            text=[model.words for model in models],
            hovertemplate="%{text}<br>%{x|%-d %b %Y}<extra></extra>",
        )
    ]


def _line(day: dt.date) -> dict[str, Any]:
    return {
        "type": "line",
        "xref": "x",
        "yref": "paper",
        "x0": day.isoformat(),
        "x1": day.isoformat(),
        "y0": 0,
        "y1": 0.93,
        "line": {"width": 1, "color": "var(--chart-text, 45%)", "dash": "dot"},
        "layer": "below",
    }


def _finding(points: Sequence[CoursePoint], changes: Sequence[CourseChange], today: dt.date) -> str:
    now = points[-1]
    before = max(
        (point for point in points if point.day <= today - dt.timedelta(days=COMPARED_DAYS)),
        key=lambda point: point.day,
        default=points[0],
    )
    since = short_date(before.day, today)
    was, is_ = round(before.health), round(now.health)
    if abs(is_ - was) < _LEAST_POINTS:
        text = f"Health is {is_}, close to the {was} of {since}" if is_ != was else f"Health is {is_}, as on {since}"
    else:
        text = f"Health {'rose' if is_ > was else 'fell'} from {was} to {is_} since {since}"
    if changes:
        last = changes[-1]
        text = f"{text}; {last.to_label} since {short_date(last.day, today)}"
    return text
