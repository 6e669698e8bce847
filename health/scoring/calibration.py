"""Calibration of the risk on the firm's own past: a ridge logistic regression around the base model.

The base model gives the prior mean of the regression (coefficient 1 on its own log-odds, 0 on the other features), so
that few labels change little and none change nothing. The ridge is ``4 + 6000 / labels`` on each standardised feature,
labels being the smaller of the two outcomes, and a quarter of it on the intercept: a firm with 50 accounts keeps the
base model, one with 5,000 is calibrated on itself. Outside the range of what was learned nothing is extrapolated.
"""

import numpy as np
from scipy.special import expit

from health.scoring.arrays import BoolArray, FloatArray
from health.scoring.params import MIN_LABELS, Calibration

_RIDGE = 4.0
_RIDGE_OF_ONE_LABEL = 6000.0
_INTERCEPT_SHARE = 0.25
#: features are clipped to this part of what was seen; the base model's log-odds to a fixed range instead
_SEEN = (0.005, 0.995)
_BASE_LOGIT_RANGE = (-14.0, 14.0)
#: a feature that hardly varies is not blown up to a standard deviation of one
_LEAST_SCALE = 1e-3
_MOST_STEPS = 60
_SUFFICIENT_DECREASE = 1e-4
_SHORTEST_STEP = 1e-4
_TOLERANCE = 1e-9


def calibration_terms(features: FloatArray, calibration: Calibration) -> FloatArray:
    """float64[A, 10]: the summands of the calibrated log-odds, the intercept first, then one per feature."""
    clipped = np.clip(features, calibration.low, calibration.high)
    standard = (clipped - np.array(calibration.means)) / np.array(calibration.scales)
    return np.column_stack([np.ones(len(features)), standard]) * np.array(calibration.coefficients)


def calibrated_logit(features: FloatArray, calibration: Calibration | None) -> FloatArray:
    """float64[A]: log-odds of staying silent; without a calibration the base model's, column 0 of the features."""
    if calibration is None:
        return features[:, 0].copy()
    # summed column by column: a matrix product may round one row differently than the same row among others
    terms = calibration_terms(features, calibration)
    total = terms[:, 0].copy()
    for column in range(1, terms.shape[1]):
        total += terms[:, column]
    return total


def fit_calibration(
    features: FloatArray, stays_silent: BoolArray, weights: FloatArray, *, snapshots: int
) -> Calibration | None:
    """Fit the regression; None with fewer than five outcomes of either kind, or when the numbers run away.

    Parameters
    ----------
    features : float64[R, 9]
    stays_silent : bool[R], what came of it
    weights : float64[R], at least 0
    snapshots : how many past days the rows were seen from
    """
    labels = int(min(np.sum(stays_silent), np.sum(~stays_silent)))
    if labels < MIN_LABELS:
        return None
    low, high = np.quantile(features, _SEEN, axis=0)
    low[0], high[0] = _BASE_LOGIT_RANGE
    means, scales = features.mean(axis=0), features.std(axis=0) + _LEAST_SCALE
    standard = (np.clip(features, low, high) - means) / scales
    design = np.column_stack([np.ones(len(features)), standard])
    prior = np.zeros(design.shape[1])
    prior[0], prior[1] = means[0], scales[0]
    ridge = np.full(len(prior), _RIDGE + _RIDGE_OF_ONE_LABEL / labels)
    ridge[0] *= _INTERCEPT_SHARE
    found = _damped_newton(design, stays_silent.astype(np.float64), weights, prior, ridge)
    if not np.all(np.isfinite(found)):
        return None
    return Calibration(
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
        means=tuple(means.tolist()),
        scales=tuple(scales.tolist()),
        coefficients=tuple(found.tolist()),
        labels=labels,
        rows=len(features),
        snapshots=snapshots,
    )


def _damped_newton(
    design: FloatArray, outcome: FloatArray, weights: FloatArray, prior: FloatArray, ridge: FloatArray
) -> FloatArray:
    """float64[P]: minimum of the weighted logistic loss plus ``ridge / 2 * (b - prior)**2``, which is convex."""

    def loss(point: FloatArray) -> float:
        log_odds = design @ point
        fit = np.sum(weights * (np.logaddexp(0, log_odds) - outcome * log_odds))
        return float(fit + 0.5 * np.sum(ridge * (point - prior) ** 2))

    point, reached = prior.copy(), loss(prior)
    for _ in range(_MOST_STEPS):
        chance = expit(design @ point)
        uphill = design.T @ (weights * (outcome - chance)) - ridge * (point - prior)
        curvature = (design * (weights * chance * (1 - chance))[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.solve(curvature, uphill)
        length, gain = 1.0, float(uphill @ step)
        while loss(point + length * step) > reached - _SUFFICIENT_DECREASE * length * gain and length > _SHORTEST_STEP:
            length /= 2
        last, point = reached, point + length * step
        reached = loss(point)
        if last - reached < _TOLERANCE * (1 + abs(last)):
            break
    return point
