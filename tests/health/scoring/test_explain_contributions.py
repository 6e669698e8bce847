"""Whole points still add up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.scoring.contributions import STEPS, Step
from health.scoring.explain_contributions import LABELS, MEANINGS, tell_steps, whole_points

POINTS = st.lists(st.floats(-90, 90), min_size=6, max_size=6)


@given(reference=st.floats(0, 100), points=POINTS)
def test_whole_points_lead_from_the_rounded_reference_to_the_rounded_health(
    reference: float, points: list[float]
) -> None:
    health = reference + sum(points)
    told = tell_steps(reference, points, health)
    assert round(reference) + sum(step.whole_points for step in told) == round(health)
    assert all(abs(step.whole_points - step.points) < 1.5 for step in told)


def test_the_largest_remainders_are_rounded_up() -> None:
    assert whole_points([1.4, 1.4, 1.2], 4) == [2, 1, 1]
    assert whole_points([-0.4, -0.4, -0.2], -1) == [0, -1, 0]


@pytest.mark.parametrize(("total", "expected"), [(4, [1, 2, 1]), (2, [1, 1, 0])])
def test_two_figures_rounded_on_their_own_may_leave_one_more_or_less(total: int, expected: list[int]) -> None:
    assert whole_points([1.0, 1.6, 0.5], total) == expected


def test_every_step_has_its_words() -> None:
    assert set(LABELS) == set(MEANINGS) == set(STEPS)
    assert tell_steps(97.0, [0.0] * 6, 97.0)[0].label == LABELS[Step.SILENCE]
