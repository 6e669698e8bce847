"""Is this silence normal for this client, and will it last? One row of numbers per account.

With S the account's gap law, s the open silence and q the dropout odds::

    normal    = S(s)                          the chance that a gap of this client gets at least this long
    gone      = q / (q + normal)
    base risk = (q + S(s + H)) / (q + normal) the base model's chance of no touch within its own horizon H
    risk      = the same, calibrated on the firm's own past (``calibration``)
    health    = 100 * (1 - risk)
    H         = clip(2 * usual gap, 30, 180)
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
from scipy.special import expit

from health.scoring.arrays import BoolArray, DayArray, FloatArray, IntArray
from health.scoring.calibration import calibrated_logit
from health.scoring.drift import drift_many, drift_noise_many, slowing_many
from health.scoring.dropout import dropout_odds
from health.scoring.features import features_many
from health.scoring.gaps import GapLaw, component_weights, evidence_many, law_of
from health.scoring.histories import TouchHistories
from health.scoring.params import Calibration, FittedModel, GapParams, ScoringSettings
from health.scoring.rhythm import MIN_GAP_DAYS, RhythmStats, compute_rhythm, moments_of

#: A chance told to nobody as 0 or 1.
PROBABILITY_FLOOR = 1e-6
TAIL_FLOOR = 1e-12


@dataclass(frozen=True, eq=False)
class SilenceLaw:
    """What each account's open silence means, as functions of its length. Rows are accounts.

    Attributes
    ----------
    law : predictive law of the open gap, R rows and C components
    weights : float64[R, C], adding up to 1
    odds : float64[R], dropout odds q
    """

    law: GapLaw
    weights: FloatArray
    odds: FloatArray

    @classmethod
    def given(cls, stats: RhythmStats, evidence: FloatArray, params: GapParams) -> "SilenceLaw":
        """From stored statistics and the evidence that ``evidence_many`` gave for the same accounts."""
        if len(evidence) != len(stats):
            raise ValueError(f"evidence must have one row per account: {len(stats)}, got {len(evidence)}")
        return cls(
            law=law_of(moments_of(stats), params),
            weights=component_weights(evidence, params),
            odds=dropout_odds(stats.n_gaps, params),
        )

    def take(self, rows: IntArray) -> "SilenceLaw":
        """The accounts at these positions."""
        return SilenceLaw(self.law.take(rows), self.weights[rows], self.odds[rows])

    def normal(self, silent_days: FloatArray) -> FloatArray:
        """float64[R]: chance that a gap gets at least this long, at least 1e-12."""
        return np.maximum(np.sum(self.weights * self.law.tail(silent_days), axis=1), TAIL_FLOOR)

    def stays_silent(
        self, silent_days: FloatArray, horizon_days: FloatArray, normal: FloatArray | None = None
    ) -> FloatArray:
        """float64[R]: chance of no touch within ``horizon_days`` more days, in [1e-6, 1 - 1e-6].

        ``normal`` spares its computation where the caller has it for the same silence.
        """
        later = np.sum(self.weights * self.law.tail(silent_days + horizon_days), axis=1)
        chance = (self.odds + later) / (self.odds + (self.normal(silent_days) if normal is None else normal))
        return np.clip(chance, PROBABILITY_FLOOR, 1 - PROBABILITY_FLOOR)

    def typical_days(self) -> FloatArray:
        """float64[R]: the model's typical gap, which leans on similar accounts where history is short."""
        return self.law.typical_days(self.weights)


