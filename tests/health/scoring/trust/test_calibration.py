"""Figures of merit against hand-made cases and the library that everybody knows them from."""

from __future__ import annotations

import numpy as np
import pytest

from health.scoring.trust.calibration import (
    Checked,
    Score,
    auc,
    base_rate_log_loss,
    brier,
    calibration_bins,
    calibration_error,
    log_loss,
    scored,
    stayed_silent_many,
)

RISK = np.array([0.1, 0.4, 0.35, 0.8])
HAPPENED = np.array([False, False, True, True])


def test_auc_counts_the_pairs_in_the_right_order() -> None:
    """The example of scikit-learn's roc_auc_score: three of the four pairs."""
    assert auc(RISK, HAPPENED) == 0.75


def test_ties_count_half_and_one_outcome_alone_ranks_nothing() -> None:
    assert auc(np.ones(4), HAPPENED) == 0.5
    assert auc(RISK, np.ones(4, dtype=bool)) is None


def test_log_loss_and_brier_by_hand() -> None:
    assert log_loss(RISK, HAPPENED) == pytest.approx(-np.log([0.9, 0.6, 0.35, 0.8]).mean())
    assert brier(RISK, HAPPENED) == pytest.approx((0.01 + 0.16 + 0.4225 + 0.04) / 4)
    assert base_rate_log_loss(HAPPENED) == pytest.approx(np.log(2))
    assert base_rate_log_loss(np.ones(3, dtype=bool)) == 0.0


def test_the_calibration_error_is_the_distance_of_said_and_happened_in_each_tenth() -> None:
    """Of 0.1 and 0.14 one in two happened, of 0.9 both: 2 x |0.12 - 0.5| and 2 x |0.9 - 1| over four."""
    said, happened = np.array([0.1, 0.14, 0.9, 0.9]), np.array([False, True, True, True])
    assert calibration_error(said, happened) == pytest.approx((0.76 + 0.2) / 4)


def test_the_calibration_error_is_what_the_chart_of_the_tenths_shows() -> None:
    rng = np.random.default_rng(5)
    said = rng.random(500)
    happened = rng.random(500) < said**2
    bins = calibration_bins(Checked(np.arange(500), said, said, happened, np.ones(500, dtype=bool)))
    shown = sum(one.happened.whole * abs(one.said - one.happened.share) for one in bins) / 500
    assert calibration_error(said, happened) == pytest.approx(shown)


def test_nothing_has_no_figure() -> None:
    nothing = np.zeros(0), np.zeros(0, dtype=bool)
    assert [measure(*nothing) for measure in (log_loss, brier, calibration_error)] == [None, None, None]
    assert base_rate_log_loss(nothing[1]) is None
    assert scored(auc, *nothing, np.zeros(0, dtype=np.int64)) == Score(None)


def test_a_touch_on_the_last_day_of_the_horizon_ends_the_silence() -> None:
    review, horizon = np.full(3, 100), np.full(3, 30.7)
    assert stayed_silent_many(review, horizon, np.array([130, 131, 0])).tolist() == [False, True, True]


def test_bins_are_tenths_and_empty_ones_are_left_out() -> None:
    checked = Checked(np.arange(4), np.array([0.0, 0.09, 0.1, 1.0]), np.zeros(4), HAPPENED, np.ones(4, dtype=bool))
    bins = calibration_bins(checked)
    assert [(round(one.said, 3), one.happened.part, one.happened.whole) for one in bins] == [
        (0.045, 0, 2), (0.1, 1, 1), (1.0, 1, 1),
    ]  # fmt: skip


def test_the_last_two_tenths_are_two_bins() -> None:
    checked = Checked(np.arange(4), np.array([0.8, 0.89, 0.9, 0.99]), np.zeros(4), HAPPENED, np.ones(4, dtype=bool))
    assert [(one.said, one.accounts) for one in calibration_bins(checked)] == [
        (pytest.approx(0.845), 2), (pytest.approx(0.945), 2),
    ]  # fmt: skip


def test_the_interval_of_a_mean_is_that_of_its_standard_error() -> None:
    """For a mean over independent accounts the jackknife over groups comes near 1.96 standard errors."""
    rng = np.random.default_rng(5)
    risk = rng.uniform(0.05, 0.95, 2000)
    happened = rng.random(2000) < risk
    score = scored(brier, risk, happened, np.arange(2000))
    expected = 1.96 * np.std((risk - happened) ** 2) / np.sqrt(2000)
    assert (score.high - score.low) / 2 == pytest.approx(expected, rel=0.5)
    assert score.low < score.value < score.high


def test_accounts_that_repeat_themselves_do_not_narrow_the_interval() -> None:
    once = scored(auc, np.tile(RISK, 20), np.tile(HAPPENED, 20), np.arange(80))
    repeated = scored(
        auc, np.repeat(np.tile(RISK, 20), 9), np.repeat(np.tile(HAPPENED, 20), 9), np.repeat(np.arange(80), 9)
    )
    assert (repeated.low, repeated.high) == pytest.approx((once.low, once.high))


def test_the_interval_is_that_of_the_jackknife() -> None:
    """The mean of 2, 2, 3, 3: leaving one out gives 8/3 twice and 7/3 twice, and the standard error of the mean."""
    values, accounts = np.array([2.0, 2.0, 3.0, 3.0]), np.arange(4)
    found = scored(lambda said, _: float(said.mean()), values, np.ones(4, dtype=bool), accounts)
    half = 1.96 * values.std(ddof=1) / 2
    assert (found.value, found.low, found.high) == pytest.approx((2.5, 2.5 - half, 2.5 + half))
