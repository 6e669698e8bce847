"""The agreed cadence is missed: the rhythm promised to the client beside the one lived.

Lived is the wait in which the client finds itself on half of all days: of the gaps of the last four months, the
length that half of the time is spent in gaps at least as long. A call with three mails in the same week is one
contact for somebody who then waits a month, as it is here; the plain middle gap would call that a contact a week.
The longest gap is left out, so that one holiday or one cancelled talk says nothing.

By chance: a slot that is kept gives 1, and one called off in ten still does, because half of all days must lie in
longer gaps. At 1.4 with the longest gap left out, three talks in a row of a fortnightly rhythm have to fail.
"""

import numpy as np

from health.scoring.arrays import FloatArray
from health.scoring.signals.settings import SignalSettings
from health.scoring.signals.talk_days import TalkStats


def cadence_missed_many(stats: TalkStats, agreed_days: FloatArray, settings: SignalSettings) -> FloatArray:
    """float64[A]: how far past its threshold, 1 just at it, 0 where the signal is not on.

    ``agreed_days`` float64[A], nan where nothing is agreed.
    """
    factor = np.nan_to_num(stats.lived_gap / agreed_days)
    is_on = (stats.cadence_gaps >= settings.cadence_min_gaps) & (factor >= settings.cadence_min_factor)
    return np.where(is_on, factor / settings.cadence_min_factor, 0.0)
