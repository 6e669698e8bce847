"""From bytes to rows of cells, in bounded memory, with every broken row kept and named instead of lost.

Lines are counted as an editor shows them: physical lines from 1, the header included; a row that spans several lines
(a quoted cell with line breaks) carries the number of its first.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from gzip import GzipFile
from typing import BinaryIO, cast

from touchpoints.parsers.options import ImportOptions
from touchpoints.parsers.records import RowError, UnreadableFileError

MAX_CELL_CHARS = 100_000
MAX_RECORD_CHARS = 4_000_000
KEPT_CHARS = 10_000  # of each cell of a row rejected for its size
MAX_KEPT_CELLS = 2_000

# The csv module's own limit is per process; ours (MAX_CELL_CHARS) is checked per row with a better message.
csv.field_size_limit(max(csv.field_size_limit(), 2 * MAX_RECORD_CHARS))

_SURROGATES = re.compile("[\ud800-\udfff]")
_GZIP_MAGIC = b"\x1f\x8b"

# A lone surrogate never comes out of valid bytes, so it marks what could not be decoded, in every encoding, and
# is told apart from a replacement character that stood in the file.
_BAD_BYTES = "\udcff"
_MARK_BAD_BYTES = "hark.mark-bad-bytes"


def _mark_bad_bytes(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _BAD_BYTES, error.end


codecs.register_error(_MARK_BAD_BYTES, _mark_bad_bytes)

Row = tuple[int, list[str]]


def open_plain(stream: BinaryIO) -> BinaryIO:
    """The stream itself, or its unpacked content where it is gzip. The stream must be seekable and at its start."""
    start = stream.read(2)
    stream.seek(-len(start), io.SEEK_CUR)
    return cast(BinaryIO, GzipFile(fileobj=stream)) if start == _GZIP_MAGIC else stream


@contextmanager
def open_text(stream: BinaryIO, encoding: str) -> Iterator[io.TextIOWrapper]:
    """Decoded text of a (perhaps gzipped) stream, line ends untouched; the stream stays open afterwards.

    Raises UnreadableFileError when the archive is damaged.
    """
    encoding = "utf-8-sig" if encoding.lower() in {"utf-8", "utf8"} else encoding
    plain = open_plain(stream)
    text = io.TextIOWrapper(plain, encoding=encoding, errors=_MARK_BAD_BYTES, newline="")
    try:
        yield text
    except UnicodeError as error:
        raise UnreadableFileError(
            f"The file cannot be read as {encoding}; choose the encoding it was saved in, or save it as UTF-8."
        ) from error
    except (EOFError, zlib.error, OSError) as error:
        if plain is not stream:
            raise UnreadableFileError(
                "The gzip archive is damaged or cut off, so its rows cannot all be read."
                " Make the file again and upload that."
            ) from error
        raise
    finally:
        text.detach()


class _RecordTooLongError(Exception):
    """The record at hand passed MAX_RECORD_CHARS before it ended."""


class _Lines:
    """Physical lines for csv.reader, kept until their record is complete so that they can be given back."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._readline = text.readline
        self._returned: deque[str] = deque()
        self.number = 0
        self.begin_record()

    def begin_record(self) -> None:
        self.taken: list[str] = []
        self.size = 0
        self.fault = ""
        self.is_cut_off = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else self._readline(MAX_RECORD_CHARS)
        if not line:
            self.is_cut_off = True
            raise StopIteration
        self.number += 1
        self.taken.append(line)
        self.size += len(line)
        if "\0" in line:
            self.fault = "nul"
            self.taken[-1] = line = line.replace("\0", "")
        if not line.isascii():
            # One spelling of each letter: "ü" as two characters, as macOS writes it, is the "ü" of everybody else.
            self.taken[-1] = line = unicodedata.normalize("NFC", line)
            if _SURROGATES.search(line):
                self.fault = self.fault or "encoding"
        if self.size >= MAX_RECORD_CHARS:
            self._drop_rest(line)
            raise _RecordTooLongError
        return line

    def _drop_rest(self, line: str) -> None:
        """Read to the end of a physical line that is itself too long, keeping nothing of it."""
        while line and len(line) >= MAX_RECORD_CHARS and not line.endswith(("\n", "\r")):
            line = self._readline(MAX_RECORD_CHARS)

    def give_back(self) -> None:
        """Return all lines of this record but the first, which is lost to an unclosed quote."""
        rest = self.taken[1:]
        self._returned.extendleft(reversed(rest))
        self.number -= len(rest)


