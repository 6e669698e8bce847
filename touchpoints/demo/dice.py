"""Chance, in blocks: one numpy Generator per account, cheap scalar draws on top."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")
_BLOCK = 512


class Dice:
    """Draws for one account. Each account has its own, so a change to one story leaves the others as they were."""

    def __init__(self, generator: np.random.Generator) -> None:
        self._generator = generator
        self._block: list[float] = []

    def uniform(self) -> float:
        """A number in [0, 1)."""
        if not self._block:
            self._block = self._generator.random(_BLOCK).tolist()
        return self._block.pop()

    def chance(self, probability: float) -> bool:
        return self.uniform() < probability

    def whole(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + int(self.uniform() * (high - low + 1))

    def between(self, low: float, high: float) -> float:
        return low + self.uniform() * (high - low)

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, all alike. Raises IndexError when there is none."""
        return options[int(self.uniform() * len(options))]

    def weighted(self, options: Sequence[T], weights: Sequence[float]) -> T:
        """One of the options, in proportion to its weight."""
        rest = self.uniform() * sum(weights)
        for option, weight in zip(options, weights, strict=True):
            rest -= weight
            if rest < 0:
                return option
        return options[-1]

    def several(self, options: Sequence[T], count: int) -> list[T]:
        """Up to ``count`` different options."""
        left = list(options)
        return [left.pop(int(self.uniform() * len(left))) for _ in range(min(count, len(left)))]

    def count(self, mean: float) -> int:
        """How many of something happen when ``mean`` are usual (independent of each other: Poisson)."""
        return int(self._generator.poisson(mean))
