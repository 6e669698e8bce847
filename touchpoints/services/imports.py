"""Imports: keep the bytes, ask how to read them, load them in chunks that a killed worker goes on with."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final

from django.conf import settings
from django.core.files.base import File
from django.db import connection, transaction
from django.db.models import F

from accounts.models import User
from touchpoints.loader.accounts import load_accounts
from touchpoints.loader.contacts import load_contacts
from touchpoints.loader.staging import Loaded, ReadRow
from touchpoints.loader.touchpoints import load_touchpoints
from touchpoints.models import (
    BatchStatus,
    ImportBatch,
    ImportKind,
    RejectedRow,
    RejectedRowStatus,
    Source,
)
from touchpoints.parsers.inspect import Inspection, inspect_file
from touchpoints.parsers.options import ImportOptions
from touchpoints.parsers.parse import parse_cells, row_parser
from touchpoints.parsers.reader import read_rows
from touchpoints.parsers.records import RowError, UnreadableFileError
from touchpoints.signals import activity_changed

logger = logging.getLogger(__name__)

CHUNK_ROWS: Final = 10_000
_LOCK_CLASS: Final = 0x48415249  # "HARI": one worker per batch
# Rejected rows beyond this many are counted but not kept: a file of the wrong kind must not fill the disk.
MOST_REJECTED_KEPT: Final = 100_000

Clock = Callable[[], dt.datetime]
Progress = Callable[[ImportBatch], None]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A received file; `is_new` is False when the same bytes came from the same source before."""

    batch: ImportBatch
    is_new: bool


def receive_file(
    *, source_name: str, kind: str, file: File[bytes] | Path, file_name: str, uploaded_by: User | None, now: dt.datetime
) -> Receipt:
    """Keep the raw bytes of a file as an import batch. The same bytes again return the batch they made before.

    Raises ValueError when the source has no name or the file is empty.
    """
    name = source_name.strip()[:120]
    if not name:
        raise ValueError("source_name: name the source of these rows, such as the system they were exported from")
    with _opened(file) as stream:
        digest, size = _digest(stream)
        if size == 0:
            raise ValueError("file: the file is empty. Export the list again and choose that file.")
        source, _ = Source.objects.get_or_create(name=name, defaults={"created_at": now})
        # Two uploads of the same file at once take turns here, and the second finds the first one's batch.
        with transaction.atomic():
            Source.objects.select_for_update().get(pk=source.pk)
            known = ImportBatch.objects.filter(source=source, kind=kind, sha256=digest).first()
            if known is not None:
                return Receipt(known, is_new=False)
            stream.seek(0)
            batch = ImportBatch(
                source=source, kind=kind, file_name=Path(file_name).name[:255], size_bytes=size, sha256=digest,
                uploaded_by=uploaded_by, created_at=now,
            )  # fmt: skip
            batch.file.save(f"{digest[:16]}{''.join(Path(file_name).suffixes)[-12:]}", File(stream), save=False)
            batch.save()
    return Receipt(batch, is_new=True)


@contextmanager
def _opened(file: File[bytes] | Path) -> Iterator[Any]:
    if isinstance(file, Path):
        with file.open("rb") as stream:
            yield stream
    else:
        with file.open("rb") as stream:
            yield stream


def _digest(stream: Any) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while block := stream.read(1 << 20):
        digest.update(block)
        size += len(block)
    return digest.hexdigest(), size


def inspect_batch(
    batch: ImportBatch, *, options: ImportOptions | None = None, fixed: Mapping[str, Any] | None = None
) -> Inspection:
    """Look at the beginning of a received file: how to read it, what is in it, what must be asked.

    `options` are a person's choices whole; `fixed` keeps some and guesses the rest again. Raises UnreadableFileError.
    """
    zone = batch.source.time_zone or settings.HARK_TIME_ZONE
    with batch.file.open("rb") as stream:
        return inspect_file(
            stream.file, batch.kind, batch.file_name, time_zone=zone, options=options, fixed=dict(fixed or {})
        )


