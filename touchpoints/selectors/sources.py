"""Reading sources: is each feed alive? When it last delivered, how often it usually does, and whether it is late."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from django.db.models import F, Max, Window
from django.db.models.functions import RowNumber

from touchpoints.models import BatchStatus, ImportBatch, ImportKind, Source, SourceKind, Touchpoint

# From fewer deliveries no rhythm is read.
_FEWEST_DELIVERIES: Final = 4
_MOST_DELIVERIES: Final = 20
# Where nothing is expected in hours: this many usual gaps without a delivery are worth a look.
_LATE_AT_GAPS: Final = 3.0


@dataclass(frozen=True, slots=True)
class Feed:
    """A source and its freshness. `usual_gap` is the median time between deliveries, None before there are four.

    `late_by` is the time since the delivery that was due; None while nothing is due, or nothing is known of it.
    """

    source: Source
    last_touch_at: dt.datetime | None
    usual_gap: dt.timedelta | None
    late_by: dt.timedelta | None
    is_expected: bool

    @property
    def is_judged(self) -> bool:
        """Whether enough is known to say that it is late or in time."""
        return self.is_expected or self.usual_gap is not None

    @property
    def is_late(self) -> bool:
        return self.late_by is not None


def feeds(*, now: dt.datetime) -> list[Feed]:
    """Return every source with its freshness, by name. Three queries, whatever the number of sources."""
    deliveries = _deliveries()
    newest = {pk: found[0][1] for pk, found in deliveries.items()}
    last_touches = dict(
        Touchpoint.objects.shown()
        .filter(batch__in=newest.values(), occurred_at__lte=now)
        .order_by()
        .values_list("source")
        .annotate(Max("occurred_at"))
    )
    return [
        _feed(source, [moment for moment, _ in deliveries[source.pk]], last_touches.get(source.pk), now)
        for source in Source.objects.order_by("name")
    ]


def _deliveries() -> dict[int, list[tuple[dt.datetime, int]]]:
    """Return by source when its last imports of touches came in, newest first, with their numbers."""
    place = Window(RowNumber(), partition_by=F("source"), order_by=F("created_at").desc())
    done = ImportBatch.objects.filter(status=BatchStatus.DONE, kind=ImportKind.TOUCHPOINTS).annotate(place=place)
    newest = done.filter(place__lte=_MOST_DELIVERIES).order_by("source", "-created_at")
    found: dict[int, list[tuple[dt.datetime, int]]] = defaultdict(list)
    for source, created_at, pk in newest.values_list("source", "created_at", "pk"):
        found[source].append((created_at, pk))
    return found


def _feed(source: Source, moments: list[dt.datetime], last_touch_at: dt.datetime | None, now: dt.datetime) -> Feed:
    gaps = [(newer - older).total_seconds() for newer, older in pairwise(moments)]
    usual_gap = dt.timedelta(seconds=median(gaps)) if len(moments) >= _FEWEST_DELIVERIES else None
    due_after = None
    if source.expected_every_hours is not None:
        due_after = dt.timedelta(hours=source.expected_every_hours)
    elif usual_gap and source.kind != SourceKind.MANUAL:
        due_after = _LATE_AT_GAPS * usual_gap
    since = source.last_received_at or source.created_at
    open_gap = now - since
    late_by = open_gap - due_after if due_after is not None and open_gap > due_after else None
    return Feed(source, last_touch_at, usual_gap, late_by, is_expected=source.expected_every_hours is not None)
