"""What a list rests on: when it was last scored, and which sources still bring touches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models.functions import JSONObject

from accounts.access import sees_everything, visibility
from accounts.models import User
from health.models import FeedRhythm, ScoreRun
from health.selectors.feed_stops import unheard_counts
from touchpoints.models import SourceKind, Touchpoint

#: A source is said to have stopped when it has been silent for three of its long gaps, and at least ten days.
STOPPED_GAPS: Final = 3.0
STOPPED_DAYS: Final = 10
#: With fewer days a source has no rhythm that could be broken: a file that was imported once.
LEAST_TOUCH_DAYS: Final = 10
#: A source that was given up long ago leaves few accounts behind whose newest touch is from it: those are quiet indeed.
LEAST_DEPENDENT_SHARE: Final = 0.1
#: When so many accounts are heard through a source and all of them fall silent at once, it is the source. Of fewer, it
#: may be the clients: the list says that the source has stopped, and flags them.
LEAST_DEPENDENT_COUNT: Final = 5


@dataclass(frozen=True, slots=True)
class StoppedFeed:
    """A source from which touches came regularly, and none has come for long; `unheard` accounts that the reader may
    see are not flagged because of it."""

    source_id: int
    name: str
    last_on: dt.date
    unheard: int = 0


@dataclass(frozen=True, slots=True)
class Footing:
    """When the scores were last computed, the sources that stopped, and since when all of them have if all did."""

    scored_at: dt.datetime | None
    stopped: tuple[StoppedFeed, ...] = ()
    all_stopped_on: dt.date | None = None


def footing(user: User, *, today: dt.date) -> Footing:
    """Return what the lists of `user` rest on. One query, and when sources have stopped one more and one for each."""
    feeds = FeedRhythm.objects.order_by("source__name").values(
        told=JSONObject(
            id="source_id",
            name="source__name",
            kind="source__kind",
            touch_days="touch_days",
            last_on="last_touch_on",
            long_gap_days="long_gap_days",
            dependent_share="dependent_share",
        )
    )
    runs = ScoreRun.objects.filter(finished_at__isnull=False).order_by("-started_at")
    row = runs.annotate(feeds=ArraySubquery(feeds)).values_list("finished_at", "feeds").first()
    if row is None:
        return Footing(None)
    scored_at, told = row
    return _footing(user, scored_at, told, today)


def stopped_sources(*, today: dt.date) -> dict[int, dt.date]:
    """Return the sources that have stopped as of `today` and keep silences from being flagged, by key, with the last
    day of each. One query."""
    regular = FeedRhythm.objects.filter(
        touch_days__gte=LEAST_TOUCH_DAYS,
        dependent_share__gte=LEAST_DEPENDENT_SHARE,
        dependent_count__gte=LEAST_DEPENDENT_COUNT,
    ).exclude(source__kind=SourceKind.MANUAL)
    return {
        source_id: last_on
        for source_id, last_on, long_gap_days in regular.values_list("source", "last_touch_on", "long_gap_days")
        if last_on is not None and _has_stopped(last_on, long_gap_days, today)
    }


def _footing(user: User, scored_at: dt.datetime | None, told: Sequence[dict[str, Any]], today: dt.date) -> Footing:
    regular = [
        one for one in told if one["touch_days"] >= LEAST_TOUCH_DAYS and one["dependent_share"] >= LEAST_DEPENDENT_SHARE
    ]
    silent = [
        one for one in regular if _has_stopped(dt.date.fromisoformat(one["last_on"]), one["long_gap_days"], today)
    ]
    # Who logs nothing by hand is no broken import.
    seen = [one for one in silent if one["kind"] != SourceKind.MANUAL and _depends_on(user, one["id"])]
    unheard = unheard_counts(user) if seen else {}
    stopped = tuple(
        StoppedFeed(one["id"], one["name"], dt.date.fromisoformat(one["last_on"]), unheard.get(one["id"], 0))
        for one in seen
    )
    last_on = max((dt.date.fromisoformat(one["last_on"]) for one in silent), default=None)
    return Footing(scored_at, stopped, last_on if stopped and len(silent) == len(regular) else None)


def _has_stopped(last_on: dt.date, long_gap_days: float | None, today: dt.date) -> bool:
    return (today - last_on).days > max(STOPPED_DAYS, STOPPED_GAPS * (long_gap_days or 0.0))


def _depends_on(user: User, source_id: int) -> bool:
    """Whether `user` sees a touch of the source: of the sources of others nobody learns."""
    if sees_everything(user):
        return True
    return Touchpoint.objects.shown().filter(visibility(user, prefix="account__"), source=source_id).exists()
