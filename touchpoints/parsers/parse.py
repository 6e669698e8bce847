"""One door to the three kinds of file: the whole of one, or a single mended row."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from touchpoints.parsers.accounts import AccountParser
from touchpoints.parsers.contacts import ContactParser
from touchpoints.parsers.fields import Kind
from touchpoints.parsers.options import ImportOptions
from touchpoints.parsers.reader import MAX_CELL_CHARS, read_rows
from touchpoints.parsers.records import Record, RowError
from touchpoints.parsers.touchpoints import TouchpointParser

AnyRowParser = TouchpointParser | AccountParser | ContactParser

_PARSERS: dict[Kind, type[AnyRowParser]] = {
    Kind.TOUCHPOINTS: TouchpointParser,
    Kind.ACCOUNTS: AccountParser,
    Kind.CONTACTS: ContactParser,
}


def row_parser(options: ImportOptions) -> AnyRowParser:
    """The parser of single rows for this kind of file. Raises ValueError when the mapping lacks what a row needs."""
    return _PARSERS[Kind(options.kind)](options)


def parse_file(stream: BinaryIO, options: ImportOptions, *, skip_lines: int = 0) -> Iterator[Record | RowError]:
    """Every row of a file of any kind, in file order; arguments and errors as `touchpoints.parse_touchpoints`."""
    parser = row_parser(options)
    for row in read_rows(stream, options, skip_lines=skip_lines):
        yield row if isinstance(row, RowError) else parser.parse(row[1], row[0])


def parse_cells(cells: Sequence[str], line: int, options: ImportOptions) -> Record | RowError:
    """One row that a person mended, read exactly as if it had stood in the file like this."""
    plain = (cell.replace("\0", "").encode("utf-8", "replace").decode() for cell in cells)
    mended = [unicodedata.normalize("NFC", cell) for cell in plain]
    if any(len(cell) > MAX_CELL_CHARS for cell in mended):
        kept = tuple(cell[:MAX_CELL_CHARS] for cell in mended)
        return RowError(line, kept, "too_long", f"A cell is longer than {MAX_CELL_CHARS:,} characters; shorten it.")
    return row_parser(options).parse(mended, line)
