import numpy as np
import pytest
from scipy.optimize import approx_fprime

from health.scoring.dropout import dead_chance, log_survival
from health.scoring.gaps import evidence_many
from health.scoring.histories import TouchHistories
from health.scoring.likelihood import FamilyLikelihood, GammaLikelihood, LogNormalLikelihood, Portfolio, log_likelihood
from health.scoring.params import GAMMA_SHAPES, GammaParams, LogNormalParams
from health.scoring.rhythm import compute_rhythm
from health.scoring.risk import SilenceLaw
from tests.health.scoring.portfolios import TODAY, b2b_portfolio, gamma, log_normal


@pytest.fixture
def histories() -> TouchHistories:
    """A few real-looking accounts, one with a single touch, one with two, one touched today."""
    book = b2b_portfolio(np.random.default_rng(5), accounts=6)
    days = [*np.repeat(book.account_ids, book.touch_days).tolist(), 90, 91, 91, 92, 92]
    return TouchHistories.from_pairs(days, [*book.days.tolist(), TODAY - 40, TODAY - 90, TODAY - 50, TODAY - 9, TODAY])


def family_of(name: str, histories: TouchHistories) -> tuple[FamilyLikelihood, np.ndarray, int]:
    portfolio = Portfolio.of(histories, TODAY)
    if name == "lognormal":
        free = np.array([2.5, -0.3, 1.2, -0.8, -0.6, 1.5, -0.9])
        return LogNormalLikelihood(portfolio, 0.15), free, 3
    return GammaLikelihood(portfolio, GAMMA_SHAPES, 15.0), np.array([0.5, 0.3, -0.6, 1.5, -0.9]), 18


@pytest.mark.parametrize("name", ["lognormal", "gamma"])
def test_the_gradient_is_that_of_the_likelihood(name: str, histories: TouchHistories) -> None:
    family, free, components = family_of(name, histories)
    log_weights = np.log(np.arange(1, components + 1) / np.arange(1, components + 1).sum())
    _, gradient = log_likelihood(family, free, log_weights)
    numeric = approx_fprime(free, lambda values: log_likelihood(family, values, log_weights)[0], 1e-6)
    np.testing.assert_allclose(gradient, numeric, rtol=2e-4, atol=2e-3)


@pytest.mark.parametrize("name", ["lognormal", "gamma"])
def test_what_is_maximised_is_what_is_scored_with(name: str, histories: TouchHistories) -> None:
    """The likelihood put together from the public pieces: evidence, survival, and the tail of the open silence."""
    family, free, components = family_of(name, histories)
    a, b, phi = np.exp(free[-3]), np.exp(free[-2]), 1 / (1 + np.exp(-free[-1]))
    weights = np.full(components, 1 / components)
    params: LogNormalParams | GammaParams
    if name == "lognormal":
        k0, nu0, v0 = np.exp(free[1:4])
        params = log_normal(mu0=free[0], k0=k0, nu0=nu0, v0=v0, a=a, b=b, phi=phi, weights=weights.tolist())
    else:
        params = gamma(r=np.exp(free[0]), beta=np.exp(free[1]) * 15.0, a=a, b=b, phi=phi, weights=weights.tolist())
    stats = compute_rhythm(histories)
    evidence = evidence_many(histories, params)
    tails = SilenceLaw.given(stats, evidence, params).law.tail((TODAY - stats.last_day).astype(float))
    dead = dead_chance(stats.n_gaps, params)[:, None]
    joint = np.exp(evidence) * (dead + (1 - dead) * tails)
    expected = np.sum(np.log(joint @ weights) + log_survival(stats.n_gaps, a, b, phi))
    assert log_likelihood(family, free, np.log(weights))[0] == pytest.approx(expected, rel=1e-10)
