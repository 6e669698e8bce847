"""The gap laws against closed forms worked out independently, and against numerical integration."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import gammaln

from health.scoring.dropout import dropout_odds, log_survival
from health.scoring.gaps import component_weights, evidence_many, law_of
from health.scoring.histories import TouchHistories
from health.scoring.params import GammaParams
from health.scoring.rhythm import compute_rhythm, moments_of
from health.scoring.risk import SilenceLaw
from tests.health.scoring.portfolios import EPOCH, FAMILIES, example_params, history_of_gaps

#: BG/NBD parameters published for the CDNOW sample (Fader, Hardie & Lee 2005, "Counting your customers" the easy way)
CDNOW_R, CDNOW_ALPHA, CDNOW_A, CDNOW_B = 0.243, 4.414, 0.793, 2.426


def one_component(k: float, r: float, alpha: float, *, a: float, b: float, phi: float) -> GammaParams:
    """No forgetting, one shape: the classic models. Their alpha is the prior rate of the gap, which is k * beta."""
    return GammaParams(
        r=r, beta=alpha / k, a=a, b=b, phi=phi, weights=(1.0, 0.0, 0.0), portfolio_gap_days=20.0, ks=(k,)
    )


def silence_of(days: list[int], params: GammaParams) -> SilenceLaw:
    histories = TouchHistories.of_one(days)
    return SilenceLaw.given(compute_rhythm(histories), evidence_many(histories, params), params)


@pytest.mark.parametrize("gaps", [(3,), (7, 9, 4), (30, 2, 45, 11, 8)])
@pytest.mark.parametrize("silent", [1.0, 20.0, 300.0])
def test_bg_nbd_chance_to_be_alive(gaps: tuple[int, ...], silent: float) -> None:
    params = one_component(1.0, CDNOW_R, CDNOW_ALPHA, a=CDNOW_A, b=CDNOW_B, phi=0.0)
    silence = silence_of(history_of_gaps(*gaps), params)
    x, t_x = len(gaps), sum(gaps)
    t = t_x + silent
    # Fader & Hardie 2008, "Computing P(alive) using the BG/NBD model", for x > 0
    ratio = CDNOW_A / (CDNOW_B + x - 1) * ((CDNOW_ALPHA + t) / (CDNOW_ALPHA + t_x)) ** (CDNOW_R + x)
    gone = silence.odds / (silence.odds + silence.normal(np.array([silent])))
    assert 1 - gone[0] == pytest.approx(1 / (1 + ratio), rel=1e-12)


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize("gaps", [(), (12,), (7, 9, 4, 30)])
def test_mbg_cnbd_k_chance_to_be_alive(k: int, gaps: tuple[int, ...]) -> None:
    """Batislam et al. 2007 and Platzer & Reutterer: Erlang-k gaps, one Beta(a, b) draw after every touch."""
    r, alpha, a, b, silent = 1.4, 11.0, 0.7, 3.1, 26.0
    params = one_component(float(k), r, alpha, a=a, b=b + 1, phi=a / (a + b))
    silence = silence_of(history_of_gaps(*gaps), params)
    x, rate = len(gaps), alpha + sum(gaps)
    shape = r + k * x
    # Erlang-k survival is a Poisson sum; its mean over rate ~ Gamma(shape, rate) is a negative binomial sum
    survives = sum(
        math.exp(
            gammaln(shape + j)
            - gammaln(shape)
            - gammaln(j + 1)
            + j * math.log(silent / (rate + silent))
            + shape * math.log(rate / (rate + silent))
        )
        for j in range(k)
    )
    dead = a / (a + b + x)
    assert silence.normal(np.array([silent]))[0] == pytest.approx(survives, rel=1e-12)
    expected = dead / (dead + (1 - dead) * survives)
    gone = silence.odds / (silence.odds + silence.normal(np.array([silent])))
    assert gone[0] == pytest.approx(expected, rel=1e-12)


def test_bg_nbd_likelihood_of_a_customer() -> None:
    """Fader, Hardie & Lee 2005, eq. 6: the likelihood from (x, t_x, T) alone is what the gaps one by one give."""
    gaps, silent = (30, 2, 45, 11), 60.0
    r, alpha, a, b = CDNOW_R, CDNOW_ALPHA, CDNOW_A, CDNOW_B
    x, t_x = len(gaps), float(sum(gaps))
    common = gammaln(r + x) - gammaln(r) + r * math.log(alpha)
    alive = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x) - (r + x) * math.log(alpha + t_x + silent)
    dead = (
        math.log(a / (b + x - 1))
        + gammaln(a + b)
        + gammaln(b + x)
        - gammaln(b)
        - gammaln(a + b + x)
        - (r + x) * math.log(alpha + t_x)
    )
    expected = common + np.logaddexp(alive, dead)

    params = one_component(1.0, r, alpha, a=a, b=b, phi=0.0)
    histories = TouchHistories.of_one(history_of_gaps(*gaps))
    tail = silence_of(history_of_gaps(*gaps), params).normal(np.array([silent]))[0]
    odds = dropout_odds(histories.n_gaps, params)[0]
    death = odds / (1 + odds)
    got = (
        evidence_many(histories, params)[0, 0]
        + log_survival(histories.n_gaps, a, b, 0.0)[0]
        + math.log(death + (1 - death) * tail)
    )
    assert got == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
def test_density_integrates_to_the_tail(family: str) -> None:
    histories = TouchHistories.of_one(history_of_gaps(7, 8, 30, 6, 7))
    law = law_of(moments_of(compute_rhythm(histories)), example_params(family))
    tails = law.tail(np.array([20.0]))[0] - law.tail(np.array([60.0]))[0]
    for component, expected in enumerate(tails):
        area, _ = quad(lambda x, c=component: math.exp(law.log_density(np.array([x]))[0, c]), 20, 60)
        assert area == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("family", FAMILIES)
def test_evidence_is_the_product_of_predictions_made_beforehand(family: str) -> None:
    days, params = history_of_gaps(7, 8, 30, 6), example_params(family)
    expected = np.zeros(params.components)
    for position in range(1, len(days)):
        known = moments_of(compute_rhythm(TouchHistories.of_one(days[:position])))
        gap = np.array([float(days[position] - days[position - 1])])
        expected += law_of(known, params).log_density(gap)[0]
    np.testing.assert_allclose(evidence_many(TouchHistories.of_one(days), params)[0], expected, rtol=1e-12)


def test_evidence_does_not_depend_on_chunking(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [(account, EPOCH + day * (account + 2)) for account in range(30) for day in range(account % 7 + 1)]
    histories = TouchHistories.from_pairs(*zip(*pairs, strict=True))
    params = example_params("lognormal")
    whole = evidence_many(histories, params)
    chunks = list(histories.chunks(max_gaps=10))
    monkeypatch.setattr(TouchHistories, "chunks", lambda _self: iter(chunks))
    assert np.array_equal(evidence_many(histories, params), whole)


def test_weights_add_up_to_one_even_for_overwhelming_evidence() -> None:
    weights = component_weights(np.array([[-5000.0, -4000.0, -9000.0]]), example_params("lognormal"))
    np.testing.assert_allclose(weights, [[0, 1, 0]], atol=1e-12)


def test_evidence_of_the_other_family_is_refused() -> None:
    with pytest.raises(ValueError, match="18 columns"):
        component_weights(np.zeros((1, 3)), example_params("gamma"))
