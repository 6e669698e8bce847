"""What every loader takes and gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Generic, Self, TypeVar

from touchpoints.parsers.records import AccountRecord, ContactRecord, RowError, TouchpointRecord

RecordT = TypeVar("RecordT", TouchpointRecord, AccountRecord, ContactRecord)


@dataclass(frozen=True, slots=True)
class ReadRow(Generic[RecordT]):
    """A record beside the cells it was read from, which are kept if it must be rejected."""

    cells: tuple[str, ...]
    record: RecordT


@dataclass(slots=True)
class Loaded:
    """What became of a chunk. `account_ids` are those whose touches, or that themselves, changed."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    accounts_created: int = 0
    account_ids: tuple[int, ...] = ()
    rejected: list[RowError] = field(default_factory=list)

    def __iadd__(self, other: Loaded) -> Self:
        """Count what became of more rows in with these."""
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.accounts_created += other.accounts_created
        self.account_ids = tuple(sorted({*self.account_ids, *other.account_ids}))
        self.rejected += other.rejected
        return self


def reject(row: ReadRow[Any], code: str, message: str) -> RowError:
    """Turn a row that could be read but not placed into one that is kept as rejected."""
    return RowError(row.record.line, tuple(row.cells), code, message)
