"""Which band an account is in, and on which day silence alone would move it to another.

The first condition that holds decides, in this order: closed, paused, learning, dormant, silent, drifting,
steady.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from health.scoring.alarm import Alarms
from health.scoring.arrays import NO_DAY, BoolArray, FloatArray, IntArray
from health.scoring.drift import is_drifting_many
from health.scoring.params import FittedModel, ScoringSettings
from health.scoring.rhythm import RhythmStats
from health.scoring.risk import RiskLaw, Scores

#: array of band values; '' stands for "no band yet"
BandArray = npt.NDArray[np.str_]


class Band(StrEnum):
    """The state of an account, from decided by the firm to nothing to report."""

    CLOSED = "closed"
    PAUSED = "paused"
    LEARNING = "learning"
    DORMANT = "dormant"
    SILENT = "silent"
    DRIFTING = "drifting"
    STEADY = "steady"


#: Bands that rest on the score, so that a figure wavering around a limit must not make them flicker.
_HELD_BANDS = (Band.DORMANT, Band.SILENT, Band.DRIFTING)

#: Where between today and a limit health is looked at to find out when it crosses its own.
_TRIALS = np.linspace(0, 1, 13)[1:]


@dataclass(frozen=True, eq=False)
class AccountFlags:
    """What people have decided about each account, and signals found elsewhere; bool[A] each."""

    is_closed: BoolArray
    is_paused: BoolArray
    has_drift_signal: BoolArray

    @classmethod
    def none(cls, accounts: int) -> "AccountFlags":
        """Nothing decided, nothing found."""
        return cls(*(np.zeros(accounts, dtype=bool) for _ in range(3)))


@dataclass(frozen=True, eq=False)
class Excuses:
    """Where silence is not held against an account, bool[A] each: no alarm rests on it, no low health."""

    alarm: BoolArray
    low_health: BoolArray

    @property
    def is_any(self) -> BoolArray:
        """bool[A]: where anything is excused."""
        excused: BoolArray = self.alarm | self.low_health
        return excused


@dataclass(frozen=True, eq=False)
class PreviousBands:
    """What the last decision left behind, arrays of length A.

    ``band`` is '' where there was none; ``last_day`` is the last touch day that decision knew;
    ``failing_since_day`` as in ``BandDecisions``.
    """

    band: BandArray
    last_day: IntArray
    failing_since_day: IntArray

    @classmethod
    def none(cls, accounts: int) -> "PreviousBands":
        """No decision so far."""
        no_day = np.full(accounts, NO_DAY, dtype=np.int64)
        return cls(np.full(accounts, "", dtype="U8"), no_day, no_day)

    def without(self, rows: BoolArray) -> "PreviousBands":
        """As if nothing had been decided before where the mask is true."""
        return replace(
            self,
            band=np.where(rows, "", self.band),
            failing_since_day=np.where(rows, NO_DAY, self.failing_since_day),
        )


@dataclass(frozen=True, eq=False)
class BandDecisions:
    """One row per account.

    ``failing_since_day`` is the day since when the band is only held by hysteresis, ``NO_DAY`` where its
    condition holds; store it for the next decision. ``is_slowing``: the gaps have grown enough to say so.
    """

    band: BandArray
    failing_since_day: IntArray
    is_slowing: BoolArray
    is_low_health: BoolArray


def band_without_history(*, is_closed: bool, is_paused: bool) -> Band:
    """The band of an account without any touch, which has no score."""
    if is_closed:
        return Band.CLOSED
    return Band.PAUSED if is_paused else Band.LEARNING


def decide_bands_many(
    scores: Scores,
    alarms: Alarms,
    as_of_day: int,
    settings: ScoringSettings,
    *,
    flags: AccountFlags | None = None,
    previous: PreviousBands | None = None,
    excuses: Excuses | None = None,
) -> BandDecisions:
    """Decide the band of every scored account.

    ``alarms`` may join two series (``alarm.worse_alarms``); all arguments have the same accounts in the same
    order. A dormant, silent or drifting account whose condition fails keeps its band until that has lasted
    ``settings.hysteresis_days`` days; a touch (or any change of the last touch day) and a graver band end it at once.
    What ``excuses`` names is left out of account, and no band is kept there.
    """
    if not np.array_equal(scores.account_ids, alarms.account_ids):
        raise ValueError("alarms must hold the same accounts as scores, in the same order")
    flags = flags or AccountFlags.none(len(scores))
    previous = previous or PreviousBands.none(len(scores))
    is_slowing = is_drifting_many(scores.slowing, scores.drift_noise, scores.n_gaps, settings)
    is_low = scores.health < settings.low_health
    is_counted_low, is_alarm = is_low, alarms.is_alarm
    if excuses is not None:
        is_counted_low, is_alarm = is_low & ~excuses.low_health, alarms.is_alarm & ~excuses.alarm
        previous = previous.without(excuses.is_any)
    dormant_from = dormant_day(scores, alarms, settings)
    holds = {
        Band.CLOSED: flags.is_closed,
        Band.PAUSED: flags.is_paused,
        Band.LEARNING: scores.touch_days < settings.learning_touch_days,
        Band.DORMANT: is_alarm & (as_of_day >= dormant_from),
        Band.SILENT: is_alarm,
        Band.DRIFTING: is_slowing | is_counted_low | flags.has_drift_signal,
        Band.STEADY: np.ones(len(scores), dtype=bool),
    }
    fresh = np.select(list(holds.values()), [band.value for band in holds], default="").astype("U8")
    failing_since = _failing_since(holds, fresh, previous, scores, as_of_day)
    is_held = (failing_since != NO_DAY) & (as_of_day - failing_since < settings.hysteresis_days)
    return BandDecisions(
        band=np.where(is_held, previous.band, fresh),
        failing_since_day=np.where(is_held, failing_since, NO_DAY),
        is_slowing=is_slowing,
        is_low_health=is_low,
    )


def _failing_since(
    holds: dict[Band, BoolArray], fresh: BandArray, previous: PreviousBands, scores: Scores, as_of_day: int
) -> IntArray:
    """int64[A]: since when the previous band's own condition fails while nothing else explains the change."""
    order = list(holds)
    is_same_history = previous.last_day == scores.last_day
    failing = np.full(len(fresh), NO_DAY, dtype=np.int64)
    for band in _HELD_BANDS:
        milder = [later.value for later in order[order.index(band) + 1 :]]
        rows = (previous.band == band.value) & ~holds[band] & np.isin(fresh, milder) & is_same_history
        since = np.where(previous.failing_since_day == NO_DAY, as_of_day, previous.failing_since_day)
        failing[rows] = since[rows]
    return failing


