"""Parameters of the model: what is fitted, what is chosen, and how both are stored.

Every class here is frozen and makes the round trip through plain JSON (``to_dict`` / ``from_dict``), so that
a stored model version holds all that is needed to compute its scores again.
"""

from health.scoring.params.alarm import AlarmThresholds
from health.scoring.params.calibration import FEATURE_NAMES, MIN_LABELS, Calibration
from health.scoring.params.gap_laws import (
    DELTAS,
    GAMMA_SHAPES,
    GammaParams,
    GapParams,
    LogNormalParams,
    params_from_dict,
)
from health.scoring.params.model import MODEL_CODE_VERSION, FittedModel
from health.scoring.params.reference import Reference
from health.scoring.params.settings import ScoringSettings

__all__ = [
    "DELTAS",
    "FEATURE_NAMES",
    "GAMMA_SHAPES",
    "MIN_LABELS",
    "MODEL_CODE_VERSION",
    "AlarmThresholds",
    "Calibration",
    "FittedModel",
    "GammaParams",
    "GapParams",
    "LogNormalParams",
    "Reference",
    "ScoringSettings",
    "params_from_dict",
]
