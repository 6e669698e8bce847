"""Sufficient statistics of a rhythm: all the model needs of an account's past, in one row.

They are defined so that a single SQL statement can compute them from the touch days. For an account (and
series) with gaps ``x_1 .. x_n`` (oldest first) and for each forgetting factor ``d`` of ``params.DELTAS``::

    rank        = n - j                                  -- 0 for the newest gap, n - 1 for the oldest
    log_sum_d   = sum(power(d, rank) * ln(greatest(gap, 0.5)))
    log_sq_d    = sum(power(d, rank) * power(ln(greatest(gap, 0.5)), 2))
    gap_sum_d   = sum(power(d, rank) * gap)
    median_gap  = percentile_cont(0.5) within group (order by gap)   -- null (nan) without gaps
    near_days   = bit_or(1 << age), age = last_day - day, of the touch days of age 0 to 59
    far_days    = bit_or(1 << age - 60), of those of age 60 to 119
    returned_gap = the third longest gap closed after last_day - 365   -- null (nan) with fewer than three such gaps

An account with one touch day has sums of 0. The discounted counts follow from ``n_gaps`` alone, see
``discounted_counts``. The two bit sets do not change while nothing happens, yet tell for any later day how many
touch days lie in the 60 days before it and in the 60 before those, see ``recent_touch_days_many``.
"""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from health.scoring.arrays import DayArray, FloatArray, IntArray
from health.scoring.histories import TouchHistories
from health.scoring.params import DELTAS
from health.scoring.returns import returned_gaps

#: A log gap is never of less than half a day.
MIN_GAP_DAYS = 0.5

#: "Recent" is this many days; as many touch days fit into the bits of one column.
RECENT_DAYS = 60


@dataclass(frozen=True, eq=False)
class RhythmStats:
    """One row per account (and series), every column an array of length A, as the module defines them."""

    account_ids: IntArray
    touch_days: IntArray
    first_day: DayArray
    last_day: DayArray
    median_gap: FloatArray
    log_sum_d100: FloatArray
    log_sum_d085: FloatArray
    log_sum_d060: FloatArray
    log_sq_d100: FloatArray
    log_sq_d085: FloatArray
    log_sq_d060: FloatArray
    gap_sum_d100: FloatArray
    gap_sum_d085: FloatArray
    gap_sum_d060: FloatArray
    near_days: IntArray
    far_days: IntArray
    returned_gap: FloatArray

    def __post_init__(self) -> None:
        for column in fields(self):
            if getattr(self, column.name).shape != self.account_ids.shape:
                raise ValueError(f"{column.name} must have one entry per account")
        if np.any(self.touch_days < 1):
            raise ValueError("touch_days must be at least 1: an account without touches has no row")
        if np.any(self.last_day < self.first_day):
            raise ValueError("last_day must not come before first_day")

    def __len__(self) -> int:
        return len(self.account_ids)

    @property
    def n_gaps(self) -> IntArray:
        """int64[A]: closed gaps, one less than the touch days."""
        return self.touch_days - 1

    def take(self, rows: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> "RhythmStats":
        """The rows at these positions, or where the mask is true."""
        return RhythmStats(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})


@dataclass(frozen=True, eq=False)
class GapMoments:
    """Discounted count, sums and squares, one column per entry of ``DELTAS``; each float64[R, D].

    A row is a state of knowledge: an account after all its gaps, or an account just before one of them.
    """

    count: FloatArray
    log_sum: FloatArray
    log_square: FloatArray
    gap_sum: FloatArray


def discounted_counts(n_gaps: IntArray) -> FloatArray:
    """float64[R, D]: ``1 + d + ... + d**(n-1)`` for each forgetting factor, which is ``n`` for d = 1."""
    n = n_gaps.astype(np.float64)
    return np.column_stack([n if d == 1 else (1 - d**n) / (1 - d) for d in DELTAS])


def moments_of(stats: RhythmStats) -> GapMoments:
    """The state of knowledge after all of each account's gaps."""
    return GapMoments(
        count=discounted_counts(stats.n_gaps),
        log_sum=np.column_stack([stats.log_sum_d100, stats.log_sum_d085, stats.log_sum_d060]),
        log_square=np.column_stack([stats.log_sq_d100, stats.log_sq_d085, stats.log_sq_d060]),
        gap_sum=np.column_stack([stats.gap_sum_d100, stats.gap_sum_d085, stats.gap_sum_d060]),
    )


