"""The numbers of the reference, and the properties every score must have."""

from dataclasses import astuple, fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from health.scoring.gaps import evidence_many
from health.scoring.histories import TouchHistories
from health.scoring.rhythm import compute_rhythm
from health.scoring.risk import RiskLaw, Scores, SilenceLaw, score_many, score_one
from tests.health.scoring.portfolios import (
    EPOCH,
    EXAMPLES,
    FAMILIES,
    TODAY,
    calibrated_model,
    example_model,
    history_of_gaps,
    regular_days,
    scored,
    touch_day_lists,
)

AS_OF = EPOCH + int(EXAMPLES["as_of_day"])
both_families = pytest.mark.parametrize("family", FAMILIES)


@both_families
@pytest.mark.parametrize("name", list(EXAMPLES["histories"]))
def test_scores_equal_the_reference_figures(family: str, name: str) -> None:
    expected = EXAMPLES[family]["expected"][name]
    model = example_model(family)
    histories = TouchHistories.of_one([EPOCH + day for day in EXAMPLES["histories"][name]])
    stats, evidence, scores = scored(histories, model, AS_OF)
    in_60_days = SilenceLaw.given(stats, evidence, model.params).stays_silent(scores.silent_days, np.array([60.0]))
    row = scores.row(0)
    got = {
        "touch_days": row.touch_days,
        "silent_days": row.silent_days,
        "normal": row.normal,
        "gone": row.gone,
        "silent_60": in_60_days[0],
        "horizon_days": row.horizon_days,
        "silent_horizon": row.risk,
        "typical_gap": row.typical_gap_days,
        "log_drift": row.drift,
        "alarm_index": row.alarm_index,
    }
    assert got == pytest.approx({key: expected[key] for key in got}, abs=1e-6)
    assert row.median_gap_days == pytest.approx(expected["median_gap"] or np.nan, nan_ok=True)


@both_families
@settings(deadline=None, max_examples=60)
@given(days=touch_day_lists(), extra=st.integers(0, 4000))
def test_every_number_is_finite_and_in_bounds(family: str, days: list[int], extra: int) -> None:
    row = score_one(days, max(days) + extra, example_model(family))
    assert 1e-12 <= row.normal <= 1 + 1e-12
    assert 0 <= row.gone <= 1
    assert 1e-6 <= row.risk <= 1 - 1e-6
    assert row.health == pytest.approx(100 * (1 - row.risk))
    assert 30 <= row.horizon_days <= 180
    assert row.usual_gap_days > 0
    assert np.isfinite([row.alarm_index, row.regularity, row.drift, row.typical_gap_days]).all()


@both_families
@settings(deadline=None, max_examples=60)
@given(days=touch_day_lists())
def test_longer_silence_is_rarer_and_more_alarming(family: str, days: list[int]) -> None:
    model = example_model(family)
    stats = compute_rhythm(TouchHistories.of_one(days))
    evidence = evidence_many(TouchHistories.of_one(days), model.params)
    rows = [score_many(stats, evidence, max(days) + silent, model).row(0) for silent in (*range(1, 60), 100, 200, 800)]
    assert np.all(np.diff([row.normal for row in rows]) <= 1e-12)
    assert np.all(np.diff([row.gone for row in rows]) >= -1e-12)
    assert np.all(np.diff([row.alarm_index for row in rows]) > 0)
    assert np.all(np.diff([row.regularity for row in rows]) >= -1e-9)


@both_families
@pytest.mark.parametrize("gap", [1, 7, 30, 90])
def test_once_the_usual_gap_has_passed_longer_silence_only_raises_the_risk(family: str, gap: int) -> None:
    """Before that, a client on its way to its next touch gets a little healthier day by day, as it should."""
    days = regular_days(gap, 12, TODAY)
    model = example_model(family)
    risks = [score_one(days, TODAY + silent, model).risk for silent in range(gap, 12 * gap + 60)]
    assert np.all(np.diff(risks) >= -1e-12)
    assert risks[-1] > 0.8


