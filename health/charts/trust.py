"""The charts of the trust page, and how its figures are spelled: each with its count and its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from config.formats import count_of, share, whole_number
from health.charts.card import ChartCard, Table, figure_json

RULE_NAMES = {
    "hark": "Hark",
    "fixed_30": "No touch for 30 days",
    "fixed_60": "No touch for 60 days",
    "fixed_90": "No touch for 90 days",
    "longest": "Longest silence first",
    "bgnbd": "BG/NBD",
}
# Set to as many false alarms as Hark had, so that they can be compared with it directly.
EQUAL_RULES = ("longest", "bgnbd")

Figures = Mapping[str, Any]


def percent(value: float | None) -> str:
    """Write a share: 81%; a dash for none."""
    return "–" if value is None else share(value, 1.0)


def percent_range(figures: Figures) -> str:
    """Write the interval of a share: 65% to 91%."""
    return "" if figures["low"] is None else f"{100 * figures['low']:.0f}% to {100 * figures['high']:.0f}%"


def days_range(figures: Figures) -> str:
    """Write the interval of a median in days; an open end is said to be open."""
    low, high = figures["low"], figures["high"]
    if low is None and high is None:
        return "too few for an interval"
    if low is None or high is None:
        return f"at most {high:.0f} days" if low is None else f"{low:.0f} days or more"
    return f"{low:.0f} to {high:.0f} days"


def rate(value: float | None) -> str:
    """Write false alarms per account and year with two figures: 1.5, 0.38."""
    return "–" if value is None else f"{value:.2g}" if value < 1 else f"{value:.1f}"


def calibration_chart(bins: Sequence[Figures], *, checked: int, accounts: int) -> ChartCard:
    """Draw what happened against what was said, in tenths, with intervals; on the line it is true."""
    subtitle = (
        f"Chance of staying silent that was said, and how often it happened; {count_of(checked, 'weekly review')} of "
        f"{count_of(accounts, 'account')}; 95% intervals, of accounts rather than reviews"
    )
    table = Table(
        ("Said %", "Happened %", "From %", "To %", "Reviews", "Accounts"),
        tuple(
            (
                round(100 * one["said"], 1),
                *(round(100 * one["happened"][name], 1) for name in ("share", "low", "high")),
                one["happened"]["whole"],
                one["accounts"],
            )
            for one in bins
        ),
    )
    if not bins:
        empty = "No review is old enough to know what became of it."
        return ChartCard("calibration", "Not known yet whether the risk is true", subtitle, table, empty=empty)
    said = [100 * one["said"] for one in bins]
    happened = [one["happened"] for one in bins]
    traces = [
        go.Scatter(
            x=[0, 100],
            y=[0, 100],
            mode="lines",
            line={"color": "var(--edge)", "width": 1, "dash": "dot"},
            hoverinfo="skip",
            name="true",
        ),
        go.Scatter(
            x=said,
            y=[100 * one["share"] for one in happened],
            mode="lines+markers",
            line={"color": "var(--accent)", "width": 2},
            marker={"size": 8},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [100 * (one["high"] - one["share"]) for one in happened],
                "arrayminus": [100 * (one["share"] - one["low"]) for one in happened],
                "thickness": 1.2,
                "width": 3,
            },
            text=[count_of(one["accounts"], "account") for one in bins],
            hovertemplate="says %{x:.0f}%, happens %{y:.0f}%<br>%{text}<extra></extra>",
            name="happened",
        ),
    ]
    layout = go.Layout(
        hovermode="closest",
        showlegend=False,
        xaxis={"title": {"text": "said"}, "ticksuffix": "%", "range": [0, 102], "dtick": 20},
        yaxis={"title": {"text": "happened"}, "ticksuffix": "%", "range": [0, 104], "dtick": 20},
    )
    return ChartCard("calibration", _calibration_finding(bins), subtitle, table, figure_json(traces, layout))


def _calibration_finding(bins: Sequence[Figures]) -> str:
    """Say what happens when the risk says about a third, and how far off it is on average over all reviews."""
    near = min(bins, key=lambda one: abs(one["said"] - 0.3))
    off = points(calibration_gap(bins))
    return f"Says {100 * near['said']:.0f}%, happens {100 * near['happened']['share']:.0f}%; off by {off} on average"


def calibration_gap(bins: Sequence[Figures]) -> float:
    """Return how far the said chance is from what happened, on average over all reviews, as a share of 1."""
    total = sum(one["happened"]["whole"] for one in bins)
    return float(sum(one["happened"]["whole"] * abs(one["said"] - one["happened"]["share"]) for one in bins) / total)


def points(gap: float) -> str:
    """Write a difference of shares: 4 points."""
    return "under 1 point" if gap < 0.01 else count_of(round(100 * gap), "point")


def rules_chart(rules: Sequence[Figures], budgets: Sequence[Figures]) -> ChartCard:
    """Draw how early each rule told of the lost against how often it cried wolf; Hark for every budget as a line."""
    subtitle = (
        f"Median days from the last touch of {count_of(rules[0]['lost'], 'lost account')} to the alarm, against false "
        "alarms per account and year; lower and further left is better"
    )
    table = Table(
        (
            "Rule",
            "False alarms a year",
            "From",
            "To",
            "Flagged in time %",
            "Days to alarm",
            "Warning days",
            "Came back %",
            "Ranking (AUC)",
        ),
        tuple(_rule_row(one) for one in rules),
    )
    told = [
        one for one in rules if one["days_to_alarm"]["median"] is not None and one["false_alarms"]["rate"] is not None
    ]
    if rules[0] not in told:
        empty = "Most lost accounts were never flagged, or none was lost: there is nothing to compare."
        return ChartCard("rules", _rules_finding(rules), subtitle, table, empty=empty)
    line = [one for one in budgets if one["days_to_alarm"]["median"] is not None]
    traces = [
        go.Scatter(
            x=[one["false_alarms"]["rate"] for one in line],
            y=[one["days_to_alarm"]["median"] for one in line],
            mode="lines+markers",
            line={"color": "var(--accent)", "width": 1.5},
            marker={"size": 5},
            text=[f"a budget of {one['budget']:g}" for one in line],
            hovertemplate="Hark with %{text}<br>%{x:.2f} false alarms, %{y:.0f} days<extra></extra>",
            name="Hark, other budgets",
        ),
        *(_rule_mark(one) for one in told),
    ]
    layout = go.Layout(
        hovermode="closest",
        showlegend=True,
        xaxis={"title": {"text": "false alarms per account and year"}, "rangemode": "tozero"},
        yaxis={"title": {"text": "days"}, "rangemode": "tozero"},
    )
    return ChartCard("rules", _rules_finding(rules), subtitle, table, figure_json(traces, layout))


_MARKS = {
    "hark": ("circle", "var(--accent)", 13),
    "fixed_30": ("triangle-up", "var(--chart-2)", 10),
    "fixed_60": ("square", "var(--chart-2)", 9),
    "fixed_90": ("triangle-down", "var(--chart-2)", 10),
    "longest": ("diamond", "var(--chart-4)", 11),
    "bgnbd": ("x", "var(--chart-3)", 9),
}


def _rule_mark(one: Figures) -> Any:
    symbol, colour, size = _MARKS[one["rule"]]
    return go.Scatter(
        x=[one["false_alarms"]["rate"]],
        y=[one["days_to_alarm"]["median"]],
        mode="markers",
        marker={"symbol": symbol, "color": colour, "size": size, "line": {"width": 1, "color": "var(--card)"}},
        name=RULE_NAMES[one["rule"]],
        hovertemplate="%{x:.2f} false alarms, %{y:.0f} days<extra>" + RULE_NAMES[one["rule"]] + "</extra>",
    )


def _rule_row(one: Figures) -> tuple[str | float | None, ...]:
    alarms = one["false_alarms"]
    return (
        RULE_NAMES[one["rule"]],
        *(None if alarms[name] is None else round(alarms[name], 2) for name in ("rate", "low", "high")),
        None if one["flagged_in_time"]["share"] is None else round(100 * one["flagged_in_time"]["share"]),
        one["days_to_alarm"]["median"] if one["days_to_alarm"]["median"] is not None else "never",
        one["warning_days"]["median"],
        None if one["came_back"]["share"] is None else round(100 * one["came_back"]["share"]),
        None if one["auc"]["value"] is None else round(one["auc"]["value"], 3),
    )


def _rules_finding(rules: Sequence[Figures]) -> str:
    """Compare with the better of the rules that were set to as many false alarms."""
    days = {one["rule"]: one["days_to_alarm"]["median"] for one in rules}
    rivals = {name: days[name] for name in EQUAL_RULES if days[name] is not None}
    if days["hark"] is None:
        return "Half of the lost accounts were not flagged" if rules[0]["lost"] else "No account was lost to compare by"
    if not rivals:
        return "At as many false alarms, the other rules miss half of the lost"
    best = min(rivals, key=lambda name: rivals[name])
    name = {"longest": "the longest silence", "bgnbd": "BG/NBD"}[best]
    earlier = round(rivals[best] - days["hark"])
    if not earlier:
        return f"At as many false alarms, as early as {name}"
    word = "earlier" if earlier > 0 else "later"
    return f"At as many false alarms, {count_of(abs(earlier), 'day')} {word} than {name}"


def groups_chart(rows: Sequence[tuple[str, str, Figures]], *, small: int) -> ChartCard:
    """Draw the share flagged in time for each team and segment that lost `small` accounts or more; name the others.

    `rows` holds the kind ("team" or "segment"), the name and the figures of each.
    """
    subtitle = f"Share of lost accounts that were flagged in time, with 95% intervals; under {small} lost: not drawn"
    table = Table(
        ("Name", "Kind", "Lost", "Flagged in time %", "From %", "To %", "Days to alarm", "False alarms a year"),
        tuple(_group_row(kind, name, one, small) for kind, name, one in rows),
    )
    drawn = [(name, one["flagged_in_time"]) for _, name, one in rows if one["lost"] >= small][::-1]
    if not drawn:
        empty = f"No team and no segment lost {small} accounts or more, so that a share would say more about chance."
        return ChartCard("groups", "Too few lost accounts to compare teams", subtitle, table, empty=empty)
    trace = go.Scatter(
        x=[100 * one["share"] for _, one in drawn],
        y=[name for name, _ in drawn],
        mode="markers",
        marker={"size": 10, "color": "var(--accent)"},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [100 * (one["high"] - one["share"]) for _, one in drawn],
            "arrayminus": [100 * (one["share"] - one["low"]) for _, one in drawn],
            "thickness": 1.2,
            "width": 4,
        },
        text=[f"{one['part']} of {one['whole']}" for _, one in drawn],
        hovertemplate="%{y}: %{x:.0f}%, %{text}<extra></extra>",
    )
    layout = go.Layout(showlegend=False, hovermode="closest", xaxis={"ticksuffix": "%", "range": [0, 103], "dtick": 25})
    return ChartCard("groups", _groups_finding(drawn), subtitle, table, figure_json([trace], layout))


def _groups_finding(drawn: Sequence[tuple[str, Figures]]) -> str:
    worst = min(drawn, key=lambda item: item[1]["share"])
    best = max(drawn, key=lambda item: item[1]["share"])
    if len(drawn) == 1:
        return f"{percent(best[1]['share'])} in {best[0]}; the others lost too few to tell"
    if worst[1]["high"] >= best[1]["low"]:
        return "No team and no segment differs by more than chance"
    return f"From {percent(worst[1]['share'])} in {worst[0]} to {percent(best[1]['share'])} in {best[0]}"


def _group_row(kind: str, name: str, one: Figures, small: int) -> tuple[str | float | None, ...]:
    flagged = one["flagged_in_time"]
    shares: tuple[str | float | None, ...] = ("too few", None, None)
    if one["lost"] >= small:
        shares = tuple(round(100 * flagged[part]) for part in ("share", "low", "high"))
    days = one["days_to_alarm"]["median"] if one["lost"] >= small else None
    yearly = one["false_alarms"]["rate"]
    return (name, kind.capitalize(), one["lost"], *shares, days, None if yearly is None else round(yearly, 2))


def budgets_table(effects: Figures) -> ChartCard:
    """Tell for each budget how many are flagged today, how often it cried wolf and how early it told."""
    table = Table(
        ("Budget", "Flagged today", "False alarms a year", "Flagged in time %", "Days to alarm", "Came back %"),
        tuple(
            (
                one["budget"],
                one["flagged"],
                None if one["false_alarms"]["rate"] is None else round(one["false_alarms"]["rate"], 2),
                None if one["flagged_in_time"]["share"] is None else round(100 * one["flagged_in_time"]["share"]),
                one["days_to_alarm"]["median"] if one["days_to_alarm"]["median"] is not None else "never",
                None if one["came_back"]["share"] is None else round(100 * one["came_back"]["share"]),
            )
            for one in effects["budgets"]
        ),
    )
    return ChartCard("budgets", "What another budget would do", "As the replay saw it", table)


def budget_effect(effects: Figures, *, now: float, then: float) -> str:
    """Say in one sentence what another budget would change; "" when the replay did not try one of the two."""
    by_budget = {one["budget"]: (place, one) for place, one in enumerate(effects["budgets"])}
    if now not in by_budget or then not in by_budget:
        return ""
    (old_place, old), (new_place, new) = by_budget[now], by_budget[then]
    enter, leave = effects["enter"][old_place][new_place], effects["enter"][new_place][old_place]
    moves = [f"{count_of(enter, 'account')} would come onto the list"] if enter else []
    moves += [
        f"{whole_number(leave)} would leave it" if enter else f"{count_of(leave, 'account')} would leave the list"
    ]
    if not leave:
        moves = moves[:-1] or ["nobody's flag would change today"]
    parts = [
        " and ".join(moves),
        f"{rate(old['false_alarms']['rate'])} → {rate(new['false_alarms']['rate'])} false alarms per account and year",
        _days_moved(old["days_to_alarm"]["median"], new["days_to_alarm"]["median"]),
    ]
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def _days_moved(old: float | None, new: float | None) -> str:
    if old is None and new is None:
        return "half of the lost are flagged too late or never either way"
    if new is None:
        return "half of the lost would not be flagged any more"
    if old is None:
        return f"half of the lost would be flagged within {new:.0f} days, now they are not"
    moved = round(old - new)
    return "as early as now" if not moved else f"{count_of(abs(moved), 'day')} {'earlier' if moved > 0 else 'later'}"
