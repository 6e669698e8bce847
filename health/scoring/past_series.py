"""The touches of a portfolio, ready to be looked at as of any day."""

import numpy as np

from health.scoring.arrays import FloatArray
from health.scoring.gaps import log_evidence_of_gaps
from health.scoring.histories import TouchHistories
from health.scoring.params import GapParams


class PastSeries:
    """One series of touches, ready to be scored as of any day.

    How well a gap was predicted depends only on the gaps before it, so the evidence of every gap is computed once and a
    past day adds up those that were closed by then.
    """

    def __init__(self, histories: TouchHistories, params: GapParams) -> None:
        self.histories = histories
        logs = log_evidence_of_gaps(histories, params)
        self._running = np.concatenate([np.zeros((1, params.components)), np.cumsum(logs, axis=0)])

    def known_by(self, day: int) -> tuple[TouchHistories, FloatArray]:
        """The touches up to ``day``, an ordinal, and the evidence of their gaps, float64[A, C]."""
        known = self.histories.as_of(day)
        rows = np.searchsorted(self.histories.account_ids, known.account_ids)
        first = self.histories.gap_offsets[:-1][rows]
        return known, self._running[first + known.n_gaps] - self._running[first]
