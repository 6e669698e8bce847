"""Thresholds of the alarm, found by replaying the past."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from health.scoring.params.checks import check_positive


@dataclass(frozen=True)
class AlarmThresholds:
    """When an open silence becomes an alarm: either arm exceeding its threshold.

    ``is_replayed`` is False when the history was too short and the defaults of ``alarm.default_thresholds``
    stand; ``account_years`` and ``replayed_gaps`` say what the replay rested on.
    """

    index: float
    regularity: float
    budget_per_account_year: float
    pop_median_gap_days: float
    is_replayed: bool = False
    account_years: float = 0.0
    replayed_gaps: int = 0

    def __post_init__(self) -> None:
        check_positive(self, "budget_per_account_year", "pop_median_gap_days")
        for name in ("index", "regularity"):
            if not math.isfinite(getattr(self, name)):
                raise ValueError(f"{name} must be finite, got {getattr(self, name)!r}")

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """From ``to_dict``."""
        return cls(**{f.name: data[f.name] for f in fields(cls) if f.name in data})
