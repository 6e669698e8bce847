"""The touches of a stream, shown and deleted ones, and the days of silence between them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Account
from config.days import firm_day
from health.models import AccountHealth
from health.selectors import evidence
from health.selectors.stream.filters import StreamFilters
from health.selectors.stream.places import Entry, Place
from touchpoints.models import Touchpoint


def touches_matching(account: Account, filters: StreamFilters) -> QuerySet[Touchpoint]:
    """Return the account's touches that meet the filters: the deleted ones if they are asked for, else the others."""
    is_deleted = filters.kind == "deleted"
    touches = Touchpoint.objects.filter(
        filters.within("occurred_at"),
        filters.says("subject", "body"),
        account=account,
        deleted_at__isnull=not is_deleted,
    )
    if filters.because:
        health = AccountHealth.objects.filter(account=account).first()
        behind = evidence.evidence_touches(health, filters.because) if health else touches.none()
        touches = touches.filter(pk__in=behind.order_by().values("pk"))
    if filters.channel == "voice":
        touches = touches.filter(is_voice=True)
    elif filters.channel:
        touches = touches.filter(channel=filters.channel)
    if filters.direction:
        touches = touches.filter(direction=filters.direction)
    if filters.contact:
        touches = touches.filter(contacts=filters.contact)
    if filters.author:
        link = Touchpoint.colleagues.through.objects.filter(touchpoint=OuterRef("pk"), user=filters.author)
        touches = touches.filter(Q(author=filters.author) | Exists(link))
    return touches


def touch_entries(account: Account, filters: StreamFilters, before: Place | None, size: int) -> list[Entry]:
    """Return the newest `size` + 1 touches below `before` with their people and how they were edited."""
    kind = "deleted" if filters.kind == "deleted" else "touch"
    if not filters.wants(kind):
        return []
    touches = touches_matching(account, filters)
    if before is not None:
        touches = touches.filter(before.below(0, "occurred_at"))
    touches = touches.select_related("source", "author", "deleted_by").prefetch_related(
        "contacts", "colleagues", "edits__edited_by"
    )
    rows = touches.order_by("-occurred_at", "-pk")[: size + 1]
    return [Entry(kind, row.occurred_at, Place(row.occurred_at, 0, row.pk), row) for row in rows]


def with_silences(
    account: Account, page: Sequence[Entry], *, as_of: dt.datetime, long_gap_days: float, is_top: bool
) -> list[Entry]:
    """Note on each touch of a page how long the silence was that it ended, if it was longer than `long_gap_days`.

    On the newest touch also the silence that is open, if the page is the top of the stream. Attempts and booked touches
    end no silence. At most one query, for the touch below the page.
    """
    counting = [entry for entry in page if entry.kind == "touch" and entry.item.counts and entry.at <= as_of]
    if not counting:
        return list(page)
    below = Touchpoint.objects.filter(account=account, counts=True, occurred_at__lt=counting[-1].at)
    older_at = below.order_by("-occurred_at").values_list("occurred_at", flat=True).first()
    days = [firm_day(entry.at) for entry in counting]
    following = [*days[1:], firm_day(older_at) if older_at else days[-1]]
    silences = {
        entry.place: (day - older).days
        for entry, day, older in zip(counting, days, following, strict=True)
        if (day - older).days > long_gap_days
    }
    open_days = (firm_day(as_of) - days[0]).days
    opens_at = counting[0].place if is_top and open_days > long_gap_days else None
    return [
        replace(
            entry,
            silence_days=silences.get(entry.place),
            open_silence_days=open_days if opens_at is not None and entry.place == opens_at else None,
        )
        if entry.kind == "touch"
        else entry
        for entry in page
    ]
