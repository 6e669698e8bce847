"""Fitting the model to a portfolio: both gap families, the likelier one kept.

Empirical Bayes: the prior every account starts from is the one that makes the whole portfolio's gaps and open
silences most likely. L-BFGS-B on the free parameters (weak normal priors keep tiny portfolios sane)
alternates with EM for the component weights (Dirichlet prior, one pseudo-account per component).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logsumexp

from health.scoring.alarm import default_thresholds
from health.scoring.arrays import FloatArray
from health.scoring.histories import TouchHistories
from health.scoring.likelihood import (
    FamilyLikelihood,
    GammaLikelihood,
    LogNormalLikelihood,
    Portfolio,
    component_terms,
    log_likelihood,
)
from health.scoring.params import (
    DELTAS,
    GAMMA_SHAPES,
    FittedModel,
    GammaParams,
    GapParams,
    LogNormalParams,
    ScoringSettings,
)
from health.scoring.reference import fit_reference
from health.scoring.replay import replay_thresholds
from health.scoring.rhythm import compute_rhythm, log_gaps
from health.scoring.snapshots import calibrate

#: prior means and the standard deviation of (log a, log b, logit phi)
_DROPOUT_START = (np.log(0.5), np.log(2.0), -1.0)
_DROPOUT_SPREAD = 1.5
_ROUNDS = 4
_EM_STEPS = 40


class FitError(ArithmeticError):
    """A family could not be fitted to this portfolio."""


@dataclass(frozen=True)
class _Start:
    """Where a search begins, which is also the prior mean, and how far it may go."""

    free: FloatArray
    spread: FloatArray
    bounds: list[tuple[float, float]]


@dataclass(frozen=True)
class _Fitted:
    params: GapParams
    log_likelihood: float


def fit_model(
    histories_any: TouchHistories,
    as_of_day: int,
    settings: ScoringSettings,
    previous: FittedModel | None = None,
    *,
    rng: np.random.Generator,
    histories_client: TouchHistories | None = None,
) -> FittedModel:
    """Fit gap law and dropout, calibrate the risk on the past, then replay the alarm thresholds.

    Parameters
    ----------
    histories_any : TouchHistories
        all human touches; days after ``as_of_day`` are ignored.
    previous : FittedModel, optional
        whose parameters stand when the fit fails; ``failed`` then says so.
    rng : numpy.random.Generator
        draws the sample when there are more accounts than ``settings.fit_max_accounts``; a fixed seed makes
        the fit repeatable.
    histories_client : TouchHistories, optional
        touches in which the client took part, of the accounts where directions are known.
    """
    known = histories_any.as_of(as_of_day)
    sample = _sample(known, settings.fit_max_accounts, settings.fit_max_gaps, rng)
    try:
        best = _fit_likelier(sample, known, as_of_day, settings)
    except FitError as error:
        return _fall_back(str(error), known, previous, settings)
    client = None if histories_client is None else histories_client.as_of(as_of_day)
    return FittedModel(
        params=best.params,
        thresholds=replay_thresholds(
            known,
            client,
            best.params,
            as_of_day,
            budget=settings.false_alarms_per_account_year,
            settings=settings,
        ),
        log_likelihood=best.log_likelihood,
        accounts=len(sample),
        gaps=len(sample.gaps),
        settings=settings,
        calibration=calibrate(
            _sample(known, settings.calibration_max_accounts, settings.calibration_max_gaps, rng),
            best.params,
            as_of_day,
            settings,
        ),
        reference=fit_reference(compute_rhythm(known), best.params, settings),
    )


def prior_params(histories: TouchHistories, settings: ScoringSettings) -> LogNormalParams:
    """The log-normal prior before any fit: moments of the portfolio's gaps, equal component weights."""
    mean, spread = _log_gap_moments(histories, settings)
    return _log_normal_params(
        _log_normal_start(mean, spread).free, np.full(len(DELTAS), 1 / len(DELTAS)), mean, settings
    )


def _sample(histories: TouchHistories, max_accounts: int, max_gaps: int, rng: np.random.Generator) -> TouchHistories:
    """At most ``max_accounts`` accounts, fewer where they hold more than ``max_gaps`` gaps between them."""
    wanted = min(len(histories), max_accounts)
    gaps = len(histories.gaps) * wanted / max(len(histories), 1)
    if gaps > max_gaps:
        wanted = max(int(wanted * max_gaps / gaps), 1)
    if wanted == len(histories):
        return histories
    return histories.subset(rng.choice(len(histories), wanted, replace=False))


def _fit_likelier(sample: TouchHistories, known: TouchHistories, as_of_day: int, settings: ScoringSettings) -> _Fitted:
    portfolio = Portfolio.of(sample, as_of_day)
    mean, spread = _log_gap_moments(known, settings)
    fitted: list[_Fitted] = []
    reasons: list[str] = []
    families: tuple[Callable[[], _Fitted], ...] = (
        lambda: _fit_log_normal(portfolio, mean, spread, settings),
        lambda: _fit_gamma(portfolio, float(np.exp(mean))),
    )
    for fit_family in families:
        try:
            fitted.append(fit_family())
        except (ArithmeticError, ValueError) as error:  # also FloatingPointError and LinAlgError
            reasons.append(str(error))
    if not fitted:
        raise FitError("; ".join(reasons))
    return max(fitted, key=lambda family: family.log_likelihood)


