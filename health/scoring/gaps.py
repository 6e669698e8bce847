"""The two families of gap laws: what the next gap of an account looks like, given its earlier ones.

Both are mixtures over components with portfolio weights. A component's *law* is built from discounted moments
of the past (``rhythm.GapMoments``); its *evidence* is how well it predicted each gap before seeing it.

Log-normal: log gaps are normal with unknown mean and variance under a normal-inverse-gamma prior; the
predictive law is a Student-t in the log gap (Murphy 2007, *Conjugate Bayesian analysis of the Gaussian
distribution*, eq. 110). Gamma: gaps are gamma with shape k and a gamma-distributed rate; the predictive law
is the compound gamma (beta prime) law, as in MBG/CNBD-k (Platzer & Reutterer 2016; Batislam et al. 2007).
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import betainc, betaln, gammaln, logsumexp, stdtr

from health.scoring.arrays import FloatArray, IntArray
from health.scoring.histories import TouchHistories
from health.scoring.params import DELTAS, GammaParams, GapParams, LogNormalParams
from health.scoring.rhythm import GapMoments, log_gaps, moments_before_gaps


class GapLaw(Protocol):
    """Predictive law of the next gap for R states of knowledge and C components."""

    def tail(self, days: FloatArray) -> FloatArray:
        """float64[R, C]: probability that the gap exceeds ``days`` (float64[R])."""

    def log_density(self, days: FloatArray) -> FloatArray:
        """float64[R, C]: log density, per day, at ``days`` (float64[R])."""

    def typical_days(self, weights: FloatArray) -> FloatArray:
        """float64[R]: the typical gap in days under component weights float64[R, C]."""

    def take(self, rows: IntArray) -> "GapLaw":
        """The states of knowledge at these positions."""

    def only(self, columns: IntArray) -> "GapLaw":
        """The same law of some of its components."""


@dataclass(frozen=True, eq=False)
class LogNormalLaw:
    """Student-t predictive of the log gap: location, scale and degrees of freedom, each float64[R, C]."""

    location: FloatArray
    scale: FloatArray
    freedom: FloatArray

    @classmethod
    def given(cls, moments: GapMoments, params: LogNormalParams) -> "LogNormalLaw":
        """Posterior predictive after the gaps summed up in ``moments``."""
        n = moments.count
        strength = params.k0 + n
        # an empty history has sums of 0; dividing by 1 there leaves the prior
        divisor = np.where(n > 0, n, 1.0)
        mean = moments.log_sum / divisor
        within = np.maximum(moments.log_square - moments.log_sum**2 / divisor, 0.0)
        between = params.k0 * n / strength * (mean - params.mu0) ** 2
        freedom = params.nu0 + n
        squares = params.nu0 * params.v0 + within + between
        scale = np.sqrt(squares / freedom * (strength + 1) / strength)
        location = (params.k0 * params.mu0 + moments.log_sum) / strength
        return cls(location, np.maximum(scale, params.scale_floor), freedom)

    def tail(self, days: FloatArray) -> FloatArray:
        """See ``GapLaw``."""
        tail: FloatArray = stdtr(self.freedom, -(log_gaps(days)[:, None] - self.location) / self.scale)
        return tail

    def log_density(self, days: FloatArray) -> FloatArray:
        """See ``GapLaw``."""
        log_days = log_gaps(days)[:, None]
        z = (log_days - self.location) / self.scale
        half = self.freedom / 2
        constant = gammaln(half + 0.5) - gammaln(half) - 0.5 * np.log(self.freedom * np.pi)
        return constant - (half + 0.5) * np.log1p(z * z / self.freedom) - np.log(self.scale) - log_days

    def typical_days(self, weights: FloatArray) -> FloatArray:
        """Exponential of the weighted location: the model's median gap."""
        return np.exp(np.sum(weights * self.location, axis=1))

    def take(self, rows: IntArray) -> "LogNormalLaw":
        """See ``GapLaw``."""
        return LogNormalLaw(self.location[rows], self.scale[rows], self.freedom[rows])

    def only(self, columns: IntArray) -> "LogNormalLaw":
        """See ``GapLaw``."""
        return LogNormalLaw(self.location[:, columns], self.scale[:, columns], self.freedom[:, columns])


