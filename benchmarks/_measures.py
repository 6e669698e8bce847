"""How good a ranking and how honest a chance is."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from health.scoring.arrays import BoolArray, FloatArray

_LEAST_CHANCE = 1e-6
_GROUPS = 10


def auc(outcome: BoolArray, score: FloatArray) -> float:
    """Chance that a client who stayed silent ranks before one who did not, ties counted half; nan with one outcome."""
    positives = int(outcome.sum())
    negatives = len(outcome) - positives
    if not positives or not negatives:
        return float("nan")
    ranks = rankdata(score)
    return float((ranks[outcome].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def average_precision(outcome: BoolArray, score: FloatArray) -> float:
    """Mean precision at each client who stayed silent, in order of the score; those of equal score come together."""
    if not outcome.any():
        return float("nan")
    order = np.argsort(-score, kind="stable")
    hits, ranked = np.cumsum(outcome[order]), score[order]
    ends = np.flatnonzero(np.append(np.diff(ranked) != 0, True))
    gained = np.diff(hits[ends], prepend=0)
    return float(np.sum(gained * hits[ends] / (ends + 1)) / hits[-1])


def log_loss(outcome: BoolArray, chance: FloatArray) -> float:
    """Mean negative log-likelihood, chances kept one in a million away from 0 and 1."""
    if not len(outcome):
        return float("nan")
    kept = np.clip(chance, _LEAST_CHANCE, 1 - _LEAST_CHANCE)
    return float(-np.mean(np.where(outcome, np.log(kept), np.log1p(-kept))))


def calibration_error(outcome: BoolArray, chance: FloatArray) -> float:
    """Mean distance between what was said and what happened, over ten groups of about equal size by chance."""
    if not len(outcome):
        return float("nan")
    order = np.argsort(chance, kind="stable")
    groups = np.array_split(order, min(_GROUPS, len(order)))
    gaps = [len(group) * abs(float(chance[group].mean() - outcome[group].mean())) for group in groups]
    return sum(gaps) / len(outcome)
