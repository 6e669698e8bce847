"""Who we talk with: all hangs on one person, the sponsor has left, the sponsor has not been met for long."""

import numpy as np

from health.scoring.arrays import NO_DAY, FloatArray
from health.scoring.signals.settings import SignalSettings
from health.scoring.signals.talk_days import TalkStats


def single_threaded_many(stats: TalkStats, settings: SignalSettings) -> FloatArray:
    """Only one person took part lately: float64[A], how far past its threshold, 0 where it is not so.

    By chance: were people met as in the year before, all n recent days would fall to this one with chance share**n
    (one made-up day on either side); said below 5 %. A client that always had one contact has a share near 1, and is
    not called single-threaded for it.
    """
    share = (stats.lone_earlier_days + 1) / (stats.earlier_named_days + 2)
    surprise = -stats.named_days * np.log(np.minimum(share, 1.0))
    needed = -np.log(settings.thread_max_chance)
    is_on = (stats.people == 1) & (stats.named_days >= settings.thread_min_days) & (surprise >= needed)
    return np.where(is_on, surprise / needed, 0.0)


def sponsor_left_many(stats: TalkStats, as_of_day: int, settings: SignalSettings) -> FloatArray:
    """The ranked person we met most has left and nobody of rank stepped in: float64[A], 0 where it is not so.

    A fact of the contact list, so chance plays no part; it ends when another director or executive was met twice, or a
    year after. Its strength is how often the person was met, on a log scale as the other strengths are. Who is known to
    leave after ``as_of_day`` is still there.
    """
    is_on = (
        (stats.sponsor_left_day != NO_DAY)
        & (stats.sponsor_left_day <= as_of_day)
        & (stats.sponsor_days >= settings.sponsor_min_days)
        & (stats.ranked_since_days < settings.sponsor_min_successor_days)
    )
    return np.where(is_on, 1 + np.log(np.maximum(stats.sponsor_days, 1) / settings.sponsor_min_days), 0.0)


def sponsor_silent_many(stats: TalkStats, as_of_day: int, settings: SignalSettings) -> FloatArray:
    """The ranked person we met most has not been met for long while others were: float64[A], 0 where it is not so.

    By chance: five usual gaps are passed by one gap in 150 of a wholly irregular series; it also has to be twice the
    longest ever. Whom one meets is nobody's promise, so one steady account in 40 shows it within a year all the same:
    shown, but no reason to call a client drifting. Who has left by ``as_of_day`` is not silent but gone.
    """
    silent = (stats.last_day - stats.sponsor_last_day).astype(np.float64)
    usual = (stats.sponsor_last_day - stats.sponsor_first_day) / np.maximum(stats.sponsor_days - 1, 1)
    limit = np.maximum.reduce(
        [
            settings.sponsor_min_usual_gaps * usual,
            settings.sponsor_min_long_gaps * stats.sponsor_longest_gap_days,
            np.full(len(stats), float(settings.sponsor_min_silent_days)),
        ]
    )
    is_on = (
        ((stats.sponsor_left_day == NO_DAY) | (stats.sponsor_left_day > as_of_day))
        & (stats.sponsor_days >= settings.sponsor_min_days)
        & (stats.others_since_days >= settings.sponsor_min_others_days)
        & (silent >= limit)
    )
    return np.where(is_on, silent / limit, 0.0)
