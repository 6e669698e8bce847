"""One-sided: the client had long been silent on the last day on which we wrote, while we were not.

The client's open gap on the last touch day is compared with its own: three usual gaps, and half as much again as nine
in ten of them. Our own days in between must be several: a client of whom nobody heard is silent, not one-sided.

By chance: beyond 1.5 times the 90 % quantile lies one gap in 200 for a client of regular habits and one in 30 for a
wholly irregular one, who also has to pass three usual gaps and get several messages in it; the alarm of the client
series, which has a budget, then decides whether it is Silent.
"""

import numpy as np

from health.scoring.arrays import FloatArray
from health.scoring.signals.settings import SignalSettings
from health.scoring.signals.talk_days import TalkStats


def one_sided_many(stats: TalkStats, settings: SignalSettings) -> FloatArray:
    """float64[A]: how far past its threshold, 1 just at it, 0 where the signal is not on."""
    gap = (stats.last_day - stats.client_last_day).astype(np.float64)
    median, high = np.nan_to_num(stats.client_median_gap), np.nan_to_num(stats.client_high_gap)
    limit = np.maximum(settings.one_sided_min_usual_gaps * median, settings.one_sided_min_long_gaps * high)
    is_on = (
        (stats.client_days >= settings.one_sided_min_client_days)
        & (stats.unanswered_days >= settings.one_sided_min_our_days)
        & (gap >= limit)
    )
    return np.where(is_on, gap / np.maximum(limit, 1.0), 0.0)