@dataclass(frozen=True, eq=False)
class RiskLaw:
    """The chance of staying silent as a function of the open silence, calibrated. Rows are accounts.

    Attributes
    ----------
    stats : RhythmStats, R rows
    silence : SilenceLaw of the same accounts
    typical_gap_days, usual_gap_days, horizon_days, drift : float64[R]
    is_usual_own : bool[R], the usual gap is the account's own median
    calibration : of the firm, or None for the base model as it is
    """

    stats: RhythmStats
    silence: SilenceLaw
    typical_gap_days: FloatArray
    usual_gap_days: FloatArray
    is_usual_own: BoolArray
    horizon_days: FloatArray
    drift: FloatArray
    calibration: Calibration | None

    @classmethod
    def given(
        cls,
        stats: RhythmStats,
        evidence: FloatArray,
        params: GapParams,
        settings: ScoringSettings,
        calibration: Calibration | None = None,
    ) -> "RiskLaw":
        """From stored statistics and the evidence that ``evidence_many`` gave for the same accounts."""
        silence = SilenceLaw.given(stats, evidence, params)
        typical = silence.typical_days()
        is_own = stats.n_gaps >= settings.own_gap_min_gaps
        usual = np.where(is_own, stats.median_gap, typical)
        return cls(
            stats=stats,
            silence=silence,
            typical_gap_days=typical,
            usual_gap_days=usual,
            is_usual_own=is_own,
            horizon_days=np.clip(
                settings.horizon_usual_gaps * usual, settings.horizon_min_days, settings.horizon_max_days
            ),
            drift=drift_many(stats, params, settings),
            calibration=calibration,
        )

    def take(self, rows: IntArray) -> "RiskLaw":
        """The accounts at these positions."""
        return RiskLaw(
            self.stats.take(rows),
            self.silence.take(rows),
            self.typical_gap_days[rows],
            self.usual_gap_days[rows],
            self.is_usual_own[rows],
            self.horizon_days[rows],
            self.drift[rows],
            self.calibration,
        )

    def base_risk(self, silent_days: FloatArray, normal: FloatArray) -> FloatArray:
        """float64[R]: the base model's chance of no touch within the horizon, in [1e-6, 1 - 1e-6].

        ``normal`` is that of the same silence.
        """
        return self.silence.stays_silent(silent_days, self.horizon_days, normal)

    def features(self, silent_days: FloatArray, normal: FloatArray, base_risk: FloatArray) -> FloatArray:
        """float64[R, 9]: what the calibration looks at, see ``features``; all three of the same silence."""
        return features_many(
            self.stats,
            silent_days,
            base_risk=base_risk,
            normal=normal,
            typical_gap_days=self.typical_gap_days,
            drift=self.drift,
        )

    def risks(self, silent_days: FloatArray, normal: FloatArray) -> tuple[FloatArray, FloatArray]:
        """float64[R] twice: the chance of no touch within the horizon, before and after calibration."""
        base = self.base_risk(silent_days, normal)
        if self.calibration is None:
            return base, base
        return base, risk_of(self.features(silent_days, normal, base), self.calibration)

    def risk(self, silent_days: FloatArray) -> FloatArray:
        """float64[R]: the calibrated chance of no touch within the horizon, in [1e-6, 1 - 1e-6]."""
        return self.risks(silent_days, self.silence.normal(silent_days))[1]


def risk_of(features: FloatArray, calibration: Calibration | None) -> FloatArray:
    """float64[R]: the calibrated chance of no touch within the horizon, in [1e-6, 1 - 1e-6]."""
    chance = expit(calibrated_logit(features, calibration))
    return np.clip(chance, PROBABILITY_FLOOR, 1 - PROBABILITY_FLOOR)


@dataclass(frozen=True, eq=False)
class Scores:
    """One row per account and series; every column an array of length A.

    ``base_risk`` is the risk before its calibration. ``drift`` is a log ratio, positive when slowing; ``drift_noise``
    the standard deviation it would have by chance; ``slowing`` the part of it to speak of (its exponential is how many
    times the gaps have grown). ``alarm_index`` and ``regularity`` are the two arms of the alarm, computed for everyone;
    ``alarm.alarm_many`` knows who is eligible.
    """

    account_ids: IntArray
    touch_days: IntArray
    last_day: DayArray
    silent_days: FloatArray
    normal: FloatArray
    gone: FloatArray
    dropout_odds: FloatArray
    typical_gap_days: FloatArray
    median_gap_days: FloatArray
    usual_gap_days: FloatArray
    is_usual_own: BoolArray
    horizon_days: FloatArray
    base_risk: FloatArray
    risk: FloatArray
    health: FloatArray
    alarm_index: FloatArray
    regularity: FloatArray
    drift: FloatArray
    drift_noise: FloatArray
    slowing: FloatArray

    def __len__(self) -> int:
        return len(self.account_ids)

    @property
    def n_gaps(self) -> IntArray:
        """int64[A]: closed gaps."""
        return self.touch_days - 1

    def take(self, rows: IntArray | BoolArray) -> "Scores":
        """The rows at these positions, or where the mask is true."""
        return Scores(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})

    def rows(self) -> list["AccountScore"]:
        """All accounts' numbers as plain Python values; many times faster than one by one."""
        return [
            AccountScore(*values)
            for values in zip(*(getattr(self, c.name).tolist() for c in fields(self)), strict=True)
        ]

    def row(self, position: int) -> "AccountScore":
        """One account's numbers as plain Python values."""
        return AccountScore(**{column.name: getattr(self, column.name)[position].item() for column in fields(self)})


