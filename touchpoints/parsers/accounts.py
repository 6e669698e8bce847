"""Account files: the client firms, as a CRM or a spreadsheet lists them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from touchpoints.parsers.columns import CellGetter
from touchpoints.parsers.dates import DateReader
from touchpoints.parsers.options import ImportOptions
from touchpoints.parsers.reader import read_rows
from touchpoints.parsers.records import AccountRecord, CellError, RowError
from touchpoints.parsers.rows import RowParser
from touchpoints.parsers.values import (
    read_cadence_days,
    read_email,
    read_money,
    read_status,
    split_domains,
)

# A client of 1890 is rare but real; a year before that is a typing error.
FIRST_ACCOUNT_YEAR = 1890


class AccountParser(RowParser[AccountRecord]):
    """Turns rows of cells into AccountRecords by one set of options.

    Raises ValueError when the mapping lacks what an account needs.
    """

    def __init__(self, options: ImportOptions) -> None:
        super().__init__(options)
        self._dates = DateReader(
            options.time_zone, options.date_order, options.dotted_order, first_year=FIRST_ACCOUNT_YEAR
        )

    def _read(self, cells: list[str], line: int) -> AccountRecord:
        external_id = text_within(cells, self._column("external_id"), 200, "external id")
        name = text_within(cells, self._column("name"), 200, "name")
        if not name and not external_id:
            raise CellError("no_name", "This row has neither a name nor an external id.")
        owner, arr = self._column("owner_email")(cells), self._column("arr")(cells)
        status, cadence = self._column("status")(cells), self._column("agreed_cadence_days")(cells)
        return AccountRecord(
            line=line,
            external_id=external_id,
            name=name,
            owner_email=read_email(owner) if owner else "",
            team=text_within(cells, self._column("team"), 120, "team"),
            segment=text_within(cells, self._column("segment"), 120, "segment"),
            arr=read_money(arr) if arr else None,
            renewal_on=self._day(cells, "renewal_on"),
            started_on=self._day(cells, "started_on"),
            status=read_status(status) if status else "",
            agreed_cadence_days=read_cadence_days(cadence) if cadence else None,
            domains=split_domains(self._column("domains")(cells)),
        )

    def _day(self, cells: list[str], field: str) -> date | None:
        cell = self._column(field)(cells)
        return self._dates.day(cell) if cell else None


def text_within(cells: list[str], getter: CellGetter, limit: int, what: str) -> str:
    """The cell, or CellError (too_long) when the database could not keep all of it."""
    text = getter(cells)
    if len(text) > limit:
        raise CellError("too_long", f"The {what} of this row is longer than {limit} characters.")
    return text


def parse_accounts(
    stream: BinaryIO, options: ImportOptions, *, skip_lines: int = 0
) -> Iterator[AccountRecord | RowError]:
    """Every row of an account file, in file order; see `touchpoints.parse_touchpoints` for the arguments."""
    parser = AccountParser(options)
    for row in read_rows(stream, options, skip_lines=skip_lines):
        yield row if isinstance(row, RowError) else parser.parse(row[1], row[0])
