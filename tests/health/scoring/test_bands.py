from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from health.scoring.alarm import alarm_many
from health.scoring.arrays import NO_DAY
from health.scoring.bands import (
    AccountFlags,
    Band,
    BandDecisions,
    PreviousBands,
    band_without_history,
    decide_bands_many,
    dormant_day,
    next_change_days,
)
from health.scoring.histories import TouchHistories
from health.scoring.params import FittedModel, ScoringSettings
from tests.health.scoring.portfolios import (
    FAMILIES,
    TODAY,
    calibrated_model,
    example_model,
    history_of_gaps,
    regular_days,
    scored,
    touch_day_lists,
)

MODEL = example_model("lognormal")
STEADY = regular_days(30, 20, TODAY - 10)
SILENT = regular_days(7, 20, TODAY - 60)
DORMANT = regular_days(7, 20, TODAY - 400)
LEARNING = history_of_gaps(9)
SLOWING = history_of_gaps(*[7] * 12, 14, 18, 21, 24)


def decide(
    days: list[int],
    as_of_day: int = TODAY,
    *,
    model: FittedModel = MODEL,
    previous: PreviousBands | None = None,
    **flags: bool,
) -> BandDecisions:
    stats, evidence, scores = scored(TouchHistories.of_one(days), model, as_of_day)
    alarms = alarm_many(stats, evidence, scores, model)
    chosen = replace(AccountFlags.none(1), **{name: np.array([value]) for name, value in flags.items()})
    return decide_bands_many(scores, alarms, as_of_day, model.settings, flags=chosen, previous=previous)


def next_change(days: list[int], as_of_day: int, model: FittedModel = MODEL) -> int:
    stats, evidence, scores = scored(TouchHistories.of_one(days), model, as_of_day)
    alarms = alarm_many(stats, evidence, scores, model)
    decisions = decide_bands_many(scores, alarms, as_of_day, model.settings)
    change = next_change_days(stats, evidence, scores, alarms, decisions, as_of_day=as_of_day, model=model)
    return int(change[0])


def before(band: Band, *, last_day: int, failing_since: int = NO_DAY) -> PreviousBands:
    return PreviousBands(np.array([band.value]), np.array([last_day]), np.array([failing_since]))


@pytest.mark.parametrize(
    ("days", "band"),
    [
        (STEADY, Band.STEADY),
        (SILENT, Band.SILENT),
        (DORMANT, Band.DORMANT),
        (LEARNING, Band.LEARNING),
        (SLOWING, Band.DRIFTING),
    ],
)
def test_each_story_has_its_band(days: list[int], band: Band) -> None:
    assert decide(days).band.tolist() == [band]


def test_what_people_decided_comes_first() -> None:
    for days in (STEADY, SILENT, DORMANT, LEARNING):
        assert decide(days, is_paused=True).band[0] == Band.PAUSED
        assert decide(days, is_paused=True, is_closed=True).band[0] == Band.CLOSED


def test_other_drift_signals_make_a_steady_account_drift_but_never_quiet_a_silent_one() -> None:
    assert decide(STEADY, has_drift_signal=True).band[0] == Band.DRIFTING
    assert decide(SILENT, has_drift_signal=True).band[0] == Band.SILENT


def test_low_health_is_drifting() -> None:
    quiet = replace(MODEL, thresholds=replace(MODEL.thresholds, index=20.0, regularity=20.0))
    decisions = decide(SILENT, model=quiet)
    assert (decisions.band[0], decisions.is_low_health[0], decisions.is_slowing[0]) == (Band.DRIFTING, True, False)


@pytest.mark.parametrize(
    ("closed", "paused", "band"),
    [(True, True, Band.CLOSED), (False, True, Band.PAUSED), (False, False, Band.LEARNING)],
)
def test_accounts_without_touches_have_a_band_too(closed: bool, paused: bool, band: Band) -> None:
    assert band_without_history(is_closed=closed, is_paused=paused) is band


@pytest.mark.parametrize("gap", [7, 60])
def test_dormant_is_two_horizons_and_at_least_120_days_after_the_alarm(gap: int) -> None:
    days = regular_days(gap, 12, TODAY)
    stats, evidence, scores = scored(TouchHistories.of_one(days), MODEL, TODAY)
    alarms = alarm_many(stats, evidence, scores, MODEL)
    day = int(dormant_day(scores, alarms, MODEL.settings)[0])
    assert day - int(alarms.onset_day[0]) == {7: 121, 60: 241}[gap]
    assert decide(days, day - 1).band[0] == Band.SILENT
    assert decide(days, day).band[0] == Band.DORMANT


