"""The usual range of an account's gaps: where all but the shortest and the longest tenth of them lie."""

import numpy as np

from health.scoring.arrays import FloatArray
from health.scoring.histories import TouchHistories

#: One gap in ten is at most as long as the lower end, one in ten longer than the upper.
RANGE_QUANTILES = (0.1, 0.9)


def usual_ranges_many(histories: TouchHistories) -> FloatArray:
    """float64[A, 2]: ends of the usual range in days, interpolated between neighbouring gaps; nan without gaps.

    The p-quantile of n ordered gaps is at place p (n - 1), as in PostgreSQL's ``percentile_cont``.
    """
    ranges = np.full((len(histories), 2), np.nan)
    if not len(histories.gaps):
        return ranges
    ordered = histories.gaps[np.lexsort((histories.gaps, histories.gap_account))]
    has_gaps = histories.n_gaps > 0
    start, last = histories.gap_offsets[:-1][has_gaps], histories.n_gaps[has_gaps] - 1
    for end, quantile in enumerate(RANGE_QUANTILES):
        place = quantile * last
        below = np.floor(place).astype(np.int64)
        low, high = ordered[start + below], ordered[start + np.minimum(below + 1, last)]
        ranges[has_gaps, end] = low + (place - below) * (high - low)
    return ranges
