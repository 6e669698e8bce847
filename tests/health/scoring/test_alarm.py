from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from health.scoring.alarm import LAST_SILENT_DAY, Alarms, alarm_many, default_thresholds, worse_alarms
from health.scoring.arrays import NO_DAY
from health.scoring.fit import fit_model
from health.scoring.histories import TouchHistories
from health.scoring.params import FittedModel, ScoringSettings
from tests.health.scoring.portfolios import (
    FAMILIES,
    TODAY,
    b2b_portfolio,
    example_model,
    history_of_gaps,
    regular_days,
    scored,
    touch_day_lists,
)


def alarms_of(histories: TouchHistories, model: FittedModel, as_of_day: int = TODAY) -> Alarms:
    stats, evidence, scores = scored(histories, model, as_of_day)
    return alarm_many(stats, evidence, scores, model)


def is_alarm(days: list[int], model: FittedModel, as_of_day: int) -> bool:
    return bool(alarms_of(TouchHistories.of_one(days), model, as_of_day).is_alarm[0])


def arms_ring(days: list[int], model: FittedModel, as_of_day: int) -> bool:
    """The definition, straight from the two arms."""
    row = scored(TouchHistories.of_one(days), model, as_of_day)[2].row(0)
    by_index = row.alarm_index > model.thresholds.index
    by_regularity = row.regularity > model.thresholds.regularity and row.touch_days > 6
    year = [late - early for early, late in pairwise(sorted(set(days))) if late > max(days) - 365]
    has_come_back = row.silent_days <= max([0, *sorted(year)[-3:-2]])
    is_overdue = row.silent_days > 1.25 * row.median_gap_days and not has_come_back
    return row.touch_days >= 3 and is_overdue and (by_index or by_regularity)


@pytest.mark.parametrize("family", FAMILIES)
@settings(deadline=None, max_examples=60)
@given(
    days=touch_day_lists(min_size=3), index=st.floats(0.5, 6), regularity=st.floats(0.5, 6), silent=st.integers(0, 500)
)
def test_the_onset_is_the_first_day_on_which_an_arm_rings(
    family: str, days: list[int], index: float, regularity: float, silent: int
) -> None:
    model = example_model(family, index=index, regularity=regularity)
    onset = int(alarms_of(TouchHistories.of_one(days), model, max(days)).onset_day[0])
    assert onset > max(days)
    for day in {onset - 1, onset, onset + 30, max(days) + silent}:
        expected = day >= onset
        assert is_alarm(days, model, day) == expected
        if onset - max(days) < LAST_SILENT_DAY:
            assert arms_ring(days, model, day) == expected


@pytest.mark.parametrize("family", FAMILIES)
def test_one_touch_today_clears_the_alarm(family: str) -> None:
    days, model = regular_days(7, 20, TODAY - 60), example_model(family)
    assert is_alarm(days, model, TODAY)
    assert not is_alarm([*days, TODAY], model, TODAY)


def test_accounts_with_fewer_than_three_touch_days_never_ring() -> None:
    alarms = alarms_of(TouchHistories.of_one([TODAY - 900, TODAY - 893]), example_model("lognormal"))
    assert (alarms.is_alarm[0], alarms.onset_day[0]) == (False, NO_DAY)


def test_nobody_rings_before_the_usual_gap_and_a_quarter() -> None:
    model = example_model("lognormal", index=-5.0)
    onset = alarms_of(TouchHistories.of_one(regular_days(90, 8, TODAY)), model).onset_day[0]
    assert onset - TODAY == 113


def test_nobody_rings_at_a_silence_it_came_back_from_three_times_within_a_year() -> None:
    """A visit every eleven weeks with two mails after it: the usual gap is that of the mails."""
    model = example_model("lognormal", index=-5.0)
    days = history_of_gaps(*[70, 3, 4] * 5)
    alarms = alarms_of(TouchHistories.of_one(days), model)
    assert alarms.onset_day[0] - TODAY == 71
    twice_only = history_of_gaps(70, 3, 4, 70, *[3, 4] * 10)
    assert alarms_of(TouchHistories.of_one(twice_only), model).onset_day[0] - TODAY < 10


def test_the_regularity_arm_needs_six_gaps() -> None:
    model = example_model("lognormal", index=20.0, regularity=2.0)
    seven, six = regular_days(7, 7, TODAY - 60), regular_days(7, 6, TODAY - 60)
    alarms = alarms_of(TouchHistories.of_one(seven), model)
    assert (alarms.is_alarm[0], alarms.is_by_regularity[0]) == (True, True)
    assert not is_alarm(six, model, TODAY)


