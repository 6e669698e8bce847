"""Histories and models that several scoring tests share."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from health.scoring.gaps import evidence_many
from health.scoring.histories import TouchHistories
from health.scoring.params import (
    FEATURE_NAMES,
    AlarmThresholds,
    Calibration,
    FittedModel,
    GammaParams,
    GapParams,
    LogNormalParams,
    params_from_dict,
)
from health.scoring.rhythm import RhythmStats, compute_rhythm
from health.scoring.risk import Scores, score_many

EXAMPLES: dict[str, Any] = json.loads((Path(__file__).parent / "examples.json").read_text())
FAMILIES = ("lognormal", "gamma")

#: day 0 of hand-written histories
EPOCH = 739_000
TODAY = EPOCH + 1000


def example_params(family: str) -> GapParams:
    """The parameters the reference figures were computed with."""
    data = {**EXAMPLES[family]["params"], "family": family}
    if family == "gamma":
        data["weights"] = [1 / 18] * 18
    return params_from_dict(data)


def example_model(family: str, **thresholds: float) -> FittedModel:
    """A fitted model around those parameters."""
    chosen = {"index": 2.9, "regularity": 3.9, "budget_per_account_year": 2.0, "pop_median_gap_days": 18.0} | thresholds
    return FittedModel(example_params(family), AlarmThresholds(**chosen), log_likelihood=-1.0, accounts=8, gaps=56)


def calibration(**slopes: float) -> Calibration:
    """A calibration that leaves the base model as it is, but for these coefficients; ``intercept`` shifts all."""
    width = len(FEATURE_NAMES)
    coefficients = dict.fromkeys(FEATURE_NAMES, 0.0) | {"base_logit": 1.0} | slopes
    intercept = coefficients.pop("intercept", 0.0)
    return Calibration(
        low=(-14.0,) * width,
        high=(14.0,) * width,
        means=(0.0,) * width,
        scales=(1.0,) * width,
        coefficients=(intercept, *coefficients.values()),
        labels=100,
        rows=400,
        snapshots=4,
    )


def calibrated_model(family: str, **slopes: float) -> FittedModel:
    """The example model, calibrated."""
    return replace(example_model(family), calibration=calibration(**slopes))


def log_normal(**changes: Any) -> LogNormalParams:
    """The example log-normal parameters with some of them changed."""
    return LogNormalParams.from_dict({**example_params("lognormal").to_dict(), **changes})


def gamma(**changes: Any) -> GammaParams:
    """The example gamma parameters with some of them changed."""
    return GammaParams.from_dict({**example_params("gamma").to_dict(), **changes})


def scored(histories: TouchHistories, model: FittedModel, as_of_day: int) -> tuple[RhythmStats, np.ndarray, Scores]:
    """The way of every portfolio: statistics, evidence, scores."""
    stats = compute_rhythm(histories)
    evidence = evidence_many(histories, model.params)
    return stats, evidence, score_many(stats, evidence, as_of_day, model)


def history_of_gaps(*gaps: int, last_day: int = TODAY) -> list[int]:
    """Touch days with these gaps, the last one on ``last_day``."""
    return (last_day - np.concatenate([[0], np.cumsum(gaps[::-1])])[::-1]).astype(int).tolist()


def regular_days(gap_days: int, touches: int, last_day: int) -> list[int]:
    """A touch every ``gap_days`` days, the last one on ``last_day``."""
    return [last_day - gap_days * back for back in range(touches)][::-1]


def b2b_portfolio(rng: np.random.Generator, accounts: int = 200, as_of_day: int = TODAY) -> TouchHistories:
    """A mixed book of business clients over two years, nobody lost.

    Sixty percent keep a cadence (weekly to quarterly, Erlang-8 gaps), the others come in exponential gaps.
    """
    pairs = []
    for account in range(accounts):
        cadence = rng.choice([7, 14, 30, 90], p=[0.3, 0.3, 0.25, 0.15])
        shape = 8 if rng.random() < 0.6 else 1
        count = int(2 * 730 / cadence) + 20
        days = as_of_day - 730 + np.cumsum(rng.gamma(shape, cadence / shape, count))
        pairs += [(account, int(day)) for day in days[days <= as_of_day]]
    ids, days_flat = zip(*pairs, strict=True)
    return TouchHistories.from_pairs(ids, days_flat)


def touch_day_lists(min_size: int = 1, max_size: int = 25) -> st.SearchStrategy[list[int]]:
    """Distinct touch days of one account within about three years, unsorted."""
    return st.lists(st.integers(EPOCH, EPOCH + 1000), min_size=min_size, max_size=max_size, unique=True)
