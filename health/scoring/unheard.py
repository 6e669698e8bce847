"""Silence that nobody could have heard: the source that carries an account's touches brought nothing any more.

An account whose touches came from a source that stopped is judged as if its silence had ended on the last day of that
source, or on the account's own last touch if that is later. Its health stays what its touches say.
"""

from dataclasses import dataclass, replace

import numpy as np

from health.scoring.alarm import Alarms
from health.scoring.arrays import NO_DAY, BoolArray, FloatArray, IntArray
from health.scoring.bands import (
    AccountFlags,
    BandDecisions,
    Excuses,
    PreviousBands,
    decide_bands_many,
)
from health.scoring.params import FittedModel
from health.scoring.rhythm import RhythmStats
from health.scoring.risk import RiskLaw, Scores

#: An account rests on stopped sources when more than this share of its touches came from them.
LEAST_SHARE = 0.5


@dataclass(frozen=True, eq=False)
class HeardBands:
    """Bands without the silence that could not be heard; parallel arrays.

    ``alarms`` no longer ring where ``is_unheard``: there the account would stand in another band, had its silence been
    counted.
    """

    decisions: BandDecisions
    alarms: Alarms
    is_unheard: BoolArray


def main_stops_many(stopped_touches: IntArray, all_touches: IntArray) -> IntArray:
    """int64[A]: the place of the stopped source that brought most of each account's touches, -1 where more than half
    of them came from sources that go on.

    ``stopped_touches`` is int64[A, S], touches by stopped source, and ``all_touches`` int64[A], from any source.
    """
    if not stopped_touches.shape[1]:
        return np.full(len(all_touches), -1, dtype=np.int64)
    rests = stopped_touches.sum(axis=1) > LEAST_SHARE * all_touches
    return np.where(rests, stopped_touches.argmax(axis=1), -1)


def decide_heard_many(
    stats: RhythmStats,
    evidence: FloatArray,
    scores: Scores,
    alarms: Alarms,
    *,
    as_of_day: int,
    model: FittedModel,
    heard_until_day: IntArray | None = None,
    flags: AccountFlags | None = None,
    previous: PreviousBands | None = None,
) -> HeardBands:
    """Decide the band of every scored account without the silence after ``heard_until_day``.

    ``heard_until_day`` is int64[A], the last day of the source that an account's touches came from, ``NO_DAY`` where
    nothing is left out. The other arguments are as in ``bands.decide_bands_many``.
    """
    decisions = decide_bands_many(scores, alarms, as_of_day, model.settings, flags=flags, previous=previous)
    nothing = np.zeros(len(scores), dtype=bool)
    if heard_until_day is None or not np.any(heard_until_day != NO_DAY):
        return HeardBands(decisions, alarms, nothing)
    excuses = Excuses(
        alarm=(heard_until_day != NO_DAY) & alarms.is_alarm & (alarms.onset_day > heard_until_day),
        low_health=_became_low_unheard(stats, evidence, scores, heard_until_day, model),
    )
    heard = decide_bands_many(
        scores, alarms, as_of_day, model.settings, flags=flags, previous=previous, excuses=excuses
    )
    is_unheard: BoolArray = excuses.is_any & (heard.band != decisions.band)
    return HeardBands(
        replace(
            decisions,
            band=np.where(is_unheard, heard.band, decisions.band),
            failing_since_day=np.where(is_unheard, heard.failing_since_day, decisions.failing_since_day),
        ),
        replace(alarms, is_alarm=alarms.is_alarm & ~(is_unheard & excuses.alarm)),
        is_unheard,
    )


def _became_low_unheard(
    stats: RhythmStats, evidence: FloatArray, scores: Scores, heard_until_day: IntArray, model: FittedModel
) -> BoolArray:
    """bool[A]: where health fell below its limit only after the last day that was heard."""
    became_low = np.zeros(len(scores), dtype=bool)
    rows = np.flatnonzero((heard_until_day != NO_DAY) & (scores.health < model.settings.low_health))
    law = RiskLaw.given(stats.take(rows), evidence[rows], model.params, model.settings, model.calibration)
    heard_days = np.maximum(heard_until_day[rows] - scores.last_day[rows], 0).astype(np.float64)
    became_low[rows] = 100 * (1 - law.risk(heard_days)) >= model.settings.low_health
    return became_low
