"""Looking at the beginning of a file before it is imported: how to read it, what is in it, what must be asked."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from touchpoints.parsers.dates import infer_date_order
from touchpoints.parsers.dialect import Encoding, detect_dialect, detect_encoding
from touchpoints.parsers.doubts import Doubts, Problem, Question, Severity, find_doubts, guess_our_domains, mapped_dates
from touchpoints.parsers.guessing import MappingGuess, guess_mapping, is_header
from touchpoints.parsers.magic import explain_binary, explain_text_form, is_mostly_control
from touchpoints.parsers.options import ImportOptions
from touchpoints.parsers.parse import row_parser
from touchpoints.parsers.reader import open_plain, read_rows
from touchpoints.parsers.records import Record, RowError, UnreadableFileError

SAMPLE_BYTES = 1_000_000
SHOWN_ROWS = 8
CHECKED_ROWS = 1_000
LATER_STEP = 10
SHOWN_VALUES = 3


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file: its 0-based number, its name, a few different values, and the field it is taken for."""

    number: int
    name: str
    values: tuple[str, ...]
    field: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the beginning of a file shows.

    `options` are ready for parsing when nothing in `problems` is blocking. `preview` holds the first rows as they would
    be imported. `checked_rows` rows were tried, of which `rejected_rows` would be rejected. `row_estimate` is exact for
    files that fit in the sample.
    """

    file_name: str
    options: ImportOptions
    header: tuple[str, ...]
    sample_rows: tuple[tuple[str, ...], ...]
    columns: tuple[Column, ...]
    preview: tuple[Record | RowError, ...]
    problems: tuple[Problem, ...]
    questions: tuple[Question, ...]
    checked_rows: int
    rejected_rows: int
    row_estimate: int

    @property
    def is_ready(self) -> bool:
        """Whether the file can be imported with `options` without asking anything."""
        return not any(problem.severity is Severity.BLOCKING for problem in self.problems)


@dataclass(frozen=True, slots=True)
class _Sample:
    """The unpacked beginning of a file; `size_ratio` is how much larger the whole is."""

    data: bytes
    is_whole: bool
    size_ratio: float


@dataclass(frozen=True, slots=True)
class _Table:
    """`rows` are tried; `later` are some of the rows after them, for telling day from month in files sorted by date."""

    rows: list[tuple[int, list[str]] | RowError]
    later: list[list[str]]
    count: int


def inspect_file(
    source: Path | BinaryIO,
    kind: str,
    file_name: str = "",
    *,
    time_zone: str = "UTC",
    options: ImportOptions | None = None,
) -> Inspection:
    """Look at the first megabyte of a file (plain or gzip) and say how to import it.

    `time_zone`: of times without an offset. `options`: a person's choices, taken as they are; only what follows from
    them (columns, preview, problems) is found out anew. A stream must be seekable; it is left open, at its start.
    Never raises for what the file holds: what cannot be read becomes a blocking problem.
    """
    if isinstance(source, Path):
        with source.open("rb") as stream:
            return inspect_file(stream, kind, file_name or source.name, time_zone=time_zone, options=options)
    base = options or ImportOptions(kind=kind, time_zone=time_zone)
    try:
        sample = _read_sample(source)
        return _inspect_sample(sample, base, file_name, is_chosen=options is not None)
    except UnreadableFileError as error:
        return _unreadable(base, file_name, "unreadable", str(error))
    finally:
        source.seek(0)


def _read_sample(stream: BinaryIO) -> _Sample:
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    explanation = explain_binary(stream.read(4096))
    stream.seek(0)
    if explanation:
        raise UnreadableFileError(explanation)
    plain = open_plain(stream)
    try:
        data = plain.read(SAMPLE_BYTES)
        is_whole = not plain.read(1)
    except (EOFError, zlib.error, OSError) as error:
        raise UnreadableFileError(
            "The gzip archive is damaged or cut off. Make the file again and upload that."
        ) from error
    explanation = explain_binary(data[:4096])
    if explanation:
        raise UnreadableFileError(explanation)
    return _Sample(data, is_whole, 1.0 if is_whole else max(1.0, size / max(1, stream.tell())))


def _inspect_sample(sample: _Sample, base: ImportOptions, file_name: str, *, is_chosen: bool) -> Inspection:
    encoding = Encoding(base.encoding, is_certain=True) if is_chosen else detect_encoding(sample.data)
    text = sample.data.decode(encoding.name, "replace").lstrip("\ufeff")
    _refuse_what_is_no_table(sample.data, text, encoding)
    options = base if is_chosen else _guess_dialect(base, encoding.name, text)
    table = _read_table(sample, options)
    if not table.rows:
        return _unreadable(options, file_name, "empty", "There are no rows in this file. Upload one that has some.")
    header, body, guess = _take_header(table.rows, options, is_chosen=is_chosen)
    if not is_chosen:
        options = replace(
            options, has_header=header is not None, column_count=_width(header, options), mapping=guess.mapping
        )
        options = _guess_meaning(options, [*body, *table.later])
    if not body:
        message = "The file has a header and no rows under it. Export it again with its rows."
        return _unreadable(options, file_name, "no_rows", message)
    names = _name_columns(header, options.column_count or max(len(cells) for cells in body))
    tried = _try_rows(table.rows[1:] if header is not None else table.rows, options)
    doubts = find_doubts(options, names, [*body, *table.later], tried, encoding)
    return Inspection(
        file_name=file_name,
        options=options,
        header=names,
        sample_rows=tuple(tuple(cells) for cells in body[:SHOWN_ROWS]),
        columns=_describe_columns(names, body, options, guess),
        preview=tuple(tried[:SHOWN_ROWS]),
        problems=doubts.problems,
        questions=doubts.questions,
        checked_rows=len(tried),
        rejected_rows=sum(isinstance(row, RowError) for row in tried),
        row_estimate=max(1, round((table.count - (header is not None)) * sample.size_ratio)),
    )


def _refuse_what_is_no_table(data: bytes, text: str, encoding: Encoding) -> None:
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise UnreadableFileError("The file is empty. Export it again and check that it has rows.")
    if not encoding.name.startswith(("utf-16", "utf-32")) and is_mostly_control(data):
        raise UnreadableFileError("This is a binary file, not a CSV. Export the list as CSV and upload that.")
    explanation = explain_text_form(text)
    if explanation:
        raise UnreadableFileError(explanation)


def _guess_dialect(base: ImportOptions, encoding: str, text: str) -> ImportOptions:
    dialect = detect_dialect(text[:200_000].replace("\0", ""))
    return replace(
        base,
        encoding=encoding,
        delimiter=dialect.delimiter,
        quote=dialect.quote,
        first_line=dialect.first_line,
        column_count=dialect.columns,
        has_header=False,
    )


def _read_table(sample: _Sample, options: ImportOptions) -> _Table:
    """The rows of the sample, the header among them; of a cut sample without the last, which may be cut too."""
    raw = replace(options, has_header=False, column_count=0 if options.has_header else options.column_count)
    rows: list[tuple[int, list[str]] | RowError] = []
    later: list[list[str]] = []
    count = 0
    for row in read_rows(io.BytesIO(sample.data), raw):
        count += 1
        if len(rows) <= CHECKED_ROWS:
            rows.append(row)
        elif count % LATER_STEP == 0 and not isinstance(row, RowError):
            later.append(row[1])
    if not sample.is_whole and count > 1:
        count -= 1
        rows = rows[:count]
    return _Table(rows, later, count)


def _cells_of(row: tuple[int, list[str]] | RowError) -> list[str]:
    return list(row.cells) if isinstance(row, RowError) else row[1]


def _take_header(
    rows: list[tuple[int, list[str]] | RowError], options: ImportOptions, *, is_chosen: bool
) -> tuple[list[str] | None, list[list[str]], MappingGuess]:
    first = [cell.strip() for cell in _cells_of(rows[0])]
    body = [row[1] for row in rows[1:] if not isinstance(row, RowError)]
    has_header = options.has_header if is_chosen else is_header(first, body, options.kind)
    header = first if has_header else None
    if not has_header and not isinstance(rows[0], RowError):
        body = [rows[0][1], *body]
    if is_chosen:
        return header, body, MappingGuess(dict(options.mapping), dict.fromkeys(options.mapping, 1.0))
    return header, body, guess_mapping(header, body, options.kind)


def _width(header: Sequence[str] | None, options: ImportOptions) -> int:
    return len(header) if header else options.column_count


def _guess_meaning(options: ImportOptions, body: list[list[str]]) -> ImportOptions:
    """Fill in what only the mapped columns' cells can tell: the order of dates, our own domains."""
    evidence = infer_date_order(mapped_dates(options, body))
    return replace(
        options,
        date_order=evidence.order,
        dotted_order=evidence.dotted_order,
        our_domains=options.our_domains or guess_our_domains(options, body),
    )


