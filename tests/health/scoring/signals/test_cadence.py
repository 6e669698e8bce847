"""The lived cadence against the agreed one, at the limits."""

from __future__ import annotations

import numpy as np
import pytest

from health.scoring.signals.cadence import cadence_missed_many
from tests.health.scoring.signals.talks import SETTINGS, talk_stats


@pytest.mark.parametrize(("lived", "gaps", "expected"), [(7.0, 4, 1.0), (14.0, 4, 2.0), (6.9, 4, 0.0), (14.0, 3, 0.0)])
def test_two_fifths_beyond_five_agreed_days_and_four_gaps_are_just_enough(
    lived: float, gaps: int, expected: float
) -> None:
    stats = talk_stats(lived_gap=lived, cadence_gaps=gaps)
    assert cadence_missed_many(stats, np.array([5.0]), SETTINGS)[0] == pytest.approx(expected)
