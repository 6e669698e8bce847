"""The peer that is our own code is held to the published model; the others come from `lifetimes`."""

import numpy as np
import pytest
from scipy.special import beta, factorial, gamma, roots_sh_jacobi

from benchmarks._peers import PEERS, Known, _mbg_cnbd_log_likelihood, rule_level
from health.scoring.histories import TouchHistories
from tests.health.scoring.portfolios import TODAY, b2b_portfolio, history_of_gaps


def known_of(histories: TouchHistories, horizon: float = 30.0) -> Known:
    return Known.of(histories, histories.touch_days, TODAY, np.full(len(histories), horizon))


@pytest.mark.parametrize("k", [1, 2, 3])
def test_mbg_cnbd_is_the_integral_over_rate_and_dropout(k: int) -> None:
    """Two draws survived, and at the third the client left, or lives and waits; the gaps themselves cancel."""
    known = known_of(TouchHistories.of_one(history_of_gaps(9, 14, last_day=TODAY - 20)))
    r, alpha, a, b = 1.3, 15.0, 0.8, 2.5

    leaves, share = roots_sh_jacobi(20, a + b - 1, a)  # exact for a Beta(a, b) prior and powers of the chance
    rate = (np.arange(40_000) + 0.5)[:, None] * 1e-4
    waits = sum((rate * 20) ** j / factorial(j) for j in range(k)) * np.exp(-rate * 20)
    history = rate ** (2 * k) * np.exp(-rate * 23) * (1 - leaves) ** 2 * (leaves + (1 - leaves) * waits)
    prior = alpha**r * rate ** (r - 1) * np.exp(-alpha * rate) / gamma(r) * share / beta(a, b)
    expected = np.sum(history * prior) * 1e-4
    found = _mbg_cnbd_log_likelihood(known, known.age, k, (r, alpha, a, b))
    assert found[0] == pytest.approx(np.log(expected), abs=1e-5)


@pytest.mark.parametrize("name", ["recency", "recency / mean gap", "30/60/90 days", "RFM", "MBG/CNBD-k"])
def test_a_longer_silence_never_ranks_lower(name: str) -> None:
    book = b2b_portfolio(np.random.default_rng(3), accounts=20)
    ids, days = np.repeat(book.account_ids, book.touch_days), book.days
    quiet = TouchHistories.from_pairs(np.append(ids, ids + 100), np.append(days, days - 200))
    answer = PEERS[name](known_of(quiet)).score
    assert np.all(answer[len(book) :] >= answer[: len(book)])


def test_the_rule_counts_the_limits_passed() -> None:
    assert rule_level(np.array([0.0, 30.0, 31.0, 61.0, 91.0])).tolist() == [0, 0, 1, 2, 3]