def _try_rows(rows: list[tuple[int, list[str]] | RowError], options: ImportOptions) -> list[Record | RowError]:
    if options.missing():
        return [row for row in rows if isinstance(row, RowError)]
    parser = row_parser(options)
    return [row if isinstance(row, RowError) else parser.parse(list(row[1]), row[0]) for row in rows]


def _name_columns(header: Sequence[str] | None, width: int) -> tuple[str, ...]:
    names = list(header or [])
    return tuple(
        names[number] if number < len(names) and names[number] else f"Column {number + 1}" for number in range(width)
    )


def _describe_columns(
    names: Sequence[str], body: list[list[str]], options: ImportOptions, guess: MappingGuess
) -> tuple[Column, ...]:
    fields = {column: field for field, column in options.mapping.items()}
    columns = []
    for number, name in enumerate(names):
        values = dict.fromkeys(cells[number].strip()[:80] for cells in body[:200] if number < len(cells))
        shown = tuple(value for value in values if value)[:SHOWN_VALUES]
        field = fields.get(number, "")
        columns.append(Column(number, name, shown, field, guess.confidence.get(field, 0.0)))
    return tuple(columns)


def _unreadable(options: ImportOptions, file_name: str, code: str, message: str) -> Inspection:
    doubts = Doubts((Problem(code, message, Severity.BLOCKING),), ())
    return Inspection(file_name, options, (), (), (), (), doubts.problems, doubts.questions, 0, 0, 0)
