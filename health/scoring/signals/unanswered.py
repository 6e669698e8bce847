"""Our last messages are unanswered: a longer run of our days without the client than this client ever let come.

With p the share of our days among all days of the past, a run of k has chance p**k (one made-up day on either side
keeps a young account from certainty). The run must also be the longest ever and last two weeks, so that three mails in
a busy week are none.

By chance: a run that rare comes once in a hundred answers; being the longest of m runs comes once in m. Together less
than one false signal in 50 account-years for a client who answers weekly.
"""

import numpy as np

from health.scoring.arrays import FloatArray
from health.scoring.signals.settings import SignalSettings
from health.scoring.signals.talk_days import TalkStats

#: a client who never took part has not stopped to answer
MIN_ANSWER_DAYS = 3


def unanswered_many(stats: TalkStats, settings: SignalSettings) -> FloatArray:
    """float64[A]: how far past its threshold, 1 just at it, 0 where the signal is not on."""
    run = stats.unanswered_days
    ours_before = stats.our_days - run
    share = (ours_before + 1) / (ours_before + stats.answer_days + 2)
    surprise = -run * np.log(share)
    needed = -np.log(settings.unanswered_max_chance)
    is_on = (
        (run >= settings.unanswered_min_days)
        & (run > stats.longest_unanswered_days)
        & (stats.last_day - stats.unanswered_since_day >= settings.unanswered_min_span_days)
        & (stats.answer_days >= MIN_ANSWER_DAYS)
        & (surprise >= needed)
    )
    return np.where(is_on, surprise / needed, 0.0)
