"""Marginal likelihood of a portfolio under each gap family, with exact gradients, for ``fit``.

An account with gaps x_1..x_n and open silence s contributes, for component c::

    log prod_j pdf_c(x_j | earlier gaps) + log P(outlived the earlier dropout draws) + log(dead + (1 - dead)
    S_c(s))

The component weights are mixed in by ``log_mixture``. Parameters are free numbers: logs of positive ones, the
logit of ``phi``; the last three are always (log a, log b, logit phi).
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from scipy.special import betainc, betaln, digamma, expit, gammaln, logsumexp, stdtr

from health.scoring.arrays import FloatArray
from health.scoring.dropout import log_survival
from health.scoring.histories import TouchHistories
from health.scoring.params import DELTAS
from health.scoring.rhythm import (
    GapMoments,
    compute_rhythm,
    discounted_counts,
    log_gaps,
    moments_before_gaps,
    moments_of,
)

#: step of the one-sided difference for degrees of freedom and r, which have no closed-form derivative in a
#: tail
_STEP = 1e-5
_TINY = 1e-300


class LawTerms(NamedTuple):
    """Evidence and open tail of every account and component [A, C], with derivatives [A, C, P] by the P law numbers."""

    evidence: FloatArray
    evidence_slope: FloatArray
    tail: FloatArray
    tail_slope: FloatArray


class FamilyLikelihood(Protocol):
    """What ``fit`` needs of a family."""

    histories: TouchHistories

    def law_terms(self, free: FloatArray) -> LawTerms:
        """Terms of the gap law at its free parameters (without the three of dropout)."""


@dataclass(frozen=True, eq=False)
class Portfolio:
    """What every likelihood evaluation reads, computed once."""

    histories: TouchHistories
    silent_days: FloatArray
    before: GapMoments
    after: GapMoments

    @classmethod
    def of(cls, histories: TouchHistories, as_of_day: int) -> "Portfolio":
        """All touch days must be on or before ``as_of_day``."""
        silent = float(as_of_day) - histories.last_days.astype(np.float64)
        stats = compute_rhythm(histories)
        return cls(histories, silent, moments_before_gaps(histories), moments_of(stats))

    def sum_by_account(self, values: FloatArray) -> FloatArray:
        """float64[A] from float64[G]."""
        sums = np.bincount(self.histories.gap_account, values, minlength=len(self.histories))
        return sums.astype(np.float64, copy=False)


def log_likelihood(family: FamilyLikelihood, free: FloatArray, log_weights: FloatArray) -> tuple[float, FloatArray]:
    """The portfolio's marginal log-likelihood and its gradient by ``free``."""
    terms = family.law_terms(free[:-3])
    joint, slope = _close(family.histories, terms, free)
    joint = joint + log_weights
    total = logsumexp(joint, axis=1, keepdims=True)
    shares = np.exp(joint - total)
    return float(np.sum(total)), np.einsum("ac,acp->p", shares, slope)


def component_terms(family: FamilyLikelihood, free: FloatArray) -> FloatArray:
    """float64[A, C]: log contribution of each account under each component, before the weights."""
    return _close(family.histories, family.law_terms(free[:-3]), free)[0]