def read_rows(stream: BinaryIO, options: ImportOptions, *, skip_lines: int = 0) -> Iterator[Row | RowError]:
    """The rows after the header: (line number, cells), or a RowError where a line cannot be cut into cells.

    Blank rows are left out. Rows that begin at or before line `skip_lines` are read but not given, so that an
    interrupted import goes on exactly after the last row it finished. Lines never go backwards. Memory is bounded by
    MAX_RECORD_CHARS whatever the file holds. RowError codes: wrong_columns, too_long, unclosed_quote, nul_byte,
    bad_encoding. Raises UnreadableFileError for a damaged archive.
    """
    with open_text(stream, options.encoding) as text:
        lines = _Lines(text)
        for _ in range(options.first_line - 1):
            next(lines, None)
        expected = options.column_count
        is_header = options.has_header
        for line, cells, error in _read_records(lines, options):
            if error is None and not any(cells):
                continue
            expected = expected or len(cells)
            if is_header:
                is_header = False
            elif line <= skip_lines:
                continue
            elif error is not None:
                yield error
            elif len(cells) != expected and (misfit := fit_columns(cells, line, expected)) is not None:
                yield misfit
            else:
                yield line, cells


def fit_columns(cells: list[str], line: int, expected: int) -> RowError | None:
    """Drop empty cells beyond the last column; RowError (wrong_columns) when the number still differs."""
    while len(cells) > expected and not cells[-1].strip():
        cells.pop()
    if len(cells) == expected:
        return None
    return RowError(
        line,
        tuple(cells[:MAX_KEPT_CELLS]),
        "wrong_columns",
        f"This row has {len(cells)} {'cell' if len(cells) == 1 else 'cells'}, the file has {expected} columns."
        " A comma, semicolon or quotation mark inside a text may have split it.",
    )


def _read_records(lines: _Lines, options: ImportOptions) -> Iterator[tuple[int, list[str], RowError | None]]:
    reader = csv.reader(lines, delimiter=options.delimiter, quotechar=options.quote or None)
    while True:
        lines.begin_record()
        first = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except _RecordTooLongError:
            cells = []
            error: RowError | None = _explain_too_long(lines, first, options)
        else:
            error = None
            if len(lines.taken) > 1 or lines.is_cut_off or lines.size > MAX_CELL_CHARS or lines.fault:
                error = _check_record(lines, first, cells, options)
        yield first, cells, error


def _check_record(lines: _Lines, first: int, cells: list[str], options: ImportOptions) -> RowError | None:
    """The slow look at a record that spans lines, is large, or has bytes that are not text."""
    if (len(lines.taken) > 1 or lines.is_cut_off) and not _is_well_quoted(lines.taken, options):
        return _explain_unclosed_quote(lines, first, options)
    if any(len(cell) > MAX_CELL_CHARS for cell in cells):
        return RowError(first, _shorten(cells), "too_long", _too_long_message(max(map(len, cells))))
    if lines.fault == "nul" and any(cells):
        return RowError(
            first,
            _shorten(cells),
            "nul_byte",
            "This row held NUL bytes, which no text has; they are removed here. Check the row and import it again.",
        )
    if lines.fault == "encoding":
        return RowError(
            first,
            _shorten(cells),
            "bad_encoding",
            f"Some bytes of this row are not valid {options.encoding} and are shown as �."
            " Correct the row and import it again.",
        )
    return None


def _is_well_quoted(taken: list[str], options: ImportOptions) -> bool:
    try:
        rows = list(csv.reader(taken, delimiter=options.delimiter, quotechar=options.quote or None, strict=True))
    except csv.Error:
        return False
    return len(rows) == 1


def _explain_unclosed_quote(lines: _Lines, first: int, options: ImportOptions) -> RowError:
    cells = next(csv.reader(lines.taken[:1], delimiter=options.delimiter, quoting=csv.QUOTE_NONE), [])
    lines.give_back()
    return RowError(
        first,
        _shorten(cells),
        "unclosed_quote",
        "A quotation mark in this row is opened and not closed where a cell ends."
        " Double or remove it and import the row again.",
    )


def _explain_too_long(lines: _Lines, first: int, options: ImportOptions) -> RowError:
    if len(lines.taken) > 1:
        return _explain_unclosed_quote(lines, first, options)
    head = lines.taken[0][:MAX_CELL_CHARS]
    cells = next(csv.reader([head], delimiter=options.delimiter, quotechar=options.quote or None), [])
    return RowError(first, _shorten(cells), "too_long", _too_long_message(lines.size))


def _too_long_message(chars: int) -> str:
    return (
        f"A cell of this row is {chars:,} characters long; at most {MAX_CELL_CHARS:,} are taken."
        f" It is kept here cut to {KEPT_CHARS:,}; import it like this, or shorten it yourself."
    )


def _shorten(cells: list[str]) -> tuple[str, ...]:
    """Cells fit to be stored: long ones cut, bytes that were not text shown as �."""
    return tuple(_SURROGATES.sub("\ufffd", cell[:KEPT_CHARS]) for cell in cells[:MAX_KEPT_CELLS])
