"""The share of live talk fell: calls give way to mail while the number of touches stays.

A two-proportion test on touch *days* with a live talk, last 90 days against the year before, both ending at the last
touch day. Days, not touches: the mails of one thread are not independent of each other, and would make a lively week
look like a change. The pace of talks must have fallen too, so that a project that brings weeks of mail on top of the
usual calls is no signal.

By chance: 2.2 deviations are passed once in 70 looks, and windows of 90 days give about four independent looks a
year; that half of share and of pace be lost as well makes it rarer by far. No steady account of the demo portfolio
showed it in 500 account-years.
"""

import numpy as np

from health.scoring.arrays import FloatArray
from health.scoring.signals.settings import SignalSettings
from health.scoring.signals.statistics import EARLIER_DAYS, RECENT_DAYS
from health.scoring.signals.talk_days import TalkStats


def talk_fell_many(stats: TalkStats, settings: SignalSettings) -> FloatArray:
    """float64[A]: how far past its threshold, 1 just at it, 0 where the signal is not on."""
    recent, earlier = np.maximum(stats.recent_days, 1), np.maximum(stats.earlier_days, 1)
    share, before = stats.recent_talk_days / recent, stats.earlier_talk_days / earlier
    pooled = (stats.recent_talk_days + stats.earlier_talk_days) / (recent + earlier)
    error = np.sqrt(np.maximum(pooled * (1 - pooled), 1e-9) * (1 / recent + 1 / earlier))
    deviations = (before - share) / error
    observed = np.clip(stats.last_day - RECENT_DAYS - stats.first_day + 1, 1, EARLIER_DAYS)
    pace_left = (stats.recent_talk_days / RECENT_DAYS) / np.maximum(stats.earlier_talk_days / observed, 1e-9)
    is_on = (
        (stats.recent_days >= settings.talk_min_recent_days)
        & (stats.earlier_days >= settings.talk_min_earlier_days)
        & (deviations >= settings.talk_min_deviations)
        & (share <= settings.talk_max_share_left * before)
        & (pace_left <= settings.talk_max_share_left)
    )
    return np.where(is_on, deviations / settings.talk_min_deviations, 0.0)