def _close(histories: TouchHistories, terms: LawTerms, free: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Joins the gap law with dropout: log terms [A, C] and their derivatives [A, C, P + 3]."""
    a, b = np.exp(free[-3:-1])
    phi = expit(free[-1])
    n = histories.n_gaps
    has_gaps, draws = n > 0, np.maximum(n - 1, 0)
    whole = a + b + draws
    dead = np.where(has_gaps, a / whole, phi)[:, None]
    closing = np.maximum(dead + (1 - dead) * terms.tail, _TINY)
    joint = terms.evidence + np.log(closing) + log_survival(n, a, b, phi)[:, None]

    slope = np.empty((*joint.shape, len(free)))
    slope[:, :, :-3] = terms.evidence_slope + ((1 - dead) / closing)[:, :, None] * terms.tail_slope
    by_dead = (1 - terms.tail) / closing
    zero = np.zeros(len(n))
    survival_a = np.where(has_gaps, digamma(a + b) - digamma(whole), zero)
    survival_b = survival_a + np.where(has_gaps, digamma(b + draws) - digamma(b), zero)
    dead_a = np.where(has_gaps, (b + draws) / whole**2, zero)
    dead_b = np.where(has_gaps, -a / whole**2, zero)
    slope[:, :, -3] = a * (by_dead * dead_a[:, None] + survival_a[:, None])
    slope[:, :, -2] = b * (by_dead * dead_b[:, None] + survival_b[:, None])
    by_phi = np.where(has_gaps[:, None], -1 / (1 - phi), by_dead)
    slope[:, :, -1] = phi * (1 - phi) * by_phi
    return joint, slope


class LogNormalLikelihood:
    """Free parameters (mu0, log k0, log nu0, log v0)."""

    def __init__(self, portfolio: Portfolio, scale_floor: float) -> None:
        self.portfolio = portfolio
        self.histories = portfolio.histories
        self.scale_floor = scale_floor
        self._log_gaps = log_gaps(portfolio.histories.gaps)[:, None]
        self._log_silent = log_gaps(portfolio.silent_days)[:, None]
        longest = int(self.histories.n_gaps.max(initial=0))
        # degrees of freedom depend on the position alone, so special functions are evaluated once per
        # position
        self._position_counts = discounted_counts(np.arange(longest + 1))

    def law_terms(self, free: FloatArray) -> LawTerms:
        """See ``FamilyLikelihood``."""
        evidence, evidence_slope = self._evidence(free)
        tail, tail_slope = self._tail(free)
        return LawTerms(evidence, evidence_slope, tail, tail_slope)

    def _evidence(self, free: FloatArray) -> tuple[FloatArray, FloatArray]:
        freedom = np.exp(free[2]) + self._position_counts
        half = freedom / 2
        constant = gammaln(half + 0.5) - gammaln(half) - 0.5 * np.log(freedom * np.pi)
        constant_slope = 0.5 * (digamma(half + 0.5) - digamma(half) - 1 / freedom)
        law = _log_normal_law(self.portfolio.before, free, self.scale_floor)
        position = self.histories.gap_position
        z = (self._log_gaps - law.location) / law.scale
        ratio = z * z / law.freedom
        log_ratio = np.log1p(ratio)
        log_density = constant[position] - (law.freedom + 1) / 2 * log_ratio - np.log(law.scale) - self._log_gaps
        pull = (law.freedom + 1) / law.freedom / (1 + ratio)
        by_location = pull * z / law.scale
        by_log_scale = pull * z * z - 1
        by_freedom = constant_slope[position] - 0.5 * log_ratio + 0.5 * pull * ratio
        slopes = law.chain(by_location, by_log_scale, by_freedom)
        columns = range(len(DELTAS))
        sum_up = self.portfolio.sum_by_account
        evidence = np.column_stack([sum_up(log_density[:, c]) for c in columns])
        slope = np.stack([np.column_stack([sum_up(s[:, c]) for c in columns]) for s in slopes], axis=2)
        return evidence, slope

    def _tail(self, free: FloatArray) -> tuple[FloatArray, FloatArray]:
        law = _log_normal_law(self.portfolio.after, free, self.scale_floor)
        z = (self._log_silent - law.location) / law.scale
        tail = stdtr(law.freedom, -z)
        half = law.freedom / 2
        density = np.exp(
            gammaln(half + 0.5)
            - gammaln(half)
            - 0.5 * np.log(law.freedom * np.pi)
            - (half + 0.5) * np.log1p(z * z / law.freedom)
        )
        by_freedom = (stdtr(law.freedom + _STEP, -z) - tail) / _STEP
        slopes = law.chain(density / law.scale, density * z, by_freedom)
        return tail, np.stack(slopes, axis=2)


class _LogNormalSlopes(NamedTuple):
    """The Student-t law with the derivatives of its location and log scale by (mu0, log k0, log nu0, log v0)."""

    location: FloatArray
    scale: FloatArray
    freedom: FloatArray
    location_slopes: tuple[FloatArray | float, ...]
    log_scale_slopes: tuple[FloatArray | float, ...]
    nu0: float

    def chain(self, by_location: FloatArray, by_log_scale: FloatArray, by_freedom: FloatArray) -> list[FloatArray]:
        """Derivatives by the four free parameters, from those by location, log scale and degrees of freedom."""
        return [
            by_location * location + by_log_scale * log_scale + (by_freedom * self.nu0 if index == 2 else 0.0)
            for index, (location, log_scale) in enumerate(zip(self.location_slopes, self.log_scale_slopes, strict=True))
        ]


def _log_normal_law(moments: GapMoments, free: FloatArray, scale_floor: float) -> _LogNormalSlopes:
    mu0, (k0, nu0, v0) = float(free[0]), np.exp(free[1:4])
    n = moments.count
    strength = k0 + n
    divisor = np.where(n > 0, n, 1.0)
    mean = moments.log_sum / divisor
    deviation = np.where(n > 0, mean - mu0, 0.0)
    within = np.maximum(moments.log_square - moments.log_sum**2 / divisor, 0.0)
    freedom = nu0 + n
    squares = nu0 * v0 + within + k0 * n / strength * deviation**2
    scale = np.sqrt(squares / freedom * (strength + 1) / strength)
    location = (k0 * mu0 + moments.log_sum) / strength
    is_free = np.where(scale > scale_floor, 0.5, 0.0)
    return _LogNormalSlopes(
        location=location,
        scale=np.maximum(scale, scale_floor),
        freedom=freedom,
        location_slopes=(k0 / strength, k0 * (mu0 - location) / strength, 0.0, 0.0),
        log_scale_slopes=(
            is_free * -2 * k0 * n / strength * deviation / squares,
            is_free * k0 * ((n / strength * deviation) ** 2 / squares + 1 / (strength + 1) - 1 / strength),
            is_free * nu0 * (v0 / squares - 1 / freedom),
            is_free * v0 * nu0 / squares,
        ),
        nu0=float(nu0),
    )


class GammaLikelihood:
    """Free parameters (log r, log(beta / typical gap)); ``gap_unit_days`` is that typical gap."""

    def __init__(self, portfolio: Portfolio, ks: tuple[float, ...], gap_unit_days: float) -> None:
        self.portfolio = portfolio
        self.histories = portfolio.histories
        self.ks = ks
        self.gap_unit_days = gap_unit_days
        self._log_gaps = np.log(portfolio.histories.gaps)
        longest = int(self.histories.n_gaps.max(initial=0))
        self._position_counts = discounted_counts(np.arange(longest + 1))

    def law_terms(self, free: FloatArray) -> LawTerms:
        """See ``FamilyLikelihood``."""
        r, beta = float(np.exp(free[0])), float(np.exp(free[1]) * self.gap_unit_days)
        shape = (len(self.histories), len(self.ks) * len(DELTAS))
        terms = LawTerms(np.empty(shape), np.empty((*shape, 2)), np.empty(shape), np.empty((*shape, 2)))
        for component in range(shape[1]):
            k, delta = self.ks[component // len(DELTAS)], component % len(DELTAS)
            evidence = self._evidence(r, beta, k, delta)
            tail = self._tail(r, beta, k, delta)
            terms.evidence[:, component], terms.tail[:, component] = evidence[0], tail[0]
            for index in range(2):
                terms.evidence_slope[:, component, index] = evidence[1 + index]
                terms.tail_slope[:, component, index] = tail[1 + index]
        return terms

    def _evidence(self, r: float, beta: float, k: float, delta: int) -> list[FloatArray]:
        """Log evidence of one component and its two derivatives, each float64[A]."""
        gaps, position = self.histories.gaps, self.histories.gap_position
        r_by_position = r + k * self._position_counts[:, delta]
        norm = betaln(k, r_by_position)
        norm_slope = digamma(r_by_position + k) - digamma(r_by_position)
        r_now = r_by_position[position]
        rate = k * beta + self.portfolio.before.gap_sum[:, delta]
        log_share = np.log(rate / (rate + gaps))
        log_density = (k - 1) * self._log_gaps - norm[position] + r_now * log_share - k * np.log(rate + gaps)
        by_r = r * (log_share + norm_slope[position])
        by_beta = k * beta * (r_now / rate - (r_now + k) / (rate + gaps))
        return [self.portfolio.sum_by_account(values) for values in (log_density, by_r, by_beta)]

    def _tail(self, r: float, beta: float, k: float, delta: int) -> list[FloatArray]:
        """Tail at the open silence of one component and its two derivatives, each float64[A]."""
        after, silent = self.portfolio.after, self.portfolio.silent_days
        r_now = r + k * after.count[:, delta]
        rate = k * beta + after.gap_sum[:, delta]
        share = rate / (rate + silent)
        tail = np.asarray(betainc(r_now, k, share), dtype=np.float64)
        by_r: FloatArray = r * (betainc(r_now + _STEP, k, share) - tail) / _STEP
        # density of the gap in units of the rate; at s = 0 the tail is 1 whatever the rate
        scaled = np.maximum(silent, _TINY) / rate
        log_density = (k - 1) * np.log(scaled) - (r_now + k) * np.log1p(scaled) - betaln(k, r_now)
        by_rate = np.where(silent > 0, np.exp(log_density) * scaled / rate, 0.0)
        return [tail, by_r, k * beta * by_rate]
