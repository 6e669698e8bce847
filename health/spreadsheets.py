"""Rows as a CSV or XLSX file that a spreadsheet opens without running anything in it; no Django, no clock.

Both are made row by row: however many there are, no more than a few are held in memory.
"""

from __future__ import annotations

import csv
import datetime as dt
import enum
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Final

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from touchpoints.parsers.export import csv_safe

Cell = str | int | Decimal | dt.date | None
# Without it a spreadsheet reads UTF-8 as the letters of its own country.
BYTE_ORDER_MARK: Final = "\ufeff"
_LINES_AT_ONCE: Final = 500
# What a cell of a spreadsheet can hold.
_LONGEST_TEXT: Final = 32_767
# Control characters; a cell can hold line breaks and tabs, and of a carriage return only its escape.
_UNWRITABLE: Final = {code: None for code in range(32) if code not in {9, 10}}


class Kind(enum.Enum):
    """What the cells of a column hold; the value is the format in which a spreadsheet shows them."""

    TEXT = "@"
    DAY = "yyyy-mm-dd"
    WHOLE = "0"
    MONEY = "#,##0.00"


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column, what its cells hold, and its width in characters."""

    label: str
    kind: Kind
    width: int


class _Lines:
    """A file that keeps what was written to it until it is taken."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def write(self, text: str) -> int:
        self._parts.append(text)
        return len(text)

    def taken(self) -> bytes:
        text = "".join(self._parts)
        self._parts.clear()
        return text.encode()


def csv_parts(heads: Sequence[Head], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Yield a CSV file in UTF-8 part by part: days as 2026-11-24, numbers with a point, empty for what is not known.

    Text that a spreadsheet would take for a formula has an apostrophe in front.
    """
    lines = _Lines()
    lines.write(BYTE_ORDER_MARK)
    writer = csv.writer(lines)
    writer.writerow([csv_safe(head.label) for head in heads])
    for number, row in enumerate(rows, 1):
        writer.writerow([csv_safe(cell) for cell in row])
        if number % _LINES_AT_ONCE == 0:
            yield lines.taken()
    yield lines.taken()


def xlsx_file(heads: Sequence[Head], rows: Iterable[Sequence[Cell]], *, title: str) -> IO[bytes]:
    """Return an XLSX file of one sheet, open at its beginning; it is deleted when it is closed.

    Numbers are numbers and days are days. Text is written as text: nothing becomes a formula or a link.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever reads it closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    book.set_properties({"title": title, "comments": "Written by Hark"})
    sheet = book.add_worksheet("Accounts")
    formats = {kind: book.add_format({"num_format": kind.value}) for kind in Kind}
    bold = book.add_format({"bold": True})
    for place, head in enumerate(heads):
        sheet.set_column(place, place, head.width)
        sheet.write_string(0, place, head.label, bold)
    sheet.freeze_panes(1, 1)
    number = 0
    for number, row in enumerate(rows, 1):
        for place, cell in enumerate(row):
            _write(sheet, number, place, cell, formats[heads[place].kind])
    sheet.autofilter(0, 0, number, len(heads) - 1)
    book.close()
    file.seek(0)
    return file


def _write(sheet: Worksheet, row: int, place: int, cell: Cell, shown_as: object) -> None:
    match cell:
        case None | "":
            return
        case str():
            sheet.write_string(row, place, cell.translate(_UNWRITABLE)[:_LONGEST_TEXT], shown_as)
        case dt.date():
            sheet.write_datetime(row, place, cell, shown_as)
        case _:
            sheet.write_number(row, place, cell, shown_as)
