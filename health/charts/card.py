"""What every chart on a page comes with: a title that states its finding, and its data as a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class Link:
    """A value of a table that opens what is behind it; in a CSV it is the value alone."""

    value: str | int | float | dt.date
    url: str

    def __str__(self) -> str:
        return str(self.value)


Cell = str | int | float | dt.date | Link | None


@dataclass(frozen=True, slots=True)
class Table:
    """The data of a chart: column names and rows of plain values, as the page and the CSV show them."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class ChartCard:
    """A chart, ready for a template.

    `finding` is the title, in words computed from the data; `subtitle` says what is drawn; `figure` is None when there
    is too little to draw, and `empty` then says so; `as_of` says of when the data is, if not of the page's moment.
    """

    name: str
    finding: str
    subtitle: str
    table: Table
    figure: dict[str, Any] | None = None
    empty: str = ""
    legend: tuple[tuple[str, str], ...] = field(default=())
    as_of: str = ""


def figure_json(traces: Sequence[Any], layout: go.Layout) -> dict[str, Any]:
    """Return traces and layout as the JSON-able dict that the page draws, validated by plotly, without its template."""
    # Each trace was validated when it was made; a go.Figure would copy and validate all of it a second time.
    return {"data": [trace.to_plotly_json() for trace in traces], "layout": layout.to_plotly_json()}