@dataclass(frozen=True)
class AccountScore:
    """One row of ``Scores`` as plain Python numbers; ``median_gap_days`` is nan for a single touch day."""

    account_ids: int
    touch_days: int
    last_day: int
    silent_days: float
    normal: float
    gone: float
    dropout_odds: float
    typical_gap_days: float
    median_gap_days: float
    usual_gap_days: float
    is_usual_own: bool
    horizon_days: float
    base_risk: float
    risk: float
    health: float
    alarm_index: float
    regularity: float
    drift: float
    drift_noise: float
    slowing: float


def silent_days_of(stats: RhythmStats, as_of_day: int) -> FloatArray:
    """float64[A]: whole days since the last touch day.

    Raises
    ------
    ValueError
        if any statistics know a touch after ``as_of_day``: a score as of a day must not depend on what came later.
    """
    silent = float(as_of_day) - stats.last_day.astype(np.float64)
    if np.any(silent < 0):
        late = stats.account_ids[silent < 0]
        raise ValueError(
            f"stats hold touches after as_of_day for {len(late)} accounts (first: {late[0]});"
            " compute the rhythm from the touch days up to as_of_day"
        )
    return silent


def alarm_index_of(silent_days: FloatArray, gap_days: FloatArray, odds: FloatArray) -> FloatArray:
    """float64[R]: ``A = log s + log(s / m) + 0.3 log q``, s and m at least half a day, q at least 1e-6.

    Waiting one more day costs q, the odds that the client is gone; calling costs the chance that it comes
    back by itself about now. For a heavy-tailed gap law the ratio grows like ``s * (s / m)``.
    """
    silent = np.maximum(silent_days, MIN_GAP_DAYS)
    return (
        np.log(silent)
        + np.log(silent / np.maximum(gap_days, MIN_GAP_DAYS))
        + 0.3 * np.log(np.maximum(odds, PROBABILITY_FLOOR))
    )


def alarm_gap_days(median_gap: FloatArray, pop_median_gap_days: float) -> FloatArray:
    """float64[R]: the m of the alarm index: the own median gap, the portfolio's where there is none."""
    return np.maximum(np.where(np.isnan(median_gap), pop_median_gap_days, median_gap), MIN_GAP_DAYS)


def score_many(stats: RhythmStats, evidence: FloatArray, as_of_day: int, model: FittedModel) -> Scores:
    """Score every account as of a day. O(accounts): no touches are read.

    Parameters
    ----------
    stats : RhythmStats
        as of ``as_of_day`` or earlier, A rows.
    evidence : float64[A, C]
        from ``gaps.evidence_many`` under ``model.params``.
    as_of_day : int
        day ordinal.

    Raises
    ------
    ValueError
        if evidence and stats do not fit together, or a touch lies after ``as_of_day``.
    """
    law = RiskLaw.given(stats, evidence, model.params, model.settings, model.calibration)
    silent = silent_days_of(stats, as_of_day)
    normal, odds = law.silence.normal(silent), law.silence.odds
    base_risk, risk = law.risks(silent, normal)
    alarm_gap = alarm_gap_days(stats.median_gap, model.thresholds.pop_median_gap_days)
    return Scores(
        account_ids=stats.account_ids,
        touch_days=stats.touch_days,
        last_day=stats.last_day,
        silent_days=silent,
        normal=normal,
        gone=odds / (odds + normal),
        dropout_odds=odds,
        typical_gap_days=law.typical_gap_days,
        median_gap_days=stats.median_gap,
        usual_gap_days=law.usual_gap_days,
        is_usual_own=law.is_usual_own,
        horizon_days=law.horizon_days,
        base_risk=base_risk,
        risk=risk,
        health=100 * (1 - risk),
        alarm_index=alarm_index_of(silent, alarm_gap, odds),
        regularity=-np.log(normal),
        drift=law.drift,
        drift_noise=drift_noise_many(stats, model.settings),
        slowing=slowing_many(law.drift, stats, model.settings),
    )


def score_one(touch_days: Iterable[int], as_of_day: int, model: FittedModel) -> AccountScore:
    """Score a single history of day ordinals; the days after ``as_of_day`` are ignored.

    Raises
    ------
    ValueError
        if no touch day is left: an account without history has no score.
    """
    histories = TouchHistories.of_one(touch_days).as_of(as_of_day)
    if not len(histories):
        raise ValueError("touch_days holds no day up to as_of_day: an account without history has no score")
    stats = compute_rhythm(histories)
    return score_many(stats, evidence_many(histories, model.params), as_of_day, model).row(0)
