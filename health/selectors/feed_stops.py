"""Sources that have stopped, and the accounts that cannot be heard because of it.

A stop is known from the day on which it was noticed to the day before it ended, so that a past day is scored with what
was known on it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from django.db.models import Count, Q

from accounts.access import visibility
from accounts.models import User
from config.days import day_start
from health.columns import NO_NUMBER
from health.feeds import read_feed_counts
from health.models import AccountHealth, FeedStop
from health.scoring.arrays import NO_DAY, BoolArray, IntArray
from health.scoring.unheard import main_stops_many

#: What an account's touches come from is counted over the year before the sources stopped.
COUNTED_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class KnownStop:
    """A stopped source: its key, the row of its stop, and its last day as an ordinal."""

    pk: int
    source_id: int
    last_day: int


@dataclass(frozen=True, eq=False)
class Resting:
    """What the touches of some accounts rest on; parallel arrays.

    `stop_id` is the stop of the source that most of them came from, `NO_NUMBER` where they came from sources that go
    on, and `heard_until_day` the last day of that source, `NO_DAY` there.
    """

    stop_id: IntArray
    heard_until_day: IntArray


def stops_on(day: dt.date) -> list[KnownStop]:
    """Return the sources that were known to have stopped at the end of a firm's day, by key. One query."""
    found = FeedStop.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=day), noticed_on__lte=day).order_by("pk")
    return [
        KnownStop(pk, source_id, last_on.toordinal())
        for pk, source_id, last_on in found.values_list("pk", "source_id", "last_touch_on")
    ]


def resting_on(
    stops: Sequence[KnownStop],
    account_ids: IntArray,
    *,
    asked: BoolArray,
    as_of: dt.datetime,
    known_stop_ids: IntArray | None = None,
) -> Resting:
    """Return which of these accounts, ids ascending, rest on sources that have stopped.

    Only those `asked` for are looked up, in one query that reads their touches; `known_stop_ids` says what was found
    when their touches were the same, `NO_NUMBER` where nothing is known.
    """
    found = Resting(
        np.full(len(account_ids), NO_NUMBER, dtype=np.int64), np.full(len(account_ids), NO_DAY, dtype=np.int64)
    )
    places = np.full(len(account_ids), -1, dtype=np.int64)
    if known_stop_ids is not None:
        for place, stop in enumerate(stops):
            places[known_stop_ids == stop.pk] = place
    rows = np.flatnonzero(asked & (places < 0))
    if len(rows):
        first = dt.date.fromordinal(min(stop.last_day for stop in stops)) - dt.timedelta(days=COUNTED_DAYS)
        counts = read_feed_counts(
            account_ids[rows], [stop.source_id for stop in stops], after=day_start(first), as_of=as_of
        )
        places[rows] = main_stops_many(counts[:, :-1], counts.sum(axis=1))
    rests = asked & (places >= 0)
    found.stop_id[rests] = np.array([stop.pk for stop in stops])[places[rests]]
    found.heard_until_day[rests] = np.array([stop.last_day for stop in stops])[places[rests]]
    return found


def unheard_by_day(account_id: int, first: dt.date, last: dt.date) -> Callable[[dt.date], FeedStop | None]:
    """Return what tells for the days from `first` to `last` which stopped source the touches of an account came from.

    One query, and where sources had stopped one more for each of the days.
    """
    found = FeedStop.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=first), noticed_on__lte=last)
    stops = {stop.pk: stop for stop in found.select_related("source").order_by("pk")}

    @cache
    def stop_on(day: dt.date) -> FeedStop | None:
        known = [
            KnownStop(stop.pk, stop.source_id, stop.last_touch_on.toordinal())
            for stop in stops.values()
            if stop.noticed_on <= day and (stop.ended_on is None or stop.ended_on > day)
        ]
        if not known:
            return None
        as_of = day_start(day + dt.timedelta(days=1)) - dt.timedelta(microseconds=1)
        resting = resting_on(known, np.array([account_id]), asked=np.array([True]), as_of=as_of)
        return stops.get(int(resting.stop_id[0]))

    return stop_on


def unheard_counts(user: User) -> dict[int, int]:
    """Return how many accounts that `user` may see are not flagged because of each stopped source, by source."""
    found = AccountHealth.objects.filter(visibility(user, prefix="account__"), feed_stop__isnull=False)
    return dict(found.order_by().values_list("feed_stop__source").annotate(Count("pk")))
