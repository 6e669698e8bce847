"""Contributions: they add up, each step is what it says, and the typical account needs none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from health.scoring.contributions import STEPS, Contributions, Step, contributions_many, points_per_log_odds
from health.scoring.histories import TouchHistories
from health.scoring.params import Calibration, FittedModel, Reference
from health.scoring.reference import ReferenceLaw, fit_reference, usual_reference
from health.scoring.rhythm import compute_rhythm
from tests.health.scoring.portfolios import (
    EPOCH,
    FAMILIES,
    TODAY,
    b2b_portfolio,
    example_model,
    history_of_gaps,
    regular_days,
    scored,
    touch_day_lists,
)

CALIBRATION = Calibration(
    low=(-14.0, -6.0, 0.0, 0.5, -0.5, 0.0, 0.0, 0.0, 0.0),
    high=(14.0, 0.0, 5.0, 5.0, 0.9, 3.0, 3.0, 6.0, 1.0),
    means=(-1.0, -1.0, 2.0, 2.5, 0.0, 1.5, 1.5, 3.0, 0.1),
    scales=(1.5, 1.0, 1.0, 1.0, 0.3, 0.8, 0.8, 1.2, 0.3),
    coefficients=(-1.0, 1.1, -0.2, -0.1, 0.3, 0.1, -0.4, -0.15, 0.25, 0.05),
    labels=400,
    rows=3000,
    snapshots=4,
)
REFERENCE = Reference(14, 2.6, 0.4, 16.0, 0.02, 6, 7)
CALIBRATIONS = (None, CALIBRATION)


def model_of(family: str, calibration: Calibration | None, reference: Reference | None = REFERENCE) -> FittedModel:
    return replace(example_model(family), calibration=calibration, reference=reference)


def explained(histories: TouchHistories, model: FittedModel, day: int) -> tuple[np.ndarray, Contributions]:
    stats, evidence, scores = scored(histories, model, day)
    return scores.health, contributions_many(stats, evidence, scores, model)


def random_histories(count: int, seed: int) -> TouchHistories:
    """Accounts of one to forty touches, of all paces from daily to yearly, on rhythm and long gone."""
    rng = np.random.default_rng(seed)
    touches = rng.integers(1, 40, count)
    pace = np.exp(rng.uniform(0, 5.5, count))
    ids = np.repeat(np.arange(count), touches)
    gaps = np.ceil(rng.gamma(rng.choice([0.5, 1, 8], count)[ids], 1.0, len(ids)) * pace[ids] + 0.01)
    ages = np.concatenate([np.cumsum(gaps[ids == account]) for account in range(count)])
    return TouchHistories.from_pairs(ids, (TODAY - np.minimum(ages, 5000)).astype(np.int64))


@pytest.mark.parametrize("calibration", CALIBRATIONS, ids=["base", "calibrated"])
@pytest.mark.parametrize("family", FAMILIES)
def test_contributions_add_up_on_ten_thousand_random_histories(family: str, calibration: Calibration | None) -> None:
    health, why = explained(random_histories(10_000, seed=5), model_of(family, calibration), TODAY)
    np.testing.assert_allclose(why.reference_health + why.points.sum(axis=1), health, rtol=0, atol=1e-9)


@pytest.mark.parametrize("family", FAMILIES)
@given(days=touch_day_lists(), later=st.integers(0, 900), is_calibrated=st.booleans())
def test_contributions_add_up_on_any_history(family: str, days: list[int], later: int, is_calibrated: bool) -> None:
    model = model_of(family, CALIBRATIONS[is_calibrated])
    health, why = explained(TouchHistories.of_one(days), model, max(days) + later)
    assert why.points.shape == (1, len(STEPS))
    assert np.isfinite(why.points).all()
    assert why.reference_health + why.points.sum() == pytest.approx(health[0], abs=1e-9)


@pytest.mark.parametrize("family", FAMILIES)
def test_log_odds_add_up_to_those_of_the_risk(family: str) -> None:
    model = model_of(family, CALIBRATION)
    stats, evidence, scores = scored(b2b_portfolio(np.random.default_rng(3), 50), model, TODAY)
    why = contributions_many(stats, evidence, scores, model)
    start = ReferenceLaw.of(model).log_odds(model)
    np.testing.assert_allclose(start + why.log_odds.sum(axis=1), logit(scores.risk), rtol=0, atol=1e-9)
    assert why.reference_health == pytest.approx(100 * expit(-start), abs=1e-9)


@pytest.mark.parametrize("family", FAMILIES)
def test_an_account_alone_and_among_others_has_the_same_contributions(family: str) -> None:
    model = model_of(family, CALIBRATION)
    histories = random_histories(40, seed=2)
    _, together = explained(histories, model, TODAY)
    _, alone = explained(histories.subset(np.array([17])), model, TODAY)
    np.testing.assert_allclose(alone.points[0], together.take(np.array([17])).points[0], rtol=1e-12, atol=1e-12)


def contribution(days: list[int], step: Step, *, day: int = TODAY, calibration: Calibration | None = None) -> float:
    _, why = explained(TouchHistories.of_one(days), model_of("lognormal", calibration), day)
    return float(why.points[0, STEPS.index(step)])


def test_a_touch_today_leaves_nothing_of_the_silence() -> None:
    assert contribution(regular_days(9, 20, TODAY), Step.SILENCE) == pytest.approx(0, abs=1e-12)


def test_a_long_silence_costs_health_and_a_longer_one_more() -> None:
    days = regular_days(9, 20, TODAY)
    costs = [contribution(days, Step.SILENCE, day=TODAY + later) for later in (20, 40, 80, 160)]
    assert costs == sorted(costs, reverse=True)
    assert costs[0] < 0


def test_the_silence_of_a_slow_client_is_given_back_by_its_own_rhythm() -> None:
    quarterly = regular_days(91, 9, TODAY - 60)
    assert contribution(quarterly, Step.SILENCE) < -5
    assert contribution(quarterly, Step.RHYTHM) > 5


def test_growing_gaps_cost_health_under_slowing() -> None:
    assert contribution(history_of_gaps(7, 7, 7, 7, 7, 7, 20, 25, 30), Step.SLOWING, day=TODAY + 15) < -0.5
    assert abs(contribution(history_of_gaps(*[10] * 9), Step.SLOWING, day=TODAY + 5)) < 2


def test_a_longer_history_than_the_typical_one_speaks_for_the_account() -> None:
    assert contribution(regular_days(14, 60, TODAY - 10), Step.HISTORY) > 0
    assert contribution([TODAY - 24, TODAY - 10], Step.HISTORY) < 0


def test_recent_activity_and_calibration_are_nothing_without_a_calibration() -> None:
    days = regular_days(9, 20, TODAY - 30)
    assert contribution(days, Step.ACTIVITY) == 0
    assert contribution(days, Step.CALIBRATION) == pytest.approx(0, abs=1e-9)


def test_recent_activity_is_what_the_calibration_gives_for_it() -> None:
    """By hand: coefficients -0.4 and -0.15 per 0.8 of log(1 + days), against 6 and 7 days of the reference."""
    days = regular_days(10, 13, TODAY)  # six days within the last 60, six in the 60 before
    _, why = explained(TouchHistories.of_one(days), model_of("lognormal", CALIBRATION), TODAY)
    expected = -0.15 / 0.8 * (np.log(7) - np.log(8))
    assert why.log_odds[0, STEPS.index(Step.ACTIVITY)] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("way", [0.0, 1e-9, 9e-7, 1.1e-6, 1e-3])
def test_the_factor_tends_to_the_slope_where_nothing_moves(way: float) -> None:
    slope = -100 * expit(-1.3) * expit(1.3)
    assert points_per_log_odds(-1.3, np.array([-1.3 + way]))[0] == pytest.approx(slope, rel=2e-3)
    assert points_per_log_odds(-1.3, np.array([-1.3 - way]))[0] == pytest.approx(slope, rel=2e-3)


def test_scores_of_other_accounts_are_refused() -> None:
    model = model_of("lognormal", None)
    stats, evidence, scores = scored(random_histories(3, seed=1), model, TODAY)
    with pytest.raises(ValueError, match="scores"):
        contributions_many(stats.take(np.array([0, 1])), evidence[:2], scores, model)


def test_without_a_reference_a_usual_one_stands_in() -> None:
    health, why = explained(random_histories(20, seed=3), model_of("gamma", None, reference=None), TODAY)
    np.testing.assert_allclose(why.reference_health + why.points.sum(axis=1), health, rtol=0, atol=1e-9)
    assert usual_reference(example_model("gamma").params).gap_count == 12


def test_the_reference_is_the_median_of_the_accounts_with_a_history() -> None:
    model = example_model("lognormal")
    rows = [(1, EPOCH + day) for day in range(0, 100, 10)] + [(2, EPOCH + day) for day in range(0, 90, 30)]
    rows += [(3, EPOCH + day) for day in range(0, 700, 70)] + [(4, EPOCH)]
    ids, days = zip(*rows, strict=True)
    found = fit_reference(compute_rhythm(TouchHistories.from_pairs(ids, days)), model.params, model.settings)
    assert found is not None
    assert (found.gap_count, found.mean_gap_days, found.recent_days) == (9, 30, 2)
    assert found.log_gap_mean == pytest.approx(np.log(30))
    assert found.log_gap_variance == pytest.approx(0, abs=1e-12)


def test_while_no_account_has_a_history_those_with_a_gap_are_typical() -> None:
    model = example_model("lognormal")
    pairs = [(1, EPOCH), (1, EPOCH + 20), (2, EPOCH), (2, EPOCH + 40), (3, EPOCH)]
    young = TouchHistories.from_pairs(*zip(*pairs, strict=True))
    found = fit_reference(compute_rhythm(young), model.params, model.settings)
    assert (found.gap_count, found.mean_gap_days) == (1, 30)
    assert found.log_gap_mean == pytest.approx((np.log(20) + np.log(40)) / 2)


def test_a_portfolio_without_a_gap_has_no_reference() -> None:
    stats = compute_rhythm(TouchHistories.from_pairs([1, 2], [EPOCH, EPOCH]))
    model = example_model("lognormal")
    assert fit_reference(stats, model.params, model.settings) is None


def test_a_model_with_its_reference_makes_the_round_trip() -> None:
    model = model_of("lognormal", CALIBRATION)
    assert FittedModel.from_dict(model.to_dict()) == model


@pytest.mark.parametrize(("name", "value"), [("gap_count", 0), ("drift", float("nan")), ("recent_days", -1)])
def test_a_reference_that_cannot_be_is_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=name):
        replace(REFERENCE, **{name: value})
