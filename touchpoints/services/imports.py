"""Imports: keep the bytes, ask how to read them, load them in chunks that a killed worker goes on with."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import itertools
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from django.conf import settings
from django.core.files.base import File
from django.db import OperationalError, connection, transaction
from psycopg2.errors import DiskFull

from accounts.models import User
from touchpoints.loader.chunks import count_loaded, load_chunk
from touchpoints.loader.reading_ahead import read_ahead
from touchpoints.loader.staging import ReadRow
from touchpoints.models import (
    BatchStatus,
    ImportBatch,
    RejectedRow,
    RejectedRowStatus,
    Source,
)
from touchpoints.parsers.inspect import Inspection, inspect_file
from touchpoints.parsers.options import ImportOptions
from touchpoints.parsers.parse import row_parser
from touchpoints.parsers.reader import Row, read_rows
from touchpoints.parsers.records import RowError, UnreadableFileError
from touchpoints.signals import activity_changed

logger = logging.getLogger(__name__)

CHUNK_ROWS: Final = 20_000
_PROGRESS: Final = (
    "lines_done", "bytes_done", "rows_read", "created_count", "updated_count", "unchanged_count", "rejected_count",
    "accounts_created_count",
)  # fmt: skip
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
            if known is not None and known.file.storage.exists(str(known.file.name)):
                return Receipt(known, is_new=False)
            stream.seek(0)
            batch = known or ImportBatch(
                source=source, kind=kind, file_name=Path(file_name).name[:255], size_bytes=size, sha256=digest,
                uploaded_by=uploaded_by, created_at=now,
            )  # fmt: skip
            _keep_bytes(batch, stream)
            batch.save()
    return Receipt(batch, is_new=known is None)


def _keep_bytes(batch: ImportBatch, stream: Any) -> None:
    """Write the received bytes to the disk. Raises ValueError when there is no room for them."""
    name = f"{batch.sha256[:16]}{''.join(Path(batch.file_name).suffixes)[-12:]}"
    try:
        batch.file.save(name, File(stream), save=False)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        room = (
            "file: the server's disk has no room for this file. Ask the administrator to free some, and send it again."
        )
        raise ValueError(room) from error


@contextmanager
def _opened(file: File[bytes] | Path) -> Iterator[Any]:
    with file.open("rb") as stream:
        yield stream


def _digest(stream: Any) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while block := stream.read(1 << 20):
        digest.update(block)
        size += len(block)
    return digest.hexdigest(), size


def discard_batch(*, batch: ImportBatch) -> bool:
    """Forget a received file of which nothing was imported; return whether it was forgotten."""
    with transaction.atomic():
        waiting = ImportBatch.objects.select_for_update().filter(
            pk=batch.pk, status__in=[BatchStatus.RECEIVED, BatchStatus.FAILED], rows_read=0
        )
        found = waiting.first()
        # An import that began anew with other options has read no rows again yet, but has brought some before.
        if found is None or found.touchpoints.exists():
            return False
        storage, name = found.file.storage, str(found.file.name)
        found.delete()
        transaction.on_commit(lambda: storage.delete(name))
    return True


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


@transaction.atomic
def start_import(*, batch: ImportBatch, options: ImportOptions, now: dt.datetime) -> bool:
    """Queue a received batch, or one that stopped, with these options; False when it runs or is done already.

    One that stopped goes on where it was, but with other options it begins anew: what was read by the old ones is
    compared row by row, and its rejected rows are tried again. Raises ValueError when a column must still be chosen.
    """
    if missing := options.missing():
        raise ValueError(f"mapping: still to be chosen: {', '.join(missing)}")
    locked = ImportBatch.objects.select_for_update().filter(pk=batch.pk).first()
    if locked is None or locked.status not in {BatchStatus.RECEIVED, BatchStatus.FAILED}:
        if locked is not None:
            batch.refresh_from_db()
        return False
    if locked.options != options.to_dict():
        locked.rejected_rows.filter(status=RejectedRowStatus.OPEN).delete()
        for name in _PROGRESS:
            setattr(locked, name, 0)
    locked.status, locked.options, locked.error = BatchStatus.QUEUED, options.to_dict(), ""
    locked.last_progress_at, locked.finished_at = now, None
    locked.save()
    batch.refresh_from_db()
    return True


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


def run_import(
    *, batch_id: int, clock: Clock, progress: Progress = lambda _batch: None, slice_: dt.timedelta | None = None
) -> Outcome | None:
    """Load a queued batch, from its checkpoint on; whoever finds it taken or finished leaves it alone.

    With `slice_` it stops at the first checkpoint after so long, still running, to be gone on with, so that a large
    file does not keep a worker from everything else. None when the batch was deleted, before or meanwhile.
    """
    until = clock() + slice_ if slice_ else None
    with _batch_lock(batch_id) as is_mine:
        batch = ImportBatch.objects.select_related("source").filter(pk=batch_id).first()
        if batch is None:
            return None
        if not is_mine or batch.status not in {BatchStatus.QUEUED, BatchStatus.RUNNING}:
            return Outcome(batch, is_mine=is_mine)
        ImportBatch.objects.filter(pk=batch_id).update(
            status=BatchStatus.RUNNING, started_at=batch.started_at or clock()
        )
        try:
            if not _load_file(batch, clock, progress, until):
                return Outcome(batch, is_mine=True)
            _finish(batch, BatchStatus.DONE, clock())
        except ImportBatch.DoesNotExist:
            logger.info("import %s was deleted while it ran; what it had brought stays", batch_id)
            return None
        except (UnreadableFileError, OSError, OperationalError) as error:
            _finish(batch, BatchStatus.FAILED, clock(), error=_why_it_stopped(error))
        progress(batch)
    activity_changed.send_robust(sender=ImportBatch, account_ids=None)
    return Outcome(batch, is_mine=True)


def _why_it_stopped(error: Exception) -> str:
    """Say it in words for whoever uploaded the file; what another try may heal by itself is raised again."""
    if isinstance(error, UnreadableFileError):
        return str(error)
    if isinstance(error, FileNotFoundError):
        return "The received file is no longer on the server's disk. Upload the same file again, then start it."
    if isinstance(error.__cause__, DiskFull) or getattr(error, "errno", None) in {errno.ENOSPC, errno.EDQUOT}:
        return "The server's disk is full. Free some space, then start it again: it goes on where it stopped."
    raise error


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Rows that could be read, the others, and how far that is in the file."""

    read: list[ReadRow[Any]]
    errors: list[RowError]
    last_line: int
    at_byte: int