@both_families
@settings(deadline=None, max_examples=40)
@given(days=touch_day_lists(min_size=2), later=st.lists(st.integers(1, 400), max_size=5), silent=st.integers(0, 90))
def test_a_touch_after_the_day_never_changes_its_score(
    family: str, days: list[int], later: list[int], silent: int
) -> None:
    model, as_of = example_model(family), max(days) + silent
    future = [as_of + ahead for ahead in later]
    np.testing.assert_equal(astuple(score_one([*days, *future], as_of, model)), astuple(score_one(days, as_of, model)))


@both_families
@settings(deadline=None, max_examples=40)
@given(days=touch_day_lists(min_size=2), random=st.randoms(use_true_random=False))
def test_order_and_more_touches_on_the_same_day_change_nothing(family: str, days: list[int], random: object) -> None:
    shuffled = [*days, *days[:3]]
    random.shuffle(shuffled)
    model = example_model(family)
    np.testing.assert_equal(astuple(score_one(shuffled, TODAY, model)), astuple(score_one(days, TODAY, model)))


@both_families
@settings(deadline=None, max_examples=30)
@given(histories=st.lists(touch_day_lists(), min_size=2, max_size=6))
def test_one_by_one_or_all_together_gives_the_same(family: str, histories: list[list[int]]) -> None:
    model = example_model(family)
    pairs = [(account, day) for account, days in enumerate(histories) for day in days]
    _, _, scores = scored(TouchHistories.from_pairs(*zip(*pairs, strict=True)), model, TODAY)
    for account, days in enumerate(histories):
        alone = score_one(days, TODAY, model)
        together = scores.row(account)
        for column in fields(Scores):
            if column.name != "account_ids":
                mine = getattr(together, column.name)
                assert mine == pytest.approx(getattr(alone, column.name), rel=1e-12, nan_ok=True)


@both_families
def test_ids_do_not_matter(family: str) -> None:
    model = example_model(family)
    small = TouchHistories.from_pairs([1, 1, 1, 2, 2], [EPOCH, EPOCH + 7, EPOCH + 20, EPOCH, EPOCH + 30])
    big = TouchHistories.from_pairs([90, 90, 90, 5, 5], [EPOCH, EPOCH + 7, EPOCH + 20, EPOCH, EPOCH + 30])
    assert scored(small, model, TODAY)[2].risk.tolist() == scored(big, model, TODAY)[2].risk.tolist()[::-1]


@both_families
@settings(deadline=None, max_examples=40)
@given(days=touch_day_lists(min_size=2))
def test_one_touch_today_makes_the_silence_normal(family: str, days: list[int]) -> None:
    row = score_one([*days, TODAY + 200], TODAY + 200, example_model(family))
    assert row.normal > 0.85
    assert row.silent_days == 0


@both_families
def test_slowing_clients_drift_up_and_quickening_ones_down(family: str) -> None:
    model = example_model(family)
    slowing = score_one(history_of_gaps(7, 7, 7, 7, 14, 21, 28), TODAY, model)
    quickening = score_one(history_of_gaps(28, 21, 14, 7, 7, 7, 7), TODAY, model)
    assert slowing.drift > 0.18
    assert quickening.drift < -0.18


def test_usual_gap_is_the_own_median_from_three_gaps_on() -> None:
    model = example_model("lognormal")
    young, old = score_one(history_of_gaps(5, 9), TODAY, model), score_one(history_of_gaps(5, 9, 40), TODAY, model)
    assert (young.is_usual_own, young.usual_gap_days) == (False, young.typical_gap_days)
    assert (old.is_usual_own, old.usual_gap_days) == (True, 9)


def test_horizon_is_two_usual_gaps_within_a_month_and_half_a_year() -> None:
    model = example_model("lognormal")
    horizons = [score_one(regular_days(gap, 6, TODAY), TODAY, model).horizon_days for gap in (3, 40, 200)]
    assert horizons == [30, 80, 180]


def test_no_history_no_score() -> None:
    with pytest.raises(ValueError, match="without history has no score"):
        score_one([TODAY + 1], TODAY, example_model("gamma"))


def test_statistics_that_know_the_future_are_refused() -> None:
    model = example_model("gamma")
    histories = TouchHistories.from_pairs([4, 8], [EPOCH, EPOCH + 9])
    with pytest.raises(ValueError, match=r"after as_of_day for 1 accounts \(first: 8\)"):
        scored(histories, model, EPOCH + 5)


