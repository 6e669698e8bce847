"""The regression around the base model: what it learns, what it keeps, and what it never does."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from health.scoring.calibration import calibrated_logit, calibration_terms, fit_calibration
from health.scoring.params import FEATURE_NAMES, MIN_LABELS, Calibration

WIDTH = len(FEATURE_NAMES)
IDENTITY = Calibration(
    low=(-14.0,) + (-10.0,) * (WIDTH - 1),
    high=(14.0,) + (10.0,) * (WIDTH - 1),
    means=(0.5,) * WIDTH,
    scales=(2.0,) * WIDTH,
    coefficients=(0.5, 2.0) + (0.0,) * (WIDTH - 1),
    labels=40,
    rows=100,
    snapshots=4,
)


def firm(rows: int, seed: int = 1, shift: float = 0.0, slope: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features and outcomes whose true log-odds are ``shift + slope * base logit``."""
    rng = np.random.default_rng(seed)
    features = rng.normal(0, 1.5, (rows, WIDTH))
    outcomes = rng.random(rows) < expit(shift + slope * features[:, 0])
    return features, outcomes, np.ones(rows)


def test_without_a_calibration_the_base_model_stands() -> None:
    features, _, _ = firm(10)
    np.testing.assert_array_equal(calibrated_logit(features, None), features[:, 0])


def test_a_regression_of_one_and_zeros_is_the_base_model() -> None:
    features, _, _ = firm(50)
    np.testing.assert_allclose(calibrated_logit(features, IDENTITY), features[:, 0], atol=1e-12)


def test_too_few_outcomes_of_either_kind_teach_nothing() -> None:
    features, _, weights = firm(100)
    silent = np.zeros(100, dtype=bool)
    silent[: MIN_LABELS - 1] = True
    assert fit_calibration(features, silent, weights, snapshots=1) is None
    assert fit_calibration(features, ~silent, weights, snapshots=1) is None
    silent[MIN_LABELS - 1] = True
    found = fit_calibration(features, silent, weights, snapshots=3)
    assert (found.labels, found.rows, found.snapshots) == (MIN_LABELS, 100, 3)


def test_a_small_firm_stays_near_its_base_model_and_a_large_one_learns_its_own() -> None:
    def distance(rows: int) -> float:
        features, outcomes, weights = firm(rows, shift=1.5)
        found = fit_calibration(features, outcomes, weights, snapshots=4)
        return float(np.mean(calibrated_logit(features, found) - features[:, 0]))

    assert distance(50) < 0.4
    assert distance(5000) == pytest.approx(1.5, abs=0.15)


def test_a_wrong_slope_and_a_forgotten_feature_are_found() -> None:
    rng = np.random.default_rng(5)
    features, _, weights = firm(8000)
    outcomes = rng.random(8000) < expit(0.5 * features[:, 0] + 0.8 * features[:, 4])
    found = fit_calibration(features, outcomes, weights, snapshots=4)
    slopes = np.array(found.coefficients[1:]) / np.array(found.scales)
    assert slopes[0] == pytest.approx(0.5, abs=0.1)
    assert slopes[4] == pytest.approx(0.8, abs=0.1)
    assert np.max(np.abs(np.delete(slopes, [0, 4]))) < 0.08


def test_a_well_calibrated_base_model_is_left_alone() -> None:
    features, outcomes, weights = firm(5000, seed=2)
    found = fit_calibration(features, outcomes, weights, snapshots=4)
    np.testing.assert_allclose(calibrated_logit(features, found), features[:, 0], atol=0.5)


def test_the_gradient_is_zero_at_the_fit() -> None:
    """The weighted loss plus ridge of the docstring, differentiated here."""
    features, outcomes, _ = firm(400, shift=0.7)
    weights = np.linspace(0.1, 1, 400)
    found = fit_calibration(features, outcomes, weights, snapshots=4)
    standard = (np.clip(features, found.low, found.high) - found.means) / np.array(found.scales)
    design = np.column_stack([np.ones(400), standard])
    prior = np.zeros(WIDTH + 1)
    prior[:2] = found.means[0], found.scales[0]
    ridge = np.full(WIDTH + 1, 4 + 6000 / found.labels)
    ridge[0] /= 4
    residual = outcomes - expit(design @ found.coefficients)
    np.testing.assert_allclose(design.T @ (weights * residual), ridge * (found.coefficients - prior), atol=2e-3)


def test_weightless_rows_do_not_count() -> None:
    features, outcomes, weights = firm(300)
    flipped = outcomes.copy()
    flipped[:100] = ~flipped[:100]
    weights[:100] = 0
    one = fit_calibration(features, outcomes, weights, snapshots=1)
    other = fit_calibration(features, flipped, weights, snapshots=1)
    ridge_is_equal = replace(other, labels=one.labels)
    assert np.allclose(ridge_is_equal.coefficients, one.coefficients, atol=0.05)


def test_beyond_what_was_seen_nothing_is_extrapolated() -> None:
    features, outcomes, weights = firm(500, shift=1)
    found = fit_calibration(features, outcomes, weights, snapshots=4)
    at_edge = np.array([found.high])
    np.testing.assert_array_equal(calibrated_logit(at_edge + 100, found), calibrated_logit(at_edge, found))
    assert (found.low[0], found.high[0]) == (-14.0, 14.0)
    seen = np.quantile(features, [0.005, 0.995], axis=0)
    np.testing.assert_allclose([found.low[1:], found.high[1:]], seen[:, 1:])


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10_000), rows=st.integers(1, 40))
def test_a_row_alone_and_among_others_has_the_same_log_odds(seed: int, rows: int) -> None:
    features, outcomes, weights = firm(200, seed=3)
    found = fit_calibration(features, outcomes, weights, snapshots=4)
    some = np.random.default_rng(seed).normal(0, 4, (rows, WIDTH))
    together = calibrated_logit(some, found)
    alone = [calibrated_logit(row[None], found)[0] for row in some]
    np.testing.assert_array_equal(together, alone)
    np.testing.assert_allclose(calibration_terms(some, found).sum(axis=1), together, atol=1e-12)


def test_a_calibration_makes_the_round_trip_through_json() -> None:
    assert Calibration.from_dict(IDENTITY.to_dict()) == IDENTITY
    with pytest.raises(ValueError, match="features"):
        Calibration.from_dict({**IDENTITY.to_dict(), "features": ["one"]})


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"means": (0.0,)}, "means"),
        ({"coefficients": (0.0,) * WIDTH}, "coefficients"),
        ({"scales": (0.0,) * WIDTH}, "scales"),
        ({"low": (99.0,) * WIDTH}, "low"),
        ({"means": (float("nan"),) * WIDTH}, "means"),
        ({"labels": MIN_LABELS - 1}, "labels"),
    ],
)
def test_what_cannot_be_is_refused_by_name(change: dict[str, object], name: str) -> None:
    with pytest.raises(ValueError, match=name):
        replace(IDENTITY, **change)
