"""Looking at the beginning of a file before it is imported: how to read it, what is in it, what must be asked."""

from __future__ import annotations

import dataclasses
import io
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from touchpoints.parsers.dates import infer_date_order
from touchpoints.parsers.dialect import Encoding, detect_dialect, detect_encoding
from touchpoints.parsers.doubts import Doubts, Problem, Question, Severity, find_doubts, guess_our_domains, mapped_dates
from touchpoints.parsers.guessing import guess_mapping, is_header
from touchpoints.parsers.magic import explain_binary, explain_text_form, is_mostly_control
from touchpoints.parsers.options import ImportOptions
from touchpoints.parsers.parse import row_parser
from touchpoints.parsers.reader import open_plain, read_rows
from touchpoints.parsers.records import Record, RowError, UnreadableFileError

SAMPLE_BYTES = 1_000_000
# Where one row fills the sample, as a mail with its attachment pasted in does, so much is read to find others.
LARGE_SAMPLE_BYTES = 16_000_000
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
    fixed: Mapping[str, Any] | None = None,
) -> Inspection:
    """Look at the first megabyte of a file (plain or gzip), or more if its rows are as long, and say how to import it.

    `time_zone`: of times without an offset. `options`: a person's choices, taken as they are; only what follows from
    them (columns, preview, problems) is found out anew. `fixed`: single options that a person chose, such as the
    delimiter or the encoding; all others are guessed again to go with them. A stream must be seekable; it is left
    open, at its start. Raises ValueError for an impossible choice, never for what the file holds: what cannot be read
    becomes a blocking problem.
    """
    if isinstance(source, Path):
        with source.open("rb") as stream:
            return inspect_file(
                stream, kind, file_name or source.name, time_zone=time_zone, options=options, fixed=fixed
            )
    chosen = dict(fixed or {})
    base = options or ImportOptions.from_dict({"kind": kind, "time_zone": time_zone} | chosen)
    kept = frozenset(one.name for one in dataclasses.fields(base)) if options else frozenset(chosen)
    try:
        sample = _read_sample(source, SAMPLE_BYTES)
        found = _inspect_sample(sample, base, file_name, kept)
        if found.columns or sample.is_whole:
            return found
        return _inspect_sample(_read_sample(source, LARGE_SAMPLE_BYTES), base, file_name, kept)
    except UnreadableFileError as error:
        return _unreadable(base, file_name, "unreadable", str(error))
    finally:
        source.seek(0)


def _read_sample(stream: BinaryIO, sample_bytes: int) -> _Sample:
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    explanation = explain_binary(stream.read(4096))
    stream.seek(0)
    if explanation:
        raise UnreadableFileError(explanation)
    plain = open_plain(stream)
    try:
        data = plain.read(sample_bytes)
        is_whole = not plain.read(1)
    except (EOFError, zlib.error, OSError) as error:
        raise UnreadableFileError(
            "The gzip archive is damaged or cut off. Make the file again and upload that."
        ) from error
    explanation = explain_binary(data[:4096])
    if explanation:
        raise UnreadableFileError(explanation)
    return _Sample(data, is_whole, 1.0 if is_whole else max(1.0, size / max(1, stream.tell())))


def _inspect_sample(sample: _Sample, base: ImportOptions, file_name: str, kept: frozenset[str]) -> Inspection:
    """`kept` names the options of `base` that a person chose and that are not to be guessed."""
    encoding = Encoding(base.encoding, is_certain=True) if "encoding" in kept else detect_encoding(sample.data)
    text = _decode(sample.data, encoding.name)
    _refuse_what_is_no_table(sample.data, text, encoding)
    options = _guess_dialect(replace(base, encoding=encoding.name), text, kept)
    table = _read_table(sample, options)
    if not table.rows:
        return _unreadable(options, file_name, "empty", "There are no rows in this file. Upload one that has some.")
    header, body = _take_header(table.rows, options, kept)
    rows = table.rows[1:] if header is not None else table.rows
    if not rows:
        message = "The file has a header and no rows under it. Export it again with its rows."
        return _unreadable(options, file_name, "no_rows", message)
    dated = [*body, *table.later]
    options, confidence = _guess_meaning(options, header, dated, kept)
    tried = _try_rows(rows, options)
    names = _name_columns(header, options.column_count or max(len(_cells_of(row)) for row in rows))
    doubts = find_doubts(options, names, dated, tried, encoding)
    return Inspection(
        file_name=file_name,
        options=options,
        header=names,
        sample_rows=tuple(tuple(cells) for cells in body[:SHOWN_ROWS]),
        columns=_describe_columns(names, body, options, confidence),
        preview=tuple(tried[:SHOWN_ROWS]),
        problems=doubts.problems,
        questions=doubts.questions,
        checked_rows=len(tried),
        rejected_rows=sum(isinstance(row, RowError) for row in tried),
        row_estimate=max(1, round((table.count - (header is not None)) * sample.size_ratio)),
    )


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding, "replace").lstrip("\ufeff")
    except UnicodeError as error:
        raise UnreadableFileError(
            f"The file cannot be read as {encoding}; choose the encoding it was saved in, or save it as UTF-8."
        ) from error


