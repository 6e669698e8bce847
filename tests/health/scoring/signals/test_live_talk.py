"""Live talk giving way, at figures that can be worked by hand."""

from __future__ import annotations

from math import sqrt

import pytest

from health.scoring.signals.live_talk import talk_fell_many
from tests.health.scoring.signals.talks import SETTINGS, TODAY, talk_stats

#: 180 days of history before the last 90
HALF_A_YEAR = TODAY - 90 - 179
#: talks on 4 of 20 days, before on 16 of 20: a quarter of the share, and just half of the pace
HALF_THE_PACE = {
    "recent_days": 20, "recent_talk_days": 4, "earlier_days": 20, "earlier_talk_days": 16, "first_day": HALF_A_YEAR,
}  # fmt: skip
#: talks on 15 of 60 days, before on 100 of 200: just half of the share
HALF_THE_SHARE = {
    "recent_days": 60, "recent_talk_days": 15, "earlier_days": 200, "earlier_talk_days": 100, "first_day": HALF_A_YEAR,
}  # fmt: skip
#: no talk on 6 days, before on all of 12
FEW_DAYS = {"recent_days": 6, "earlier_days": 12, "earlier_talk_days": 12}


def strength(**figures: float) -> float:
    return float(talk_fell_many(talk_stats(**figures), SETTINGS)[0])


def test_the_strength_is_that_of_the_two_proportion_test() -> None:
    """Talks on 2 of 10 days, before on 24 of 40: 0.4 less, 26 of 50 together."""
    deviations = 0.4 / sqrt(0.52 * 0.48 * (1 / 10 + 1 / 40))
    found = strength(recent_days=10, recent_talk_days=2, earlier_days=40, earlier_talk_days=24)
    assert found == pytest.approx(deviations / 2.2)


def test_the_pace_of_a_young_account_is_that_of_its_own_days() -> None:
    assert strength(**HALF_THE_PACE) > 1
    assert strength(**HALF_THE_PACE | {"first_day": HALF_A_YEAR - 1}) == 0


def test_the_pace_of_an_old_account_is_that_of_a_year() -> None:
    """16 talks in a year are one in 23 days, which 2 in 90 days are less than half of and 4 are not."""
    assert strength(**HALF_THE_PACE | {"first_day": TODAY - 3000, "earlier_days": 18, "recent_talk_days": 1}) > 1
    assert strength(**HALF_THE_PACE | {"first_day": TODAY - 3000}) == 0


def test_half_of_the_share_is_little_enough() -> None:
    assert strength(**HALF_THE_SHARE) > 1
    assert strength(**HALF_THE_SHARE | {"recent_talk_days": 16}) == 0


def test_six_days_after_twelve_are_enough_to_speak() -> None:
    assert strength(**FEW_DAYS) > 1
    assert strength(**FEW_DAYS | {"recent_days": 5}) == 0
    assert strength(**FEW_DAYS | {"earlier_days": 11, "earlier_talk_days": 11}) == 0
