"""Fitted parameters of the two families of gap laws, with those of dropout."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Self

from health.scoring.params.checks import check_positive

#: Geometric forgetting factors, one component each. The columns of ``RhythmStats`` are named after them.
DELTAS = (1.0, 0.85, 0.6)

#: Shapes of the gamma family: from bursty (0.35) over memoryless (1) to regular (6).
GAMMA_SHAPES = (0.35, 0.6, 1.0, 1.7, 3.0, 6.0)


def _check_weights(weights: tuple[float, ...], expected: int) -> None:
    if len(weights) != expected:
        raise ValueError(f"weights must have {expected} entries, one per component, got {len(weights)}")
    if not all(math.isfinite(w) and w >= 0 for w in weights) or not math.isclose(sum(weights), 1, abs_tol=1e-6):
        raise ValueError("weights must be at least 0 and add up to 1")


def _check_dropout(owner: Any) -> None:
    check_positive(owner, "a", "b")
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
        check_positive(self, "k0", "nu0", "v0", "portfolio_gap_days", "scale_floor")
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
        check_positive(self, "r", "beta", "portfolio_gap_days")
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
