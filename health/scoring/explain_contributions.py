"""Contributions in words and whole points that still add up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from health.scoring.contributions import STEPS, Step

LABELS: Mapping[Step, str] = {
    Step.SILENCE: "Open silence",
    Step.RHYTHM: "Own rhythm",
    Step.SLOWING: "Slowing",
    Step.ACTIVITY: "Recent activity",
    Step.HISTORY: "Length of history",
    Step.CALIBRATION: "Learned from your own past",
}

MEANINGS: Mapping[Step, str] = {
    Step.SILENCE: "what so long a silence would do to the typical account",
    Step.RHYTHM: "this account's own gaps instead of the typical ones",
    Step.SLOWING: "its newer gaps count for more than its older ones",
    Step.ACTIVITY: "its touch days of the last 120 days",
    Step.HISTORY: "how many touches the relationship has outlived",
    Step.CALIBRATION: "what became of accounts like it before",
}


@dataclass(frozen=True)
class ToldStep:
    """One step of the way: exact points of health, and whole ones that add up with the others'."""

    step: Step
    points: float
    whole_points: int

    @property
    def label(self) -> str:
        """What the step is called."""
        return LABELS[self.step]

    @property
    def meaning(self) -> str:
        """What it compares."""
        return MEANINGS[self.step]


def tell_steps(reference_health: float, points: Sequence[float], health: float) -> tuple[ToldStep, ...]:
    """The steps in order; their whole points lead from the rounded reference health to the rounded health."""
    whole = whole_points(points, round(health) - round(reference_health))
    return tuple(ToldStep(*values) for values in zip(STEPS, points, whole, strict=True))


def whole_points(points: Sequence[float], total: int) -> list[int]:
    """Round so that the sum is ``total``, each figure up or down to where its rest is nearest (largest remainder).

    ``total`` may differ from the exact sum by at most one, as two figures rounded on their own do.
    """
    exact = np.asarray(points, dtype=np.float64)
    low = np.floor(exact).astype(np.int64)
    missing = total - int(low.sum())
    order = np.argsort(low - exact, kind="stable")
    whole = low.copy()
    for place in range(abs(missing)):
        position = order[place % len(order)] if missing > 0 else order[-1 - place % len(order)]
        whole[position] += 1 if missing > 0 else -1
    return [int(value) for value in whole]
