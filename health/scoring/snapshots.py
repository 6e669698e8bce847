"""The firm's past, labelled by what came after: what the calibration of the risk learns from.

The portfolio is looked at as of some past days. Every account known by then has its features and its own horizon as of
then; where the horizon has passed by today, it is known whether the client stayed silent. Each horizon H looks back
from H, 1.5 H, 2 H and 2.5 H ago, or the nearest days of one ladder that all accounts share, so that a portfolio is
looked at some dozen times and not once per account. Whether an account takes part in a snapshot rests only on what was
known on that day: choosing by what came later would teach the wrong thing.
"""

from dataclasses import dataclass

import numpy as np

from health.scoring.arrays import BoolArray, FloatArray, IntArray
from health.scoring.calibration import fit_calibration
from health.scoring.histories import TouchHistories
from health.scoring.params import Calibration, GapParams, ScoringSettings
from health.scoring.past_series import PastSeries
from health.scoring.rhythm import compute_rhythm
from health.scoring.risk import RiskLaw

#: how many of its own horizons ago an account is looked at
_LOOKS_BACK = (1.0, 1.5, 2.0, 2.5)
#: a look half a horizon earlier counts this much less
_DECAY = 0.6
#: the looks of one account overlap, so together they count no more than this
_MOST_WEIGHT_PER_ACCOUNT = 1.5
#: a snapshot in the portfolio's first week, or of fewer accounts than this, says nothing
_FIRST_DAYS = 7
_LEAST_ACCOUNTS = 20


@dataclass(frozen=True, eq=False)
class LabelledPast:
    """One row per account and snapshot.

    Attributes
    ----------
    account_ids : int64[R]
    days : int64[R], ordinals of the snapshots
    features : float64[R, 9]
    stays_silent : bool[R], no touch within the account's own horizon
    weights : float64[R], at most 1.5 in sum over an account
    """

    account_ids: IntArray
    days: IntArray
    features: FloatArray
    stays_silent: BoolArray
    weights: FloatArray

    def __len__(self) -> int:
        return len(self.account_ids)


def snapshot_ages(settings: ScoringSettings) -> list[int]:
    """How many days ago the portfolio is looked at, ascending.

    The horizons of the ladder double from the shortest to the longest; where there is one horizon only, its four looks.
    """
    horizon, ladder = settings.horizon_min_days, [settings.horizon_max_days]
    while horizon < settings.horizon_max_days:
        ladder.append(horizon)
        horizon *= 2
    return sorted({int(np.ceil(share * days)) for days in ladder for share in _LOOKS_BACK})


def label_past(
    histories: TouchHistories, params: GapParams, as_of_day: int, settings: ScoringSettings
) -> LabelledPast | None:
    """Look at the portfolio as of past days and say what came after; None when there is nothing to learn from.

    Touches after ``as_of_day`` are not read, and the features of a snapshot not from touches after its day.
    """
    past = PastSeries(histories.as_of(as_of_day), params)
    first_day = int(past.histories.days.min(initial=as_of_day))
    looks = []
    for age in snapshot_ages(settings):
        if as_of_day - age <= first_day + _FIRST_DAYS:
            break
        look = _look_back(past, params, as_of_day, age, settings)
        if look is not None:
            looks.append(look)
    if not looks:
        return None
    ids, days, features, silent, weights = (np.concatenate(columns) for columns in zip(*looks, strict=True))
    return LabelledPast(ids, days, features, silent, _capped(ids, weights))


_Look = tuple[IntArray, IntArray, FloatArray, BoolArray, FloatArray]


def _look_back(
    past: PastSeries, params: GapParams, as_of_day: int, age: int, settings: ScoringSettings
) -> _Look | None:
    day = as_of_day - age
    known, evidence = past.known_by(day)
    if len(known) < _LEAST_ACCOUNTS:
        return None
    stats = compute_rhythm(known)
    law = RiskLaw.given(stats, evidence, params, settings)
    looks_ago = age / law.horizon_days
    rows = np.flatnonzero((looks_ago >= _LOOKS_BACK[0]) & (looks_ago <= _LOOKS_BACK[-1] + 1e-9))
    if not len(rows):
        return None
    chosen = law.take(rows)
    silent_days = day - chosen.stats.last_day.astype(np.float64)
    normal = chosen.silence.normal(silent_days)
    next_touch = _next_touch_days(past.histories, known)[rows]
    return (
        chosen.stats.account_ids,
        np.full(len(rows), day, dtype=np.int64),
        chosen.features(silent_days, normal, chosen.base_risk(silent_days, normal)),
        next_touch > day + chosen.horizon_days,
        _DECAY ** ((looks_ago[rows] - 1) / 0.5),
    )


def _next_touch_days(histories: TouchHistories, known: TouchHistories) -> FloatArray:
    """float64[A]: the first touch day of each known account after what is known; infinite where none came."""
    rows = np.searchsorted(histories.account_ids, known.account_ids)
    following = histories.offsets[rows] + known.touch_days
    has_more = following < histories.offsets[rows + 1]
    days = histories.days[np.minimum(following, len(histories.days) - 1)]
    return np.where(has_more, days, np.inf)


def _capped(account_ids: IntArray, weights: FloatArray) -> FloatArray:
    """The weights, those of an account scaled down where they exceed the most an account may count."""
    _, place = np.unique(account_ids, return_inverse=True)
    total = np.bincount(place, weights)
    return weights * np.minimum(1, _MOST_WEIGHT_PER_ACCOUNT / total)[place]


def calibrate(
    histories: TouchHistories, params: GapParams, as_of_day: int, settings: ScoringSettings
) -> Calibration | None:
    """Calibrate the risk on the portfolio's own past; None when it is too short or too quiet to teach anything."""
    past = label_past(histories, params, as_of_day, settings)
    if past is None:
        return None
    return fit_calibration(past.features, past.stays_silent, past.weights, snapshots=len(np.unique(past.days)))
