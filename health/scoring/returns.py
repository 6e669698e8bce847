"""From how long a silence has a client come back several times? Such a silence is no alarm for it.

The median gap says what is usual for a client of one rhythm. Where short and long gaps alternate, as with a visit every
quarter and a mail or two after each, it is that of the short ones, and every visit would be overdue. What tells is
the past year itself: the third longest of its gaps. Longer silences were the exception; from this one the client came
back by itself at least three times.
"""

import numpy as np

from health.scoring.arrays import FloatArray, IntArray
from health.scoring.histories import TouchHistories

#: A silence has to have ended so often within so many days to be one that the client comes back from.
RETURNS = 3
RETURN_DAYS = 365


def returned_gaps(histories: TouchHistories) -> FloatArray:
    """float64[A]: the third longest gap, in days, that ended in the 365 days up to the last touch day.

    nan with fewer than three such gaps. O(gaps).
    """
    end = np.repeat(histories.last_days.astype(np.int64), histories.n_gaps)
    recent = np.flatnonzero(histories.gap_closed_days.astype(np.int64) > end - RETURN_DAYS)
    account, gaps = histories.gap_account[recent], histories.gaps[recent]
    ordered = gaps[np.lexsort((gaps, account))]
    counts = np.bincount(account, minlength=len(histories))
    has_enough = counts >= RETURNS
    found = np.full(len(histories), np.nan)
    found[has_enough] = ordered[(np.cumsum(counts) - RETURNS)[has_enough]]
    return found


def running_returned_gaps(histories: TouchHistories) -> FloatArray:
    """float64[M]: ``returned_gaps`` of the history cut off after each touch day.

    The window of a year slides, so nothing can be carried on from gap to gap. Instead the three longest of every 1, 2,
    4, ... neighbouring gaps are kept, and each window is put together from one block for every bit of its length:
    O(touch days times the log of the longest window).
    """
    widths = _window_widths(histories)
    block = _alone(histories.gaps)
    longest = np.full_like(block, -np.inf)
    place, size = np.arange(len(widths)), 1
    while len(widths) and size <= widths.max():
        rows = np.flatnonzero(widths & size)
        longest[:, rows] = _merged(longest[:, rows], block[:, place[rows]])
        place[rows] -= size
        block[:, size:] = _merged(block[:, size:], block[:, :-size])
        size *= 2
    after = np.full(len(histories.days), np.nan)
    ends = np.arange(len(widths)) + histories.gap_account + 1
    after[ends] = np.where(np.isfinite(longest[-1]), longest[-1], np.nan)
    return after


def _window_widths(histories: TouchHistories) -> IntArray:
    """int64[G]: how many gaps of the account ended in the 365 days up to the end of each gap, itself included."""
    # ordinals stay below 2**22, so account and day make one sortable key
    closed = histories.gap_account * 2**22 + histories.gap_closed_days.astype(np.int64)
    before = np.maximum(closed - RETURN_DAYS, histories.gap_account * 2**22)
    first = np.searchsorted(closed, before, side="right")
    return np.arange(len(closed), dtype=np.int64) - first + 1


def _alone(gaps: FloatArray) -> FloatArray:
    """float64[3, G]: the longest first; of a single gap there is no second."""
    block = np.full((RETURNS, len(gaps)), -np.inf)
    block[0] = gaps
    return block


def _merged(one: FloatArray, other: FloatArray) -> FloatArray:
    """float64[3, R]: the three longest of two times three, each in falling order."""
    (a1, a2, a3), (b1, b2, b3) = one, other
    second = np.maximum(np.minimum(a1, b1), np.maximum(a2, b2))
    third = np.maximum(np.maximum(a3, b3), np.maximum(np.minimum(a1, b2), np.minimum(a2, b1)))
    return np.stack([np.maximum(a1, b1), second, third])
