"""Fits on simulated portfolios whose truth is known, and on portfolios that are hardly any."""

from dataclasses import replace

import numpy as np
import pytest

from health.scoring import fit
from health.scoring.fit import fit_model, prior_params
from health.scoring.histories import TouchHistories
from health.scoring.params import FittedModel, GammaParams, LogNormalParams, ScoringSettings
from tests.health.scoring.portfolios import TODAY, b2b_portfolio, example_model, regular_days

SETTINGS = ScoringSettings()


def fitted(histories: TouchHistories, settings: ScoringSettings = SETTINGS, **kwargs: object) -> FittedModel:
    return fit_model(histories, TODAY, settings, rng=np.random.default_rng(1), **kwargs)


def log_normal_portfolio(rng: np.random.Generator, accounts: int) -> TouchHistories:
    """Accounts with log-normal gaps; a repeat touch is the last one with a chance of 5 %, the first one of 30 %."""
    pairs = []
    for account in range(accounts):
        mean, spread = rng.normal(2.5, 0.6), np.sqrt(0.3 * 6 / rng.chisquare(6))
        day, touches = TODAY - 700.0 + rng.uniform(0, 200), 0
        while day <= TODAY:
            pairs.append((account, int(day)))
            if rng.random() < (0.3 if touches == 0 else 0.05):
                break
            touches += 1
            day += max(np.exp(rng.normal(mean, spread)), 1.0)
    return TouchHistories.from_pairs(*zip(*pairs, strict=True))


def test_parameters_of_a_simulated_log_normal_portfolio_are_found() -> None:
    model = fitted(log_normal_portfolio(np.random.default_rng(3), 600))
    params = model.params
    assert isinstance(params, LogNormalParams)
    assert params.mu0 == pytest.approx(2.5, abs=0.15)
    assert params.v0 == pytest.approx(0.3, abs=0.1)
    assert params.phi == pytest.approx(0.3, abs=0.06)
    assert params.a / (params.a + params.b) == pytest.approx(0.05, abs=0.02)
    assert params.weights[0] > 0.6  # nothing is forgotten where nothing changes
    assert model.failed == ""


def test_gamma_gaps_choose_the_gamma_family() -> None:
    rng = np.random.default_rng(4)
    pairs = []
    for account in range(100):
        days = TODAY - 3000 + np.cumsum(rng.exponential(rng.uniform(40, 90), 120))
        pairs += [(account, int(day)) for day in days[days <= TODAY]]
    model = fitted(TouchHistories.from_pairs(*zip(*pairs, strict=True)))
    assert isinstance(model.params, GammaParams)


def test_the_same_portfolio_gives_the_same_model() -> None:
    book = b2b_portfolio(np.random.default_rng(6), accounts=30)
    assert fitted(book) == fitted(book)


def test_what_happens_later_does_not_change_the_fit() -> None:
    book = b2b_portfolio(np.random.default_rng(6), accounts=30)
    ids = np.repeat(book.account_ids, book.touch_days)
    with_future = TouchHistories.from_pairs([*ids, 3, 999], [*book.days, TODAY + 4, TODAY + 1])
    assert fitted(with_future) == fitted(book)


def test_large_portfolios_are_sampled() -> None:
    book = b2b_portfolio(np.random.default_rng(7), accounts=60)
    by_accounts = fitted(book, replace(SETTINGS, fit_max_accounts=20))
    by_gaps = fitted(book, replace(SETTINGS, fit_max_gaps=len(book.gaps) // 4))
    assert by_accounts.accounts == 20
    assert by_gaps.accounts == 15
    assert by_gaps.gaps < len(book.gaps)
    assert by_accounts.params.mu0 == pytest.approx(fitted(book).params.mu0, abs=0.5)


@pytest.mark.parametrize(
    "histories",
    [
        TouchHistories.from_pairs([], []),
        TouchHistories.of_one([TODAY]),
        TouchHistories.of_one(regular_days(7, 4, TODAY - 3)),
        TouchHistories.from_pairs([1, 2, 3], [TODAY - 30, TODAY - 3, TODAY]),
        TouchHistories.of_one(regular_days(7, 60, TODAY)),
    ],
    ids=["nobody", "one touch", "three gaps", "three single touches", "one clockwork account"],
)
def test_tiny_portfolios_are_fitted_without_drama(histories: TouchHistories) -> None:
    model = fitted(histories)
    assert model.failed == ""
    assert not model.thresholds.is_replayed or len(histories.gaps) > 30
    assert FittedModel.from_dict(model.to_dict()) == model


def test_fewer_than_five_gaps_start_from_three_weeks() -> None:
    params = prior_params(TouchHistories.of_one(regular_days(300, 4, TODAY)), SETTINGS)
    assert (params.mu0, params.portfolio_gap_days) == (3.0, pytest.approx(np.exp(3.0)))


def test_a_failed_fit_keeps_the_last_parameters_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise fit.FitError("the likelihood is not finite on this portfolio")

    monkeypatch.setattr(fit, "_maximise", fail)
    book, last = b2b_portfolio(np.random.default_rng(6), accounts=10), example_model("gamma")
    kept = fitted(book, previous=last)
    assert (kept.params, kept.thresholds) == (last.params, last.thresholds)
    assert "last parameters still stand" in kept.failed
    fresh = fitted(book)
    assert fresh.params == prior_params(book, SETTINGS)
    assert "prior stands" in fresh.failed
    assert FittedModel.from_dict(fresh.to_dict()) == fresh


def test_one_family_that_fails_leaves_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise FloatingPointError("overflow")

    monkeypatch.setattr(fit, "_fit_log_normal", fail)
    model = fitted(b2b_portfolio(np.random.default_rng(6), accounts=10))
    assert isinstance(model.params, GammaParams)
    assert model.failed == ""