def _refuse_what_is_no_table(data: bytes, text: str, encoding: Encoding) -> None:
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise UnreadableFileError("The file is empty. Export it again and check that it has rows.")
    if not encoding.name.startswith(("utf-16", "utf-32")) and is_mostly_control(data):
        raise UnreadableFileError("This is a binary file, not a CSV. Export the list as CSV and upload that.")
    explanation = explain_text_form(text)
    if explanation:
        raise UnreadableFileError(explanation)


def _guess_dialect(options: ImportOptions, text: str, kept: frozenset[str]) -> ImportOptions:
    beginning = text[:200_000].replace("\0", "")
    dialect = detect_dialect(beginning, options.delimiter if "delimiter" in kept else "")
    guessed = {
        "delimiter": dialect.delimiter,
        "quote": dialect.quote,
        "first_line": dialect.first_line,
        "column_count": dialect.columns,
    }
    return replace(options, **_without(guessed, kept))


def _without(guessed: dict[str, Any], kept: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in guessed.items() if name not in kept}


def _read_table(sample: _Sample, options: ImportOptions) -> _Table:
    """The rows of the sample, the header among them; of a cut sample without the last, which may be cut too."""
    raw = replace(options, has_header=False)
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
    rows: list[tuple[int, list[str]] | RowError], options: ImportOptions, kept: frozenset[str]
) -> tuple[list[str] | None, list[list[str]]]:
    """The header, or None, and the readable rows under it."""
    first = [cell.strip() for cell in _cells_of(rows[0])]
    under = [row[1] for row in rows[1:] if not isinstance(row, RowError)]
    if options.has_header if "has_header" in kept else is_header(first, under, options.kind):
        return first, under
    return None, under if isinstance(rows[0], RowError) else [rows[0][1], *under]


def _guess_meaning(
    options: ImportOptions, header: list[str] | None, body: list[list[str]], kept: frozenset[str]
) -> tuple[ImportOptions, dict[str, float]]:
    """Fill in what each column holds and what its cells tell: the order of dates, our own domains."""
    guess = guess_mapping(header, body[:CHECKED_ROWS], options.kind)
    guessed = {
        "has_header": header is not None,
        "column_count": len(header) if header else options.column_count,
        "mapping": guess.mapping,
    }
    options = replace(options, **_without(guessed, kept))
    evidence = infer_date_order(mapped_dates(options, body))
    guessed = {
        "date_order": evidence.order,
        "dotted_order": evidence.dotted_order,
        "our_domains": guess_our_domains(options, body),
    }
    confidence = dict.fromkeys(options.mapping, 1.0) if "mapping" in kept else guess.confidence
    return replace(options, **_without(guessed, kept)), confidence


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
    names: Sequence[str], body: list[list[str]], options: ImportOptions, confidence: dict[str, float]
) -> tuple[Column, ...]:
    fields = {column: field for field, column in options.mapping.items()}
    columns = []
    for number, name in enumerate(names):
        values = dict.fromkeys(cells[number].strip()[:80] for cells in body[:200] if number < len(cells))
        shown = tuple(value for value in values if value)[:SHOWN_VALUES]
        field = fields.get(number, "")
        columns.append(Column(number, name, shown, field, confidence.get(field, 0.0)))
    return tuple(columns)


def _unreadable(options: ImportOptions, file_name: str, code: str, message: str) -> Inspection:
    doubts = Doubts((Problem(code, message, Severity.BLOCKING),), ())
    return Inspection(file_name, options, (), (), (), (), doubts.problems, doubts.questions, 0, 0, 0)
