"""Guessing which column holds which field, from the header's words and from what the cells look like."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from touchpoints.parsers.clock import read_time
from touchpoints.parsers.dates import looks_like_date
from touchpoints.parsers.fields import FIELDS, Field, Kind, Shape
from touchpoints.parsers.records import CellError
from touchpoints.parsers.values import (
    read_cadence_days,
    read_channel,
    read_direction,
    read_flag,
    read_level,
    read_money,
    read_outcome,
    read_status,
    split_domains,
)
from touchpoints.parsers.words import fold, fold_name

_CHECKED_CELLS = 50
_LEAST_SCORE = 0.3
_EMAIL_INSIDE = re.compile(r"[^\s@]+@[^\s@]+\.\w+")

# Without header words only these shapes are telling enough to name a column by its cells.
_TELLING = {
    Kind.TOUCHPOINTS: {Shape.MOMENT: "at", Shape.CHANNEL: "channel", Shape.DIRECTION: "direction"},
    Kind.ACCOUNTS: {},
    Kind.CONTACTS: {Shape.EMAIL: "email", Shape.LEVEL: "level"},
}
_FIRST_TEXT = {Kind.TOUCHPOINTS: "account", Kind.ACCOUNTS: "name", Kind.CONTACTS: "name"}


@dataclass(frozen=True, slots=True)
class MappingGuess:
    """`mapping` {field: column}; `confidence` {field: 0..1}, where 1 is the exact word and fitting cells."""

    mapping: dict[str, int]
    confidence: dict[str, float]


def guess_mapping(header: Sequence[str] | None, sample_rows: Sequence[Sequence[str]], kind: str) -> MappingGuess:
    """Give each column at most one field and each field at most one column, the surest pairs first.

    `header` is None for a file without one: columns are then named by their cells alone.
    """
    columns = _columns_of(header, sample_rows)
    scores = _score_by_header(header, columns, Kind(kind)) if header else _score_by_cells(columns, Kind(kind))
    mapping: dict[str, int] = {}
    confidence: dict[str, float] = {}
    for score, _, field, column in sorted(scores, key=lambda one: (-one[0], one[1], one[3])):
        if field not in mapping and column not in mapping.values():
            mapping[field], confidence[field] = column, round(score, 2)
    return MappingGuess(mapping, confidence)


def share_fitting(cells: Sequence[str], shape: Shape) -> float:
    """The share of filled cells that can be read in this shape; 0 when there is none."""
    filled = [cell.strip() for cell in cells if cell.strip()][:_CHECKED_CELLS]
    if not filled:
        return 0.0
    fits = _FITS[shape]
    return sum(1 for cell in filled if fits(cell)) / len(filled)


def is_header(first: Sequence[str], rows: Sequence[Sequence[str]], kind: str) -> bool:
    """Whether the first row names the columns: it holds a field's word, or looks unlike the rows under it.

    A row that holds a date or an e-mail address is data, whatever its other words.
    """
    if any(_is_telling_data(cell.strip()) for cell in first):
        return False
    words = {word for field in FIELDS[Kind(kind)] for word in _synonyms(field)}
    if sum(1 for cell in first if fold_name(cell) in words) >= max(1, len([c for c in first if c.strip()]) // 4):
        return True
    for column, cell in enumerate(first):
        if not cell.strip():
            continue
        below = [row[column] for row in rows if column < len(row)]
        for shape in (Shape.MOMENT, Shape.EMAIL, Shape.MONEY):
            if share_fitting(below, shape) > 0.8 and not _FITS[shape](cell.strip()):
                return True
    return False


def _is_telling_data(cell: str) -> bool:
    return looks_like_date(cell) or bool(_EMAIL_INSIDE.search(cell))


def _columns_of(header: Sequence[str] | None, rows: Sequence[Sequence[str]]) -> list[list[str]]:
    width = len(header) if header else max(map(len, rows), default=0)
    return [[row[column] for row in rows if column < len(row)] for column in range(width)]


def _synonyms(field: Field) -> list[str]:
    return [fold(word) for word in (field.name, *field.synonyms.split(","))]


def _score_by_header(header: Sequence[str], columns: list[list[str]], kind: Kind) -> list[tuple[float, int, str, int]]:
    """(score, order of preference, field, column) for every pair the header's words speak for."""
    scores = []
    for field in FIELDS[kind]:
        words = _synonyms(field)
        for column, name in enumerate(header):
            score, rank = _match_words(fold_name(name), words)
            if score:
                total = score * _content_weight(columns[column], field)
                # A column that bears the field's very name is meant for it even when its words are not understood:
                # the preview must say so. People are told apart by addresses, so From and To need some.
                is_own_name = score == 1.0 and rank <= 1 and field.name not in {"from", "to"}
                if total >= _LEAST_SCORE or is_own_name:
                    scores.append((total, rank, field.name, column))
    return scores


