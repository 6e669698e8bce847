"""Reading imports: how far each is, what became of its rows, which of them wait to be mended."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Min, Q, QuerySet
from django.http import Http404

from touchpoints.loader.resolving import find_accounts
from touchpoints.models import (
    BatchStatus,
    ImportBatch,
    RejectedRow,
    RejectedRowStatus,
    Source,
    SourceKind,
    Touchpoint,
)
from touchpoints.parsers.records import AccountRecord, Record, RowError

_STALLED_AFTER: Final = dt.timedelta(seconds=45)


@dataclass(frozen=True, slots=True)
class Pace:
    """How an import runs. `percent` counts bytes; `rows_per_second` is None before the first chunk."""

    percent: int
    seconds: float
    rows_per_second: float | None
    is_stalled: bool


def pace_of(batch: ImportBatch, *, now: dt.datetime) -> Pace:
    """Say how far and how fast a started import is."""
    is_done = batch.status == BatchStatus.DONE
    percent = 100 if is_done else min(99, 100 * batch.bytes_done // max(1, batch.size_bytes))
    until = batch.finished_at or batch.last_progress_at or now
    seconds = max(0.0, (until - batch.started_at).total_seconds()) if batch.started_at else 0.0
    speed = batch.rows_read / seconds if seconds and batch.rows_read else None
    moved_at = batch.last_progress_at or batch.started_at or batch.created_at
    is_waiting = batch.status in {BatchStatus.QUEUED, BatchStatus.RUNNING}
    return Pace(percent, seconds, speed, is_stalled=is_waiting and now - moved_at > _STALLED_AFTER)


def batch_for(pk: int) -> ImportBatch:
    """Return import `pk` with its source and who uploaded it. Raises Http404."""
    batch = ImportBatch.objects.select_related("source", "uploaded_by").filter(pk=pk).first()
    if batch is None:
        raise Http404("There is no such import.")
    return batch


def all_batches() -> QuerySet[ImportBatch]:
    """Return the imports, newest first, each with the number of its rejected rows that are still open."""
    still_open = Count("rejected_rows", filter=Q(rejected_rows__status=RejectedRowStatus.OPEN))
    # Grouping drops the order of the model, so it is said again.
    batches = ImportBatch.objects.select_related("source", "uploaded_by").annotate(open_rows=still_open)
    return batches.order_by("-created_at", "-pk")


def rejected_rows(batch: ImportBatch, *, only_open: bool) -> QuerySet[RejectedRow]:
    """Return the rejected rows of an import in file order."""
    rows = batch.rejected_rows.select_related("resolved_by").order_by("line_number")
    return rows.filter(status=RejectedRowStatus.OPEN) if only_open else rows


@dataclass(frozen=True, slots=True)
class Reason:
    """Why rows of an import were rejected: how many, and the words of one of them."""

    example: str
    rows: int


def rejected_reasons(batch: ImportBatch) -> list[Reason]:
    """Return why the open rejected rows of an import were rejected, the most frequent reason first."""
    rows = rejected_rows(batch, only_open=True).order_by()
    counted = rows.values("reason_code").annotate(example=Min("message"), rows=Count("pk")).order_by("-rows", "example")
    return [Reason(one["example"], one["rows"]) for one in counted]


def rejected_row_for(pk: int) -> RejectedRow:
    """Return rejected row `pk` with its import. Raises Http404."""
    row = RejectedRow.objects.select_related("batch__source").filter(pk=pk).first()
    if row is None:
        raise Http404("There is no such row.")
    return row


def booked_ahead(batch: ImportBatch, *, now: dt.datetime) -> int:
    """Count the touches of an import that lie in the future."""
    return Touchpoint.objects.shown().filter(batch=batch, occurred_at__gt=now).count()


def source_names() -> list[str]:
    """Return the names of the sources that files come from."""
    return list(Source.objects.exclude(kind=SourceKind.MANUAL).order_by("name").values_list("name", flat=True))


def unknown_accounts(rows: list[Record | RowError]) -> list[str]:
    """Return the accounts that these rows of touches or contacts name and that are not known, in their order."""
    refs = [row.account_ref for row in rows if not isinstance(row, RowError | AccountRecord) and row.account_ref]
    found = find_accounts(refs)
    return [ref for ref in dict.fromkeys(refs) if ref not in found.ids and ref not in found.problems]
