"""What others would say of the same accounts, from the same touch days.

Simple rules (recency, recency over the mean gap, 30/60/90 days, RFM), the buy-till-you-die models (BG/NBD and
Pareto/NBD fitted by `lifetimes`, MBG/CNBD-k below), and a logistic regression on the firm's own past.

The chance of no touch in the next t days follows from any such model's likelihood L: what is known after t more silent
days is the same history with a longer observation, so the chance is L(x, t_x, T + t) / L(x, t_x, T).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, expit, gammaln, logsumexp
from scipy.stats import rankdata

from health.scoring.arrays import FloatArray, IntArray
from health.scoring.histories import TouchHistories
from health.scoring.rhythm import median_gaps

RULE_DAYS = (30, 60, 90)


@dataclass(frozen=True, eq=False)
class Known:
    """What a peer may know of each account on the day of a split; parallel arrays.

    ``repeats`` are touch days after the first, ``recency`` the days from the first to the last one, ``age`` those from
    the first to the split: x, t_x and T of the literature. ``horizon_days`` is the question's.
    """

    histories: TouchHistories
    touches: IntArray
    repeats: FloatArray
    recency: FloatArray
    age: FloatArray
    horizon_days: FloatArray

    @classmethod
    def of(cls, histories: TouchHistories, touches: IntArray, day: int, horizon_days: FloatArray) -> Known:
        """All touch days must be on or before ``day``."""
        first, last = histories.first_days.astype(np.float64), histories.last_days.astype(np.float64)
        return cls(
            histories, touches, histories.n_gaps.astype(np.float64), last - first, float(day) - first, horizon_days
        )

    @property
    def silent(self) -> FloatArray:
        """float64[A]: days since the last touch day."""
        return self.age - self.recency

    @property
    def mean_gap(self) -> FloatArray:
        """float64[A]: own mean gap, the portfolio's where there is none."""
        own = self.recency / np.maximum(self.repeats, 1)
        usual = own[self.repeats > 0].mean() if np.any(self.repeats > 0) else 30.0
        return np.where(self.repeats > 0, own, usual)


@dataclass(frozen=True, eq=False)
class Answer:
    """A score by which to rank, up is worse; ``is_chance``: it is the chance of staying silent."""

    score: FloatArray
    is_chance: bool


def recency(known: Known) -> Answer:
    """Longest silence first."""
    return Answer(known.silent, False)


def recency_by_gap(known: Known) -> Answer:
    """Silence in multiples of the own mean gap."""
    return Answer(known.silent / np.maximum(known.mean_gap, 0.5), False)


def rule_of_days(known: Known) -> Answer:
    """How many of the limits of 30, 60 and 90 days are passed."""
    return Answer(rule_level(known.silent), False)


def rule_level(silent_days: FloatArray) -> FloatArray:
    """float64[A]: 0 to 3."""
    return np.searchsorted(RULE_DAYS, silent_days, side="left").astype(np.float64)


def rfm(known: Known) -> Answer:
    """Recency, frequency and volume in fifths of the portfolio, added up; the volume is the number of touches."""
    fifth = [np.ceil(5 * rankdata(values) / len(values)) for values in (known.silent, -known.repeats, -known.touches)]
    return Answer(np.sum(fifth, axis=0), False)


def bg_nbd(known: Known) -> Answer:
    """BG/NBD (Fader, Hardie & Lee 2005) as fitted by `lifetimes`."""
    parameters = bg_nbd_parameters(known)
    return Answer(_ratio(lambda age: _bg_nbd_log_likelihood(known, age, parameters), known), True)


def bg_nbd_parameters(known: Known) -> tuple[float, ...]:
    """r, alpha, a, b."""
    from lifetimes import BetaGeoFitter

    return _fitted(BetaGeoFitter, known, ("r", "alpha", "a", "b"))


def bg_nbd_gone(known: Known, parameters: tuple[float, ...]) -> FloatArray:
    """float64[A]: one minus the chance of being alive."""
    r, alpha, a, b = parameters
    odds = np.where(known.repeats > 0, a / (b + np.maximum(known.repeats, 1) - 1), 0.0)
    log_odds = np.log(np.maximum(odds, 1e-300)) + (r + known.repeats) * np.log(
        (alpha + known.age) / (alpha + known.recency)
    )
    return np.where(known.repeats > 0, expit(log_odds), 0.0)


def _bg_nbd_log_likelihood(known: Known, age: FloatArray, parameters: tuple[float, ...]) -> FloatArray:
    """Up to what does not depend on the age."""
    r, alpha, a, b = parameters
    x = known.repeats
    alive = -(r + x) * np.log(alpha + age)
    dead = np.log(a / (b + np.maximum(x, 1) - 1)) - (r + x) * np.log(alpha + known.recency)
    return np.logaddexp(alive, np.where(x > 0, dead, -np.inf))


def pareto_nbd(known: Known) -> Answer:
    """Pareto/NBD (Schmittlein, Morrison & Colombo 1987) as fitted by `lifetimes`."""
    from lifetimes import ParetoNBDFitter

    parameters = np.array(_fitted(ParetoNBDFitter, known, ("r", "alpha", "s", "beta")))
    likelihood = ParetoNBDFitter._conditional_log_likelihood
    with np.errstate(all="ignore"):
        return Answer(_ratio(lambda age: likelihood(parameters, known.repeats, known.recency, age), known), True)


