"""A fitted model: all parameters together, as they are stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from health.scoring.params.alarm import AlarmThresholds
from health.scoring.params.calibration import Calibration
from health.scoring.params.gap_laws import GapParams, params_from_dict
from health.scoring.params.reference import Reference
from health.scoring.params.settings import ScoringSettings

#: Bump when the same parameters would give other scores; stored with every model version.
MODEL_CODE_VERSION = "5"


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