def test_evidence_of_other_accounts_is_refused() -> None:
    model = example_model("lognormal")
    stats = compute_rhythm(TouchHistories.of_one([EPOCH]))
    with pytest.raises(ValueError, match="one row per account: 1, got 2"):
        score_many(stats, np.zeros((2, 3)), TODAY, model)


def test_an_empty_portfolio_scores_to_nothing() -> None:
    assert len(scored(TouchHistories.from_pairs([], []), example_model("lognormal"), TODAY)[2]) == 0


@both_families
def test_a_calibration_that_says_nothing_new_changes_nothing(family: str) -> None:
    days = history_of_gaps(7, 9, 40, 3)
    plain, calibrated = (score_one(days, TODAY + 9, model(family)) for model in (example_model, calibrated_model))
    assert plain.base_risk == plain.risk == calibrated.base_risk
    assert calibrated.risk == pytest.approx(plain.risk, abs=1e-12)


@both_families
def test_calibration_moves_the_risk_and_nothing_else(family: str) -> None:
    days = history_of_gaps(7, 9, 40, 3)
    plain = score_one(days, TODAY + 9, example_model(family))
    shifted = score_one(days, TODAY + 9, calibrated_model(family, intercept=1.0))
    assert np.log(shifted.risk / (1 - shifted.risk)) == pytest.approx(np.log(plain.risk / (1 - plain.risk)) + 1)
    assert shifted.health == pytest.approx(100 * (1 - shifted.risk))
    assert replace(shifted, risk=plain.risk, health=plain.health) == plain


@both_families
@pytest.mark.parametrize("name", ["log_recent_days", "log_earlier_days", "drift", "log_typical_gap", "log_gap_count"])
def test_each_feature_reaches_the_risk(family: str, name: str) -> None:
    days = history_of_gaps(50, 7, 9, 30, 3, 12)
    plain = score_one(days, TODAY + 9, example_model(family))
    assert score_one(days, TODAY + 9, calibrated_model(family, **{name: 0.5})).risk != pytest.approx(plain.risk)


@both_families
@settings(deadline=None, max_examples=30)
@given(books=st.lists(touch_day_lists(), min_size=1, max_size=6))
def test_a_calibrated_account_alone_and_among_others_has_the_same_score(family: str, books: list[list[int]]) -> None:
    model, as_of = calibrated_model(family, intercept=-0.3, log_silence=0.2, drift=0.7), EPOCH + 1000
    pairs = [(account, day) for account, days in enumerate(books) for day in days]
    together = scored(TouchHistories.from_pairs(*zip(*pairs, strict=True)), model, as_of)[2]
    alone = [score_one(days, as_of, model) for days in books]
    np.testing.assert_array_equal(together.risk, [score.risk for score in alone])


@both_families
@settings(deadline=None, max_examples=30)
@given(days=touch_day_lists(), extra=st.integers(0, 400), later=st.integers(1, 60))
def test_the_law_of_the_risk_tells_today_what_a_later_day_will_score(
    family: str, days: list[int], extra: int, later: int
) -> None:
    model, as_of = calibrated_model(family, log_recent_days=-0.4, log_silence=0.1), max(days) + extra
    stats, evidence, _ = scored(TouchHistories.of_one(days), model, as_of)
    law = RiskLaw.given(stats, evidence, model.params, model.settings, model.calibration)
    foretold = law.risk(np.array([float(extra + later)]))
    assert foretold[0] == score_one(days, as_of + later, model).risk


def test_calibrated_chances_stay_within_bounds() -> None:
    sure = score_one([TODAY], TODAY + 3000, calibrated_model("lognormal", intercept=60.0))
    never = score_one([TODAY], TODAY, calibrated_model("lognormal", intercept=-60.0))
    assert (sure.risk, never.risk) == (1 - 1e-6, 1e-6)


def test_gaps_are_one_fewer_than_touch_days() -> None:
    histories = TouchHistories.from_pairs([1, 2, 2, 3, 3, 3, 3], [AS_OF - day for day in (9, 9, 8, 9, 7, 4, 2)])
    _, _, scores = scored(histories, example_model("lognormal"), AS_OF)
    assert scores.n_gaps.tolist() == histories.n_gaps.tolist() == [0, 1, 3]