def start_import(*, batch: ImportBatch, options: ImportOptions, now: dt.datetime) -> bool:
    """Queue a received batch, or one that stopped, with these options; False when it runs or is done already."""
    if missing := options.missing():
        raise ValueError(f"mapping: still to be chosen: {', '.join(missing)}")
    waiting = [BatchStatus.RECEIVED, BatchStatus.FAILED]
    queued = ImportBatch.objects.filter(pk=batch.pk, status__in=waiting).update(
        status=BatchStatus.QUEUED, options=options.to_dict(), error="", last_progress_at=now
    )
    batch.refresh_from_db()
    return queued > 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run of an import ended. `is_mine` is False when another worker has the batch."""

    batch: ImportBatch
    is_mine: bool


@contextmanager
def _batch_lock(batch_id: int) -> Iterator[bool]:
    """Hold the batch for the length of the block, if nobody else does; a process that dies lets go of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK_CLASS, batch_id])
        is_mine = bool(cursor.fetchone()[0])
    try:
        yield is_mine
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK_CLASS, batch_id])


def run_import(*, batch_id: int, clock: Clock, progress: Progress = lambda _batch: None) -> Outcome:
    """Load a queued batch, from its checkpoint on; whoever finds it taken or finished leaves it alone."""
    with _batch_lock(batch_id) as is_mine:
        batch = ImportBatch.objects.select_related("source").get(pk=batch_id)
        if not is_mine or batch.status not in {BatchStatus.QUEUED, BatchStatus.RUNNING}:
            return Outcome(batch, is_mine=is_mine)
        batch.status, batch.started_at = BatchStatus.RUNNING, batch.started_at or clock()
        batch.save(update_fields=["status", "started_at"])
        try:
            _load_file(batch, clock, progress)
        except UnreadableFileError as error:
            _finish(batch, BatchStatus.FAILED, clock(), error=str(error))
        else:
            _finish(batch, BatchStatus.DONE, clock())
        progress(batch)
    activity_changed.send_robust(sender=ImportBatch, account_ids=None)
    return Outcome(batch, is_mine=True)


def _load_file(batch: ImportBatch, clock: Clock, progress: Progress) -> None:
    options = ImportOptions.from_dict(batch.options)
    parser = row_parser(options)
    with batch.file.open("rb") as file:
        stream: BinaryIO = file.file
        rows = read_rows(stream, options, skip_lines=batch.lines_done)
        while chunk := list(itertools.islice(rows, CHUNK_ROWS)):
            read: list[ReadRow[Any]] = []
            errors: list[RowError] = []
            for row in chunk:
                parsed = row if isinstance(row, RowError) else parser.parse(row[1], row[0])
                if isinstance(parsed, RowError):
                    errors.append(parsed)
                else:
                    read.append(ReadRow(tuple(row[1]), parsed))  # type: ignore[index] # not a RowError here
            last_line = chunk[-1].line if isinstance(chunk[-1], RowError) else chunk[-1][0]
            _load_chunk(batch, read, errors, options, last_line=last_line, at_byte=stream.tell(), now=clock())
            progress(batch)


def _load_chunk(
    batch: ImportBatch,
    read: list[ReadRow[Any]],
    errors: list[RowError],
    options: ImportOptions,
    *,
    last_line: int,
    at_byte: int,
    now: dt.datetime,
) -> None:
    """Write a chunk and the checkpoint behind it in one transaction: a kill loses the chunk or none of it."""
    with transaction.atomic():
        loaded = load_rows(read, batch=batch, options=options, now=now) if read else Loaded()
        rejected = sorted([*errors, *loaded.rejected], key=lambda error: error.line)
        _keep_rejected(batch, rejected)
        batch.lines_done, batch.bytes_done, batch.last_progress_at = last_line, at_byte, now
        batch.rows_read += len(read) + len(errors)
        batch.created_count += loaded.created
        batch.updated_count += loaded.updated
        batch.unchanged_count += loaded.unchanged
        batch.rejected_count += len(rejected)
        batch.accounts_created_count += loaded.accounts_created
        batch.save()