def _fitted(fitter: Callable[..., object], known: Known, names: tuple[str, ...]) -> tuple[float, ...]:
    """Fit without a penalty, as published; where that does not converge, with more and more of one."""
    for penalty in (0.0, 0.001, 0.01, 0.1):
        try:
            # it also prints what went wrong, in the middle of our table
            with np.errstate(all="ignore"), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
                model = fitter(penalizer_coef=penalty).fit(known.repeats, known.recency, known.age)
        except Exception:  # noqa: BLE001 - lifetimes raises what numpy, pandas or its own search raised
            continue
        return tuple(float(model.params_[name]) for name in names)
    raise RuntimeError("lifetimes did not converge on this log")


def _ratio(log_likelihood: Callable[[FloatArray], FloatArray], known: Known) -> FloatArray:
    chance = np.exp(log_likelihood(known.age + known.horizon_days) - log_likelihood(known.age))
    return np.clip(np.nan_to_num(chance, nan=0.5), 0.0, 1.0)


def mbg_cnbd(known: Known) -> Answer:
    """MBG/CNBD-k (Batislam et al. 2007; Platzer & Reutterer 2016), k from 1 to 6 by likelihood.

    Gaps are Erlang-k with a gamma-distributed rate; after every touch, the first included, the client leaves with a
    chance that is Beta-distributed over clients.
    """
    fits = [_fit_mbg_cnbd(known, k) for k in (1, 2, 3, 4, 6)]
    _, k, parameters = max(fits)
    return Answer(_ratio(lambda age: _mbg_cnbd_log_likelihood(known, age, k, parameters), known), True)


def _fit_mbg_cnbd(known: Known, k: int) -> tuple[float, int, tuple[float, ...]]:
    gaps = known.histories.gaps
    of_gaps = float(np.sum((k - 1) * np.log(np.maximum(gaps, 0.5)))) - len(gaps) * float(gammaln(k))
    start = np.array([0.0, np.log(max(float(np.mean(known.mean_gap)) * k, 1.0)), 0.0, 0.7])

    def loss(free: FloatArray) -> float:
        likelihood = _mbg_cnbd_log_likelihood(known, known.age, k, tuple(np.exp(free)))
        return -float(np.sum(likelihood)) / len(known.age)

    found = minimize(loss, start, method="L-BFGS-B", bounds=[(-7.0, 12.0)] * 4)
    return len(known.age) * -float(found.fun) + of_gaps, k, tuple(np.exp(found.x).tolist())


def _mbg_cnbd_log_likelihood(known: Known, age: FloatArray, k: int, parameters: tuple[float, ...]) -> FloatArray:
    """Without the product of the gaps, which does not depend on the parameters."""
    r, alpha, a, b = parameters
    x, silent = known.repeats, np.maximum(age - known.recency, 1e-9)
    shape = r + k * x
    steps = np.arange(k)[:, None]
    alive = logsumexp(
        steps * np.log(silent) - gammaln(steps + 1) + gammaln(shape + steps) - (shape + steps) * np.log(alpha + age),
        axis=0,
    )
    dead = gammaln(shape) - shape * np.log(alpha + known.recency)
    leaves, stays = betaln(a + 1, b + x), betaln(a, b + x + 1)
    return np.logaddexp(stays + alive, leaves + dead) - betaln(a, b) + r * np.log(alpha) - gammaln(r)


def regression_features(known: Known) -> FloatArray:
    """float64[A, 8]: recency, frequency, age, volume, mean and median gap, silence over mean gap, recent touch days."""
    ends = np.repeat(known.age + known.histories.first_days, known.histories.touch_days)
    window = np.repeat(known.horizon_days, known.histories.touch_days)
    account = np.repeat(np.arange(len(known.age)), known.histories.touch_days)
    recent = np.bincount(account, known.histories.days > ends - window, minlength=len(known.age))
    medians = median_gaps(known.histories)
    medians = np.where(np.isnan(medians), known.mean_gap, medians)
    return np.column_stack(
        [
            np.log1p(known.silent),
            np.log1p(known.repeats),
            np.log1p(known.age),
            np.log1p(known.touches),
            np.log(np.maximum(known.mean_gap, 0.5)),
            np.log(np.maximum(medians, 0.5)),
            np.log1p(known.silent / np.maximum(known.mean_gap, 0.5)),
            np.log1p(recent),
        ]
    )


def logistic_regression(known: Known, before: Known | None, stayed_silent: FloatArray) -> Answer:
    """Trained on an earlier day of the same log, whose outcome is known by the split.

    Where there is no such day, or but one outcome on it, recency with the logistic curve of a silence of one horizon.
    """
    if before is None or len(np.unique(stayed_silent)) < 2:
        return Answer(expit(np.log1p(known.silent) - np.log1p(known.horizon_days)), True)
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    model.fit(regression_features(before), stayed_silent)
    return Answer(model.predict_proba(regression_features(known))[:, 1], True)


PEERS: dict[str, Callable[[Known], Answer]] = {
    "recency": recency,
    "recency / mean gap": recency_by_gap,
    "30/60/90 days": rule_of_days,
    "RFM": rfm,
    "BG/NBD": bg_nbd,
    "Pareto/NBD": pareto_nbd,
    "MBG/CNBD-k": mbg_cnbd,
}
