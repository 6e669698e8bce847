"""The chart of touches by channel and month: is live talk shrinking?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import plotly.graph_objects as go

from config.formats import count_of
from health.charts.card import Cell, ChartCard, Link, Table, figure_json

FAMILIES = (
    ("call", "Calls", "var(--chart-1)"),
    ("meeting", "Meetings and visits", "var(--chart-3)"),
    ("email", "E-mail", "var(--text-fill)"),
    ("text", "Texts", "var(--chart-2)"),
    ("other", "Other channels", "var(--chart-4)"),
)
LIVE = ("call", "meeting")
# So many months at each end are compared: one month alone has its holidays.
COMPARED_MONTHS = 3
# Of fewer touches at either end, nothing is said.
LEAST_TOUCHES = 50
# A change within twice its standard error, or of fewer points than this, is none.
LEAST_POINTS = 3.0


@dataclass(frozen=True, slots=True)
class TalkMonth:
    """A month: touches by family of channels, the accounts in touch, and by family the list behind the mark."""

    month: dt.date
    touches: dict[str, int]
    accounts: dict[str, int]
    accounts_in_touch: int
    urls: dict[str, str]

    @property
    def total(self) -> int:
        return sum(self.touches.values())

    @property
    def live(self) -> int:
        return sum(self.touches.get(family, 0) for family in LIVE)

    def per_account(self, family: str) -> float:
        """Return the touches of a family per account that was in touch at all."""
        return self.touches.get(family, 0) / self.accounts_in_touch if self.accounts_in_touch else 0.0


def talk_chart(months: Sequence[TalkMonth]) -> ChartCard:
    """Draw touches per account in touch, by channel and month, stacked; whole months only."""
    subtitle = "Touches per account in touch, by channel, whole months; live talk at the bottom"
    used = [family for family in FAMILIES if any(month.touches.get(family[0]) for month in months)]
    table = Table(
        ("Month", "Accounts in touch", "Touches", "Live talk %", *(f"{name}: accounts" for _, name, _ in used)),
        tuple(
            (
                f"{month.month:%b %Y}",
                Link(month.accounts_in_touch, month.urls["any"]) if month.accounts_in_touch else 0,
                month.total,
                round(100 * month.live / month.total) if month.total else None,
                *(_accounts(month, family) for family, _, _ in used),
            )
            for month in months
        ),
    )
    if not any(month.total for month in months):
        empty = "Touches are counted by month after a night's scoring, once a month is over."
        return ChartCard("talk", "No whole month of touches is known yet", subtitle, table, empty=empty)
    traces = [
        go.Bar(
            x=[f"{month.month:%b %y}" for month in months],
            y=[round(month.per_account(family), 2) for month in months],
            name=name,
            marker={"color": colour},
            hovertext=[count_of(month.accounts.get(family, 0), "account") for month in months],
            customdata=[month.urls[family] if month.accounts.get(family) else None for month in months],
            hovertemplate=f"%{{x}}: %{{y:.1f}} {name.lower()} per account in touch<br>%{{hovertext}}<extra></extra>",
        )
        for family, name, colour in used
    ]
    layout = go.Layout(
        barmode="stack",
        bargap=0.3,
        hovermode="closest",
        showlegend=True,
        legend={"traceorder": "normal"},
        xaxis={"type": "category", "nticks": 13, "showgrid": False},
        yaxis={"rangemode": "tozero", "nticks": 5},
    )
    return ChartCard("talk", _talk_finding(months), subtitle, table, figure_json(traces, layout))


def _accounts(month: TalkMonth, family: str) -> Cell:
    count = month.accounts.get(family, 0)
    return Link(count, month.urls[family]) if count else 0


def _talk_finding(months: Sequence[TalkMonth]) -> str:
    """Compare the share of live talk in the last three months with that in the first three that are shown."""
    touched = [month for month in months if month.total]
    size = min(COMPARED_MONTHS, len(touched) // 2)
    if not size:
        return f"One whole month is known: {count_of(touched[0].total, 'touch', 'touches')}"
    old, new = touched[:size], touched[-size:]
    before, now = (
        (sum(m.total for m in old), sum(m.live for m in old)),
        (
            sum(m.total for m in new),
            sum(m.live for m in new),
        ),
    )
    if min(before[0], now[0]) < LEAST_TOUCHES:
        return "Too few touches to tell whether live talk shrinks"
    if not before[1] + now[1]:
        return "No live talk is known: every touch is in writing"
    first, last = before[1] / before[0], now[1] / now[0]
    since = f"{old[0].month:%b %Y}" if size == 1 else f"{old[0].month:%b} to {old[-1].month:%b %Y}"
    error = sqrt(first * (1 - first) / before[0] + last * (1 - last) / now[0])
    points = 100 * (last - first)
    if abs(points) < LEAST_POINTS or abs(last - first) < 2 * error:
        return f"Live talk holds: {100 * last:.0f}% of touches, {100 * first:.0f}% in {since}"
    word = "shrinks" if points < 0 else "grows"
    return f"Live talk {word}: {100 * last:.0f}% of touches, {100 * first:.0f}% in {since}"
