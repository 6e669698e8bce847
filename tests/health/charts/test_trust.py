"""Titles state what the figures say, also when that is nothing, or against Hark."""

from __future__ import annotations

from typing import Any

import pytest

from health.charts.trust import budget_effect, calibration_chart, days_range, groups_chart, rate, rules_chart
from health.scoring.trust.intervals import rate_of, share_of


def told(budget: float, yearly: float, days: float | None, flagged: int = 9) -> dict[str, Any]:
    return {
        "budget": budget,
        "flagged": flagged,
        "false_alarms": {"rate": yearly},
        "days_to_alarm": {"median": days},
    }


def effects(*lines: dict[str, Any], enter: list[list[int]]) -> dict[str, Any]:
    return {"budgets": list(lines), "enter": enter}


def rule(name: str, days: float | None, *, lost: int = 9) -> dict[str, Any]:
    return {
        "rule": name,
        "lost": lost,
        "false_alarms": rate_of(9, 10).to_dict(),
        "days_to_alarm": {"median": days},
        "warning_days": {"median": None},
        "flagged_in_time": share_of(3, 9).to_dict(),
        "came_back": share_of(0, 0).to_dict(),
        "auc": {"value": None},
    }


def one_bin(said: float, part: int, whole: int) -> dict[str, Any]:
    return {"said": said, "happened": share_of(part, whole).to_dict(), "accounts": whole}


def group(lost: int, part: int) -> dict[str, Any]:
    return {
        "lost": lost,
        "flagged_in_time": share_of(part, lost).to_dict(),
        "days_to_alarm": {"median": 30.0},
        "false_alarms": rate_of(1, 1).to_dict(),
    }


def test_calibration_says_what_happens_at_a_third_and_how_far_off_it_is() -> None:
    card = calibration_chart([one_bin(0.1, 20, 100), one_bin(0.3, 31, 100)], checked=200, accounts=200)
    assert card.finding == "Says 30%, happens 31%; off by 6 points on average"
    assert card.table.rows[1][:2] == (30.0, 31.0)


def test_calibration_without_reviews_says_so() -> None:
    card = calibration_chart([], checked=0, accounts=0)
    assert (card.figure, card.finding) == (None, "Not known yet whether the risk is true")


@pytest.mark.parametrize(
    ("hark", "longest", "bgnbd", "finding"),
    [
        (20.0, 30.0, 26.0, "At as many false alarms, 6 days earlier than BG/NBD"),
        (20.0, 19.0, 26.0, "At as many false alarms, 1 day later than the longest silence"),
        (20.0, 20.0, None, "At as many false alarms, as early as the longest silence"),
        (20.0, None, None, "At as many false alarms, the other rules miss half of the lost"),
        (None, 20.0, 20.0, "Half of the lost accounts were not flagged"),
    ],
)
def test_the_comparison_is_with_the_better_rival_for_better_or_worse(
    hark: float | None, longest: float | None, bgnbd: float | None, finding: str
) -> None:
    card = rules_chart([rule("hark", hark), rule("longest", longest), rule("bgnbd", bgnbd)], [told(2.0, 1.0, 20)])
    assert card.finding == finding


def test_teams_that_lost_few_are_named_as_too_few_and_not_drawn() -> None:
    card = groups_chart([("team", "North", group(4, 4)), ("team", "South", group(9, 2))], small=5)
    assert card.finding == "22% in South; the others lost too few to tell"
    assert [row[:4] for row in card.table.rows] == [("North", "Team", 4, "too few"), ("South", "Team", 9, 22)]


def test_a_difference_between_teams_is_stated_only_beyond_chance() -> None:
    apart = groups_chart([("team", "North", group(50, 48)), ("team", "South", group(50, 5))], small=5)
    near = groups_chart([("team", "North", group(9, 6)), ("team", "South", group(9, 5))], small=5)
    assert apart.finding == "From 10% in South to 96% in North"
    assert near.finding == "No team and no segment differs by more than chance"


def test_without_losses_there_is_nothing_to_compare() -> None:
    card = groups_chart([("team", "North", group(0, 0))], small=5)
    assert (card.figure, card.finding) == (None, "Too few lost accounts to compare teams")


def test_the_effect_of_a_budget_is_one_sentence() -> None:
    both = effects(told(0.5, 0.5, 40), told(1.0, 1.04, 31), enter=[[0, 14], [0, 0]])
    assert budget_effect(both, now=0.5, then=1.0) == (
        "14 accounts would come onto the list; 0.5 → 1.0 false alarms per account and year; 9 days earlier."
    )
    assert budget_effect(both, now=1.0, then=0.5) == (
        "14 accounts would leave the list; 1.0 → 0.5 false alarms per account and year; 9 days later."
    )


def test_accounts_may_come_and_leave_at_once_or_not_at_all() -> None:
    both = effects(told(0.5, 0.5, 40), told(1.0, 0.5, 40), enter=[[0, 1], [2, 0]])
    assert budget_effect(both, now=0.5, then=1.0).startswith("1 account would come onto the list and 2 would leave it;")
    none = effects(told(0.5, 0.5, None), told(1.0, 0.5, None), enter=[[0, 0], [0, 0]])
    assert budget_effect(none, now=0.5, then=1.0).startswith("Nobody's flag would change today;")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (None, None, "flagged too late or never either way"),
        (30.0, None, "would not be flagged any more"),
        (None, 30.0, "would be flagged within 30 days, now they are not"),
        (30.0, 30.2, "as early as now"),
    ],
)
def test_never_is_spelled_out(old: float | None, new: float | None, words: str) -> None:
    both = effects(told(0.5, 0.5, old), told(1.0, 0.5, new), enter=[[0, 0], [0, 0]])
    assert words in budget_effect(both, now=0.5, then=1.0)


def test_a_budget_that_was_not_tried_has_no_effect_to_tell() -> None:
    assert budget_effect(effects(told(0.5, 0.5, 40), enter=[[0]]), now=0.5, then=9.0) == ""


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (None, None, "too few for an interval"),
        (None, 9.0, "at most 9 days"),
        (7.0, None, "7 days or more"),
        (7.0, 9.0, "7 to 9 days"),
    ],
)
def test_an_open_interval_is_said_to_be_open(low: float | None, high: float | None, words: str) -> None:
    assert days_range({"low": low, "high": high}) == words


def test_rates_have_two_figures() -> None:
    assert [rate(value) for value in (None, 0.034, 0.5, 1.04)] == ["–", "0.034", "0.5", "1.0"]