def _fall_back(
    reason: str, known: TouchHistories, previous: FittedModel | None, settings: ScoringSettings
) -> FittedModel:
    if previous is not None:
        return replace(previous, failed=f"The fit failed, the last parameters still stand: {reason}")
    return FittedModel(
        params=prior_params(known, settings),
        thresholds=default_thresholds(known, settings.false_alarms_per_account_year),
        log_likelihood=0.0,  # of no accounts
        accounts=0,
        gaps=0,
        failed=f"The fit failed and there is no earlier one, the prior stands: {reason}",
        settings=settings,
    )


def _log_gap_moments(histories: TouchHistories, settings: ScoringSettings) -> tuple[float, float]:
    """Mean and variance of the log gaps, of a portfolio with too few: a gap of three weeks, give or take."""
    if len(histories.gaps) < settings.fit_min_gaps:
        return 3.0, 1.0
    logs = log_gaps(histories.gaps)
    return float(logs.mean()), float(logs.var())


def _log_normal_start(mean: float, spread: float) -> _Start:
    free = np.array([mean, 0.0, 1.0, np.log(0.6 * spread + 0.05), *_DROPOUT_START])
    bounds = [(mean - 4, mean + 4), *[(-5.0, 5.0)] * 5, (-6.0, 6.0)]
    return _Start(free, np.full(len(free), 1.5), bounds)


def _fit_log_normal(portfolio: Portfolio, mean: float, spread: float, settings: ScoringSettings) -> _Fitted:
    family = LogNormalLikelihood(portfolio, settings.scale_floor)
    return _maximise(
        family,
        _log_normal_start(mean, spread),
        len(DELTAS),
        lambda free, weights: _log_normal_params(free, weights, mean, settings),
    )


def _log_normal_params(
    free: FloatArray, weights: FloatArray, mean: float, settings: ScoringSettings
) -> LogNormalParams:
    k0, nu0, v0, a, b = np.exp(free[1:6]).tolist()
    return LogNormalParams(
        mu0=float(free[0]),
        k0=k0,
        nu0=nu0,
        v0=v0,
        a=a,
        b=b,
        phi=float(expit(free[6])),
        weights=tuple(weights.tolist()),
        portfolio_gap_days=float(np.exp(mean)),
        scale_floor=settings.scale_floor,
    )


def _fit_gamma(portfolio: Portfolio, unit: float) -> _Fitted:
    start = _Start(
        free=np.array([0.0, 0.0, *_DROPOUT_START]),
        spread=np.array([2.0, 2.0, *[_DROPOUT_SPREAD] * 3]),
        bounds=[(-6.0, 6.0)] * 5,
    )

    def to_params(free: FloatArray, weights: FloatArray) -> GammaParams:
        r, scaled_beta, a, b = np.exp(free[:4]).tolist()
        return GammaParams(
            r=r,
            beta=scaled_beta * unit,
            a=a,
            b=b,
            phi=float(expit(free[4])),
            weights=tuple(weights.tolist()),
            portfolio_gap_days=unit,
        )

    family = GammaLikelihood(portfolio, GAMMA_SHAPES, unit)
    return _maximise(family, start, len(GAMMA_SHAPES) * len(DELTAS), to_params)


def _maximise(
    family: FamilyLikelihood,
    start: _Start,
    components: int,
    to_params: Callable[[FloatArray, FloatArray], GapParams],
) -> _Fitted:
    """Alternate between free parameters and weights until neither gains; FitError if numbers run away."""
    free, log_weights = start.free, np.full(components, -np.log(components))

    def objective(values: FloatArray) -> tuple[float, FloatArray]:
        likelihood, gradient = log_likelihood(family, values, log_weights)
        pull = (values - start.free) / start.spread
        return 0.5 * float(pull @ pull) - likelihood, pull / start.spread - gradient

    best = np.inf
    for round_number in range(_ROUNDS):
        iterations = 25 if round_number == 0 else 12
        found = minimize(
            objective, free, jac=True, method="L-BFGS-B", bounds=start.bounds, options={"maxiter": iterations}
        )
        if not (np.isfinite(found.fun) and np.all(np.isfinite(found.x))):
            raise FitError("the likelihood is not finite on this portfolio")
        free = found.x
        log_weights = _update_weights(component_terms(family, free), log_weights)
        gained, best = best - found.fun, min(best, found.fun)
        if gained < 1e-5 * max(abs(best), 1.0):
            break
    likelihood = log_likelihood(family, free, log_weights)[0]
    weights = np.exp(log_weights)
    return _Fitted(to_params(free, weights / weights.sum()), likelihood)


def _update_weights(terms: FloatArray, log_weights: FloatArray) -> FloatArray:
    """EM for the portfolio's component weights, float64[C] logs."""
    components = len(log_weights)
    for _ in range(_EM_STEPS):
        joint = terms + log_weights
        shares = np.exp(joint - logsumexp(joint, axis=1, keepdims=True))
        updated = np.log((shares.sum(axis=0) + 1) / (len(terms) + components))
        moved = np.max(np.abs(np.exp(updated) - np.exp(log_weights)))
        log_weights = updated
        if moved < 1e-4:
            break
    return log_weights
