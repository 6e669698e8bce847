"""The touches of a portfolio, ready to be looked at as of any day."""

from functools import cached_property

import numpy as np

from health.scoring.arrays import FloatArray, IntArray
from health.scoring.gaps import log_evidence_of_gaps
from health.scoring.histories import TouchHistories
from health.scoring.params import GapParams
from health.scoring.rhythm import RhythmStats
from health.scoring.running import running_rhythms, running_totals

#: more than any day ordinal, so that account and day make one sortable key
_DAYS = 2**22


class PastSeries:
    """One series of touches, ready to be scored as of any day.

    What is known after a touch day, and how well the gaps until then were predicted, depends on nothing later. Both are
    computed once for every touch day; a past day takes for each account the row of its last touch day by then. Some
    130 bytes a touch day, and eight for each component: `TouchHistories.chunks` bounds the memory.
    """

    def __init__(self, histories: TouchHistories, params: GapParams) -> None:
        self.histories = histories
        self._params = params

    def known_by(self, day: int) -> tuple[TouchHistories, FloatArray]:
        """The touches up to ``day``, an ordinal, and the evidence of their gaps, float64[A, C]."""
        known = self.histories.as_of(day)
        rows = np.searchsorted(self.histories.account_ids, known.account_ids)
        return known, self._evidence[self.histories.offsets[:-1][rows] + known.n_gaps]

    def rhythm_by(self, day: int) -> tuple[RhythmStats, FloatArray]:
        """The statistics of the touches up to ``day``, an ordinal, and their evidence, float64[A, C]. O(accounts)."""
        until = np.arange(len(self.histories), dtype=np.int64) * _DAYS + day
        last = np.searchsorted(self._keys, until, side="right") - 1
        rows = last[last >= self.histories.offsets[:-1]]
        return self._rhythms.take(rows), self._evidence[rows]

    @cached_property
    def _keys(self) -> IntArray:
        account = np.repeat(np.arange(len(self.histories), dtype=np.int64), self.histories.touch_days)
        return account * _DAYS + self.histories.days

    @cached_property
    def _rhythms(self) -> RhythmStats:
        return running_rhythms(self.histories)

    @cached_property
    def _evidence(self) -> FloatArray:
        """float64[M, C]: after each touch day."""
        return running_totals(self.histories, log_evidence_of_gaps(self.histories, self._params))
