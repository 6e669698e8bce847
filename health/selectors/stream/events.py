"""What happened to an account beside its touches: band changes, snoozes, known quiet, assignments, next actions,
imports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import Account, Assignment
from health.models import Band, BandChange, NextAction, QuietPeriod, Snooze
from health.selectors.stream.filters import StreamFilters
from health.selectors.stream.places import Entry, Place, day_end
from touchpoints.models import Touchpoint

_QUIET, _SNOOZE, _BAND, _ASSIGNMENT, _IMPORT, _PLAN, _DONE = range(1, 8)


def band_changes(account: Account, filters: StreamFilters) -> QuerySet[BandChange]:
    """Return the changes of band; nobody is their author."""
    changes = BandChange.objects.filter(
        filters.within("changed_on", is_date=True), filters.says("reason"), account=account
    )
    return changes.none() if filters.author else changes


def snoozes(account: Account, filters: StreamFilters) -> QuerySet[Snooze]:
    """Return the snoozes, open and ended."""
    found = Snooze.objects.filter(filters.within("created_at"), filters.says("reason"), account=account)
    return found.filter(author=filters.author) if filters.author else found


def quiet_periods(account: Account, filters: StreamFilters) -> QuerySet[QuietPeriod]:
    """Return the times in which quiet was expected."""
    found = QuietPeriod.objects.filter(
        filters.within("starts_on", is_date=True), filters.says("reason"), account=account
    )
    return found.filter(author=filters.author) if filters.author else found


def assignments(account: Account, filters: StreamFilters) -> QuerySet[Assignment]:
    """Return the changes of owner; their words are the names in them."""
    found = Assignment.objects.filter(
        filters.within("assigned_at"), filters.says("from_owner__full_name", "to_owner__full_name"), account=account
    )
    return found.filter(assigned_by=filters.author) if filters.author else found


def planned_actions(account: Account, filters: StreamFilters) -> QuerySet[NextAction]:
    """Return the next actions, on the day on which they were planned, whatever became of them."""
    found = NextAction.objects.filter(filters.within("created_at"), filters.says("what"), account=account)
    return found.filter(author=filters.author) if filters.author else found


def done_actions(account: Account, filters: StreamFilters) -> QuerySet[NextAction]:
    """Return the next actions that were done, on the day on which they were."""
    found = NextAction.objects.filter(filters.within("ended_at"), filters.says("what"), account=account, is_done=True)
    return found.filter(ended_by=filters.author) if filters.author else found


def imported_touches(account: Account, filters: StreamFilters) -> QuerySet[Touchpoint]:
    """Return the account's touches that imports brought, each with the moment `ended_at` at which its import ended."""
    ended_at = Coalesce("batch__finished_at", "batch__created_at")
    brought = Touchpoint.objects.filter(
        filters.says("batch__file_name", "batch__source__name"), account=account, batch__isnull=False
    )
    brought = brought.annotate(ended_at=ended_at).filter(filters.within("ended_at"))
    return brought.filter(batch__uploaded_by=filters.author) if filters.author else brought


@dataclass(frozen=True, slots=True)
class BandMove:
    """A change of band with the names of both bands."""

    change: BandChange
    from_label: str
    to_label: str


@dataclass(frozen=True, slots=True)
class Import:
    """What one import brought of the account's touches."""

    pk: int
    file_name: str
    source_name: str
    uploaded_by: str | None
    touches: int


def event_entries(account: Account, filters: StreamFilters, before: Place | None, size: int) -> list[Entry]:
    """Return at least the newest `size` + 1 events of each kind asked for below `before`; a query for each kind."""
    readers = {
        "band": _band_changes,
        "snooze": _snoozes,
        "quiet": _quiet_periods,
        "assignment": _assignments,
        "plan": _planned,
        "done": _done,
        "import": _imports,
    }
    entries: list[Entry] = []
    for kind, read in readers.items():
        if filters.wants(kind):
            entries += read(account, filters, before, size)
    return entries


_LABELS: Final[Mapping[str, str]] = dict(Band.choices)


def _band_changes(account: Account, filters: StreamFilters, before: Place | None, size: int) -> list[Entry]:
    changes = band_changes(account, filters)
    if before is not None:
        changes = changes.filter(before.below_day(_BAND, "changed_on"))
    return [
        _entry(
            "band", _BAND, day_end(row.changed_on), row.pk, BandMove(row, _label(row.from_band), _label(row.to_band))
        )
        for row in changes.order_by("-changed_on", "-pk")[: size + 1]
    ]


def _label(band: str) -> str:
    return str(_LABELS.get(band, band))


def _snoozes(account: Account, filters: StreamFilters, before: Place | None, size: int) -> list[Entry]:
    found = snoozes(account, filters)
    if before is not None:
        found = found.filter(before.below(_SNOOZE, "created_at"))
    rows = found.select_related("author").order_by("-created_at", "-pk")[: size + 1]
    return [_entry("snooze", _SNOOZE, row.created_at, row.pk, row) for row in rows]


def _quiet_periods(account: Account, filters: StreamFilters, before: Place | None, size: int) -> list[Entry]:
    found = quiet_periods(account, filters)
    if before is not None:
        found = found.filter(before.below_day(_QUIET, "starts_on"))
    rows = found.select_related("author").order_by("-starts_on", "-pk")[: size + 1]
    return [_entry("quiet", _QUIET, day_end(row.starts_on), row.pk, row) for row in rows]


def _assignments(account: Account, filters: StreamFilters, before: Place | None, size: int) -> list[Entry]:
    found = assignments(account, filters)
    if before is not None:
        found = found.filter(before.below(_ASSIGNMENT, "assigned_at"))
    rows = found.select_related("from_owner", "to_owner", "assigned_by").order_by("-assigned_at", "-pk")[: size + 1]
    return [_entry("assignment", _ASSIGNMENT, row.assigned_at, row.pk, row) for row in rows]


def _planned(account: Account, filters: StreamFilters, before: Place | None, size: int) -> list[Entry]:
    found = planned_actions(account, filters)
    if before is not None:
        found = found.filter(before.below(_PLAN, "created_at"))
    rows = found.select_related("author", "ended_by").order_by("-created_at", "-pk")[: size + 1]
    return [_entry("plan", _PLAN, row.created_at, row.pk, row) for row in rows]


def _done(account: Account, filters: StreamFilters, before: Place | None, size: int) -> list[Entry]:
    found = done_actions(account, filters)
    if before is not None:
        found = found.filter(before.below(_DONE, "ended_at"))
    rows = found.select_related("author", "ended_by").order_by("-ended_at", "-pk")[: size + 1]
    return [_entry("done", _DONE, row.ended_at, row.pk, row) for row in rows if row.ended_at]


def _imports(account: Account, filters: StreamFilters, before: Place | None, size: int) -> list[Entry]:
    brought: Any = imported_touches(account, filters)
    if before is not None:
        brought = brought.filter(before.below(_IMPORT, "ended_at", number="batch"))
    rows = (
        brought.order_by()
        .values_list("ended_at", "batch", "batch__file_name", "batch__source__name", "batch__uploaded_by__full_name")
        .annotate(touches=Count("pk"))
        .order_by("-ended_at", "-batch")[: size + 1]
    )
    return [_entry("import", _IMPORT, at, pk, Import(pk, *rest)) for at, pk, *rest in rows]


def _entry(kind: str, rank: int, at: dt.datetime, pk: int, item: Any) -> Entry:
    return Entry(kind, at, Place(at, rank, pk), item)
