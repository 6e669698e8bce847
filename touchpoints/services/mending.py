"""Rejected rows: mended, dismissed, or tried again as they are."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any, Final

from django.db import transaction

from accounts.models import User
from touchpoints.loader.chunks import count_loaded, load_chunk
from touchpoints.loader.staging import ReadRow
from touchpoints.models import ImportBatch, RejectedRow, RejectedRowStatus
from touchpoints.parsers.options import ImportOptions
from touchpoints.parsers.parse import parse_cells
from touchpoints.parsers.records import RowError
from touchpoints.signals import activity_changed

_RETRIED_AT_ONCE: Final = 5_000


def mend_row(*, row: RejectedRow, cells: list[str], by: User, now: dt.datetime) -> str | None:
    """Try a rejected row again with other cells; None when it was taken, else the reason why not.

    The row keeps the new cells either way.
    """
    # PostgreSQL keeps neither NUL nor half characters, and a pasted cell may hold them.
    cells = [cell.replace("\0", "").encode("utf-8", "replace").decode() for cell in cells]
    with transaction.atomic():
        locked = RejectedRow.objects.select_for_update(of=("self",)).filter(pk=row.pk)
        waiting = list(locked.filter(status=RejectedRowStatus.OPEN))
        for one in waiting:
            one.cells = cells
        refused = _try_again(waiting, by=by, now=now)
    return refused[0].message if refused else None


def _try_again(rows: list[RejectedRow], *, by: User, now: dt.datetime) -> list[RejectedRow]:
    """Try open rows of one batch, locked by the caller's transaction; return those that are refused again."""
    if not rows:
        return []
    batch = ImportBatch.objects.select_for_update(of=("self",)).select_related("source").get(pk=rows[0].batch_id)
    options = ImportOptions.from_dict(batch.options)
    read: list[ReadRow[Any]] = []
    errors: list[RowError] = []
    for row in rows:
        parsed = parse_cells(row.cells, row.line_number, options)
        if isinstance(parsed, RowError):
            errors.append(parsed)
        else:
            read.append(ReadRow(tuple(row.cells), parsed))
    loaded = load_chunk(read, batch=batch, options=options, now=now)
    count_loaded(batch, loaded)
    batch.save()
    reasons = {error.line: error for error in [*errors, *loaded.rejected]}
    for row in rows:
        if reason := reasons.get(row.line_number):
            row.reason_code, row.message = reason.code, reason.message
        else:
            row.status, row.resolved_by, row.resolved_at = RejectedRowStatus.MENDED, by, now
    fields = ["cells", "reason_code", "message", "status", "resolved_by", "resolved_at"]
    RejectedRow.objects.bulk_update(rows, fields, batch_size=500)
    if loaded.account_ids:
        nudge = partial(activity_changed.send_robust, sender=ImportBatch, account_ids=loaded.account_ids)
        transaction.on_commit(nudge)
    return [row for row in rows if row.status == RejectedRowStatus.OPEN]


def dismiss_row(*, row: RejectedRow, by: User, now: dt.datetime) -> None:
    """Say that a rejected row is not needed; it stays to be seen."""
    RejectedRow.objects.filter(pk=row.pk, status=RejectedRowStatus.OPEN).update(
        status=RejectedRowStatus.DISMISSED, resolved_by=by, resolved_at=now
    )


def retry_rejected(*, batch: ImportBatch, by: User, now: dt.datetime) -> tuple[int, int]:
    """Try all open rejected rows of a batch as they are, such as after missing accounts were imported.

    Returns how many were taken and how many were rejected again.
    """
    taken = refused = 0
    last_line = 0
    while True:
        with transaction.atomic():
            rows = list(
                RejectedRow.objects.select_for_update(of=("self",))
                .filter(batch=batch, status=RejectedRowStatus.OPEN, line_number__gt=last_line)
                .order_by("line_number")[:_RETRIED_AT_ONCE]
            )
            if not rows:
                return taken, refused
            last_line = rows[-1].line_number
            again = len(_try_again(rows, by=by, now=now))
        taken += len(rows) - again
        refused += again
