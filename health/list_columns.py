"""The columns of a list of accounts, in their order: what may be chosen, and what each becomes in a spreadsheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from health.selectors.list_export import ExportedAccount
from health.spreadsheets import Cell, Head, Kind


@dataclass(frozen=True, slots=True)
class SheetField:
    """A column of a spreadsheet, and how it is read from an account."""

    head: Head
    read: Callable[[ExportedAccount], Cell]


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of a list; `fields` is what it becomes in a spreadsheet, where the drawn rhythm becomes nothing."""

    key: str
    label: str
    fields: tuple[SheetField, ...]


def _text(label: str, read: Callable[[ExportedAccount], str], width: int = 18) -> SheetField:
    return SheetField(Head(label, Kind.TEXT, width), read)


def _day(label: str, read: Callable[[ExportedAccount], dt.date | None]) -> SheetField:
    return SheetField(Head(label, Kind.DAY, 12), read)


def _whole(label: str, read: Callable[[ExportedAccount], int | None]) -> SheetField:
    return SheetField(Head(label, Kind.WHOLE, 11), read)


def _money(label: str, read: Callable[[ExportedAccount], Decimal | None]) -> SheetField:
    return SheetField(Head(label, Kind.MONEY, 14), read)


#: What names and places an account; it stands in every spreadsheet.
ALWAYS_FIRST: Final = (
    _text("Account", lambda one: one.row.name, 32),
    _text("Account number", lambda one: one.external_id),
    _text("Segment", lambda one: one.row.segment),
    _text("Account manager", lambda one: one.row.owner, 22),
    _text("Band", lambda one: one.row.band_label, 10),
    _day("In this band since", lambda one: one.band_since_on),
    _whole("Health (0-100, higher is healthier)", lambda one: one.row.health_score),
)
#: Why it stands where it stands; in every spreadsheet too, for a figure is not shown without its reason.
ALWAYS_LAST: Final = (
    _text("Main reason", lambda one: one.row.words.reason, 40),
    _text("All reasons", lambda one: one.reasons, 80),
    _day("Scored as of", lambda one: one.scored_on),
)
COLUMNS: Final = (
    ListColumn(
        "silent",
        "Silent for",
        (
            _day("Last touch", lambda one: one.row.last_touch_on),
            _whole("Silent days", lambda one: one.row.silent_days),
            _whole("Usual days between touches", lambda one: one.row.usual_gap_days),
        ),
    ),
    ListColumn("rhythm", "Rhythm", ()),
    ListColumn(
        "why",
        "Why and what next",
        (
            _text("Next action", lambda one: one.row.next_action, 30),
            _day("Next action due", lambda one: one.row.next_action_on),
            _day("Snoozed until", lambda one: one.row.snoozed_until),
            _text("Snoozed by", lambda one: one.row.snooze_author),
            _text("Snooze reason", lambda one: one.row.snooze_reason, 30),
            _day("Quiet expected until", lambda one: one.row.paused_until),
            _text("Quiet because", lambda one: one.row.pause_reason, 30),
        ),
    ),
    ListColumn(
        "value",
        "Value and renewal",
        (
            _money("Value a year", lambda one: one.row.arr),
            _day("Renewal", lambda one: one.row.renewal_on),
        ),
    ),
    ListColumn("risk", "Value at risk", (_money("Value at risk", lambda one: one.row.value_at_risk),)),
)


def fields_of(keys: Sequence[str]) -> tuple[SheetField, ...]:
    """Return the columns of a spreadsheet for a list that shows the columns `keys`."""
    chosen = (field for column in COLUMNS if column.key in keys for field in column.fields)
    return (*ALWAYS_FIRST, *chosen, *ALWAYS_LAST)
