"""The fitted calibration of the risk on the firm's own past."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

#: What the calibration of the risk looks at: the columns of a feature array, in order. ``features`` computes them.
FEATURE_NAMES = (
    "base_logit",
    "log_normal",
    "log_gap_count",
    "log_typical_gap",
    "drift",
    "log_recent_days",
    "log_earlier_days",
    "log_silence",
    "is_first_touch",
)

#: A calibration needs at least this many outcomes of either kind.
MIN_LABELS = 5


@dataclass(frozen=True)
class Calibration:
    """A fitted regression. ``low``, ``high``, ``means`` and ``scales`` have one entry per feature, ``coefficients`` one
    more, the intercept first, and speak of standardised features.

    ``labels`` is the number of outcomes of the rarer kind, ``rows`` that of all outcomes it learned from, ``snapshots``
    the number of past days they were seen from.
    """

    low: tuple[float, ...]
    high: tuple[float, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    coefficients: tuple[float, ...]
    labels: int
    rows: int
    snapshots: int

    def __post_init__(self) -> None:
        for name in ("low", "high", "means", "scales", "coefficients"):
            values = getattr(self, name)
            expected = len(FEATURE_NAMES) + (name == "coefficients")
            if len(values) != expected:
                raise ValueError(f"{name} must have {expected} entries, got {len(values)}")
            if not all(math.isfinite(value) for value in values):
                raise ValueError(f"{name} must be finite")
        if any(low > high for low, high in zip(self.low, self.high, strict=True)):
            raise ValueError("low must not exceed high")
        if any(scale <= 0 for scale in self.scales):
            raise ValueError("scales must be positive")
        if self.labels < MIN_LABELS:
            raise ValueError(f"labels must be at least {MIN_LABELS}, got {self.labels}")

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()} | {
            "features": list(FEATURE_NAMES)
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """From ``to_dict``; ValueError if it was made with other features."""
        if tuple(data["features"]) != FEATURE_NAMES:
            raise ValueError(f"features must be {FEATURE_NAMES}; refit the model")
        values: dict[str, Any] = {f.name: data[f.name] for f in fields(cls)}
        values |= {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
        return cls(**values)
