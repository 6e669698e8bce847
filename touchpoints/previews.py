"""Rows of a file as they would be imported, as texts for a table."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from touchpoints.parsers.records import AccountRecord, ContactRecord, Record, RowError, TouchpointRecord

_LONGEST: Final = 160

HEADINGS: Final[dict[str, tuple[str, ...]]] = {
    "touchpoints": ("When", "Account", "Channel", "Direction", "Outcome", "With", "Of ours", "Text"),
    "accounts": ("Name", "External id", "Account manager", "Team", "Segment", "Value", "Renewal", "Domains"),
    "contacts": ("Name", "Account", "E-mail", "Title", "Level", "Left on"),
}


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row: either `cells` under the headings of its kind, or `error` and the `cells` as they were received."""

    line: int
    cells: tuple[str, ...]
    error: str = ""


def preview_rows(rows: Sequence[Record | RowError], *, zone: zoneinfo.ZoneInfo) -> list[PreviewRow]:
    """Write records as texts; times in `zone`."""
    return [_preview(row, zone) for row in rows]


def _preview(row: Record | RowError, zone: zoneinfo.ZoneInfo) -> PreviewRow:
    if isinstance(row, RowError):
        return PreviewRow(row.line, tuple(_short(cell) for cell in row.cells[:12]), row.message)
    cells = (
        _touchpoint(row, zone)
        if isinstance(row, TouchpointRecord)
        else _account(row)
        if isinstance(row, AccountRecord)
        else _contact(row)
    )
    return PreviewRow(row.line, tuple(_short(cell) for cell in cells))


def _touchpoint(row: TouchpointRecord, zone: zoneinfo.ZoneInfo) -> tuple[str, ...]:
    return (
        row.occurred_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        f"{row.account_ref} {row.account_name}".strip() if row.account_name != row.account_ref else row.account_ref,
        row.channel,
        row.direction,
        "automated" if row.is_automated else row.outcome.replace("_", " "),
        ", ".join(row.contact_refs),
        ", ".join(row.our_refs),
        row.subject or row.body,
    )


def _account(row: AccountRecord) -> tuple[str, ...]:
    return (
        row.name,
        row.external_id,
        row.owner_email,
        row.team,
        row.segment,
        "" if row.arr is None else f"{row.arr:,.2f}",
        _day(row.renewal_on),
        ", ".join(row.domains),
    )


def _contact(row: ContactRecord) -> tuple[str, ...]:
    return (row.name, row.account_ref, row.email, row.title, row.level, _day(row.left_on))


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
