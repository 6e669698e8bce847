"""Each row of a running rhythm is the rhythm of the history cut off there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.scoring.gaps import evidence_many, log_evidence_of_gaps
from health.scoring.histories import TouchHistories
from health.scoring.rhythm import RhythmStats, compute_rhythm
from health.scoring.running import running_medians, running_rhythms, running_totals
from tests.health.scoring.portfolios import example_params, touch_day_lists

BOOKS = st.lists(touch_day_lists(), min_size=1, max_size=6)
COLUMNS = [name for name in RhythmStats.__dataclass_fields__ if name != "account_ids"]


def book_of(days: list[list[int]]) -> TouchHistories:
    return TouchHistories.from_pairs(
        [account for account, own in enumerate(days) for _ in own], [day for own in days for day in own]
    )


@given(BOOKS)
def test_each_row_is_the_rhythm_of_the_history_until_then(days: list[list[int]]) -> None:
    running = running_rhythms(book_of(days))
    cut = [compute_rhythm(TouchHistories.of_one(sorted(own)[: n + 1])) for own in days for n in range(len(own))]
    for column in COLUMNS:
        expected = [getattr(stats, column)[0] for stats in cut]
        np.testing.assert_allclose(getattr(running, column), expected, rtol=1e-12, atol=1e-12, err_msg=column)


@given(BOOKS)
def test_whole_numbers_are_exact(days: list[list[int]]) -> None:
    book = book_of(days)
    last = running_rhythms(book).take(book.offsets[1:] - 1)
    for column in ("touch_days", "first_day", "last_day", "median_gap", "near_days", "far_days", "returned_gap"):
        np.testing.assert_array_equal(getattr(last, column), getattr(compute_rhythm(book), column), err_msg=column)


@pytest.mark.parametrize("family", ["lognormal", "gamma"])
def test_running_totals_end_at_the_evidence(family: str) -> None:
    book, params = book_of([[10, 20, 25, 90], [7], [1, 2, 4, 8, 16, 32]]), example_params(family)
    totals = running_totals(book, log_evidence_of_gaps(book, params))
    np.testing.assert_array_equal(totals[book.offsets[1:] - 1], evidence_many(book, params))
    assert not totals[book.offsets[:-1]].any()


def test_medians_of_histories_of_very_different_length() -> None:
    rng = np.random.default_rng(4)
    days = [np.cumsum(rng.integers(1, 30, size)).tolist() for size in (1, 2, 3, 300, 5, 64, 65)]
    medians = running_medians(book_of(days))
    expected = [np.median(np.diff(own[: n + 1])) if n else np.nan for own in days for n in range(len(own))]
    np.testing.assert_array_equal(medians, expected)
