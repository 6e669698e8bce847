"""Intervals by the published formulas, and what a cluster of answers is worth."""

from __future__ import annotations

import numpy as np
import pytest

from health.scoring.trust.intervals import (
    Share,
    clustered_share,
    independent_draws,
    median_of,
    rate_of,
    share_of,
    wilson_bounds,
)


def test_wilson_bounds_are_those_of_newcombe_1998() -> None:
    """Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263 and 15 of 148."""
    assert wilson_bounds(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson_bounds(15 / 148, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)


def test_a_share_of_nothing_is_no_share() -> None:
    assert share_of(0, 0) == Share(0, 0)
    assert clustered_share(np.zeros(0, dtype=bool), np.zeros(0, dtype=np.int64)) == Share(0, 0)


def test_poisson_bounds_are_garwoods() -> None:
    rate = rate_of(10, 2.0)
    assert (rate.rate, rate.low, rate.high) == pytest.approx((5.0, 4.7954 / 2, 18.3904 / 2), abs=1e-4)
    assert rate_of(0, 1.0).low == 0.0
    assert rate_of(0, 1.0).high == pytest.approx(3.6889, abs=1e-4)
    assert rate_of(3, 0.0).rate is None


def test_a_median_is_bounded_by_order_statistics() -> None:
    median = median_of(np.arange(1.0, 11.0))
    assert (median.median, median.low, median.high) == (5.5, 2.0, 9.0)


def test_never_is_larger_than_any_number_of_days() -> None:
    assert median_of(np.array([10.0, 20.0, np.inf])).median == 20.0
    assert median_of(np.array([10.0, np.inf, np.inf])).median is None
    assert median_of(np.zeros(0)).count == 0


def test_answers_that_all_accounts_share_count_as_many_as_there_are_accounts() -> None:
    account = np.repeat(np.arange(10), 50)
    happened = np.repeat(np.arange(10) % 2 == 0, 50)
    assert independent_draws(happened, account) == pytest.approx(9.0)


def test_answers_that_know_nothing_of_accounts_count_for_themselves() -> None:
    rng = np.random.default_rng(1)
    account = np.repeat(np.arange(400), 5)
    happened = rng.random(2000) < 0.4
    assert independent_draws(happened, account) == pytest.approx(2000, rel=0.15)
    share = clustered_share(happened, account)
    assert share.low < 0.4 < share.high