def test_a_band_is_held_for_two_days_after_its_condition_failed() -> None:
    """Yesterday the alarm threshold rose: the silence no longer exceeds it."""
    calm = replace(MODEL, thresholds=replace(MODEL.thresholds, index=20.0, regularity=20.0))
    days = regular_days(7, 20, TODAY - 25)
    previous = before(Band.SILENT, last_day=TODAY - 25)
    bands, failing = [], []
    for as_of in (TODAY, TODAY + 1, TODAY + 2):
        decisions = decide(days, as_of, model=calm, previous=previous)
        bands.append(decisions.band[0])
        failing.append(decisions.failing_since_day[0])
        previous = PreviousBands(decisions.band, np.array([TODAY - 25]), decisions.failing_since_day)
    assert bands[:2] == [Band.SILENT, Band.SILENT]
    assert bands[2] != Band.SILENT
    assert failing == [TODAY, TODAY, NO_DAY]


def test_a_touch_ends_a_band_at_once() -> None:
    touched = [*SILENT, TODAY]
    previous = before(Band.SILENT, last_day=TODAY - 60, failing_since=NO_DAY)
    assert decide(touched, previous=previous).band[0] != Band.SILENT


def test_a_touch_taken_back_ends_a_band_at_once() -> None:
    previous = before(Band.DRIFTING, last_day=TODAY)
    assert decide(STEADY, previous=previous).band[0] == Band.STEADY


def test_a_graver_band_does_not_wait() -> None:
    assert decide(SILENT, previous=before(Band.STEADY, last_day=TODAY - 60)).band[0] == Band.SILENT
    assert decide(SILENT, previous=before(Band.DRIFTING, last_day=TODAY - 60)).band[0] == Band.SILENT
    assert decide(DORMANT, previous=before(Band.SILENT, last_day=TODAY - 400)).band[0] == Band.DORMANT


def test_the_end_of_a_pause_does_not_wait() -> None:
    assert decide(STEADY, previous=before(Band.PAUSED, last_day=TODAY - 10)).band[0] == Band.STEADY


def test_a_condition_that_holds_again_starts_the_two_days_anew() -> None:
    previous = before(Band.SILENT, last_day=TODAY - 60, failing_since=TODAY - 1)
    decisions = decide(SILENT, previous=previous)
    assert (decisions.band[0], decisions.failing_since_day[0]) == (Band.SILENT, NO_DAY)


@pytest.mark.parametrize("family", FAMILIES)
@settings(deadline=None, max_examples=60)
@given(days=touch_day_lists(min_size=3), silent=st.integers(0, 120))
def test_until_the_next_change_day_the_band_stays_and_on_it_it_changes(
    family: str, days: list[int], silent: int
) -> None:
    model, as_of = example_model(family), max(days) + silent
    band = decide(days, as_of, model=model).band[0]
    change = next_change(days, as_of, model)
    if change == NO_DAY:
        assert band == Band.DORMANT
    else:
        assert change > as_of
        assert decide(days, change - 1, model=model).band[0] == band
        assert decide(days, change, model=model).band[0] != band


@pytest.mark.parametrize("family", FAMILIES)
@settings(deadline=None, max_examples=40)
@given(days=touch_day_lists(min_size=3), silent=st.integers(0, 120))
def test_the_next_change_is_foretold_from_the_calibrated_risk(family: str, days: list[int], silent: int) -> None:
    model, as_of = calibrated_model(family, intercept=0.8, log_recent_days=-0.5), max(days) + silent
    band = decide(days, as_of, model=model).band[0]
    change = next_change(days, as_of, model)
    assume(change != NO_DAY)
    assert decide(days, change - 1, model=model).band[0] == band
    assert decide(days, change, model=model).band[0] != band


def test_bands_that_silence_does_not_change_have_no_next_change() -> None:
    assert next_change(LEARNING, TODAY) == NO_DAY
    assert next_change(DORMANT, TODAY) == NO_DAY


def test_a_held_band_changes_when_it_is_released() -> None:
    calm = replace(MODEL, thresholds=replace(MODEL.thresholds, index=20.0, regularity=20.0))
    days = regular_days(7, 20, TODAY - 25)
    stats, evidence, scores = scored(TouchHistories.of_one(days), calm, TODAY)
    alarms = alarm_many(stats, evidence, scores, calm)
    previous = before(Band.SILENT, last_day=TODAY - 25)
    held = decide_bands_many(scores, alarms, TODAY, calm.settings, previous=previous)
    change = next_change_days(stats, evidence, scores, alarms, held, as_of_day=TODAY, model=calm)
    assert change.tolist() == [TODAY + 2]


def test_alarms_of_other_accounts_are_refused() -> None:
    stats, evidence, scores = scored(TouchHistories.of_one(STEADY), MODEL, TODAY)
    alarms = replace(alarm_many(stats, evidence, scores, MODEL), account_ids=np.array([5]))
    with pytest.raises(ValueError, match="same accounts"):
        decide_bands_many(scores, alarms, TODAY, ScoringSettings())
