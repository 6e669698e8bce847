"""Keeping the rhythm of each source up to date: after an import, and once a day."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, Q

from config.days import day_start, firm_day
from health.feeds import write_feed_rhythms
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
    write_feed_rhythms(now=now)
    return True
