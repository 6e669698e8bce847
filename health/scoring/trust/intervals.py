"""Counts with their intervals, 95 % throughout.

Shares have Wilson intervals (Wilson 1927). Where one account gives many answers, week after week, these are no
independent draws: the interval is that of the number of independent draws which would scatter as much, found by
comparing whole accounts (the linearised variance of a ratio of cluster totals, Cochran 1977, section 11.8). Counts have
exact Poisson intervals (Garwood 1936), medians those of the order statistics.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.stats import binom, chi2, norm

from health.scoring.arrays import BoolArray, FloatArray, IntArray

_Z = float(norm.ppf(0.975))


@dataclass(frozen=True)
class Share:
    """``part`` of ``whole``; ``low`` and ``high`` bound the share, all three None of nothing."""

    part: int
    whole: int
    share: float | None = None
    low: float | None = None
    high: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class Rate:
    """``count`` events in ``years`` account-years; ``low`` and ``high`` bound ``rate``, per account and year."""

    count: int
    years: float
    rate: float | None = None
    low: float | None = None
    high: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class Median:
    """Of ``count`` values; None stands for "never" as well as for "of nothing" (``count`` is 0)."""

    count: int
    median: float | None = None
    low: float | None = None
    high: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


def wilson_bounds(share: float, draws: float) -> tuple[float, float]:
    """The Wilson interval of a share seen in ``draws`` independent draws."""
    squared = _Z * _Z / draws
    centre = (share + squared / 2) / (1 + squared)
    half = _Z / (1 + squared) * float(np.sqrt(share * (1 - share) / draws + squared / draws / 4))
    return max(centre - half, 0.0), min(centre + half, 1.0)


def share_of(part: int, whole: int) -> Share:
    """A share of independent cases."""
    if not whole:
        return Share(0, 0)
    return Share(part, whole, part / whole, *wilson_bounds(part / whole, whole))


def clustered_share(happened: BoolArray, account: IntArray) -> Share:
    """A share of cases of which one account gives several; ``account`` names it for each, int64[N]."""
    whole, part = len(happened), int(np.sum(happened))
    if not whole:
        return Share(0, 0)
    share = part / whole
    return Share(part, whole, share, *wilson_bounds(share, independent_draws(happened, account)))


def independent_draws(happened: BoolArray, account: IntArray) -> float:
    """How many independent draws would scatter as much as these: between the accounts and the cases."""
    _, inverse = np.unique(account, return_inverse=True)
    cases = np.bincount(inverse).astype(np.float64)
    accounts, whole, share = len(cases), len(happened), float(np.mean(happened))
    if accounts == 1 or share in {0.0, 1.0}:
        return float(accounts)
    excess = np.bincount(inverse, weights=happened.astype(np.float64)) - share * cases
    variance = accounts / (accounts - 1) * float(np.sum(excess**2)) / whole**2
    return float(np.clip(share * (1 - share) / variance, 1, whole)) if variance else float(whole)


def rate_of(count: int, years: float) -> Rate:
    """A number of events per account-year."""
    if years <= 0:
        return Rate(count, 0.0)
    low = float(chi2.ppf(0.025, 2 * count)) / 2 if count else 0.0
    high = float(chi2.ppf(0.975, 2 * count + 2)) / 2
    return Rate(count, years, count / years, low / years, high / years)


def median_of(values: FloatArray) -> Median:
    """The median of values of which some may be infinite ("never")."""
    n = len(values)
    if not n:
        return Median(0)
    ordered = np.sort(values)
    middle = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    # the r-th smallest and the r-th largest value enclose the true median with at least 95 %
    below = int(binom.ppf(0.025, n, 0.5))
    low, high = (ordered[below - 1], ordered[n - below]) if below else (-np.inf, np.inf)
    return Median(n, *(float(value) if np.isfinite(value) else None for value in (middle, low, high)))