def moments_before_gaps(histories: TouchHistories) -> GapMoments:
    """The state of knowledge just before each gap, float64[G, D]: only the earlier gaps of the same account count.

    The sums follow ``S <- d * S + x`` gap by gap, all accounts at once. Running totals over the whole array
    would be shorter for d = 1, but then rounding would let one account's numbers depend on its neighbours.
    """
    logs = log_gaps(histories.gaps)
    values = np.stack([logs, logs * logs, histories.gaps], axis=1)
    before = np.zeros((len(logs), 3, len(DELTAS)))
    by_length = np.argsort(-histories.n_gaps, kind="stable")
    lengths = histories.n_gaps[by_length]
    starts = histories.gap_offsets[:-1][by_length]
    state = np.zeros((len(histories), 3, len(DELTAS)))
    factors = np.array(DELTAS)
    for position in range(int(lengths[0]) if len(lengths) else 0):
        active = int(np.searchsorted(-lengths, -position, side="left"))
        rows = starts[:active] + position
        before[rows] = state[:active]
        state[:active] = state[:active] * factors + values[rows][:, :, None]
    return GapMoments(
        count=discounted_counts(histories.gap_position),
        log_sum=before[:, 0],
        log_square=before[:, 1],
        gap_sum=before[:, 2],
    )


def log_gaps(days: FloatArray) -> FloatArray:
    """Natural log of days, floored at half a day."""
    return np.log(np.maximum(days, MIN_GAP_DAYS))


def compute_rhythm(histories: TouchHistories) -> RhythmStats:
    """The statistics of each account's whole history. O(touch days)."""
    gaps, rows = histories.gaps, histories.gap_account
    rank = histories.n_gaps[rows] - 1 - histories.gap_position
    logs = log_gaps(gaps)
    values = {"log_sum": logs, "log_sq": logs * logs, "gap_sum": gaps}
    sums = {
        f"{name}_d{round(delta * 100):03d}": np.bincount(
            rows, weights=value * np.power(delta, rank), minlength=len(histories)
        ).astype(np.float64)
        for name, value in values.items()
        for delta in DELTAS
    }
    return RhythmStats(
        account_ids=histories.account_ids,
        touch_days=histories.touch_days,
        first_day=histories.first_days,
        last_day=histories.last_days,
        median_gap=median_gaps(histories),
        near_days=_touched_bits(histories, 0),
        far_days=_touched_bits(histories, RECENT_DAYS),
        returned_gap=returned_gaps(histories),
        **sums,
    )


def _touched_bits(histories: TouchHistories, first_age: int) -> IntArray:
    """int64[A]: bit i is set where there was a touch ``first_age + i`` days before the last one, i below 60."""
    if not len(histories):
        return np.zeros(0, dtype=np.int64)
    last = np.repeat(histories.last_days, histories.touch_days).astype(np.int64)
    place = last - histories.days - first_age
    is_inside = (place >= 0) & (place < RECENT_DAYS)
    bits = np.where(is_inside, np.int64(1) << np.where(is_inside, place, 0), 0)
    return np.asarray(np.bitwise_or.reduceat(bits, histories.offsets[:-1]), dtype=np.int64)


def recent_touch_days_many(stats: RhythmStats, silent_days: IntArray) -> tuple[IntArray, IntArray]:
    """int64[A] twice: touch days in the last 60 days, and in the 60 days before those. O(accounts).

    ``silent_days`` is the open silence in whole days, int64[A]; the day of the score itself belongs to the last 60.
    """
    near, far = _lowest_bits(RECENT_DAYS - silent_days), _lowest_bits(2 * RECENT_DAYS - silent_days)
    last = np.bitwise_count(stats.near_days & near)
    before = np.bitwise_count(stats.near_days & far & ~near) + np.bitwise_count(stats.far_days & near)
    return last.astype(np.int64), before.astype(np.int64)


def _lowest_bits(count: IntArray) -> IntArray:
    """int64[A]: a number whose lowest ``count`` bits are set, of 60 bits at most."""
    return (np.int64(1) << np.clip(count, 0, RECENT_DAYS)) - 1


def median_gaps(histories: TouchHistories) -> FloatArray:
    """float64[A]: median gap in days, the mean of the middle two for an even number, nan without gaps."""
    n = histories.n_gaps
    medians = np.full(len(histories), np.nan)
    if len(histories.gaps) == 0:
        return medians
    ordered = histories.gaps[np.lexsort((histories.gaps, histories.gap_account))]
    has_gaps = n > 0
    start, n = histories.gap_offsets[:-1][has_gaps], n[has_gaps]
    medians[has_gaps] = (ordered[start + (n - 1) // 2] + ordered[start + n // 2]) / 2
    return medians
