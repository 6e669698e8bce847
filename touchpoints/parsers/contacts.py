"""Contact files: the people at the clients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from touchpoints.parsers.accounts import text_within
from touchpoints.parsers.dates import DateReader
from touchpoints.parsers.options import ImportOptions
from touchpoints.parsers.reader import read_rows
from touchpoints.parsers.records import CellError, ContactRecord, RowError
from touchpoints.parsers.rows import RowParser
from touchpoints.parsers.values import read_email, read_level


class ContactParser(RowParser[ContactRecord]):
    """Turns rows of cells into ContactRecords by one set of options.

    Without a name the part of the address before the @ stands for it; without an account the address does.
    Raises ValueError when the mapping lacks what a contact needs.
    """

    def __init__(self, options: ImportOptions) -> None:
        super().__init__(options)
        self._dates = DateReader(options.time_zone, options.date_order, options.dotted_order)

    def _read(self, cells: list[str], line: int) -> ContactRecord:
        column = self._column
        email_cell, level, left = column("email")(cells), column("level")(cells), column("left_on")(cells)
        email = read_email(email_cell) if email_cell else ""
        name = text_within(cells, column("name"), 200, "name")
        name = name or f"{column('first_name')(cells)} {column('last_name')(cells)}".strip() or email.partition("@")[0]
        if not name:
            raise CellError("no_name", "This row has neither a name nor an e-mail address.")
        if len(name) > 200:
            raise CellError("too_long", "The name of this row is longer than 200 characters.")
        account = text_within(cells, column("account"), 200, "account") or email
        if not account:
            raise CellError(
                "no_account", "This row names no client; give the account, or an e-mail address of its domain."
            )
        return ContactRecord(
            line=line,
            account_ref=account,
            name=name,
            email=email,
            title=text_within(cells, column("title"), 200, "title"),
            level=read_level(level) if level else "",
            external_id=text_within(cells, column("external_id"), 200, "external id"),
            left_on=self._dates.day(left) if left else None,
        )


def parse_contacts(
    stream: BinaryIO, options: ImportOptions, *, skip_lines: int = 0
) -> Iterator[ContactRecord | RowError]:
    """Every row of a contact file, in file order; see `touchpoints.parse_touchpoints` for the arguments."""
    parser = ContactParser(options)
    for row in read_rows(stream, options, skip_lines=skip_lines):
        yield row if isinstance(row, RowError) else parser.parse(row[1], row[0])
