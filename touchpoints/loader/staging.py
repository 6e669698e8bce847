"""What every loader gives back, and who may create what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from touchpoints.parsers.records import AccountRecord, ContactRecord, RowError, TouchpointRecord

RecordT = TypeVar("RecordT", TouchpointRecord, AccountRecord, ContactRecord)


@dataclass(frozen=True, slots=True)
class ReadRow(Generic[RecordT]):
    """A record beside the cells it was read from, which are kept if it must be rejected."""

    cells: tuple[str, ...]
    record: RecordT


@dataclass(slots=True)
class Loaded:
    """What became of a chunk. `account_ids` are those whose touches changed."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    accounts_created: int = 0
    account_ids: tuple[int, ...] = ()
    rejected: list[RowError] = field(default_factory=list)


def reject(row: ReadRow[Any], code: str, message: str) -> RowError:
    """Turn a row that could be read but not placed into one that is kept as rejected."""
    return RowError(row.record.line, tuple(row.cells), code, message)


def lines_of(rows: Sequence[ReadRow[RecordT]]) -> dict[int, ReadRow[RecordT]]:
    """Return the rows by the line at which they begin."""
    return {row.record.line: row for row in rows}
