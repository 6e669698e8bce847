"""When the portfolio is learned anew, and what happens when that fails."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from accounts.models import Account
from health.models import ModelVersion
from health.scoring.params import FittedModel
from health.selectors.models import StoredModel, current_model
from health.services import fitting
from health.services.fitting import fit_is_due, learn_if_due
from tests import factories
from tests.health.scoring.portfolios import example_model

NOW = dt.datetime(2026, 6, 15, 10, 0, tzinfo=dt.UTC)
MONDAY = NOW.date()
FRESH = StoredModel(1, example_model("lognormal"), NOW - dt.timedelta(days=6, hours=23), 100)


def test_a_fresh_model_of_the_same_portfolio_stands() -> None:
    assert not fit_is_due(FRESH, now=NOW, portfolio_count=105, budget=2.0)


@pytest.mark.parametrize("portfolio_count", [94, 106])
def test_a_portfolio_five_percent_larger_or_smaller_is_learned_anew(portfolio_count: int) -> None:
    assert fit_is_due(FRESH, now=NOW, portfolio_count=portfolio_count, budget=2.0)
    assert not fit_is_due(FRESH, now=NOW, portfolio_count=portfolio_count, budget=2.0, at_change=0.5)


def test_so_is_one_after_a_week() -> None:
    assert fit_is_due(FRESH, now=NOW + dt.timedelta(hours=1), portfolio_count=100, budget=2.0)


def test_so_is_one_with_another_budget() -> None:
    assert fit_is_due(FRESH, now=NOW, portfolio_count=100, budget=1.0)


@pytest.mark.parametrize(("portfolio_count", "is_due"), [(0, False), (1, True)])
def test_the_first_fit_waits_for_a_touch(portfolio_count: int, is_due: bool) -> None:
    assert fit_is_due(None, now=NOW, portfolio_count=portfolio_count, budget=2.0) == is_due


@pytest.mark.django_db
def test_without_touches_there_is_no_model(account: Account) -> None:
    assert learn_if_due(now=NOW, refit=True) is None
    assert not ModelVersion.objects.exists()


@pytest.mark.django_db
def test_a_failed_fit_keeps_the_parameters_before_it_and_says_why(
    account: Account, model: StoredModel, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    factories.touches_on(account, MONDAY)

    def fail(_histories: object, _day: int, _settings: object, previous: FittedModel, **_: object) -> FittedModel:
        return dataclasses.replace(previous, failed="it did not converge")

    monkeypatch.setattr(fitting, "fit_model", fail)
    learned = learn_if_due(now=NOW, refit=True)
    assert learned is not None
    assert learned.fitted.params == model.fitted.params
    assert current_model() == learned
    assert ModelVersion.objects.get(pk=learned.pk).failure == "it did not converge"
    assert "it did not converge" in caplog.text


@pytest.mark.django_db
def test_a_model_of_other_scoring_code_is_none(model: StoredModel) -> None:
    ModelVersion.objects.update(fitted={"code_version": "0"})
    assert current_model() is None
