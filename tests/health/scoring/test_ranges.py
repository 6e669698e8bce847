"""The usual range leaves out a tenth of the gaps at either end."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from health.scoring.histories import TouchHistories
from health.scoring.ranges import usual_ranges_many
from tests.health.scoring.portfolios import touch_day_lists


@given(st.lists(touch_day_lists(min_size=2), min_size=1, max_size=5))
def test_the_ends_are_numpys_quantiles(days: list[list[int]]) -> None:
    book = TouchHistories.from_pairs(
        [account for account, own in enumerate(days) for _ in own], [day for own in days for day in own]
    )
    expected = [np.quantile(np.diff(sorted(own)), (0.1, 0.9)) for own in days]
    np.testing.assert_allclose(usual_ranges_many(book), expected, rtol=1e-12)


def test_without_gaps_there_is_no_range() -> None:
    assert np.isnan(usual_ranges_many(TouchHistories.of_one([5]))).all()
    assert usual_ranges_many(TouchHistories.from_pairs([], [])).shape == (0, 2)
