"""BG/NBD, the customer-base model that most firms would try first, as a rival to compare with.

Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2): repeat touches come as a
Poisson process whose rate is gamma(r, alpha) across accounts; after each of them the account may end, with a chance
that is Beta(a, b) across accounts. Time runs from the first touch; x is the number of repeat touches, t_x the time of
the last one, T the time of observation. Fitted to CDNOW it gives r = .243, alpha = 4.414, a = .793, b = 2.426 (weeks).
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln

from health.scoring.arrays import FloatArray
from health.scoring.histories import TouchHistories

_BOUND = 12.0


@dataclass(frozen=True)
class BgNbdParams:
    """Heterogeneity of rates (r, alpha; alpha in the unit of time) and of dropout chances (a, b)."""

    r: float
    alpha: float
    a: float
    b: float

    def __post_init__(self) -> None:
        for name in ("r", "alpha", "a", "b"):
            if not (np.isfinite(getattr(self, name)) and getattr(self, name) > 0):
                raise ValueError(f"{name} must be positive and finite, got {getattr(self, name)!r}")


@dataclass(frozen=True, eq=False)
class RepeatCounts:
    """What the model needs to know of each account; float64[A] each, times in the same unit."""

    repeats: FloatArray
    last_time: FloatArray
    age: FloatArray

    @classmethod
    def of(cls, histories: TouchHistories, as_of_day: int) -> "RepeatCounts":
        """In days; touch days after ``as_of_day`` must have been dropped."""
        first = histories.first_days.astype(np.float64)
        return cls(
            repeats=histories.n_gaps.astype(np.float64),
            last_time=histories.last_days - first,
            age=float(as_of_day) - first,
        )


def log_likelihood_many(counts: RepeatCounts, params: BgNbdParams) -> FloatArray:
    """float64[A]: log likelihood of each account, equation 6 of the paper in log space."""
    x, r, alpha, a, b = counts.repeats, params.r, params.alpha, params.a, params.b
    start = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    alive = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + counts.age)
    with np.errstate(divide="ignore"):
        dropped = np.where(
            x > 0,
            betaln(a + 1, b + np.maximum(x, 1) - 1) - betaln(a, b) - (r + x) * np.log(alpha + counts.last_time),
            -np.inf,
        )
    return np.asarray(start + np.logaddexp(alive, dropped), dtype=np.float64)


def fit_bgnbd(counts: RepeatCounts) -> BgNbdParams:
    """The most likely parameters, with a feeble pull (a thousandth of an account) that keeps tiny portfolios finite."""
    unit = max(float(np.mean(counts.age)) / 10, 1e-9)
    scaled = RepeatCounts(counts.repeats, counts.last_time / unit, counts.age / unit)

    def objective(logs: FloatArray) -> float:
        params = BgNbdParams(*np.exp(logs).tolist())
        return float(0.001 * logs @ logs - np.sum(log_likelihood_many(scaled, params)))

    found = minimize(objective, np.zeros(4), method="L-BFGS-B", bounds=[(-_BOUND, _BOUND)] * 4)
    r, alpha, a, b = np.exp(found.x).tolist()
    return BgNbdParams(r, alpha * unit, a, b)


def gone_chance_many(counts: RepeatCounts, params: BgNbdParams) -> FloatArray:
    """float64[A]: 1 - P(alive), equation 8 of Fader, Hardie & Lee's note on P(alive); 0 before the first repeat."""
    x = counts.repeats
    log_odds = (
        np.log(params.a)
        - np.log(params.b + np.maximum(x, 1) - 1)
        + (params.r + x) * (np.log(params.alpha + counts.age) - np.log(params.alpha + counts.last_time))
    )
    return np.where(x > 0, 1 / (1 + np.exp(-log_odds)), 0.0)
