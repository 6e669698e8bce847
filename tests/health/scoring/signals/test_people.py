"""Who we talk with, at figures that can be worked by hand."""

from __future__ import annotations

from math import log

import pytest

from health.scoring.arrays import NO_DAY
from health.scoring.signals.people import single_threaded_many, sponsor_left_many, sponsor_silent_many
from tests.health.scoring.signals.talks import SETTINGS, TODAY, talk_stats

#: one person on all five days with names; before, on half of them (one made-up day on either side)
LONE = {"people": 1, "named_days": 5, "lone_earlier_days": 19, "earlier_named_days": 38}
#: a sponsor met on four days who left yesterday, and a successor met once
LEFT = {"sponsor_days": 4, "sponsor_left_day": TODAY, "ranked_since_days": 1}
#: a sponsor met on five days, a month apart, then not for five months, while others were met on four days
SILENT = {
    "sponsor_days": 5, "sponsor_first_day": TODAY - 270, "sponsor_last_day": TODAY - 150,
    "sponsor_longest_gap_days": 30, "sponsor_left_day": NO_DAY, "others_since_days": 4,
}  # fmt: skip


def threaded(**changes: float) -> float:
    return float(single_threaded_many(talk_stats(**LONE | changes), SETTINGS)[0])


def left(**changes: float) -> float:
    return float(sponsor_left_many(talk_stats(**LEFT | changes), TODAY, SETTINGS)[0])


def silent(**changes: float) -> float:
    return float(sponsor_silent_many(talk_stats(**SILENT | changes), TODAY, SETTINGS)[0])


def test_meeting_one_of_many_five_times_running_is_rare() -> None:
    assert threaded() == pytest.approx(5 * log(0.5) / log(0.05))


@pytest.mark.parametrize(
    "changes",
    [
        {"people": 2},
        {"named_days": 4, "lone_earlier_days": 1},
        {"lone_earlier_days": 10, "earlier_named_days": 18},  # 0.55 ** 5 is 5.03 %
        {"lone_earlier_days": 38},
    ],
    ids=["two persons", "four days", "not rare enough", "always the same"],
)
def test_what_falls_short_in_one_respect_does_not_hang_on_one_person(changes: dict[str, float]) -> None:
    assert threaded(**changes) == 0


def test_a_sponsor_who_left_counts_from_the_day_on() -> None:
    assert left() == 1
    assert left(sponsor_days=8) == pytest.approx(1 + log(2))


@pytest.mark.parametrize("changes", [{"sponsor_left_day": TODAY + 1}, {"sponsor_days": 3}, {"ranked_since_days": 2}])
def test_a_sponsor_still_there_or_hardly_met_or_replaced_has_not_left(changes: dict[str, float]) -> None:
    assert left(**changes) == 0


def test_five_usual_gaps_of_a_sponsor_are_just_enough() -> None:
    assert silent() == 1
    assert silent(last_day=TODAY - 1) == 0


def test_twice_the_longest_gap_must_have_passed() -> None:
    assert silent(sponsor_longest_gap_days=75) == 1
    assert silent(sponsor_longest_gap_days=100) == 0


def test_a_sponsor_met_weekly_is_silent_after_ninety_days() -> None:
    weekly = {"sponsor_first_day": TODAY - 118, "sponsor_last_day": TODAY - 90, "sponsor_longest_gap_days": 7}
    assert silent(**weekly) == 1
    assert silent(**weekly | {"sponsor_first_day": TODAY - 117, "sponsor_last_day": TODAY - 89}) == 0


@pytest.mark.parametrize(
    "changes",
    [{"sponsor_days": 3, "sponsor_first_day": TODAY - 210}, {"others_since_days": 3}, {"sponsor_left_day": TODAY}],
)
def test_a_sponsor_hardly_known_or_gone_or_with_nobody_met_is_not_silent(changes: dict[str, float]) -> None:
    assert silent(**changes) == 0
