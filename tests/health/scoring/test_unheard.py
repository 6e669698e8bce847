"""Silence that nobody could have heard flags nobody."""

import numpy as np
import pytest

from health.scoring.alarm import alarm_many
from health.scoring.arrays import NO_DAY
from health.scoring.bands import Band, PreviousBands, decide_bands_many
from health.scoring.histories import TouchHistories
from health.scoring.unheard import HeardBands, decide_heard_many, main_stops_many
from tests.health.scoring.portfolios import TODAY, example_model, regular_days, scored

MODEL = example_model("lognormal")
STOPPED = TODAY - 30


def heard(days: list[int], until: int = STOPPED, *, previous: str = "") -> HeardBands:
    stats, evidence, scores = scored(TouchHistories.of_one(days), MODEL, TODAY)
    return decide_heard_many(
        stats,
        evidence,
        scores,
        alarm_many(stats, evidence, scores, MODEL),
        as_of_day=TODAY,
        model=MODEL,
        heard_until_day=np.array([until]),
        previous=PreviousBands(np.array([previous], dtype="U8"), scores.last_day.astype(np.int64), np.array([NO_DAY])),
    )


def test_a_client_in_its_rhythm_on_the_last_day_of_the_source_keeps_its_band() -> None:
    weekly = regular_days(7, 20, STOPPED - 2)
    assert heard(weekly, NO_DAY).decisions.band[0] == Band.SILENT
    told = heard(weekly)
    assert (told.decisions.band[0], told.is_unheard[0], told.alarms.is_alarm[0]) == (Band.STEADY, True, False)


def test_a_client_silent_before_the_source_stopped_stays_silent() -> None:
    told = heard(regular_days(7, 20, STOPPED - 25))
    assert (told.decisions.band[0], told.is_unheard[0], told.alarms.is_alarm[0]) == (Band.SILENT, False, True)


def test_a_touch_from_elsewhere_after_the_stop_does_not_start_a_silence_that_counts() -> None:
    told = heard([*regular_days(7, 20, STOPPED - 2), STOPPED + 3])
    assert (told.decisions.band[0], told.is_unheard[0]) == (Band.STEADY, True)


def test_a_flag_raised_before_the_stop_was_noticed_is_taken_back_at_once() -> None:
    told = heard(regular_days(7, 20, STOPPED - 2), previous=Band.SILENT)
    assert (told.decisions.band[0], told.decisions.failing_since_day[0]) == (Band.STEADY, NO_DAY)


def test_health_that_fell_only_since_the_source_stopped_does_not_make_an_account_drift() -> None:
    days = regular_days(7, 20, STOPPED - 2)
    stats, evidence, scores = scored(TouchHistories.of_one(days), MODEL, TODAY)
    alarms = alarm_many(stats, evidence, scores, MODEL)
    never = alarms.take(np.array([0]))
    object.__setattr__(never, "is_alarm", np.array([False]))
    assert decide_bands_many(scores, never, TODAY, MODEL.settings).band[0] == Band.DRIFTING
    told = decide_heard_many(
        stats, evidence, scores, never, as_of_day=TODAY, model=MODEL, heard_until_day=np.array([STOPPED])
    )
    assert (told.decisions.band[0], told.is_unheard[0]) == (Band.STEADY, True)
    # Its health stays what its touches say.
    assert told.decisions.is_low_health[0]


def test_where_nothing_stopped_the_bands_are_those_without_it() -> None:
    days = regular_days(7, 20, TODAY - 60)
    told = heard(days, NO_DAY)
    stats, evidence, scores = scored(TouchHistories.of_one(days), MODEL, TODAY)
    usual = decide_bands_many(scores, alarm_many(stats, evidence, scores, MODEL), TODAY, MODEL.settings)
    assert (told.decisions.band[0], told.is_unheard[0]) == (usual.band[0], False)


@pytest.mark.parametrize(
    ("stopped", "all_touches", "place"),
    [([6, 0], 10, 0), ([5, 0], 10, -1), ([3, 4], 10, 1), ([0, 0], 0, -1), ([1, 1], 2, 0)],
)
def test_more_than_half_of_the_touches_must_have_come_from_stopped_sources(
    stopped: list[int], all_touches: int, place: int
) -> None:
    assert main_stops_many(np.array([stopped]), np.array([all_touches])).tolist() == [place]


def test_without_stopped_sources_nobody_rests_on_one() -> None:
    assert main_stops_many(np.zeros((2, 0), dtype=np.int64), np.array([3, 0])).tolist() == [-1, -1]
