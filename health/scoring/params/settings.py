"""What is chosen, not fitted."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from health.scoring.params.checks import check_positive
from health.scoring.signals.settings import SignalSettings


@dataclass(frozen=True)
class ScoringSettings:
    """The constants of the score that are chosen, not fitted. Units are in the names."""

    false_alarms_per_account_year: float = 2.0
    #: share of that budget which the regularity arm may spend
    regularity_budget_share: float = 0.2
    alarm_min_touch_days: int = 3
    regularity_min_gaps: int = 6
    #: no alarm while the silence is shorter than this many of the client's own usual gaps
    alarm_min_usual_gaps: float = 1.25
    replay_days: int = 364
    replay_step_days: int = 7
    #: fewer replayed gaps than this say nothing about a threshold
    replay_min_gaps: int = 30
    #: no lower index threshold is taken from a replay, however much of the budget regular clients leave unspent
    replay_min_index: float = 2.9
    #: nor a regularity threshold that rings at gaps which come more often than this, as people are told no finer
    replay_max_normal: float = 0.02

    horizon_usual_gaps: float = 2.0
    horizon_min_days: float = 30.0
    horizon_max_days: float = 180.0
    own_gap_min_gaps: int = 3

    drift_prior_gaps: float = 1.5
    drift_min_factor: float = 1.3
    drift_min_gaps: int = 4
    #: a drift within this many standard deviations of the account's own scatter is chance; every account is looked at
    #: every day, so it has to be rarer than one in twenty
    drift_min_deviations: float = 2.6

    learning_touch_days: int = 3
    low_health: float = 50.0
    dormant_horizons: float = 2.0
    dormant_min_days: float = 120.0
    hysteresis_days: int = 2

    #: when a signal beside the rhythm is said
    signals: SignalSettings = field(default_factory=SignalSettings)

    fit_max_accounts: int = 3000
    fit_max_gaps: int = 150_000
    fit_min_gaps: int = 5
    calibration_max_accounts: int = 20_000
    calibration_max_gaps: int = 300_000
    scale_floor: float = 0.15

    def __post_init__(self) -> None:
        check_positive(self, *(f.name for f in fields(self) if f.name not in {"hysteresis_days", "signals"}))
        if self.hysteresis_days < 0:
            raise ValueError(f"hysteresis_days must be at least 0, got {self.hysteresis_days!r}")
        if self.regularity_budget_share > 1:
            raise ValueError(f"regularity_budget_share must be at most 1, got {self.regularity_budget_share!r}")
        if self.horizon_min_days > self.horizon_max_days:
            raise ValueError("horizon_min_days must not exceed horizon_max_days")

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """From ``to_dict``; settings that did not exist then take defaults, unknown names are a ValueError."""
        unknown = set(data) - {f.name for f in fields(cls)}
        if unknown:
            raise ValueError(f"unknown scoring settings: {', '.join(sorted(unknown))}")
        signals = SignalSettings.from_dict(data.get("signals", {}))
        return cls(**{**data, "signals": signals})
