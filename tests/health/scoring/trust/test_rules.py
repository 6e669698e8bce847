"""Simpler rules on the hand-made past."""

from __future__ import annotations

import numpy as np
import pytest

from health.scoring.trust.budgets import budget_effects
from health.scoring.trust.rules import limit_for, rule_figures
from tests.health.scoring.trust.hand_made import facts, outcomes


def by_rule() -> dict[str, dict]:
    return {one["rule"]: one for one in rule_figures(outcomes())}


def test_no_touch_for_ninety_days_cries_wolf_three_times_and_tells_of_the_lost_too_late() -> None:
    """Of 2 in both of its long gaps and of 5 in its first; 1 and 6 are told of a week after they count as lost."""
    fixed = by_rule()["fixed_90"]
    assert fixed["false_alarms"]["count"] == 3
    assert fixed["flagged_in_time"]["part"] == 0
    assert fixed["days_to_alarm"]["median"] == np.median([10_196 - 10_100, 10_112 - 10_020])


def test_no_touch_for_thirty_days_is_early_and_cries_wolf_in_every_longer_gap() -> None:
    """Gaps of 50 days and more: two of 1, three of 2, one of 5, one of 6 (which had two touch days then), none of 4."""
    fixed = by_rule()["fixed_30"]
    assert fixed["flagged_in_time"]["part"] == 2
    assert fixed["false_alarms"]["count"] == 6


def test_rivals_get_no_more_false_alarms_than_hark() -> None:
    rules = by_rule()
    assert rules["hark"]["false_alarms"]["count"] == 1
    assert rules["longest"]["false_alarms"]["count"] <= 1
    assert rules["bgnbd"]["false_alarms"]["count"] <= 1


@pytest.mark.parametrize(("allowed", "expected"), [(0, 304), (1, 192)])
def test_the_limit_is_the_lowest_that_keeps_to_the_allowance(allowed: int, expected: float) -> None:
    """The longest silences that reviews saw before a touch: 308 days of 5, 196 of 2, 98 of 2, and shorter ones."""
    limit = limit_for(outcomes().walk.reviews.silent_days, outcomes(), allowed)
    found = outcomes()
    gaps = found.gaps
    largest = np.zeros(len(gaps.account_ids))
    np.maximum.at(largest, gaps.of_review, found.walk.reviews.silent_days)
    told = (largest > limit) & (gaps.closed_day > 0) & (gaps.touch_days >= 3)
    assert told.sum() == allowed
    assert limit >= expected


def test_with_allowance_for_all_the_limit_is_the_lowest_there_is() -> None:
    ranking = outcomes().walk.reviews.silent_days
    assert limit_for(ranking, outcomes(), 1000) == ranking.min()


def test_all_rules_rank_the_same_reviews() -> None:
    assert by_rule()["longest"]["auc"]["value"] == by_rule()["bgnbd"]["auc"]["value"]


def test_the_effect_of_the_only_budget_is_that_nobody_moves() -> None:
    effects = budget_effects(outcomes(), facts(), np.ones(6, dtype=bool))
    assert effects["enter"] == [[0]]
    assert [(one["budget"], one["flagged"]) for one in effects["budgets"]] == [(2.0, 3)]


def test_who_is_closed_or_paused_stands_on_no_list_today() -> None:
    effects = budget_effects(outcomes(), facts(), np.arange(1, 7) != 4)
    assert effects["budgets"][0]["flagged"] == 2