def load_rows(rows: list[ReadRow[Any]], *, batch: ImportBatch, options: ImportOptions, now: dt.datetime) -> Loaded:
    """Load rows of the batch's kind, in the caller's transaction."""
    if batch.kind == ImportKind.ACCOUNTS:
        return load_accounts(rows, now=now)
    if batch.kind == ImportKind.CONTACTS:
        return load_contacts(rows, create_accounts=options.create_unknown_accounts)
    return load_touchpoints(rows, batch=batch, create_accounts=options.create_unknown_accounts, now=now)


def _keep_rejected(batch: ImportBatch, errors: list[RowError]) -> None:
    room = max(0, MOST_REJECTED_KEPT - batch.rejected_count)
    RejectedRow.objects.bulk_create(
        (
            RejectedRow(
                batch=batch, line_number=error.line, cells=list(error.cells), reason_code=error.code,
                message=error.message,
            )
            for error in errors[:room]
        ),
        ignore_conflicts=True,
        batch_size=2000,
    )  # fmt: skip


def _finish(batch: ImportBatch, status: str, now: dt.datetime, *, error: str = "") -> None:
    batch.status, batch.finished_at, batch.error = status, now, error
    batch.save(update_fields=["status", "finished_at", "error"])
    Source.objects.filter(pk=batch.source_id).update(last_received_at=now)


def stranded_batches() -> list[int]:
    """Return the batches that wait or seem to run; whether somebody works on one, its lock tells."""
    waiting = ImportBatch.objects.filter(status__in=[BatchStatus.QUEUED, BatchStatus.RUNNING])
    return list(waiting.order_by("created_at").values_list("pk", flat=True))


def mend_row(*, row: RejectedRow, cells: list[str], by: User, now: dt.datetime) -> str | None:
    """Try a rejected row again with other cells; None when it was taken, else the reason why not.

    The row keeps the new cells either way.
    """
    with transaction.atomic():
        row = RejectedRow.objects.select_for_update().select_related("batch__source").get(pk=row.pk)
        if row.status != RejectedRowStatus.OPEN:
            return None
        batch = row.batch
        options = ImportOptions.from_dict(batch.options)
        parsed = parse_cells(cells, row.line_number, options)
        row.cells = list(cells)
        error = parsed if isinstance(parsed, RowError) else None
        if not isinstance(parsed, RowError):
            loaded = load_rows([ReadRow(tuple(cells), parsed)], batch=batch, options=options, now=now)
            error = loaded.rejected[0] if loaded.rejected else None
            _count_mended(batch, loaded)
            if loaded.account_ids:
                nudge = partial(activity_changed.send_robust, sender=ImportBatch, account_ids=loaded.account_ids)
                transaction.on_commit(nudge)
        if error is not None:
            row.reason_code, row.message = error.code, error.message
        else:
            row.status, row.resolved_by, row.resolved_at = RejectedRowStatus.MENDED, by, now
        row.save()
    return error.message if error else None


def _count_mended(batch: ImportBatch, loaded: Loaded) -> None:
    ImportBatch.objects.filter(pk=batch.pk).update(
        created_count=F("created_count") + loaded.created,
        updated_count=F("updated_count") + loaded.updated,
        unchanged_count=F("unchanged_count") + loaded.unchanged,
        accounts_created_count=F("accounts_created_count") + loaded.accounts_created,
    )


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
    for row in batch.rejected_rows.filter(status=RejectedRowStatus.OPEN).iterator(chunk_size=500):
        if mend_row(row=row, cells=row.cells, by=by, now=now) is None:
            taken += 1
        else:
            refused += 1
    return taken, refused


def discard_batch(*, batch: ImportBatch) -> bool:
    """Forget a received file of which nothing was imported; return whether it was forgotten."""
    with transaction.atomic():
        waiting = ImportBatch.objects.select_for_update().filter(
            pk=batch.pk, status__in=[BatchStatus.RECEIVED, BatchStatus.FAILED], rows_read=0
        )
        found = waiting.first()
        if found is None:
            return False
        storage, name = found.file.storage, str(found.file.name)
        found.delete()
        transaction.on_commit(lambda: storage.delete(name))
    return True
