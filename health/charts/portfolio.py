"""The charts of the portfolio page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from config.formats import count_of, share, short_date, whole_number
from health.charts.card import Cell, ChartCard, Link, Table, figure_json

QUIET_BANDS = (("silent", "Silent"), ("dormant", "Dormant"), ("drifting", "Drifting"))
BAND_COLOURS = {
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
BAND_NAMES = {
    "silent": "Silent",
    "drifting": "Drifting",
    "dormant": "Dormant",
    "steady": "Steady",
    "learning": "Learning",
    "paused": "Paused",
}


@dataclass(frozen=True, slots=True)
class QuietPoint:
    """The scope on one day: amounts (accounts or value) and accounts by band, the list behind each band, and whether
    the day was computed afterwards."""

    day: dt.date
    by_band: dict[str, float]
    accounts: dict[str, int]
    urls: dict[str, str]
    is_reconstructed: bool

    @property
    def total(self) -> float:
        return sum(amount for band, amount in self.by_band.items() if band != "closed")

    @property
    def open_accounts(self) -> int:
        return sum(count for band, count in self.accounts.items() if band != "closed")

    def share(self, band: str) -> float:
        """Return the share of a band in percent."""
        return 100 * self.by_band.get(band, 0) / self.total if self.total else 0.0

    def marked(self, band: str) -> str | None:
        """Return the list behind the mark of a band; None for a mark of nobody."""
        return self.urls.get(band) if self.accounts.get(band) else None


def quiet_share_chart(points: Sequence[QuietPoint], *, by_value: bool, today: dt.date) -> ChartCard:
    """Draw the share of accounts (or of value) that is silent, dormant and drifting, over time, stacked."""
    subtitle = f"Share of {'value' if by_value else 'accounts'} by band, each Sunday and today"
    if points:
        subtitle += f"; {_of_what(points[-1])}"
    table = Table(
        ("Day", "Silent %", "Dormant %", "Drifting %", "Accounts", "Computed"),
        tuple(
            (
                p.day,
                *(_linked(round(p.share(band), 1), p.marked(band)) for band, _ in QUIET_BANDS),
                p.open_accounts,
                "afterwards" if p.is_reconstructed else "that day",
            )
            for p in points
        ),
    )
    if len(points) < 2 or not points[-1].total:
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
            y=[round(p.share(band), 2) for p in points],
            name=name,
            stackgroup="share",
            mode="lines+markers",
            line={"width": 1, "color": BAND_COLOURS[band]},
            marker={"size": 5, "color": BAND_COLOURS[band]},
            cliponaxis=False,
            fillcolor=_AREA_COLOURS[band],
            text=[count_of(p.accounts.get(band, 0), "account") for p in points],
            customdata=[p.marked(band) for p in points],
            hovertemplate="%{x|%-d %b %Y}<br>%{y:.1f}% " + name.lower() + ", %{text}<extra></extra>",
        )
        for band, name in QUIET_BANDS
    ]
    layout = go.Layout(
        hovermode="closest",
        showlegend=True,
        yaxis={"ticksuffix": "%", "rangemode": "tozero", "nticks": 6},
        xaxis={"tickformat": "%b %y" if (days[-1] - days[0]).days > 200 else "%-d %b", "nticks": 8, "showgrid": False},
    )
    return ChartCard(
        "quiet-share",
        _quiet_finding(points, by_value=by_value, today=today),
        subtitle,
        table,
        figure_json(traces, layout),
    )


def _linked(value: float, url: str | None) -> Link | float:
    return Link(value, url) if url else value


def _of_what(point: QuietPoint) -> str:
    """Say what the shares are of, and how much of it has no rhythm of its own to be silent by."""
    learning = point.accounts.get("learning", 0)
    text = f"today {count_of(point.open_accounts, 'account')}"
    return f"{text}, {whole_number(learning)} of them still learning" if learning else text


# Of fewer accounts, a share says less than the accounts themselves.
FEW_ACCOUNTS = 20


def _quiet_finding(points: Sequence[QuietPoint], *, by_value: bool, today: dt.date) -> str:
    """Compare the silent share now with the one about a month ago; a change of one account is none."""
    last = points[-1]
    now, silent = last.share("silent"), last.accounts.get("silent", 0)
    before = points[max((i for i, p in enumerate(points[:-1]) if p.day <= today - dt.timedelta(days=28)), default=0)]
    change, since = now - before.share("silent"), short_date(before.day, today)
    if last.open_accounts < FEW_ACCOUNTS:
        verb = "is" if silent == 1 else "are"
        text = f"{whole_number(silent)} of {count_of(last.open_accounts, 'account')} {verb} silent"
        return f"{text}, {whole_number(before.accounts.get('silent', 0))} on {since}"
    whole = "value" if by_value else count_of(last.open_accounts, "account")
    text = f"{share(last.by_band.get('silent', 0), last.total)} of {whole} {'is' if by_value else 'are'} silent"
    if abs(change) < 0.75 or abs(silent - before.accounts.get("silent", 0)) < 2:
        return f"{text}, about as on {since}"
    return f"{text}, {'up' if change > 0 else 'down'} {count_of(round(abs(change)), 'point')} since {since}"


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

    def told(cell: HeatCell | None) -> Cell:
        if cell is None:
            return ""
        part, whole = (cell.silent_arr, cell.arr) if by_value else (cell.silent, cell.accounts)
        return Link(share(part, whole), cell.url) if cell.silent else share(part, whole)

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
        tuple((team, *(told(cell) for cell in of_team)) for team, of_team in rows),
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
    largest: tuple[tuple[int, str], ...] = ()


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
        ("From", "To", "Accounts", f"Value ({currency})", "Most valuable"),
        tuple(
            (
                BAND_NAMES.get(m.from_band, "New"),
                BAND_NAMES.get(m.to_band, "Closed"),
                Link(m.count, m.url),
                round(m.arr),
                "; ".join(name for _, name in m.largest),
            )
            for m in movements
        ),
    )
    return ChartCard("movement", finding, f"Band {days} days ago and today", table)
