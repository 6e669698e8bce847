"""The portfolio's typical account, with which scores are compared."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from health.scoring.params.checks import check_positive


@dataclass(frozen=True)
class Reference:
    """This portfolio's typical account on rhythm, with which every score is compared; medians of the portfolio.

    ``log_gap_mean`` and ``log_gap_variance`` are of the log gaps within an account, ``mean_gap_days`` of the gaps;
    ``recent_days`` and ``earlier_days`` are touch days in the 60 days up to the last touch and in the 60 before.
    """

    gap_count: float
    log_gap_mean: float
    log_gap_variance: float
    mean_gap_days: float
    drift: float
    recent_days: float
    earlier_days: float

    def __post_init__(self) -> None:
        check_positive(self, "gap_count", "mean_gap_days")
        for name in ("log_gap_mean", "drift"):
            if not math.isfinite(getattr(self, name)):
                raise ValueError(f"{name} must be finite, got {getattr(self, name)!r}")
        for name in ("log_gap_variance", "recent_days", "earlier_days"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name} must be at least 0, got {getattr(self, name)!r}")

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """From ``to_dict``."""
        return cls(**{f.name: data[f.name] for f in fields(cls)})
