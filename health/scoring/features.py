"""What the calibration of the risk looks at, nine numbers per account, as functions of the open silence.

All of them come from the stored statistics, so that a night reads no touches. The first is the base model's own answer;
the others say how far to trust it: how unusual the silence is, how much history there is, how slow the cadence, whether
it drifts, how often the client was in touch in the last 60 days and in the 60 before, the plain silence, and whether
there was but one touch day.
"""

import numpy as np
from scipy.special import logit

from health.scoring.arrays import FloatArray
from health.scoring.params import FEATURE_NAMES
from health.scoring.rhythm import RhythmStats, log_gaps, recent_touch_days_many

__all__ = ["FEATURE_NAMES", "LOG_NORMAL_FLOOR", "features_many"]

#: A silence rarer than this is as rare as silences get.
LOG_NORMAL_FLOOR = -12.0


def features_many(
    stats: RhythmStats,
    silent_days: FloatArray,
    *,
    base_risk: FloatArray,
    normal: FloatArray,
    typical_gap_days: FloatArray,
    drift: FloatArray,
) -> FloatArray:
    """The features of each account after a silence of ``silent_days``, float64[A, 9] in the order of ``FEATURE_NAMES``.

    ``base_risk`` and ``normal`` are those of the same silence; typical gap and drift do not depend on it. Part of a day
    does not count: the touch days of the last 60 days are counted in whole days.
    """
    recent, earlier = recent_touch_days_many(stats, silent_days.astype(np.int64))
    return np.column_stack(
        [
            logit(base_risk),
            np.maximum(np.log(normal), LOG_NORMAL_FLOOR),
            np.log1p(stats.n_gaps),
            log_gaps(typical_gap_days),
            drift,
            np.log1p(recent),
            np.log1p(earlier),
            np.log1p(silent_days),
            stats.n_gaps == 0,
        ]
    )
