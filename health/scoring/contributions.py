"""Why this health: the way from the portfolio's typical account to this one, in steps that add up exactly.

The reference is the typical account on the day of its last touch (``reference``). The log-odds of staying silent move
from its own to the account's in a fixed order, each step the difference it makes when it is taken:

1. open silence: the typical account had it been silent for as long;
2. own rhythm: the account's gaps, old and new alike (components without forgetting), and its horizon;
3. slowing: newer gaps count more, as the model has them count;
4. recent activity: touch days in the last 60 days and the 60 before, as the calibration weighs them;
5. length of history: how many touches it has outlived (dropout odds);
6. calibration: what else the firm's own past taught about accounts like this one.

In health points each step is its log-odds times (health - reference health) / (sum of all log-odds), a factor that
tends to the slope of health where the sum tends to 0.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.special import expit, logit

from health.scoring.arrays import BoolArray, FloatArray, IntArray
from health.scoring.gaps import component_weights, law_of
from health.scoring.params import DELTAS, FEATURE_NAMES, Calibration, FittedModel
from health.scoring.reference import ReferenceLaw
from health.scoring.rhythm import RhythmStats, moments_of, recent_touch_days_many
from health.scoring.risk import PROBABILITY_FLOOR, TAIL_FLOOR, Scores

_RECENT, _EARLIER = FEATURE_NAMES.index("log_recent_days"), FEATURE_NAMES.index("log_earlier_days")

#: Below this sum of log-odds the factor is its limit; the difference is beyond the fifteenth digit.
_NO_DIFFERENCE = 1e-6


class Step(StrEnum):
    """The steps, in the order in which they are taken."""

    SILENCE = "silence"
    RHYTHM = "rhythm"
    SLOWING = "slowing"
    ACTIVITY = "activity"
    HISTORY = "history"
    CALIBRATION = "calibration"


STEPS = tuple(Step)


@dataclass(frozen=True, eq=False)
class Contributions:
    """One row per account, one column per entry of ``STEPS``.

    ``log_odds`` (of risk, positive is worse) and ``points`` (of health, positive is better), float64[A, 6];
    ``reference_health`` is what ``points`` start from.
    """

    account_ids: IntArray
    log_odds: FloatArray
    points: FloatArray
    reference_health: float

    def take(self, rows: IntArray | BoolArray) -> "Contributions":
        """The rows at these positions, or where the mask is true."""
        return Contributions(self.account_ids[rows], self.log_odds[rows], self.points[rows], self.reference_health)


def contributions_many(
    stats: RhythmStats, evidence: FloatArray, scores: Scores, model: FittedModel, reference: ReferenceLaw | None = None
) -> Contributions:
    """Explain every score. O(accounts), and less work than the score itself.

    ``stats`` and ``evidence`` are what the scores were computed from. ``reference`` spares its making where many
    batches are explained with one model.

    Raises
    ------
    ValueError
        if the scores are of other accounts.
    """
    if not np.array_equal(stats.account_ids, scores.account_ids):
        raise ValueError("scores must hold the same accounts as stats, in the same order")
    reference = reference or ReferenceLaw.of(model)
    start, end = reference.log_odds(model), logit(scores.risk)
    start = float(logit(np.clip(expit(start), PROBABILITY_FLOOR, 1 - PROBABILITY_FLOOR)))
    states = [
        np.full(len(scores), reference.base_log_odds(np.zeros(1))[0]),
        reference.base_log_odds(scores.silent_days),
        _even_log_odds(stats, evidence, scores, reference.odds, model),
        _log_odds_with(reference.odds, scores),
        logit(scores.base_risk),
    ]
    silence, rhythm, slowing, history = np.diff(np.stack(states), axis=0)
    activity = _activity(stats, scores, reference, model.calibration)
    calibration = (end - start) - (silence + rhythm + slowing + activity + history)
    log_odds = np.column_stack([silence, rhythm, slowing, activity, history, calibration])
    points = log_odds * points_per_log_odds(start, end)[:, None]
    return Contributions(scores.account_ids, log_odds, points, 100 * float(expit(-start)))


def points_per_log_odds(start: float, end: FloatArray) -> FloatArray:
    """float64[A]: health points per unit of log-odds on the way from ``start`` to ``end``, always negative."""
    way = end - start
    is_none = np.abs(way) < _NO_DIFFERENCE
    middle = expit((start + end) / 2)
    change = 100 * (expit(-end) - expit(-start))
    return np.where(is_none, -100 * middle * (1 - middle), change / np.where(is_none, 1.0, way))


def _log_odds(normal: FloatArray, later: FloatArray, odds: float) -> FloatArray:
    chance = (odds + later) / (odds + np.maximum(normal, TAIL_FLOOR))
    return np.asarray(logit(np.clip(chance, PROBABILITY_FLOOR, 1 - PROBABILITY_FLOOR)), dtype=np.float64)


def _log_odds_with(odds: float, scores: Scores) -> FloatArray:
    """float64[A]: the base model's answer with other dropout odds; the tail at the horizon follows from the risk."""
    later = scores.base_risk * (scores.dropout_odds + scores.normal) - scores.dropout_odds
    return _log_odds(scores.normal, np.clip(later, 0, scores.normal), odds)


def _even_log_odds(
    stats: RhythmStats, evidence: FloatArray, scores: Scores, odds: float, model: FittedModel
) -> FloatArray:
    """float64[A]: the base model's answer were all gaps of the account to count alike, new and old."""
    even = np.arange(0, model.params.components, len(DELTAS))
    law = law_of(moments_of(stats), model.params).only(even)
    weights = component_weights(evidence, model.params)[:, even]
    total = weights.sum(axis=1, keepdims=True)
    weights = np.where(total > 0, weights / np.where(total > 0, total, 1.0), 1 / len(even))
    normal = np.sum(weights * law.tail(scores.silent_days), axis=1)
    later = np.sum(weights * law.tail(scores.silent_days + scores.horizon_days), axis=1)
    return _log_odds(normal, later, odds)


def _activity(
    stats: RhythmStats, scores: Scores, reference: ReferenceLaw, calibration: Calibration | None
) -> FloatArray:
    """float64[A]: what the recent touch days add to the calibrated log-odds, above the reference's."""
    if calibration is None:
        return np.zeros(len(scores))
    counts = recent_touch_days_many(stats, scores.silent_days.astype(np.int64))
    total = np.zeros(len(scores))
    for column, count in zip((_RECENT, _EARLIER), counts, strict=True):
        low, high = calibration.low[column], calibration.high[column]
        own, usual = np.clip(np.log1p(count), low, high), np.clip(reference.features[0, column], low, high)
        total += calibration.coefficients[column + 1] / calibration.scales[column] * (own - usual)
    return total
