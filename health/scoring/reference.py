"""The portfolio's typical account on rhythm: what every score is compared with when it is explained.

It is an account that does not exist: its figures are the medians of the portfolio, and it was in touch today. Fitted
with the model and stored in it, so that every score names what it was compared with.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import logit

from health.scoring.arrays import FloatArray
from health.scoring.calibration import calibrated_logit
from health.scoring.drift import drift_many
from health.scoring.features import features_many
from health.scoring.params import DELTAS, FEATURE_NAMES, FittedModel, GapParams, Reference, ScoringSettings
from health.scoring.rhythm import RhythmStats, discounted_counts, recent_touch_days_many
from health.scoring.risk import RiskLaw, SilenceLaw

_RECENT, _EARLIER = (FEATURE_NAMES.index(name) for name in ("log_recent_days", "log_earlier_days"))

#: A portfolio of which nothing is known yet: a dozen gaps, scattered as business gaps are.
_USUAL_GAP_COUNT = 12
_USUAL_LOG_GAP_VARIANCE = 0.25


def fit_reference(stats: RhythmStats, params: GapParams, settings: ScoringSettings) -> Reference | None:
    """The medians of the accounts with enough history to be banded; of all with a gap, where there are no such.

    None for a portfolio without a single gap.
    """
    rows = np.flatnonzero(stats.touch_days >= settings.learning_touch_days)
    if not len(rows):
        rows = np.flatnonzero(stats.n_gaps > 0)
    if not len(rows):
        return None
    known = stats.take(rows)
    count = known.n_gaps.astype(np.float64)
    mean = known.log_sum_d100 / count
    recent, earlier = recent_touch_days_many(known, np.zeros(len(known), dtype=np.int64))
    medians = (
        count,
        mean,
        np.maximum(known.log_sq_d100 / count - mean**2, 0),
        known.gap_sum_d100 / count,
        drift_many(known, params, settings),
        recent,
        earlier,
    )
    return Reference(*(float(np.median(values)) for values in medians))


def usual_reference(params: GapParams) -> Reference:
    """A stand-in while there is no portfolio to take medians of: the gap that the parameters rest on, kept evenly."""
    gap = params.portfolio_gap_days
    within = float(np.clip(60 / gap, 0, 60))
    return Reference(_USUAL_GAP_COUNT, float(np.log(gap)), _USUAL_LOG_GAP_VARIANCE, gap, 0.0, within, within)


@dataclass(frozen=True, eq=False)
class ReferenceLaw:
    """The typical account as the model sees it: one row of everything.

    Attributes
    ----------
    silence : SilenceLaw of one row
    horizon_days : its own horizon
    features : float64[1, 9], on the day of its last touch
    """

    silence: SilenceLaw
    horizon_days: float
    features: FloatArray

    @classmethod
    def of(cls, model: FittedModel) -> "ReferenceLaw":
        """Of the model's reference."""
        reference = model.reference or usual_reference(model.params)
        stats = _stats_of(reference)
        evidence = np.zeros((1, model.params.components))
        law = RiskLaw.given(stats, evidence, model.params, model.settings)
        today = np.zeros(1)
        normal = law.silence.normal(today)
        features = features_many(
            stats,
            today,
            base_risk=law.base_risk(today, normal),
            normal=normal,
            typical_gap_days=law.typical_gap_days,
            drift=np.array([reference.drift]),
        )
        features[:, _RECENT], features[:, _EARLIER] = np.log1p(reference.recent_days), np.log1p(reference.earlier_days)
        return cls(law.silence, float(law.horizon_days[0]), features)

    @property
    def odds(self) -> float:
        """Its dropout odds."""
        return float(self.silence.odds[0])

    def log_odds(self, model: FittedModel) -> float:
        """Calibrated log-odds of staying silent, on the day of its last touch."""
        return float(calibrated_logit(self.features, model.calibration)[0])

    def base_log_odds(self, silent_days: FloatArray) -> FloatArray:
        """float64[A]: the base model's log-odds had it been silent for so long; each distinct silence computed once."""
        distinct, place = np.unique(silent_days, return_inverse=True)
        rows = np.zeros(len(distinct), dtype=np.int64)
        chance = self.silence.take(rows).stays_silent(distinct, np.full(len(distinct), self.horizon_days))
        return np.asarray(logit(chance)[place], dtype=np.float64)


def _stats_of(reference: Reference) -> RhythmStats:
    """The statistics of an account with the reference's gaps: sums that its moments would give, one row."""
    count = max(round(reference.gap_count), 1)
    weights = discounted_counts(np.array([count]))[0]
    mean, square = reference.log_gap_mean, reference.log_gap_variance + reference.log_gap_mean**2
    span = round(count * reference.mean_gap_days)
    sums = {"log_sum": mean, "log_sq": square, "gap_sum": reference.mean_gap_days}
    return RhythmStats(
        account_ids=np.array([0]),
        touch_days=np.array([count + 1]),
        first_day=np.array([1], dtype=np.int32),
        last_day=np.array([1 + span], dtype=np.int32),
        median_gap=np.array([np.exp(mean)]),
        near_days=np.array([0]),
        far_days=np.array([0]),
        returned_gap=np.array([np.nan]),
        **{
            f"{name}_d{round(delta * 100):03d}": np.array([weight * value])
            for name, value in sums.items()
            for delta, weight in zip(DELTAS, weights, strict=True)
        },
    )
