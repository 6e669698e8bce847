"""The charts of the portfolio page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from config.formats import count_of, share, short_date, short_money
from health.charts.card import ChartCard, Table, figure_json

QUIET_BANDS = (("silent", "Silent"), ("dormant", "Dormant"), ("drifting", "Drifting"))
_BAND_COLOURS = {
    "silent": "var(--silent)",
    "drifting": "var(--drifting)",
    "dormant": "var(--dormant)",
    "steady": "var(--steady)",
    "learning": "var(--learning)",
    "paused": "var(--paused)",
}
_AREA_COLOURS = {
    "silent": "var(--silent-fill)",
    "drifting": "var(--drifting-fill)",
    "dormant": "var(--dormant-fill)",
}
_BAND_NAMES = {
    "silent": "Silent",
    "drifting": "Drifting",
    "dormant": "Dormant",
    "steady": "Steady",
    "learning": "Learning",
    "paused": "Paused",
}


@dataclass(frozen=True, slots=True)
class QuietPoint:
    """The scope on one day: amounts (accounts or value) by band, and whether the day was computed afterwards."""

    day: dt.date
    total: float
    by_band: dict[str, float]
    is_reconstructed: bool


def quiet_share_chart(points: Sequence[QuietPoint], *, by_value: bool, today: dt.date) -> ChartCard:
    """Draw the share of accounts (or of value) that is silent, dormant and drifting, over time, stacked."""
    measure = "value" if by_value else "accounts"
    subtitle = f"Share of {measure} by band, each Sunday and today"
    shares = [
        {band: 100 * p.by_band.get(band, 0) / p.total for band, _ in QUIET_BANDS} if p.total else {} for p in points
    ]
    table = Table(
        ("Day", "Silent %", "Dormant %", "Drifting %", "Computed"),
        tuple(
            (
                p.day,
                *(round(s.get(band, 0.0), 1) for band, _ in QUIET_BANDS),
                "afterwards" if p.is_reconstructed else "that day",
            )
            for p, s in zip(points, shares, strict=True)
        ),
    )
    if len(points) < 2:
        return ChartCard(
            "quiet-share",
            "The quiet share over time begins today",
            subtitle,
            table,
            empty="One day is known so far. From tomorrow on this shows whether the portfolio gets quieter.",
        )
    days = [p.day for p in points]
    traces = [
        go.Scatter(
            x=days,
            y=[round(s.get(band, 0.0), 2) for s in shares],
            name=name,
            stackgroup="share",
            mode="lines",
            line={"width": 1, "color": _BAND_COLOURS[band]},
            fillcolor=_AREA_COLOURS[band],
            hovertemplate="%{y:.1f}% " + name.lower() + "<extra></extra>",
        )
        for band, name in QUIET_BANDS
    ]
    layout = go.Layout(
        hovermode="x unified",
        showlegend=True,
        yaxis={"ticksuffix": "%", "rangemode": "tozero", "nticks": 6},
        xaxis={"tickformat": "%b %y" if (days[-1] - days[0]).days > 200 else "%-d %b", "nticks": 8},
    )
    return ChartCard(
        "quiet-share", _quiet_finding(points, shares, measure, today), subtitle, table, figure_json(traces, layout)
    )


def _quiet_finding(
    points: Sequence[QuietPoint], shares: Sequence[dict[str, float]], measure: str, today: dt.date
) -> str:
    """Compare the silent share now with the one about a month ago."""
    now = shares[-1].get("silent", 0.0)
    month_ago = max((i for i, p in enumerate(points[:-1]) if p.day <= today - dt.timedelta(days=28)), default=0)
    change = now - shares[month_ago].get("silent", 0.0)
    since = short_date(points[month_ago].day, today)
    text = f"{now:.0f}% of {measure} is silent" if measure == "value" else f"{now:.0f}% of accounts are silent"
    if abs(change) < 0.75:
        return f"{text}, as on {since}"
    points_text = count_of(round(abs(change)), "point")
    return f"{text}, {'up' if change > 0 else 'down'} {points_text} since {since}"


@dataclass(frozen=True, slots=True)
class RenewalPoint:
    """An account that renews within the window. `risk` is None for one without history."""

    account_id: int
    name: str
    url: str
    band: str
    renewal_on: dt.date
    days_left: int
    risk: float
    arr: float


def renewals_chart(
    points: Sequence[RenewalPoint], *, days: int, shown_of: int, without_score: int, currency: str, today: dt.date
) -> ChartCard:
    """Draw renewals ahead against the chance that the account stays silent; the size of a mark is its value."""
    subtitle = f"Chance of staying silent against days to renewal, next {days} days; size is value"
    if shown_of > len(points):
        subtitle += f"; the {len(points)} largest of {shown_of}"
    if without_score:
        subtitle += f"; {count_of(without_score, 'account')} without history not drawn"
    table = Table(
        ("Account", "Band", "Renews", "Days left", "Risk %", "Value"),
        tuple(
            (p.name, _BAND_NAMES.get(p.band, p.band), p.renewal_on, p.days_left, round(100 * p.risk), round(p.arr))
            for p in points
        ),
    )
    if not points:
        return ChartCard(
            "renewals",
            f"No renewal is known for the next {days} days",
            subtitle,
            table,
            empty="Add renewal dates to accounts, by import or on the account's page, to see them here.",
        )
    largest = max(p.arr for p in points) or 1.0
    traces = []
    for band, name in _BAND_NAMES.items():
        of_band = [p for p in points if p.band == band]
        if not of_band:
            continue
        traces.append(
            go.Scatter(
                x=[p.days_left for p in of_band],
                y=[round(100 * p.risk, 1) for p in of_band],
                name=name,
                mode="markers",
                cliponaxis=False,
                marker={
                    "size": [6 + 28 * (p.arr / largest) ** 0.5 for p in of_band],
                    "color": _BAND_COLOURS[band],
                    "opacity": 0.72,
                    "line": {"width": 1, "color": "var(--card)"},
                },
                text=[
                    f"{p.name}<br>{short_money(p.arr, currency)} · renews {short_date(p.renewal_on, today)}"
                    for p in of_band
                ],
                customdata=[p.url for p in of_band],
                hovertemplate="<b>%{text}</b><br>%{y:.0f}% chance of staying silent<extra></extra>",
            )
        )
    layout = go.Layout(
        hovermode="closest",
        showlegend=True,
        xaxis={"range": [-3, days + 3], "ticksuffix": " d", "nticks": 7},
        yaxis={"range": [-4, 104], "ticksuffix": "%", "nticks": 5},
    )
    return ChartCard(
        "renewals", _renewals_finding(points, days, currency), subtitle, table, figure_json(traces, layout)
    )


def _renewals_finding(points: Sequence[RenewalPoint], days: int, currency: str) -> str:
    likely = [p for p in points if p.risk >= 0.5]
    if not likely:
        return f"No renewal in the next {days} days is more likely silent than not"
    noun = "renewal is" if len(likely) == 1 else "renewals are"
    return f"{len(likely)} {noun} more likely silent than not: {short_money(sum(p.arr for p in likely), currency)}"


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One team in one segment: how many accounts, how many of them silent, and the list behind."""

    accounts: int
    silent: int
    arr: float
    silent_arr: float
    url: str

    def share_of(self, *, by_value: bool) -> float:
        """Return the silent share of the cell, 0 to 1; 0 for an empty one."""
        part, whole = (self.silent_arr, self.arr) if by_value else (self.silent, self.accounts)
        return part / whole if whole else 0.0


