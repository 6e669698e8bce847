"""Runs of our own days, at figures that can be worked by hand."""

from __future__ import annotations

from math import log

import pytest

from health.scoring.signals.unanswered import unanswered_many
from tests.health.scoring.signals.talks import SETTINGS, TODAY, talk_stats

#: four days of ours over a fortnight; before, two of ours, three at most in a row, and six with an answer
RUN = {
    "unanswered_days": 4, "our_days": 6, "answer_days": 6, "longest_unanswered_days": 3,
    "unanswered_since_day": TODAY - 14,
}  # fmt: skip


def strength(**changes: float) -> float:
    return float(unanswered_many(talk_stats(**RUN | changes), SETTINGS)[0])


def test_the_strength_is_how_rare_the_run_is() -> None:
    """Three of ten days were ours, with one made-up day on either side."""
    assert strength() == pytest.approx(4 * log(0.3) / log(0.01))


@pytest.mark.parametrize(
    "changes",
    [
        {"unanswered_days": 3, "our_days": 3, "longest_unanswered_days": 0},
        {"longest_unanswered_days": 4},
        {"unanswered_since_day": TODAY - 13},
        {"answer_days": 2, "our_days": 4},
        {"our_days": 7, "answer_days": 5},
    ],
    ids=["three days", "as many before", "within two weeks", "hardly ever answered", "not rare"],
)
def test_a_run_that_falls_short_in_one_respect_is_none(changes: dict[str, float]) -> None:
    assert strength(**changes) == 0


def test_three_answers_are_enough() -> None:
    assert strength(answer_days=3, our_days=4) == pytest.approx(4 * log(0.2) / log(0.01))
