"""All signals of an account side by side: which are on, how strong, which one is named as the reason."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from health.scoring.arrays import BoolArray, FloatArray, IntArray
from health.scoring.signals.cadence import cadence_missed_many
from health.scoring.signals.live_talk import talk_fell_many
from health.scoring.signals.one_sided import one_sided_many
from health.scoring.signals.people import single_threaded_many, sponsor_left_many, sponsor_silent_many
from health.scoring.signals.settings import SignalSettings
from health.scoring.signals.talk_days import TalkStats
from health.scoring.signals.unanswered import unanswered_many


class Signal(StrEnum):
    """What can be seen in the touches beside their rhythm."""

    UNANSWERED = "unanswered"
    ONE_SIDED = "one_sided"
    SPONSOR_LEFT = "sponsor_left"
    CADENCE_MISSED = "cadence_missed"
    TALK_FELL = "talk_fell"
    SPONSOR_SILENT = "sponsor_silent"
    SINGLE_THREADED = "single_threaded"


SIGNALS = tuple(Signal)

#: These make an account drift. The others are shown only: whom one happens to meet varies too much from month to
#: month to call a client drifting for it, and many a small client has one contact for good.
BAND_SIGNALS = (
    Signal.UNANSWERED,
    Signal.ONE_SIDED,
    Signal.SPONSOR_LEFT,
    Signal.CADENCE_MISSED,
    Signal.TALK_FELL,
)


@dataclass(frozen=True, eq=False)
class FoundSignals:
    """``strength`` is float64[A, S], one column per entry of ``SIGNALS``: 0 where a signal is not on, else how far
    past its threshold, 1 just at it; so strengths of different signals can be compared."""

    account_ids: IntArray
    strength: FloatArray

    @property
    def has_drift_signal(self) -> BoolArray:
        """bool[A]: whether any signal is on that makes the account drift."""
        return np.any(self.strength[:, : len(BAND_SIGNALS)] > 0, axis=1)

    @property
    def has_any(self) -> BoolArray:
        """bool[A]: whether any signal is on."""
        return np.any(self.strength > 0, axis=1)

    @property
    def main(self) -> npt.NDArray[np.str_]:
        """str[A]: the strongest signal that makes each account drift, '' where there is none."""
        band = self.strength[:, : len(BAND_SIGNALS)]
        names = np.array([signal.value for signal in BAND_SIGNALS])
        return np.where(self.has_drift_signal, names[np.argmax(band, axis=1)], "")

    @classmethod
    def none(cls, account_ids: IntArray) -> "FoundSignals":
        """Nothing found."""
        return cls(account_ids, np.zeros((len(account_ids), len(SIGNALS))))

    def on(self, row: int) -> list[tuple[Signal, float]]:
        """The signals of one account that are on with their strengths: those of the band first, strongest first."""
        band = len(BAND_SIGNALS)
        columns = sorted(np.flatnonzero(self.strength[row] > 0), key=lambda c: (c >= band, -self.strength[row, c], c))
        return [(SIGNALS[column], float(self.strength[row, column])) for column in columns]


def find_signals_many(
    stats: TalkStats, agreed_days: FloatArray, as_of_day: int, settings: SignalSettings
) -> FoundSignals:
    """Look for every signal, as of a day. O(accounts): no touches are read.

    ``agreed_days`` is float64[A], the agreed cadence, nan where none is agreed.
    """
    if agreed_days.shape != stats.account_ids.shape:
        raise ValueError("agreed_days must have one entry per account")
    found = {
        Signal.UNANSWERED: unanswered_many(stats, settings),
        Signal.ONE_SIDED: one_sided_many(stats, settings),
        Signal.SPONSOR_LEFT: sponsor_left_many(stats, as_of_day, settings),
        Signal.CADENCE_MISSED: cadence_missed_many(stats, agreed_days, settings),
        Signal.TALK_FELL: talk_fell_many(stats, settings),
        Signal.SPONSOR_SILENT: sponsor_silent_many(stats, as_of_day, settings),
        Signal.SINGLE_THREADED: single_threaded_many(stats, settings),
    }
    return FoundSignals(stats.account_ids, np.column_stack([found[signal] for signal in SIGNALS]))