def dormant_day(scores: Scores, alarms: Alarms, settings: ScoringSettings) -> IntArray:
    """int64[A]: first day on which an account in alarm counts as dormant; ``NO_DAY`` where no alarm can come."""
    wait = np.maximum(settings.dormant_horizons * scores.horizon_days, settings.dormant_min_days)
    day = alarms.onset_day + np.floor(wait).astype(np.int64) + 1
    return np.where(alarms.onset_day == NO_DAY, NO_DAY, day)


def next_change_days(
    stats: RhythmStats,
    evidence: FloatArray,
    scores: Scores,
    alarms: Alarms,
    decisions: BandDecisions,
    *,
    as_of_day: int,
    model: FittedModel,
) -> IntArray:
    """The day on which silence alone would next change each band, int64[A] ordinals, ``NO_DAY`` for never.

    Until then a stored score needs no second look. Learning, dormant and closed accounts do not change by silence; a
    pause ends on a date that the caller knows.
    """
    settings = model.settings
    band = decisions.band
    can_ring = np.isin(band, [Band.DRIFTING.value, Band.STEADY.value]) & (alarms.onset_day > as_of_day)
    change = np.where(can_ring, alarms.onset_day, NO_DAY)
    change = np.where(band == Band.SILENT.value, dormant_day(scores, alarms, settings), change)
    low_only = (band == Band.DRIFTING.value) & decisions.is_low_health & ~decisions.is_slowing
    for rows, find in (
        (np.flatnonzero((band == Band.STEADY.value) & ~decisions.is_low_health), _falling_health_days),
        (np.flatnonzero(low_only), _recovering_health_days),
    ):
        law = RiskLaw.given(stats.take(rows), evidence[rows], model.params, settings, model.calibration)
        until = (change - stats.last_day)[rows].astype(np.int64)
        days = find(law, scores.silent_days[rows].astype(np.int64), until, settings)
        change[rows] = _earlier(change[rows], np.where(days > 0, stats.last_day[rows] + days, NO_DAY))
    released = decisions.failing_since_day + settings.hysteresis_days
    is_held = decisions.failing_since_day != NO_DAY
    return np.where(is_held, _earlier(change, released), change)