@dataclass(frozen=True, eq=False)
class GammaLaw:
    """Compound gamma predictive: ``shapes`` float64[C]; ``r`` and ``rate`` (r' and a'), each float64[R, C]."""

    shapes: FloatArray
    r: FloatArray
    rate: FloatArray

    @classmethod
    def given(cls, moments: GapMoments, params: GammaParams) -> "GammaLaw":
        """Posterior predictive after the gaps summed up in ``moments``."""
        shapes = np.repeat(np.array(params.ks), len(DELTAS))
        count = np.tile(moments.count, len(params.ks))
        total = np.tile(moments.gap_sum, len(params.ks))
        return cls(shapes, params.r + shapes * count, shapes * params.beta + total)

    def tail(self, days: FloatArray) -> FloatArray:
        """See ``GapLaw``."""
        days = np.maximum(days, 0.0)[:, None]
        return np.asarray(betainc(self.r, self.shapes, self.rate / (self.rate + days)), dtype=np.float64)

    def log_density(self, days: FloatArray) -> FloatArray:
        """See ``GapLaw``."""
        x = days[:, None]
        return (
            (self.shapes - 1) * np.log(x)
            + self.r * np.log(self.rate)
            - (self.r + self.shapes) * np.log(self.rate + x)
            - betaln(self.shapes, self.r)
        )

    def typical_days(self, weights: FloatArray) -> FloatArray:
        """Weighted ``rate / r``, with r at least half the shape so that a vague prior does not explode."""
        return np.sum(weights * self.rate / np.maximum(self.r, 0.5 * self.shapes), axis=1)

    def take(self, rows: IntArray) -> "GammaLaw":
        """See ``GapLaw``."""
        return GammaLaw(self.shapes, self.r[rows], self.rate[rows])

    def only(self, columns: IntArray) -> "GammaLaw":
        """See ``GapLaw``."""
        return GammaLaw(self.shapes[columns], self.r[:, columns], self.rate[:, columns])


def law_of(moments: GapMoments, params: GapParams) -> GapLaw:
    """The predictive law of the next gap, of the family of ``params``."""
    if isinstance(params, LogNormalParams):
        return LogNormalLaw.given(moments, params)
    return GammaLaw.given(moments, params)


def log_evidence_of_gaps(histories: TouchHistories, params: GapParams) -> FloatArray:
    """float64[G, C]: log predictive density of every gap, given the gaps before it."""
    return law_of(moments_before_gaps(histories), params).log_density(histories.gaps)


def evidence_many(histories: TouchHistories, params: GapParams) -> FloatArray:
    """Log prequential evidence of each component: the sum over gaps of the log predictive density.

    Returns
    -------
    float64[A, C], zeros for an account without gaps. O(touch days), in bounded memory.
    """
    parts = [np.zeros((0, params.components))]
    for chunk in histories.chunks():
        logs = log_evidence_of_gaps(chunk, params)
        sums = [np.bincount(chunk.gap_account, logs[:, c], minlength=len(chunk)) for c in range(params.components)]
        parts.append(np.column_stack(sums))
    return np.concatenate(parts)


def component_weights(evidence: FloatArray, params: GapParams) -> FloatArray:
    """float64[R, C]: each account's own component weights: portfolio weights times evidence, normalised."""
    if evidence.ndim != 2 or evidence.shape[1] != params.components:
        raise ValueError(f"evidence must have {params.components} columns, one per component, got {evidence.shape}")
    with np.errstate(divide="ignore"):  # a component of weight 0 has log weight -inf, as it should
        joint = evidence + np.log(np.array(params.weights))
    return np.exp(joint - logsumexp(joint, axis=1, keepdims=True))
