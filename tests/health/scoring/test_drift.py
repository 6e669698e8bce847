import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from health.scoring.arrays import NO_DAY
from health.scoring.drift import drift_noise_many, is_drifting_many, slowing_since_many
from health.scoring.histories import TouchHistories
from health.scoring.params import ScoringSettings
from health.scoring.rhythm import compute_rhythm
from tests.health.scoring.portfolios import FAMILIES, TODAY, example_model, history_of_gaps, scored, touch_day_lists

SETTINGS = ScoringSettings()


def is_drifting(days: list[int], family: str = "lognormal") -> bool:
    scores = scored(TouchHistories.of_one(days), example_model(family), TODAY)[2]
    return bool(is_drifting_many(scores.slowing, scores.drift_noise, scores.n_gaps, SETTINGS)[0])


def slowing_since(*gaps: int) -> int:
    return int(slowing_since_many(TouchHistories.of_one(history_of_gaps(*gaps)))[0])


@pytest.mark.parametrize("family", FAMILIES)
def test_a_cadence_that_doubles_is_drifting_and_one_that_keeps_is_not(family: str) -> None:
    weekly = [7] * 12
    assert is_drifting(history_of_gaps(*weekly, 14, 15, 21, 20), family)
    assert not is_drifting(history_of_gaps(*weekly, 7, 8, 7, 6), family)
    assert not is_drifting(history_of_gaps(*weekly[:4], 3, 3, 2, 2), family)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_regular_slow_client_of_a_firm_of_quick_ones_is_not_called_slowing(family: str) -> None:
    history = TouchHistories.of_one(history_of_gaps(90, 93, 96, 87, 88, 95, 90))
    scores = scored(history, example_model(family), TODAY)[2]
    assert scores.slowing[0] < 0.05
    assert not is_drifting(history_of_gaps(90, 93, 96, 87, 88, 95, 90), family)


def test_three_gaps_are_too_few_to_speak_of_drift() -> None:
    assert not is_drifting(history_of_gaps(2, 30, 60))


def test_an_irregular_client_is_not_drifting_by_chance() -> None:
    rng = np.random.default_rng(8)
    called = sum(is_drifting(history_of_gaps(*np.ceil(rng.exponential(14, 30)).astype(int))) for _ in range(200))
    assert called < 0.06 * 200


@settings(deadline=None, max_examples=50)
@given(gaps=st.lists(st.integers(1, 60), min_size=2, max_size=20))
def test_noise_is_the_spread_of_the_drift_over_shuffled_histories_in_formula(gaps: list[int]) -> None:
    noise = drift_noise_many(compute_rhythm(TouchHistories.of_one(history_of_gaps(*gaps))), SETTINGS)[0]
    weights = 0.6 ** np.arange(len(gaps))
    spread = np.sqrt(np.var(np.log(gaps), ddof=1) * np.sum((weights - weights.sum() / len(gaps)) ** 2))
    assert noise == pytest.approx(spread / (weights.sum() + 1.5), abs=1e-7)


def test_slowing_began_with_the_first_of_the_longer_gaps() -> None:
    assert slowing_since(7, 7, 7, 7, 7, 15, 14, 16) == TODAY - 45
    assert slowing_since(7, 6, 8, 7, 20, 19, 22) == TODAY - 61


def test_one_long_gap_is_no_change_of_pace() -> None:
    assert slowing_since(7, 7, 60) == NO_DAY
    assert slowing_since(30, 30, 7, 7) == NO_DAY
    assert slowing_since(7, 7, 7, 7) == NO_DAY


@settings(deadline=None, max_examples=40)
@given(st.lists(touch_day_lists(), min_size=1, max_size=4))
def test_the_change_point_has_the_largest_likelihood_of_two_segments(histories: list[list[int]]) -> None:
    pairs = [(account, day) for account, days in enumerate(histories) for day in days]
    found = slowing_since_many(TouchHistories.from_pairs(*zip(*pairs, strict=True)))
    for account, days in enumerate(histories):
        ordered = sorted(days)
        logs = np.log(np.diff(ordered))
        best, expected = np.inf, NO_DAY
        for cut in range(2, len(logs) - 1):
            early, late = logs[:cut], logs[cut:]
            squares = np.sum((early - early.mean()) ** 2) + np.sum((late - late.mean()) ** 2)
            is_better = late.mean() - early.mean() > 1e-9 and squares < best - 1e-9
            best, expected = (squares, ordered[cut]) if is_better else (best, expected)
        assert found[account] == expected
