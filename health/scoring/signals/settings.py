"""Thresholds of the signals: chosen, not fitted. Units are in the names."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self


@dataclass(frozen=True)
class SignalSettings:
    """When each signal is said. How often each is wrong by chance is written down at its module."""

    #: share of live talk: deviations of the two-proportion test, and what is left of share and pace of talks
    talk_min_recent_days: int = 6
    talk_min_earlier_days: int = 12
    talk_min_deviations: float = 2.2
    talk_max_share_left: float = 0.5

    #: our days without an answer: how many at least, over how long, and how rare such a run may be
    unanswered_min_days: int = 4
    unanswered_min_span_days: int = 14
    unanswered_max_chance: float = 0.01

    #: the client's own silence on the last day on which we wrote, in its usual and its long gaps
    one_sided_min_client_days: int = 6
    one_sided_min_our_days: int = 3
    one_sided_min_usual_gaps: float = 3.0
    one_sided_min_long_gaps: float = 1.5

    #: lived cadence over agreed one
    cadence_min_factor: float = 1.4
    cadence_min_gaps: int = 4

    #: persons: how many named days make a picture, and how likely so few persons may be by chance
    thread_min_days: int = 5
    thread_max_chance: float = 0.05
    #: how often a sponsor was met, and how often a successor must be met to take the place
    sponsor_min_days: int = 4
    sponsor_min_successor_days: int = 2
    #: the sponsor's silence: in days, in own usual and longest gaps, and on how many days others were met meanwhile
    sponsor_min_silent_days: int = 90
    sponsor_min_usual_gaps: float = 5.0
    sponsor_min_long_gaps: float = 2.0
    sponsor_min_others_days: int = 4

    def __post_init__(self) -> None:
        for column in fields(self):
            value = getattr(self, column.name)
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{column.name} must be a positive finite number, got {value!r}")

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """From ``to_dict``; settings that did not exist then take defaults, unknown names are a ValueError."""
        unknown = set(data) - {f.name for f in fields(cls)}
        if unknown:
            raise ValueError(f"unknown signal settings: {', '.join(sorted(unknown))}")
        return cls(**data)