def _read_chunks(stream: BinaryIO, options: ImportOptions, *, skip_lines: int) -> Iterator[_Chunk]:
    parser = row_parser(options)
    rows = read_rows(stream, options, skip_lines=skip_lines)
    while taken := list(itertools.islice(rows, CHUNK_ROWS)):
        chunk = _Chunk([], [], _line_of(taken[-1]), stream.tell())
        for row in taken:
            if isinstance(row, RowError):
                chunk.errors.append(row)
                continue
            line, cells = row
            parsed = parser.parse(cells, line)
            if isinstance(parsed, RowError):
                chunk.errors.append(parsed)
            else:
                chunk.read.append(ReadRow(tuple(cells), parsed))
        yield chunk


def _line_of(row: Row | RowError) -> int:
    return row.line if isinstance(row, RowError) else row[0]


def _load_file(batch: ImportBatch, clock: Clock, progress: Progress, until: dt.datetime | None) -> bool:
    """Load chunk by chunk; return whether the end of the file was reached, rather than the moment `until`."""
    options = ImportOptions.from_dict(batch.options)
    with batch.file.open("rb") as file:
        chunks = read_ahead(_read_chunks(file.file, options, skip_lines=batch.lines_done))
        with closing(chunks):
            for chunk in chunks:
                _load_chunk(batch, chunk, options, now=clock())
                progress(batch)
                if until is not None and clock() >= until:
                    return False
    return True


def _load_chunk(batch: ImportBatch, chunk: _Chunk, options: ImportOptions, *, now: dt.datetime) -> None:
    """Write a chunk and the checkpoint behind it in one transaction: a kill loses the chunk or none of it.

    Raises ImportBatch.DoesNotExist when the batch was deleted meanwhile.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            # A power cut may take the last chunks, and their checkpoints with them; the end of the import is synced,
            # and everything before it with it.
            cursor.execute("SET LOCAL synchronous_commit = off")
        batch.refresh_from_db(
            from_queryset=ImportBatch.objects.select_for_update(of=("self",)).select_related("source")
        )
        loaded = load_chunk(chunk.read, batch=batch, options=options, now=now)
        rejected = sorted([*chunk.errors, *loaded.rejected], key=lambda error: error.line)
        _keep_rejected(batch, rejected)
        batch.lines_done, batch.bytes_done, batch.last_progress_at = chunk.last_line, chunk.at_byte, now
        batch.rows_read += len(chunk.read) + len(chunk.errors)
        batch.rejected_count += len(rejected)
        count_loaded(batch, loaded)
        batch.save()


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
    with transaction.atomic():
        batch.refresh_from_db(
            from_queryset=ImportBatch.objects.select_for_update(of=("self",)).select_related("source")
        )
        batch.status, batch.finished_at, batch.error = status, now, error
        batch.save(update_fields=["status", "finished_at", "error"])
        if status == BatchStatus.DONE:
            Source.objects.filter(pk=batch.source_id).update(last_received_at=now)


def stranded_batches() -> list[int]:
    """Return the batches that wait or seem to run; whether somebody works on one, its lock tells."""
    waiting = ImportBatch.objects.filter(status__in=[BatchStatus.QUEUED, BatchStatus.RUNNING])
    return list(waiting.order_by("created_at").values_list("pk", flat=True))
