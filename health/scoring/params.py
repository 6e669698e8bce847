"""Parameters of the model: what is fitted, what is chosen, and how both are stored.

Every class here is frozen and makes the round trip through plain JSON (``to_dict`` / ``from_dict``), so that
a stored model version holds all that is needed to compute its scores again.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, ClassVar, Self

from health.scoring.signals.settings import SignalSettings

#: Bump when the same parameters would give other scores; stored with every model version.
MODEL_CODE_VERSION = "4"

#: Geometric forgetting factors, one component each. The columns of ``RhythmStats`` are named after them.
DELTAS = (1.0, 0.85, 0.6)

#: Shapes of the gamma family: from bursty (0.35) over memoryless (1) to regular (6).
GAMMA_SHAPES = (0.35, 0.6, 1.0, 1.7, 3.0, 6.0)

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


def _check_positive(owner: object, *names: str) -> None:
    for name in names:
        value = getattr(owner, name)
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"{name} must be a positive finite number, got {value!r}")


def _check_weights(weights: tuple[float, ...], expected: int) -> None:
    if len(weights) != expected:
        raise ValueError(f"weights must have {expected} entries, one per component, got {len(weights)}")
    if not all(math.isfinite(w) and w >= 0 for w in weights) or not math.isclose(sum(weights), 1, abs_tol=1e-6):
        raise ValueError("weights must be at least 0 and add up to 1")


def _check_dropout(owner: Any) -> None:
    _check_positive(owner, "a", "b")
    if not 0 <= owner.phi < 1:
        raise ValueError(f"phi must be in [0, 1), got {owner.phi!r}")


def _check_deltas(data: Mapping[str, Any]) -> None:
    if tuple(data["deltas"]) != DELTAS:
        raise ValueError(f"deltas must be {DELTAS}, as the stored statistics are; refit the model")


@dataclass(frozen=True)
class LogNormalParams:
    """Normal-inverse-gamma prior of the log gaps (mu0, k0, nu0, v0) and dropout (a, b, phi).

    ``weights`` has one entry per forgetting factor in ``DELTAS``; ``portfolio_gap_days`` is the geometric
    mean gap of the portfolio, to which the drift of young accounts is shrunk; ``scale_floor`` is the smallest
    predictive scale of a log gap, so that a perfectly regular account is not alarmed one day late.
    """

    mu0: float
    k0: float
    nu0: float
    v0: float
    a: float
    b: float
    phi: float
    weights: tuple[float, ...]
    portfolio_gap_days: float
    scale_floor: float = 0.15

    family: ClassVar[str] = "lognormal"

    def __post_init__(self) -> None:
        _check_positive(self, "k0", "nu0", "v0", "portfolio_gap_days", "scale_floor")
        if not math.isfinite(self.mu0):
            raise ValueError(f"mu0 must be finite, got {self.mu0!r}")
        _check_dropout(self)
        _check_weights(self.weights, len(DELTAS))

    @property
    def components(self) -> int:
        """Number of mixture components, the second dimension of an evidence array."""
        return len(self.weights)

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"family": self.family, "deltas": list(DELTAS), **asdict(self), "weights": list(self.weights)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """From ``to_dict``; ValueError if it was made with other forgetting factors."""
        _check_deltas(data)
        values = {f.name: data[f.name] for f in fields(cls)}
        return cls(**{**values, "weights": tuple(values["weights"])})


@dataclass(frozen=True)
class GammaParams:
    """Gamma prior of the gap rate (r, beta), shapes ``ks``, and dropout (a, b, phi).

    ``weights`` has ``len(ks) * len(DELTAS)`` entries, shapes outermost.
    """

    r: float
    beta: float
    a: float
    b: float
    phi: float
    weights: tuple[float, ...]
    portfolio_gap_days: float
    ks: tuple[float, ...] = GAMMA_SHAPES

    family: ClassVar[str] = "gamma"

    def __post_init__(self) -> None:
        _check_positive(self, "r", "beta", "portfolio_gap_days")
        _check_dropout(self)
        if not self.ks or not all(math.isfinite(k) and k > 0 for k in self.ks):
            raise ValueError("ks must be positive finite shapes")
        _check_weights(self.weights, len(self.ks) * len(DELTAS))

    @property
    def components(self) -> int:
        """Number of mixture components, the second dimension of an evidence array."""
        return len(self.weights)

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        lists = {"weights": list(self.weights), "ks": list(self.ks)}
        return {"family": self.family, "deltas": list(DELTAS), **asdict(self), **lists}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """From ``to_dict``; ValueError if it was made with other forgetting factors."""
        _check_deltas(data)
        values = {f.name: data[f.name] for f in fields(cls)}
        return cls(**{**values, "weights": tuple(values["weights"]), "ks": tuple(values["ks"])})


GapParams = LogNormalParams | GammaParams


def params_from_dict(data: Mapping[str, Any]) -> GapParams:
    """The parameters of whichever family ``data`` names; ValueError for an unknown one."""
    match data.get("family"):
        case "lognormal":
            return LogNormalParams.from_dict(data)
        case "gamma":
            return GammaParams.from_dict(data)
        case family:
            raise ValueError(f"family must be 'lognormal' or 'gamma', got {family!r}")


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
        _check_positive(self, "budget_per_account_year", "pop_median_gap_days")
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
        _check_positive(self, *(f.name for f in fields(self) if f.name not in {"hysteresis_days", "signals"}))
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
        _check_positive(self, "gap_count", "mean_gap_days")
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


@dataclass(frozen=True)
class FittedModel:
    """All that is needed to score: fitted parameters, alarm thresholds, chosen constants, and how the fit went.

    ``log_likelihood`` is the (unpenalised) marginal log-likelihood of the ``accounts`` sampled accounts with
    their ``gaps`` closed gaps. ``failed`` is empty, or says why the parameters are not freshly fitted. Without a
    ``calibration`` the risk is that of the base model as it is; without a ``reference`` scores are explained against
    ``reference.usual_reference``.
    """

    params: GapParams
    thresholds: AlarmThresholds
    log_likelihood: float
    accounts: int
    gaps: int
    failed: str = ""
    settings: ScoringSettings = field(default_factory=ScoringSettings)
    calibration: Calibration | None = None
    reference: Reference | None = None

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "code_version": MODEL_CODE_VERSION,
            "params": self.params.to_dict(),
            "thresholds": self.thresholds.to_dict(),
            "log_likelihood": self.log_likelihood,
            "accounts": self.accounts,
            "gaps": self.gaps,
            "failed": self.failed,
            "settings": self.settings.to_dict(),
            "calibration": self.calibration.to_dict() if self.calibration else None,
            "reference": self.reference.to_dict() if self.reference else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """From ``to_dict``; ValueError when it was stored by other scoring code, which must then refit."""
        if data.get("code_version") != MODEL_CODE_VERSION:
            raise ValueError(
                f"the model was stored by scoring code {data.get('code_version')!r}, this is"
                f" {MODEL_CODE_VERSION!r}: fit the model again"
            )
        return cls(
            params=params_from_dict(data["params"]),
            thresholds=AlarmThresholds.from_dict(data["thresholds"]),
            log_likelihood=data["log_likelihood"],
            accounts=data["accounts"],
            gaps=data["gaps"],
            failed=data["failed"],
            settings=ScoringSettings.from_dict(data["settings"]),
            calibration=Calibration.from_dict(data["calibration"]) if data["calibration"] else None,
            reference=Reference.from_dict(data["reference"]) if data["reference"] else None,
        )
