"""The charts of renewals ahead: against risk, and by month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from config.formats import count_of, currency_sign, share, short_date, short_money
from health.charts.card import ChartCard, Link, Table, figure_json
from health.charts.portfolio import BAND_COLOURS, BAND_NAMES


@dataclass(frozen=True, slots=True)
class RenewalMark:
    """Accounts of one band that renew within a week at about the same risk (0 to 1), and the list behind them.

    `name` is that of the account where there is only one, and otherwise empty.
    """

    band: str
    first_on: dt.date
    last_on: dt.date
    risk: float
    count: int
    arr: float
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class NamedRenewal:
    """An account that renews soon, as the table tells it."""

    name: str
    url: str
    band: str
    renewal_on: dt.date
    days_left: int
    risk: float
    arr: float


@dataclass(frozen=True, slots=True)
class RenewalsAhead:
    """What the chart of renewals is drawn from: marks of all accounts with a known risk, the largest by name."""

    marks: Sequence[RenewalMark]
    named: Sequence[NamedRenewal]
    days: int
    without_score: int


def renewals_chart(ahead: RenewalsAhead, *, currency: str, today: dt.date) -> ChartCard:
    """Draw renewals ahead against the chance that the account stays silent; the size of a mark is its value.

    Accounts at the same spot (a week, five points of risk, a band) are one mark that says how many they are, so that
    none hides behind another.
    """
    count = sum(mark.count for mark in ahead.marks)
    subtitle = f"Chance of staying silent against days to renewal, next {ahead.days} days; size is value"
    if any(mark.count > 1 for mark in ahead.marks):
        subtitle += "; a number: so many accounts at the same spot"
    if count > len(ahead.named):
        subtitle += f"; the table names the {len(ahead.named)} largest of {count}"
    if ahead.without_score:
        subtitle += f"; {count_of(ahead.without_score, 'account')} without history not drawn"
    table = Table(
        ("Account", "Band", "Renews", "Days left", "Risk %", "Value"),
        tuple(
            (
                Link(p.name, p.url),
                BAND_NAMES.get(p.band, p.band),
                p.renewal_on,
                p.days_left,
                round(100 * p.risk),
                round(p.arr),
            )
            for p in ahead.named
        ),
    )
    if not ahead.marks:
        return ChartCard(
            "renewals",
            f"No renewal is known for the next {ahead.days} days",
            subtitle,
            table,
            empty="Add renewal dates to accounts, by import or on the account's page, to see them here.",
        )
    largest = max(mark.arr for mark in ahead.marks) or 1.0
    traces = [
        _marks_of([mark for mark in ahead.marks if mark.band == band], band, largest, currency, today)
        for band in BAND_NAMES
        if any(mark.band == band for mark in ahead.marks)
    ]
    layout = go.Layout(
        hovermode="closest",
        showlegend=True,
        xaxis={"range": [-4, ahead.days + 4], "ticksuffix": " d", "nticks": 7},
        yaxis={"range": [-5, 106], "ticksuffix": "%", "nticks": 5},
    )
    finding = _renewals_finding(ahead.marks, ahead.days, currency)
    return ChartCard("renewals", finding, subtitle, table, figure_json(traces, layout))


def _marks_of(marks: Sequence[RenewalMark], band: str, largest: float, currency: str, today: dt.date) -> go.Scatter:
    def told(mark: RenewalMark) -> str:
        who = mark.name or count_of(mark.count, "account")
        day = short_date(mark.first_on, today)
        when = day if mark.first_on == mark.last_on else f"{day} to {short_date(mark.last_on, today)}"
        return f"{who}<br>{short_money(mark.arr, currency)} · renews {when}"

    return go.Scatter(
        x=[((mark.first_on - today).days + (mark.last_on - today).days) / 2 for mark in marks],
        y=[round(100 * mark.risk, 1) for mark in marks],
        name=BAND_NAMES[band],
        mode="markers+text",
        cliponaxis=False,
        marker={
            # A number needs room, whatever the value behind it.
            "size": [max(6 + 28 * (mark.arr / largest) ** 0.5, 15 if mark.count > 1 else 6) for mark in marks],
            "color": BAND_COLOURS[band],
            "opacity": 0.72,
            "line": {"width": 1, "color": "var(--card)"},
        },
        text=[str(mark.count) if mark.count > 1 else "" for mark in marks],
        textposition="middle center",
        textfont={"size": 10, "color": "var(--card)"},
        hovertext=[told(mark) for mark in marks],
        customdata=[mark.url for mark in marks],
        hovertemplate="%{hovertext}<br>%{y:.0f}% chance of staying silent<extra></extra>",
    )


def _renewals_finding(marks: Sequence[RenewalMark], days: int, currency: str) -> str:
    likely = [mark for mark in marks if mark.risk >= 0.5]
    count = sum(mark.count for mark in likely)
    if not count:
        return f"No renewal in the next {days} days is more likely silent than not"
    noun = "renewal is" if count == 1 else "renewals are"
    value = sum(mark.arr for mark in likely)
    return f"{count} {noun} more likely silent than not" + (f": {short_money(value, currency)}" if value else "")


@dataclass(frozen=True, slots=True)
class MonthOfRenewals:
    """What renews in a month, how much of its value is at risk, and the list behind."""

    first_on: dt.date
    count: int
    arr: float
    value_at_risk: float
    url: str


def renewal_months_chart(months: Sequence[MonthOfRenewals], *, currency: str) -> ChartCard:
    """Draw by renewal month what is at risk and, above it, the rest of the value that renews."""
    subtitle = f"Value at risk (value x risk) by renewal month, next {len(months)} months; pale: the rest of the value"
    table = Table(
        ("Month", "Accounts", f"Value ({currency})", f"At risk ({currency})", "Share at risk"),
        tuple(
            (
                f"{one.first_on:%b %Y}",
                Link(one.count, one.url) if one.count else 0,
                round(one.arr),
                round(one.value_at_risk),
                share(one.value_at_risk, one.arr),
            )
            for one in months
        ),
    )
    if not sum(one.arr for one in months):
        known = sum(one.count for one in months)
        return ChartCard(
            "renewal-months",
            f"No value is known for the {count_of(known, 'renewal')} ahead" if known else "No renewal is known ahead",
            subtitle,
            table,
            empty="Accounts need a renewal date and a value a year to be seen here.",
        )
    names = [f"{one.first_on:%b %y}" for one in months]
    urls = [one.url if one.count else None for one in months]
    text = [
        f"{count_of(one.count, 'account')}<br>{short_money(one.value_at_risk, currency)} of"
        f" {short_money(one.arr, currency)} at risk"
        for one in months
    ]

    def bars(amounts: list[float], name: str, colour: str) -> go.Bar:
        return go.Bar(
            x=names,
            y=[round(amount) for amount in amounts],
            name=name,
            marker={"color": colour},
            hovertext=text,
            customdata=urls,
            hovertemplate="%{x}: %{hovertext}<extra></extra>",
        )

    layout = go.Layout(
        barmode="stack",
        bargap=0.35,
        hovermode="closest",
        showlegend=True,
        legend={"traceorder": "normal"},
        xaxis={"type": "category", "nticks": len(months), "showgrid": False},
        yaxis={"tickformat": "~s", "tickprefix": currency_sign(currency), "rangemode": "tozero", "nticks": 5},
    )
    traces = [
        bars([one.value_at_risk for one in months], "At risk", "var(--silent-fill)"),
        bars([max(0.0, one.arr - one.value_at_risk) for one in months], "The rest", "var(--rest-fill)"),
    ]
    finding = _months_finding(months, currency)
    return ChartCard("renewal-months", finding, subtitle, table, figure_json(traces, layout))


def _months_finding(months: Sequence[MonthOfRenewals], currency: str) -> str:
    """Name the month with the most at risk; where every month has about as much, say the sum alone."""
    at_risk = sum(one.value_at_risk for one in months)
    worst = max(months, key=lambda one: one.value_at_risk)
    text = f"{short_money(at_risk, currency)} of what renews in {len(months)} months is at risk"
    if at_risk <= 0 or worst.value_at_risk < 1.5 * at_risk / len(months):
        return text
    return f"{text}, most in {worst.first_on:%B}: {short_money(worst.value_at_risk, currency)}"
