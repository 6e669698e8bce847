"""The labelled past knows, at each snapshot, what was known by then, and says truly what came after."""

from dataclasses import replace

import numpy as np
import pytest

from health.scoring.histories import TouchHistories
from health.scoring.params import FEATURE_NAMES, ScoringSettings
from health.scoring.risk import score_one
from health.scoring.snapshots import (
    YEAR_DAYS,
    LabelledPast,
    calibrate,
    capped_weights,
    label_past,
    log_loss,
    snapshot_ages,
)
from tests.health.scoring.portfolios import (
    TODAY,
    b2b_portfolio,
    calibration,
    example_model,
    example_params,
    regular_days,
)

SETTINGS = ScoringSettings()
PARAMS = example_params("lognormal")
FIXED = replace(SETTINGS, horizon_min_days=60.0, horizon_max_days=60.0)


def book(accounts: int = 60) -> TouchHistories:
    return b2b_portfolio(np.random.default_rng(8), accounts)


def with_touches(histories: TouchHistories, account: int, *days: int) -> TouchHistories:
    ids = np.repeat(histories.account_ids, histories.touch_days)
    return TouchHistories.from_pairs([*ids, *[account] * len(days)], [*histories.days, *days])


def test_one_horizon_is_looked_at_from_four_days() -> None:
    assert snapshot_ages(FIXED) == [60, 90, 120, 150]


def test_many_horizons_share_one_ladder() -> None:
    ages = snapshot_ages(SETTINGS)
    assert ages[:4] == [30, 45, 60, 75]
    assert ages[-4:] == [270, 300, 360, 450]
    assert len(ages) < 16


@pytest.mark.parametrize("settings", [SETTINGS, FIXED], ids=["own horizons", "one horizon"])
def test_labels_say_what_came_within_the_horizon_as_of_then(settings: ScoringSettings) -> None:
    histories = book()
    past = label_past(histories, PARAMS, TODAY, settings)
    model = replace(example_model("lognormal"), settings=settings)
    for row in range(0, len(past), 17):
        place = int(np.searchsorted(histories.account_ids, past.account_ids[row]))
        days = histories.days[histories.offsets[place] : histories.offsets[place + 1]]
        score = score_one(days.tolist(), int(past.days[row]), model)
        later = days[(days > past.days[row]) & (days <= past.days[row] + score.horizon_days)]
        assert past.stays_silent[row] == (len(later) == 0)
        assert past.days[row] + score.horizon_days <= TODAY
        assert past.features[row, 0] == pytest.approx(np.log(score.risk / (1 - score.risk)))


def features_by_snapshot(past: LabelledPast) -> dict[tuple[int, int], list[float]]:
    keys = zip(past.account_ids.tolist(), past.days.tolist(), strict=True)
    return dict(zip(keys, past.features.tolist(), strict=True))


def test_a_touch_after_a_snapshot_changes_nothing_that_was_known_then() -> None:
    histories = book()
    before = features_by_snapshot(label_past(histories, PARAMS, TODAY, FIXED))
    after = features_by_snapshot(label_past(with_touches(histories, 3, TODAY - 70), PARAMS, TODAY, FIXED))
    assert before.keys() == after.keys()
    changed = {key for key in before if not np.allclose(before[key], after[key], atol=1e-9)}
    assert changed == {(3, TODAY - 60)}


def test_a_touch_after_today_changes_nothing() -> None:
    histories = book()
    later = with_touches(histories, 3, TODAY + 1, TODAY + 40)
    assert calibrate(later, PARAMS, TODAY, SETTINGS) == calibrate(histories, PARAMS, TODAY, SETTINGS)


def test_an_account_counts_no_more_than_one_and_a_half_times() -> None:
    past = label_past(book(), PARAMS, TODAY, SETTINGS)
    _, place = np.unique(past.account_ids, return_inverse=True)
    total = np.bincount(place, capped_weights(past))
    assert np.all(total <= 1.5 + 1e-9)
    assert np.max(total) == pytest.approx(1.5)


