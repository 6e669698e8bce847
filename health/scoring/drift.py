"""Is the cadence slowing, and since when?

Drift compares the recent gaps (each older gap counting 0.6 of the next) with the whole history, each shrunk
with pseudo-gaps so that one long gap of a young account says little.
"""

import numpy as np

from health.scoring.arrays import NO_DAY, BoolArray, FloatArray, IntArray
from health.scoring.histories import TouchHistories
from health.scoring.params import DELTAS, GapParams, LogNormalParams, ScoringSettings
from health.scoring.rhythm import RhythmStats, discounted_counts, log_gaps, moments_before_gaps

#: A segment of fewer gaps is an outlier, not a pace.
MIN_SEGMENT_GAPS = 2


def drift_many(stats: RhythmStats, params: GapParams, settings: ScoringSettings) -> FloatArray:
    """float64[A]: recent minus whole-history log pace, positive when slowing, 0 for a single touch day.

    The log-normal family compares mean log gaps; the gamma family logs of mean gaps, the statistic it is built on.
    """
    prior = settings.drift_prior_gaps
    n, recent_n = stats.n_gaps, discounted_counts(stats.n_gaps)[:, -1]
    if isinstance(params, LogNormalParams):
        whole = (stats.log_sum_d100 + prior * np.log(params.portfolio_gap_days)) / (n + prior)
        return (stats.log_sum_d060 + prior * whole) / (recent_n + prior) - whole
    whole = (stats.gap_sum_d100 + prior * params.portfolio_gap_days) / (n + prior)
    return np.log((stats.gap_sum_d060 + prior * whole) / (recent_n + prior) / whole)


def slowing_many(drift: FloatArray, stats: RhythmStats, settings: ScoringSettings) -> FloatArray:
    """float64[A]: the part of ``drift`` that the account's own gaps bear out, as a log ratio; what people are told.

    ``drift`` leans on the portfolio's pace, so that a perfectly regular quarterly client of a firm of weekly ones seems
    to slow down. Told is therefore at most the rise of the recent gaps over the account's own unshrunk mean log gap.
    """
    own = stats.log_sum_d100 / np.maximum(stats.n_gaps, 1)
    recent_n = discounted_counts(stats.n_gaps)[:, -1]
    rise = (stats.log_sum_d060 - recent_n * own) / (recent_n + settings.drift_prior_gaps)
    return np.minimum(drift, rise)


def drift_noise_many(stats: RhythmStats, settings: ScoringSettings) -> FloatArray:
    """float64[A]: standard deviation of the drift that the account's own scatter would make by chance.

    The recent mean rests on two or three gaps, so an irregular client looks slower every other month. With w_j the
    forgetting weights, v the variance of the log gaps: ``sqrt(v * sum((w_j - W / n)**2)) / (W + prior)``, W their sum.
    nan below two gaps.
    """
    n = stats.n_gaps.astype(np.float64)
    enough = np.maximum(n, 2)
    variance = np.maximum(stats.log_sq_d100 - stats.log_sum_d100**2 / enough, 0) / (enough - 1)
    recent = DELTAS[-1]
    total, squares = (1 - recent**enough) / (1 - recent), (1 - recent ** (2 * enough)) / (1 - recent**2)
    spread = np.sqrt(variance * (squares - total**2 / enough))
    return np.where(n >= 2, spread / (total + settings.drift_prior_gaps), np.nan)


def is_drifting_many(
    slowing: FloatArray, drift_noise: FloatArray, n_gaps: IntArray, settings: ScoringSettings
) -> BoolArray:
    """bool[A]: slowing enough, on enough gaps, and by more than the account's own scatter, to be said aloud."""
    is_grown = (np.exp(slowing) > settings.drift_min_factor) & (n_gaps >= settings.drift_min_gaps)
    return is_grown & (slowing > settings.drift_min_deviations * drift_noise)


def slowing_since_many(histories: TouchHistories) -> IntArray:
    """The touch day since when the gaps have been longer, int64[A].

    The history of log gaps is cut in two where the likelihood of two normal segments with their own means and
    a common variance is largest, that is where ``n1 * n2 / n * (mean2 - mean1)**2`` is. Only cuts with at
    least two gaps on each side and a slower second part count; the earliest of equals wins. ``NO_DAY`` where
    there is none.
    """
    since = np.full(len(histories), NO_DAY, dtype=np.int64)
    if not len(histories.gaps):
        return since
    rows, position = histories.gap_account, histories.gap_position
    n = histories.n_gaps[rows]
    is_cut = (position >= MIN_SEGMENT_GAPS) & (n - position >= MIN_SEGMENT_GAPS)
    total = np.bincount(rows, weights=log_gaps(histories.gaps), minlength=len(histories))[rows]
    before = moments_before_gaps(histories).log_sum[:, 0]
    rise = (total - before) / np.maximum(n - position, 1) - before / np.maximum(position, 1)
    gain = position * (n - position) / n * rise**2
    candidates = np.flatnonzero(is_cut & (rise > 1e-9))
    # best gain last within each account; ties broken towards the earlier cut
    order = candidates[np.lexsort((-position[candidates], gain[candidates], rows[candidates]))]
    is_last = np.diff(rows[order], append=-1) != 0
    best = order[is_last]
    since[rows[best]] = histories.gap_opened_days[best]
    return since