def _earlier(first: IntArray, second: IntArray) -> IntArray:
    """The earlier of two days, either of which may be ``NO_DAY``."""
    both = np.minimum(first, second)
    return np.where((first == NO_DAY) | (second == NO_DAY), np.maximum(first, second), both)


def _falling_health_days(law: RiskLaw, now: IntArray, until: IntArray, settings: ScoringSettings) -> IntArray:
    """int64[K]: silent days at which health falls below its limit, 0 if it does not by ``until``."""
    return _first_days(law, now, until, lambda health: health < settings.low_health)


def _recovering_health_days(law: RiskLaw, now: IntArray, until: IntArray, settings: ScoringSettings) -> IntArray:
    """int64[K]: silent days at which health is no longer below its limit, 0 if that does not come by ``until``.

    A client with a steady cadence gets healthier day by day on the way to its next touch, since that touch comes into
    the horizon; it does so up to one and a half usual gaps.
    """
    reach = np.clip(np.ceil(1.5 * law.usual_gap_days).astype(np.int64), now, np.maximum(until, now))
    return _first_days(law, now, reach, lambda health: health >= settings.low_health)


def _first_days(law: RiskLaw, now: IntArray, until: IntArray, holds: Callable[[FloatArray], BoolArray]) -> IntArray:
    """int64[K]: first silent day in (now, until] on which a condition on health holds, 0 where there is none.

    Health may fall and rise again with the silence, so it is looked at on a dozen days on the way; between the first of
    them on which the condition holds and the one before, the day is found by bisection.
    """
    found = np.zeros(len(now), dtype=np.int64)
    rows, low = np.arange(len(now)), now.copy()
    for share in _TRIALS:
        rows = rows[until[rows] > now[rows]]
        trial = now[rows] + np.ceil((until - now)[rows] * share).astype(np.int64)
        is_there = _holds_on(law.take(rows), trial, holds)
        hit = rows[is_there]
        found[hit] = _bisect(law.take(hit), low[hit], trial[is_there], holds)
        rows = rows[~is_there]
        low[rows] = trial[~is_there]
    return found


def _bisect(law: RiskLaw, low: IntArray, high: IntArray, holds: Callable[[FloatArray], BoolArray]) -> IntArray:
    """int64[K]: the day on which a condition that fails on ``low`` and holds on ``high`` begins to hold."""
    while np.any(high - low > 1):
        middle = (low + high) // 2
        is_there = _holds_on(law, middle, holds)
        low, high = np.where(is_there, low, middle), np.where(is_there, middle, high)
    return high


def _holds_on(law: RiskLaw, silent_days: IntArray, holds: Callable[[FloatArray], BoolArray]) -> BoolArray:
    return holds(100 * (1 - law.risk(silent_days.astype(np.float64))))
