import itertools
import math
import statistics
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from health.scoring.histories import TouchHistories
from health.scoring.params import DELTAS
from health.scoring.rhythm import (
    compute_rhythm,
    discounted_counts,
    moments_before_gaps,
    moments_of,
    recent_touch_days_many,
)
from tests.health.scoring.portfolios import touch_day_lists


def by_definition(days: list[int]) -> dict[str, float]:
    """The statistics exactly as the module defines them for SQL, one gap after the other."""
    days = sorted(days)
    gaps = [later - earlier for earlier, later in itertools.pairwise(days)]
    row: dict[str, float] = {"median_gap": statistics.median(gaps) if gaps else math.nan}
    for delta, name in zip(DELTAS, ("d100", "d085", "d060"), strict=True):
        weights = [delta ** (len(gaps) - j) for j in range(1, len(gaps) + 1)]
        logs = [math.log(max(gap, 0.5)) for gap in gaps]
        row[f"log_sum_{name}"] = sum(w * x for w, x in zip(weights, logs, strict=True))
        row[f"log_sq_{name}"] = sum(w * x * x for w, x in zip(weights, logs, strict=True))
        row[f"gap_sum_{name}"] = sum(w * x for w, x in zip(weights, gaps, strict=True))
    return row


@settings(deadline=None)
@given(st.lists(touch_day_lists(), min_size=1, max_size=5))
def test_statistics_equal_their_sql_definition(histories: list[list[int]]) -> None:
    pairs = [(account, day) for account, days in enumerate(histories) for day in days]
    stats = compute_rhythm(TouchHistories.from_pairs(*zip(*pairs, strict=True)))
    for row, days in enumerate(histories):
        assert (stats.touch_days[row], stats.first_day[row], stats.last_day[row]) == (len(days), min(days), max(days))
        for name, expected in by_definition(days).items():
            assert getattr(stats, name)[row] == pytest.approx(expected, rel=1e-12, abs=1e-12, nan_ok=True), name


@settings(deadline=None)
@given(touch_day_lists(min_size=3))
def test_knowledge_before_a_gap_is_that_of_the_history_cut_there(days: list[int]) -> None:
    days = sorted(days)
    before = moments_before_gaps(TouchHistories.of_one(days))
    for position in range(len(days) - 1):
        cut = moments_of(compute_rhythm(TouchHistories.of_one(days[: position + 1])))
        for name in ("count", "log_sum", "log_square", "gap_sum"):
            np.testing.assert_allclose(getattr(before, name)[position], getattr(cut, name)[0], rtol=1e-12, atol=1e-12)


def test_an_account_never_depends_on_its_neighbours() -> None:
    alone = TouchHistories.of_one([3, 10, 18, 24], account_id=50)
    crowd = [(account, day * 7 + account) for account in range(40) for day in range(account + 1)]
    pairs = [*crowd, *[(50, day) for day in (3, 10, 18, 24)], (60, 5)]
    together = TouchHistories.from_pairs(*zip(*pairs, strict=True))
    mine = together.gap_account == np.searchsorted(together.account_ids, 50)
    assert np.array_equal(moments_before_gaps(together).log_sum[mine], moments_before_gaps(alone).log_sum)
    stats = compute_rhythm(together)
    row = stats.take(stats.account_ids == 50)
    assert row.log_sq_d060 == compute_rhythm(alone).log_sq_d060


def test_discounted_counts_follow_from_the_number_of_gaps() -> None:
    np.testing.assert_allclose(
        discounted_counts(np.array([0, 1, 3])), [[0, 0, 0], [1, 1, 1], [3, 1 + 0.85 + 0.85**2, 1 + 0.6 + 0.36]]
    )


@pytest.mark.parametrize(
    ("column", "value", "named"),
    [("median_gap", [1.0, 2.0], "median_gap"), ("touch_days", [0], "touch_days"), ("last_day", [1], "last_day")],
)
def test_broken_statistics_are_refused_by_name(column: str, value: list, named: str) -> None:
    stats = compute_rhythm(TouchHistories.of_one([10, 20]))
    with pytest.raises(ValueError, match=named):
        replace(stats, **{column: np.array(value)})


@settings(deadline=None)
@given(touch_day_lists(), st.integers(0, 200))
def test_recent_touch_days_are_counted_from_the_bits_as_from_the_days(days: list[int], silent_days: int) -> None:
    today = max(days) + silent_days
    last, before = recent_touch_days_many(compute_rhythm(TouchHistories.of_one(days)), np.array([silent_days]))
    assert last == sum(today - 60 < day <= today for day in set(days))
    assert before == sum(today - 120 < day <= today - 60 for day in set(days))


def test_the_day_of_the_score_is_recent_and_the_sixtieth_before_it_is_not() -> None:
    stats = compute_rhythm(TouchHistories.of_one([100, 159, 160, 219, 220]))
    assert [int(count[0]) for count in recent_touch_days_many(stats, np.array([0]))] == [2, 2]
    assert [int(count[0]) for count in recent_touch_days_many(stats, np.array([59]))] == [1, 2]
    assert [int(count[0]) for count in recent_touch_days_many(stats, np.array([119]))] == [0, 1]
    assert [int(count[0]) for count in recent_touch_days_many(stats, np.array([120]))] == [0, 0]
