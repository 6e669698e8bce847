"""The silence a client comes back from: the third longest gap of a year, alone and for every past day."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from health.scoring.histories import TouchHistories
from health.scoring.returns import returned_gaps, running_returned_gaps
from tests.health.scoring.portfolios import history_of_gaps, touch_day_lists


def returned(*gaps: int) -> float:
    return float(returned_gaps(TouchHistories.of_one(history_of_gaps(*gaps)))[0])


def book_of(lists: list[list[int]]) -> TouchHistories:
    pairs = [(account, day) for account, days in enumerate(lists, start=1) for day in days]
    return TouchHistories.from_pairs(*zip(*pairs, strict=True))


def test_it_is_the_third_longest_gap() -> None:
    assert returned(18, 75, 20, 80, 17, 74, 19) == 74
    assert returned(7, 7, 7) == 7


def test_two_gaps_are_no_habit() -> None:
    assert np.isnan(returned(30, 31))
    assert np.isnan(returned(30))
    assert np.isnan(returned())


def test_what_ended_a_year_before_the_last_touch_is_forgotten() -> None:
    # the gap of 90 ended 364 and 365 days before the last touch
    assert returned(90, 80, 70, 214) == 80
    assert returned(90, 80, 70, 215) == 70


@settings(deadline=None)
@given(st.lists(touch_day_lists(max_size=40), min_size=1, max_size=4))
def test_every_past_day_has_the_figure_of_the_history_until_then(lists: list[list[int]]) -> None:
    book = book_of(lists)
    until = [(sorted(set(days))[: n + 1]) for days in lists for n in range(len(set(days)))]
    expected = [returned_gaps(TouchHistories.of_one(days))[0] for days in until]
    np.testing.assert_array_equal(running_returned_gaps(book), expected)


@settings(deadline=None)
@given(touch_day_lists(min_size=4, max_size=40))
def test_it_is_what_counting_by_hand_gives(days: list[int]) -> None:
    year = [late - early for early, late in pairwise(sorted(days)) if late > max(days) - 365]
    third = sorted([*year, -np.inf, -np.inf, -np.inf])[-3]
    np.testing.assert_array_equal(np.nan_to_num(returned_gaps(TouchHistories.of_one(days)), nan=-np.inf), [third])


def test_a_portfolio_without_gaps_has_none() -> None:
    assert np.isnan(running_returned_gaps(TouchHistories.of_one([5]))).all()
    assert len(returned_gaps(TouchHistories.from_pairs([], []))) == 0