# Under this many accounts a share says more about chance than about the cell; it is greyed.
SMALL_CELL = 5


def heat_table(
    rows: Sequence[tuple[str, Sequence[HeatCell | None]]], segments: Sequence[str], *, by_value: bool
) -> ChartCard:
    """State where it is quiet: the silent share of each team in each segment; the template draws the cells."""
    cells = [
        (cell.share_of(by_value=by_value), f"{team}, {segment}", cell)
        for team, of_team in rows
        for segment, cell in zip(segments, of_team, strict=True)
        if cell is not None and cell.accounts >= SMALL_CELL
    ]
    worst = max(cells, default=None, key=lambda item: item[0])
    if worst is None or worst[0] == 0:
        finding = "No team and segment stands out"
    else:
        part, whole = (worst[2].silent_arr, worst[2].arr) if by_value else (worst[2].silent, worst[2].accounts)
        finding = f"Quietest: {worst[1]}, {share(part, whole)} silent"
    table = Table(
        ("Team", *segments),
        tuple(
            (
                team,
                *(
                    ""
                    if cell is None
                    else share(*((cell.silent_arr, cell.arr) if by_value else (cell.silent, cell.accounts)))
                    for cell in of_team
                ),
            )
            for team, of_team in rows
        ),
    )
    return ChartCard("where", finding, "Silent share by team and segment", table)


@dataclass(frozen=True, slots=True)
class Movement:
    """How many accounts went from one band to another between two days, and the list behind."""

    from_band: str
    to_band: str
    count: int
    arr: float
    url: str


_WORSE = {"steady": 0, "learning": 0, "paused": 0, "drifting": 1, "silent": 2, "dormant": 3}


def movement_table(movements: Sequence[Movement], *, days: int, currency: str) -> ChartCard:
    """State whether more accounts went quiet than came back in the period."""
    quieter = sum(m.count for m in movements if _WORSE.get(m.to_band, 0) > _WORSE.get(m.from_band, 0))
    back = sum(m.count for m in movements if _WORSE.get(m.to_band, 0) < _WORSE.get(m.from_band, 0))
    if not movements:
        finding = f"No account changed its band in {days} days"
    elif quieter == back:
        finding = f"As many grew quieter as came back: {quieter}"
    else:
        finding = f"{quieter} grew quieter, {back} came back"
    table = Table(
        ("From", "To", "Accounts", f"Value ({currency})"),
        tuple(
            (_BAND_NAMES.get(m.from_band, "New"), _BAND_NAMES.get(m.to_band, "Closed"), m.count, round(m.arr))
            for m in movements
        ),
    )
    return ChartCard("movement", finding, f"Band {days} days ago and today", table)
