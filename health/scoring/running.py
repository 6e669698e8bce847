"""Every state an account's rhythm has been in, one row per touch day, in one pass over all accounts side by side.

A past day then needs no sums over touches: its statistics are the row of the last touch day known by then.
"""

import numpy as np

from health.scoring.arrays import FloatArray, IntArray
from health.scoring.histories import TouchHistories
from health.scoring.params import DELTAS
from health.scoring.returns import running_returned_gaps
from health.scoring.rhythm import RECENT_DAYS, RhythmStats, log_gaps

_ALL_BITS = np.int64((1 << RECENT_DAYS) - 1)


def running_rhythms(histories: TouchHistories) -> RhythmStats:
    """The statistics just after each touch day, M rows in the order of ``histories.days``.

    Row i is what ``compute_rhythm`` gives for the history cut off after that day (up to rounding). O(touch days).
    """
    first = np.repeat(histories.offsets[:-1], histories.touch_days)
    sums = _running_sums(histories)
    near_days, far_days = _running_bits(histories)
    return RhythmStats(
        account_ids=np.repeat(histories.account_ids, histories.touch_days),
        touch_days=np.arange(len(histories.days), dtype=np.int64) - first + 1,
        first_day=histories.days[first],
        last_day=histories.days,
        median_gap=running_medians(histories),
        near_days=near_days,
        far_days=far_days,
        returned_gap=running_returned_gaps(histories),
        **{
            f"{name}_d{round(delta * 100):03d}": sums[:, value, place]
            for value, name in enumerate(("log_sum", "log_sq", "gap_sum"))
            for place, delta in enumerate(DELTAS)
        },
    )


def _steps(histories: TouchHistories) -> list[tuple[int, IntArray]]:
    """For each position in a history, how many accounts reach it, and where their gap that ends there stands.

    Accounts are taken longest history first, so that those that reach a position are the first ones.
    """
    by_length = np.argsort(-histories.n_gaps, kind="stable")
    lengths, starts = histories.n_gaps[by_length], histories.gap_offsets[:-1][by_length]
    longest = int(lengths[0]) if len(lengths) else 0
    active = np.searchsorted(-lengths, -np.arange(longest), side="left")
    return [(int(count), starts[:count] + position) for position, count in enumerate(active)]


def _gap_ends(histories: TouchHistories) -> IntArray:
    """int64[G]: the position in ``histories.days`` of the touch day that ended each gap."""
    return np.arange(len(histories.gaps), dtype=np.int64) + histories.gap_account + 1


def _running_sums(histories: TouchHistories) -> FloatArray:
    """float64[M, 3, D]: discounted sums of log gaps, their squares and gaps after each touch day."""
    logs, ends = log_gaps(histories.gaps), _gap_ends(histories)
    values = np.stack([logs, logs * logs, histories.gaps], axis=1)
    after = np.zeros((len(histories.days), 3, len(DELTAS)))
    state, factors = np.zeros((len(histories), 3, len(DELTAS))), np.array(DELTAS)
    for active, rows in _steps(histories):
        state[:active] = state[:active] * factors + values[rows][:, :, None]
        after[ends[rows]] = state[:active]
    return after


def _running_bits(histories: TouchHistories) -> tuple[IntArray, IntArray]:
    """int64[M] twice: ``near_days`` and ``far_days`` of the rhythm after each touch day."""
    gaps, ends = histories.gaps.astype(np.int64), _gap_ends(histories)
    near_after, far_after = np.ones(len(histories.days), dtype=np.int64), np.zeros(len(histories.days), dtype=np.int64)
    near, far = np.ones(len(histories), dtype=np.int64), np.zeros(len(histories), dtype=np.int64)
    for active, rows in _steps(histories):
        gap = gaps[rows]
        # older days move up by the gap: out of the near bits into the far ones, out of the far ones and away
        inside, beyond = np.minimum(gap, RECENT_DAYS), np.clip(gap - RECENT_DAYS, 0, RECENT_DAYS)
        stays = _shifted(near[:active], inside)
        moves = np.where(gap < RECENT_DAYS, near[:active] >> (RECENT_DAYS - inside), _shifted(near[:active], beyond))
        far[:active] = _shifted(far[:active], inside) | moves
        near[:active] = stays | 1
        near_after[ends[rows]], far_after[ends[rows]] = near[:active], far[:active]
    return near_after, far_after


def _shifted(bits: IntArray, by: IntArray) -> IntArray:
    """The lowest 60 bits moved up by 0 to 60 places, those beyond the 60th lost."""
    return (bits & (_ALL_BITS >> by)) << np.minimum(by, RECENT_DAYS - 1)


def running_totals(histories: TouchHistories, of_gaps: FloatArray) -> FloatArray:
    """float64[M, C]: after each touch day, the sum of ``of_gaps``, float64[G, C], over the account's gaps so far."""
    after = np.zeros((len(histories.days), of_gaps.shape[1]))
    ends = _gap_ends(histories)
    state = np.zeros((len(histories), of_gaps.shape[1]))
    for active, rows in _steps(histories):
        state[:active] += of_gaps[rows]
        after[ends[rows]] = state[:active]
    return after


def running_medians(histories: TouchHistories) -> FloatArray:
    """float64[M]: median of the account's gaps so far after each touch day, nan after the first.

    A new gap x enters a row of ordered gaps b by ``max(b[j - 1], min(b[j], x))``, which is one step for all accounts.
    Accounts of similar length share a table, so that one long history does not pad all others: O(sum of squared
    lengths) steps, a few nanoseconds each.
    """
    medians = np.full(len(histories.days), np.nan)
    size = np.ceil(np.log2(np.maximum(histories.n_gaps, 1)))
    for group in np.unique(size[histories.n_gaps > 0]):
        rows = np.flatnonzero((size == group) & (histories.n_gaps > 0))
        by_length = rows[np.argsort(-histories.n_gaps[rows], kind="stable")]
        lengths, starts = histories.n_gaps[by_length], histories.gap_offsets[:-1][by_length]
        ends = histories.offsets[:-1][by_length] + 1
        ordered = np.full((len(rows), int(lengths[0]) + 1), np.inf)
        for position in range(int(lengths[0])):
            active = int(np.searchsorted(-lengths, -position, side="left"))
            held = ordered[:active, : position + 1]
            entered = np.minimum(held, histories.gaps[starts[:active] + position, None])
            np.maximum(entered[:, 1:], held[:, :-1], out=entered[:, 1:])
            held[:] = entered
            middle = (entered[:, position // 2] + entered[:, (position + 1) // 2]) / 2
            medians[ends[:active] + position] = middle
    return medians