def _match_words(name: str, words: list[str]) -> tuple[float, int]:
    """How well a header fits a field's words: 1 for the very word, less where it only contains one."""
    if name in words:
        return 1.0, words.index(name)
    padded = f" {name} "
    contained = [(len(word), -rank) for rank, word in enumerate(words) if len(word) > 3 and f" {word} " in padded]
    if not contained:
        return 0.0, 0
    length, rank = max(contained)
    return 0.3 + 0.4 * length / len(name), -rank


def _content_weight(cells: list[str], field: Field) -> float:
    """1 for cells that fit the field (or none to look at), near 0 for cells that cannot be meant for it."""
    if not any(cell.strip() for cell in cells):
        return 0.9
    if field.shape is Shape.TEXT:
        return 1.0
    share = share_fitting(cells, field.shape)
    if field.shape in (Shape.MOMENT, Shape.DAY) or share >= 0.5:
        # A column called "date" stays the date even when its dates are unreadable: the preview must show that.
        return 0.6 + 0.4 * share
    return max(0.1, 0.6 * share)


def _score_by_cells(columns: list[list[str]], kind: Kind) -> list[tuple[float, int, str, int]]:
    scores: list[tuple[float, int, str, int]] = []
    free = []
    for column, cells in enumerate(columns):
        shapes = [(share_fitting(cells, shape), shape) for shape in _TELLING[kind]]
        share, shape = max(shapes, default=(0.0, Shape.TEXT))
        if share >= 0.8:
            scores.append((0.6 * share, 0, _TELLING[kind][shape], column))
        elif any(cell.strip() for cell in cells):
            free.append(column)
    if free:
        scores.append((0.4, 0, _FIRST_TEXT[kind], free[0]))
    return scores


def _reads(read: Callable[[str], object]) -> Callable[[str], bool]:
    def fits(cell: str) -> bool:
        try:
            read(cell)
        except CellError:
            return False
        return True

    return fits


def _is_date(cell: str) -> bool:
    return looks_like_date(cell) or bool(re.fullmatch(r"[2-6]\d{4}([.,]\d+)?", cell))


_FITS: dict[Shape, Callable[[str], bool]] = {
    Shape.TEXT: bool,
    Shape.MOMENT: looks_like_date,
    Shape.DAY: _is_date,
    Shape.TIME: _reads(read_time),
    Shape.EMAIL: lambda cell: bool(_EMAIL_INSIDE.search(cell)),
    Shape.CHANNEL: _reads(read_channel),
    Shape.DIRECTION: _reads(read_direction),
    Shape.OUTCOME: _reads(read_outcome),
    Shape.FLAG: _reads(read_flag),
    Shape.MONEY: _reads(read_money),
    Shape.CADENCE: _reads(read_cadence_days),
    Shape.STATUS: _reads(read_status),
    Shape.LEVEL: _reads(read_level),
    Shape.DOMAIN: _reads(split_domains),
}
