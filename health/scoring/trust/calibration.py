"""Is the risk true, and does it rank? Each review that can be checked by now says a chance; what happened is known.

A review can be checked when the account's own horizon has passed since: did no touch come within it? One account is
reviewed week after week, so that intervals compare whole accounts (``intervals.clustered_share``; for the scores a
delete-a-group jackknife over accounts, Busing, Meijer & van der Leeden 1999).
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from scipy.stats import rankdata

from health.scoring.arrays import NO_DAY, BoolArray, FloatArray, IntArray
from health.scoring.trust.intervals import Share, clustered_share

_GROUPS = 20
_BINS = 10


@dataclass(frozen=True, eq=False)
class Checked:
    """Reviews whose outcome is known; arrays of length N.

    ``base_risk`` is the risk before its calibration. ``stayed_silent``: no touch came within the horizon.
    """

    account_ids: IntArray
    risk: FloatArray
    base_risk: FloatArray
    stayed_silent: BoolArray
    is_watched: BoolArray

    def take(self, rows: IntArray | BoolArray) -> "Checked":
        """The reviews at these positions, or where the mask is true."""
        return Checked(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})


@dataclass(frozen=True)
class Score:
    """A figure of merit with its interval; None where one outcome is all there was."""

    value: float | None
    low: float | None = None
    high: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class Bin:
    """The reviews that said between two tenths: what was said on average, and what happened."""

    said: float
    happened: Share
    accounts: int

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"said": self.said, "happened": self.happened.to_dict(), "accounts": self.accounts}


def stayed_silent_many(review_day: IntArray, horizon_days: FloatArray, closed_day: IntArray) -> BoolArray:
    """bool[R]: whether no touch came within the horizon; ``closed_day`` is the next touch day, ``NO_DAY`` for none."""
    return (closed_day == NO_DAY) | (closed_day > review_day + np.floor(horizon_days))


def calibration_bins(checked: Checked) -> list[Bin]:
    """What was said and what happened, by tenths of the said risk; empty tenths are left out."""
    place = _tenth_of(checked.risk)
    bins = []
    for number in range(_BINS):
        part = checked.take(place == number)
        if len(part.risk):
            share = clustered_share(part.stayed_silent, part.account_ids)
            bins.append(Bin(float(np.mean(part.risk)), share, len(np.unique(part.account_ids))))
    return bins


def calibration_error(risk: FloatArray, happened: BoolArray) -> float | None:
    """Mean distance of what was said from what happened, by tenths of the said risk; lower is better."""
    if not len(risk):
        return None
    off = np.bincount(_tenth_of(risk), weights=risk - happened)
    return float(np.sum(np.abs(off)) / len(risk))


def _tenth_of(risk: FloatArray) -> IntArray:
    return np.minimum((risk * _BINS).astype(np.int64), _BINS - 1)


def auc(ranking: FloatArray, happened: BoolArray) -> float | None:
    """Chance that a case in which it happened ranks above one in which it did not; ties count half."""
    positives = int(np.sum(happened))
    negatives = len(happened) - positives
    if not positives or not negatives:
        return None
    ranks = rankdata(ranking)
    return float((np.sum(ranks[happened]) - positives * (positives + 1) / 2) / (positives * negatives))


def log_loss(risk: FloatArray, happened: BoolArray) -> float | None:
    """Mean surprise at what happened, in nats; lower is better."""
    return float(-np.mean(np.log(np.where(happened, risk, 1 - risk)))) if len(risk) else None


def brier(risk: FloatArray, happened: BoolArray) -> float | None:
    """Mean squared distance between the chance and what happened; lower is better."""
    return float(np.mean((risk - happened) ** 2)) if len(risk) else None


def base_rate_log_loss(happened: BoolArray) -> float | None:
    """The log-loss of saying the same chance of everybody, the one that happened."""
    if not len(happened):
        return None
    share = float(np.mean(happened))
    return log_loss(np.full(len(happened), share), happened) if 0 < share < 1 else 0.0


def scored(
    measure: Callable[[FloatArray, BoolArray], float | None],
    values: FloatArray,
    happened: BoolArray,
    account: IntArray,
    *,
    most: float = np.inf,
) -> Score:
    """A figure with its 95 % interval from leaving out one twentieth of the accounts at a time.

    ``most`` is the largest value the figure can have; the smallest is 0.
    """
    whole = measure(values, happened)
    if whole is None:
        return Score(None)
    _, number = np.unique(account, return_inverse=True)
    groups = min(_GROUPS, int(number.max()) + 1)
    parts = [measure(values[number % groups != g], happened[number % groups != g]) for g in range(groups)]
    left = np.array([part for part in parts if part is not None])
    if len(left) < 2:
        return Score(whole)
    half = 1.96 * float(np.sqrt((len(left) - 1) / len(left) * np.sum((left - left.mean()) ** 2)))
    return Score(whole, max(whole - half, 0.0), min(whole + half, most))