@pytest.mark.parametrize("family", FAMILIES)
def test_default_thresholds_call_a_weekly_client_but_not_a_quarterly_one(family: str) -> None:
    model = replace(example_model(family), thresholds=default_thresholds(TouchHistories.from_pairs([], []), 2.0))
    assert is_alarm(regular_days(7, 9, TODAY - 19), model, TODAY)
    assert not is_alarm(regular_days(90, 9, TODAY - 19), model, TODAY)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_on_a_mixed_book_19_quiet_days_ring_for_the_weekly_caller_only(seed: int) -> None:
    book = b2b_portfolio(np.random.default_rng(seed))
    weekly, quarterly = regular_days(7, 60, TODAY - 19), regular_days(90, 9, TODAY - 19)
    ids = [*np.repeat(book.account_ids, book.touch_days), *[900] * len(weekly), *[901] * len(quarterly)]
    histories = TouchHistories.from_pairs(ids, [*book.days, *weekly, *quarterly])
    model = fit_model(histories, TODAY, ScoringSettings(), rng=np.random.default_rng(0))
    alarms = alarms_of(histories, model)
    assert model.thresholds.is_replayed
    assert dict(zip([900, 901], alarms.is_alarm[-2:].tolist(), strict=True)) == {900: True, 901: False}


def test_fewer_false_alarms_cost_days() -> None:
    nobody = TouchHistories.from_pairs([], [])
    onsets = [
        alarms_of(
            TouchHistories.of_one(regular_days(7, 5, TODAY)),
            replace(example_model("lognormal"), thresholds=default_thresholds(nobody, budget)),
        ).onset_day[0]
        for budget in (4.0, 2.0, 1.0, 0.5)
    ]
    assert onsets == sorted(set(onsets))


def test_the_worse_series_wins() -> None:
    """Three accounts: our weekly mails go unanswered; the client stopped with us; nothing is known of directions."""
    weekly = regular_days(7, 30, TODAY)
    stopped = regular_days(7, 20, TODAY - 50)
    any_touch = {1: weekly, 2: stopped, 3: regular_days(7, 20, TODAY)}
    client = {1: weekly[:18], 2: stopped}
    model = example_model("lognormal")
    by_any, by_client = (
        alarms_of(
            TouchHistories.from_pairs(
                [account for account, days in series.items() for _ in days],
                [day for days in series.values() for day in days],
            ),
            model,
        )
        for series in (any_touch, client)
    )
    worse = worse_alarms(by_any, by_client)
    assert by_any.is_alarm.tolist() == [False, True, False]
    assert worse.is_alarm.tolist() == [True, True, False]
    assert worse.is_by_client.tolist() == [True, False, False]
    assert worse.onset_day.tolist() == [by_client.onset_day[0], by_any.onset_day[1], by_any.onset_day[2]]
    assert by_any.is_alarm.tolist() == [False, True, False]  # joining leaves its arguments alone


def test_a_client_series_too_young_to_ring_changes_nothing() -> None:
    model = example_model("lognormal")
    by_any = alarms_of(TouchHistories.of_one(regular_days(7, 9, TODAY)), model)
    by_client = alarms_of(TouchHistories.of_one([TODAY - 400]), model)
    assert worse_alarms(by_any, by_client).onset_day == by_any.onset_day


def test_a_client_series_of_unknown_accounts_is_refused() -> None:
    model = example_model("lognormal")
    by_any = alarms_of(TouchHistories.of_one(history_of_gaps(7, 7), account_id=1), model)
    for stranger in (0, 5):
        by_client = alarms_of(TouchHistories.of_one(history_of_gaps(7, 7), account_id=stranger), model)
        with pytest.raises(ValueError, match="client_series holds accounts"):
            worse_alarms(by_any, by_client)


def test_rounding_moves_no_alarm_by_a_day() -> None:
    """A threshold just under the index of a day rings on that day, one that equals it on the next."""
    days = regular_days(7, 10, TODAY)
    histories, rings = TouchHistories.of_one(days), []
    for silent in range(10, 60):
        index = float(scored(histories, example_model("lognormal"), TODAY + silent)[2].alarm_index[0])
        for threshold in (float(np.nextafter(index, 0)), index):
            model = example_model("lognormal", index=threshold, regularity=20.0)
            rings.append(int(alarms_of(histories, model).onset_day[0]) - TODAY)
    assert rings == [day for silent in range(10, 60) for day in (silent, silent + 1)]
