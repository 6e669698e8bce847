"""The client silent while we are not, at the limits."""

from __future__ import annotations

import pytest

from health.scoring.signals.one_sided import one_sided_many
from tests.health.scoring.signals.talks import SETTINGS, TODAY, talk_stats

#: six days with the client, a week apart; nine gaps in ten within ten days; silent for three weeks, three days of ours
WEEKLY = {
    "client_days": 6, "client_median_gap": 7.0, "client_high_gap": 10.0, "client_last_day": TODAY - 21,
    "unanswered_days": 3,
}  # fmt: skip


def strength(**changes: float) -> float:
    return float(one_sided_many(talk_stats(**WEEKLY | changes), SETTINGS)[0])


def test_three_usual_gaps_are_just_enough() -> None:
    assert strength() == 1
    assert strength(client_last_day=TODAY - 42) == 2


def test_half_as_much_again_as_the_long_gaps_must_have_passed() -> None:
    assert strength(client_high_gap=20.0, client_last_day=TODAY - 30) == 1
    assert strength(client_high_gap=20.0, client_last_day=TODAY - 29) == 0


@pytest.mark.parametrize("changes", [{"client_last_day": TODAY - 20}, {"client_days": 5}, {"unanswered_days": 2}])
def test_a_little_less_is_not(changes: dict[str, float]) -> None:
    assert strength(**changes) == 0
