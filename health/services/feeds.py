"""Keeping the rhythm of each source up to date, and which of them have stopped: after an import, and once a day."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F, Q

from config.days import day_start, firm_day
from health.feeds import write_feed_rhythms
from health.models import FeedStop
from health.selectors.feeds import stopped_sources
from touchpoints.models import BatchStatus, ImportBatch, Source, SourceKind


def refresh_feeds(*, now: dt.datetime) -> bool:
    """Compute the rhythm of all sources when one of them is new, brought something, or was not looked at today.

    While an import runs it is not done: the next sweep after its end does it. Returns whether it was done.
    """
    begins = day_start(firm_day(now))
    # What people log by hand comes one by one, all day long: it waits for the next morning.
    has_received = Q(last_received_at__gt=F("rhythm__computed_at")) & ~Q(kind=SourceKind.MANUAL)
    behind = Source.objects.filter(Q(rhythm__isnull=True) | Q(rhythm__computed_at__lt=begins) | has_received)
    if not behind.exists() or ImportBatch.objects.filter(status=BatchStatus.RUNNING).exists():
        return False
    with transaction.atomic():
        write_feed_rhythms(now=now)
        note_stops(today=firm_day(now))
    return True


def note_stops(*, today: dt.date) -> None:
    """Keep which sources have stopped as of `today`; a stop ends when its source brings touches again, or when hardly
    any account rests on it any more."""
    stopped = stopped_sources(today=today)
    is_open = {stop.source_id: stop for stop in FeedStop.objects.select_for_update().filter(ended_on__isnull=True)}
    for source_id, stop in is_open.items():
        if stopped.get(source_id) != stop.last_touch_on:
            stop.ended_on = today
            stop.save(update_fields=["ended_on"])
    for source_id, last_on in stopped.items():
        if source_id not in is_open or is_open[source_id].ended_on is not None:
            FeedStop.objects.create(source_id=source_id, last_touch_on=last_on, noticed_on=today)
