"""The firm's past, labelled by what came after: what the calibration of the risk learns from.

The portfolio is looked at as of some past days. Every account known by then has its features and its own horizon as of
then; where the horizon has passed by today, it is known whether the client stayed silent. Each horizon H looks back
from H, 1.5 H, 2 H and 2.5 H ago, or the nearest days of one ladder that all accounts share, so that a portfolio is
looked at some dozen times and not once per account. Whether an account takes part in a snapshot rests only on what was
known on that day: choosing by what came later would teach the wrong thing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields

import numpy as np

from health.scoring.arrays import BoolArray, FloatArray, IntArray
from health.scoring.calibration import calibrated_logit, fit_calibration
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
#: the same season of last year, on the same day of the week
YEAR_DAYS = 364
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
    weights : float64[R], 1 for a look one horizon ago and .6 for one and a half, see ``capped_weights``
    """

    account_ids: IntArray
    days: IntArray
    features: FloatArray
    stays_silent: BoolArray
    weights: FloatArray

    def __len__(self) -> int:
        return len(self.account_ids)

    def take(self, rows: BoolArray) -> "LabelledPast":
        """The rows where the mask is true."""
        return LabelledPast(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


_WeightOf = Callable[[FloatArray], FloatArray]


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
    return _Retrospect.of(histories, params, as_of_day, settings).labelled()


def calibrate(
    histories: TouchHistories, params: GapParams, as_of_day: int, settings: ScoringSettings
) -> Calibration | None:
    """Calibrate the risk on the portfolio's own past; None when it is too short or too quiet to teach anything.

    With more than a year of it, the days to come as they were last year take part too, if the like of them would have
    helped to foretell the newest look at each account, which is held out for that trial.
    """
    retrospect = _Retrospect.of(histories, params, as_of_day, settings)
    labelled, season = retrospect.labelled(), retrospect.season()
    if labelled is not None and season is not None and _helps(retrospect.season_of_newest(), labelled):
        labelled = _join([labelled, season])
    return _fit(labelled)


@dataclass(frozen=True, eq=False)
class _Retrospect:
    """The portfolio, ready to be looked at as of past days of which it is known on ``as_of_day`` what came after."""

    past: PastSeries
    params: GapParams
    as_of_day: int
    settings: ScoringSettings

    @classmethod
    def of(
        cls, histories: TouchHistories, params: GapParams, as_of_day: int, settings: ScoringSettings
    ) -> "_Retrospect":
        return cls(PastSeries(histories.as_of(as_of_day), params), params, as_of_day, settings)

    def labelled(self) -> LabelledPast | None:
        """Each account from the looks of its horizon."""
        return _join(self.look(self.as_of_day - age, _weights_at(age)) for age in snapshot_ages(self.settings))

    def season(self) -> LabelledPast | None:
        """The days to come as they were last year: every account as of a year ago."""
        return _join([self.look(self.as_of_day - YEAR_DAYS, lambda horizon: np.full(len(horizon), _DECAY))])

    def season_of_newest(self) -> LabelledPast | None:
        """Each account a year before the newest look at its horizon."""
        return _join(
            self.look(self.as_of_day - age - YEAR_DAYS, _weights_at(age, newest_only=True))
            for age in snapshot_ages(self.settings)
        )

    def look(self, day: int, weight_of: _WeightOf) -> LabelledPast | None:
        """The portfolio as of ``day``; None where that says nothing."""
        known, evidence = self.past.known_by(day)
        if len(known) < _LEAST_ACCOUNTS or day <= int(self.past.histories.days.min()) + _FIRST_DAYS:
            return None
        law = RiskLaw.given(compute_rhythm(known), evidence, self.params, self.settings)
        weights = weight_of(law.horizon_days)
        rows = np.flatnonzero((weights > 0) & (day + law.horizon_days <= self.as_of_day))
        chosen = law.take(rows)
        silent_days = day - chosen.stats.last_day.astype(np.float64)
        normal = chosen.silence.normal(silent_days)
        return LabelledPast(
            account_ids=chosen.stats.account_ids,
            days=np.full(len(rows), day, dtype=np.int64),
            features=chosen.features(silent_days, normal, chosen.base_risk(silent_days, normal)),
            stays_silent=_next_touch_days(self.past.histories, known)[rows] > day + chosen.horizon_days,
            weights=weights[rows],
        )


def _weights_at(age: int, *, newest_only: bool = False) -> _WeightOf:
    """How much a look ``age`` days ago counts for a horizon: 0 where it is none of that horizon's looks."""
    most = _LOOKS_BACK[1] - 1e-9 if newest_only else _LOOKS_BACK[-1] + 1e-9

    def weights(horizon_days: FloatArray) -> FloatArray:
        looks_ago = age / horizon_days
        counts = np.full(len(horizon_days), _DECAY) if newest_only else _DECAY ** ((looks_ago - 1) / 0.5)
        return np.where((looks_ago >= _LOOKS_BACK[0]) & (looks_ago <= most), counts, 0.0)

    return weights


def _join(looks: Iterable[LabelledPast | None]) -> LabelledPast | None:
    """All rows of some looks; None where there are none."""
    found = [look for look in looks if look is not None and len(look)]
    if not found:
        return None
    return LabelledPast(*(np.concatenate([getattr(one, f.name) for one in found]) for f in fields(LabelledPast)))


def _next_touch_days(histories: TouchHistories, known: TouchHistories) -> FloatArray:
    """float64[A]: the first touch day of each known account after what is known; infinite where none came."""
    rows = np.searchsorted(histories.account_ids, known.account_ids)
    following = histories.offsets[rows] + known.touch_days
    has_more = following < histories.offsets[rows + 1]
    days = histories.days[np.minimum(following, len(histories.days) - 1)]
    return np.where(has_more, days, np.inf)


def capped_weights(past: LabelledPast) -> FloatArray:
    """float64[R]: the weights, those of an account scaled down where they exceed the most an account may count."""
    _, place = np.unique(past.account_ids, return_inverse=True)
    total = np.bincount(place, past.weights)
    return past.weights * np.minimum(1, _MOST_WEIGHT_PER_ACCOUNT / total)[place]


def _helps(season_of_newest: LabelledPast | None, labelled: LabelledPast) -> bool:
    """Whether last year's season lowers the log-loss on the newest look at each account, learned from the others."""
    is_newest = labelled.weights > _DECAY + 1e-9
    newest, others = labelled.take(is_newest), labelled.take(~is_newest)
    if season_of_newest is None or not len(newest):
        return False
    without, with_season = _fit(others), _fit(_join([others, season_of_newest]))
    return log_loss(newest, with_season) < log_loss(newest, without)


def _fit(past: LabelledPast | None) -> Calibration | None:
    if past is None or not len(past):
        return None
    return fit_calibration(past.features, past.stays_silent, capped_weights(past), snapshots=len(np.unique(past.days)))


def log_loss(past: LabelledPast, calibration: Calibration | None) -> float:
    """Mean surprise, in nats and by weight, of a calibrated model at what came; of the base model with None."""
    log_odds = calibrated_logit(past.features, calibration)
    losses = np.logaddexp(0, log_odds) - past.stays_silent * log_odds
    return float(np.sum(past.weights * losses) / np.sum(past.weights))
