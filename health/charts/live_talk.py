"""The share of live talk among the touches of one account, quarter by quarter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import plotly.graph_objects as go

from config.formats import count_of
from health.charts.card import ChartCard, Link, Table, figure_json

# Of fewer touches a share says more about chance than about the client: drawn pale, left out of the title.
LEAST_TOUCHES: Final = 5
# A smaller difference of shares is called none, in points.
_LEAST_POINTS: Final = 10


@dataclass(frozen=True, slots=True)
class TalkQuarter:
    """The touches of one calendar quarter, how many of them were live talk, and whether it is still going on."""

    starts_on: dt.date
    touches: int
    talks: int
    is_open: bool = False

    @property
    def label(self) -> str:
        """'Q3 2026', and of the one that is not over 'Q4 2026 so far'."""
        name = f"Q{(self.starts_on.month + 2) // 3} {self.starts_on.year}"
        return f"{name} so far" if self.is_open else name

    @property
    def tick(self) -> str:
        """'Q3 26', below the bar."""
        return f"Q{(self.starts_on.month + 2) // 3} {self.starts_on:%y}"

    @property
    def share(self) -> float:
        """Percent of the touches that were live talk; 0 without touches."""
        return 100 * self.talks / self.touches if self.touches else 0.0

    @property
    def ends_on(self) -> dt.date:
        """The last day of the quarter."""
        month = self.starts_on.month + 3
        following = dt.date(self.starts_on.year + month // 13, month - 12 * (month // 13), 1)
        return following - dt.timedelta(days=1)


def live_talk_chart(quarters: Sequence[TalkQuarter], *, page: str) -> ChartCard:
    """Draw the share of live talk (calls, visits, meetings) of each quarter, oldest first, none left out in between."""
    table = Table(
        ("Quarter", "Touches", "Live talk", "Share %"),
        tuple(
            (Link(q.label, _url(q, page)), q.touches, q.talks, round(q.share, 1) if q.touches else None)
            for q in reversed(quarters)
        ),
    )
    talks, touches = sum(quarter.talks for quarter in quarters), sum(quarter.touches for quarter in quarters)
    if sum(quarter.touches >= LEAST_TOUCHES for quarter in quarters) < 2:
        verb = "was" if touches == 1 else "were"
        said = f"{talks} of {count_of(touches, 'touch', 'touches')} {verb} live talk" if touches else "No live talk yet"
        empty = f"From two quarters with {LEAST_TOUCHES} touches each on, their shares are drawn here."
        return ChartCard("live-talk", said, "", table, empty=empty)
    if not talks:
        empty = "Calls, visits and meetings that both sides took part in would be drawn here, quarter by quarter."
        return ChartCard(
            "live-talk", f"No live talk among {count_of(touches, 'touch', 'touches')}", "", table,
            empty=empty,
        )  # fmt: skip
    trace = go.Bar(
        x=[quarter.tick for quarter in quarters],
        y=[round(quarter.share, 1) for quarter in quarters],
        marker={"color": [_colour(quarter) for quarter in quarters]},
        text=[f"{quarter.share:.0f}%" if quarter.touches else "none" for quarter in quarters],
        textposition="outside",
        textangle=0,
        constraintext="none",
        textfont={"size": 11.5, "color": "var(--muted)"},
        cliponaxis=False,
        hovertext=[f"{q.label}: {q.talks} of {count_of(q.touches, 'touch', 'touches')}" for q in quarters],
        hovertemplate="%{hovertext}<extra></extra>",
        customdata=[_url(quarter, page) for quarter in quarters],
    )
    layout = go.Layout(
        hovermode="closest",
        showlegend=False,
        bargap=0.35,
        xaxis={"type": "category", "nticks": 8, "showgrid": False},
        yaxis={"range": [0, max(10, *(quarter.share for quarter in quarters)) * 1.15], "ticksuffix": "%", "nticks": 4},
        height=230,
    )
    subtitle = f"Calls, visits and meetings among all touches; pale: fewer than {LEAST_TOUCHES} touches"
    return ChartCard("live-talk", _finding(quarters), subtitle, table, figure_json([trace], layout))


def _url(quarter: TalkQuarter, page: str) -> str:
    return f"{page}?kind=touch&from={quarter.starts_on}&to={quarter.ends_on}#stream"


def _colour(quarter: TalkQuarter) -> str:
    return "var(--chart-1)" if quarter.touches >= LEAST_TOUCHES else "var(--chart-1, 35%)"


def _finding(quarters: Sequence[TalkQuarter]) -> str:
    """Compare the newest quarter of which enough is known with the four before it."""
    place = max(i for i, quarter in enumerate(quarters) if quarter.touches >= LEAST_TOUCHES)
    now, before = quarters[place], quarters[max(0, place - 4) : place]
    share_now = round(now.share)
    touches = sum(quarter.touches for quarter in before)
    if touches < LEAST_TOUCHES:
        return f"Live talk is {share_now}% of touches in {now.label}"
    share_before = round(100 * sum(quarter.talks for quarter in before) / touches)
    earlier = {1: "the quarter before", 4: "the year before"}.get(len(before), f"the {len(before)} quarters before")
    if abs(share_now - share_before) < _LEAST_POINTS:
        return f"Live talk is {share_now}% of touches in {now.label}, much as in {earlier} ({share_before}%)"
    verb = "rose" if share_now > share_before else "fell"
    return f"Live talk {verb} to {share_now}% of touches in {now.label}, from {share_before}% in {earlier}"