def test_an_account_that_counts_little_is_left_as_it_is() -> None:
    """Looks of 1.0 and 0.6 are scaled to one and a half together, one of 0.6 is not touched."""
    rows = np.array([1, 1, 2])
    past = LabelledPast(rows, rows, np.zeros((3, 9)), np.zeros(3, dtype=bool), np.array([1.0, 0.6, 0.6]))
    np.testing.assert_allclose(capped_weights(past), [1.5 / 1.6, 0.9 / 1.6, 0.6])


def test_later_looks_count_more() -> None:
    past = label_past(book(), PARAMS, TODAY, FIXED)
    weights = [past.weights[(past.account_ids == 0) & (past.days == TODAY - age)][0] for age in (60, 90, 120, 150)]
    np.testing.assert_allclose(np.diff(np.log(weights)), np.log(0.6))


def test_too_short_or_too_small_a_past_teaches_nothing() -> None:
    young = TouchHistories.from_pairs(range(50), [TODAY - 20] * 50)
    few = b2b_portfolio(np.random.default_rng(1), accounts=19)
    assert label_past(young, PARAMS, TODAY, SETTINGS) is None
    assert label_past(few, PARAMS, TODAY, SETTINGS) is None
    assert calibrate(few, PARAMS, TODAY, SETTINGS) is None
    assert label_past(TouchHistories.from_pairs([], []), PARAMS, TODAY, SETTINGS) is None


def test_a_firm_whose_clients_all_returned_is_not_calibrated() -> None:
    weekly = [(account, day) for account in range(30) for day in regular_days(7, 60, TODAY)]
    assert calibrate(TouchHistories.from_pairs(*zip(*weekly, strict=True)), PARAMS, TODAY, SETTINGS) is None


def seasonal_firm(*, is_seasonal: bool) -> TouchHistories:
    """Weekly clients over three years; where seasonal, a third of them rests for eleven weeks a year, from today on."""
    rng, pairs = np.random.default_rng(9), []
    for account in range(240):
        days = TODAY - 1000 + np.cumsum(rng.integers(4, 11, 160))
        phase = (days - TODAY) % YEAR_DAYS
        rests = (phase < 77) & (account % 3 == 0) & is_seasonal
        pairs += [(account, int(day)) for day in days[~rests & (days <= TODAY)]]
    return TouchHistories.from_pairs(*zip(*pairs, strict=True))


def test_last_years_season_takes_part_only_where_it_would_have_helped() -> None:
    """Sixty days into the rest, the newest look was the day on which it began: last year tells that one."""
    today = TODAY + 60
    seasonal = calibrate(seasonal_firm(is_seasonal=True), PARAMS, today, FIXED)
    assert seasonal.snapshots == 5
    assert calibrate(seasonal_firm(is_seasonal=False), PARAMS, TODAY, FIXED) is None


def test_a_young_firm_has_no_season() -> None:
    book = b2b_portfolio(np.random.default_rng(8), 60)
    ids = np.repeat(book.account_ids, book.touch_days)
    recent = book.days > TODAY - 400
    young = TouchHistories.from_pairs(ids[recent], book.days[recent])
    assert calibrate(young, PARAMS, TODAY, FIXED).snapshots == 4


def test_the_surprise_at_a_look_counts_by_its_weight() -> None:
    """Chances of 4/5 and 1/4, of which the first came true and the second did not, the second counting three times."""
    features = np.zeros((2, len(FEATURE_NAMES)))
    features[:, FEATURE_NAMES.index("base_logit")] = np.log([4, 1 / 3])
    past = LabelledPast(
        account_ids=np.array([1, 2]),
        days=np.array([TODAY, TODAY]),
        features=features,
        stays_silent=np.array([True, False]),
        weights=np.array([1.0, 3.0]),
    )
    assert log_loss(past, None) == pytest.approx((np.log(5 / 4) + 3 * np.log(4 / 3)) / 4)
    assert log_loss(past, calibration(intercept=np.log(2))) == pytest.approx((np.log(9 / 8) + 3 * np.log(5 / 3)) / 4)
