"""Tables as numpy columns: a query read, and a staging table written, by binary COPY without a Python object per value.

One of the places with raw SQL. When every column of a row has a fixed width and is never null, all rows of a binary
COPY are equally long, so that the bytes that travel *are* a structured array. Null therefore travels as a value that
cannot occur otherwise (nan, day 0, the smallest integer), texts of a known vocabulary as numbers, money as cents.

`columns_of(Model)` derives the columns from the model's fields, so a stored column is declared once, in the model.
Supported are integers and foreign keys, floats, dates, moments, booleans, texts with choices, money with two decimal
places, and arrays of floats with a fixed size.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Final

import numpy as np
import numpy.typing as npt
from django.contrib.postgres.fields import ArrayField
from django.db import models

from health.scoring.arrays import NO_DAY, IntArray

Array = npt.NDArray[Any]
#: Columns of equal length by name.
Table = dict[str, Array]

#: Missing whole numbers, cents and moments.
NO_NUMBER: Final = -(2**63)
_NO_DAY_ON_WIRE: Final = -(2**31)  # PostgreSQL's -infinity
_DAY_ZERO: Final = dt.date(2000, 1, 1).toordinal()
_EPOCH: Final = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_MICROSECOND: Final = dt.timedelta(microseconds=1)
_LAST_DAY: Final = dt.date.max.toordinal()
_HEADER: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER: Final = b"\xff\xff"
_FLOAT8_OID: Final = 701
_CHUNK_BYTES: Final = 2**20


@dataclass(frozen=True, slots=True)
class Column:
    """One column: how it travels, how it stands in an array, and what SQL turns a stored value into it and back."""

    name: str
    is_nullable: bool = True
    sql_type: ClassVar[str]
    wire: ClassVar[str]
    missing: ClassVar[str]

    def field(self) -> npt.DTypeLike:
        """Return the type of the value as it travels, without its length."""
        return self.wire

    def staged(self, expression: str) -> str:
        """Return SQL for `expression` as it travels: of a fixed width, never null."""
        return f"coalesce({expression}, {self.missing})"

    def stored(self, expression: str) -> str:
        """Return SQL for a staged value as it is stored: null where it was missing."""
        return f"NULLIF({expression}, {self.missing})" if self.is_nullable else expression

    def pack(self, values: Array) -> Array:
        """Return values as they travel."""
        return values

    def unpack(self, wire: Array) -> Array:
        """Return travelled values as an array of the machine's own byte order."""
        return wire.astype(wire.dtype.newbyteorder("="))

    def blank(self, rows: int) -> Array:
        """Return an array in which every value is missing."""
        return np.zeros(rows, dtype=np.int64)

    def plain(self, value: Any) -> Any:
        """Return one value, as `tolist` gives it, as Python would hold it, None where it is missing."""
        return value


class Whole(Column):
    """A whole number, int64; missing is `NO_NUMBER`."""

    sql_type, wire, missing = "bigint", ">i8", f"({NO_NUMBER})::bigint"

    def blank(self, rows: int) -> Array:
        """See `Column`."""
        return np.full(rows, NO_NUMBER, dtype=np.int64)

    def plain(self, value: Any) -> int | None:
        """See `Column`."""
        return None if value == NO_NUMBER else int(value)


class Real(Column):
    """float64; missing is nan."""

    sql_type, wire, missing = "double precision", ">f8", "'NaN'::float8"

    def blank(self, rows: int) -> Array:
        """See `Column`."""
        return np.full(rows, np.nan)

    def plain(self, value: Any) -> float | None:
        """See `Column`."""
        return None if np.isnan(value) else float(value)


class Flag(Column):
    """bool, never missing."""

    sql_type, wire, missing = "boolean", "?", "false"

    def blank(self, rows: int) -> Array:
        """See `Column`."""
        return np.zeros(rows, dtype=bool)

    def stored(self, expression: str) -> str:
        """See `Column`."""
        return expression


class Day(Column):
    """A date as its ordinal, int64; missing, or beyond the calendar, is `NO_DAY`."""

    sql_type, wire, missing = "date", ">i4", "'-infinity'::date"

    def pack(self, values: Array) -> Array:
        """See `Column`."""
        is_day = (values > NO_DAY) & (values <= _LAST_DAY)
        return np.where(is_day, values - _DAY_ZERO, _NO_DAY_ON_WIRE)

    def unpack(self, wire: Array) -> Array:
        """See `Column`."""
        days = wire.astype(np.int64)
        return np.where(days == _NO_DAY_ON_WIRE, NO_DAY, days + _DAY_ZERO)

    def plain(self, value: Any) -> dt.date | None:
        """See `Column`."""
        return dt.date.fromordinal(int(value)) if NO_DAY < value <= _LAST_DAY else None


class Moment(Whole):
    """A moment as microseconds since 2000-01-01 UTC, int64 (see `moment_number`); missing is `NO_NUMBER`."""

    sql_type, missing = "timestamptz", "'-infinity'::timestamptz"

    def plain(self, value: Any) -> dt.datetime | None:  # type: ignore[override] # a moment, not its number
        """See `Column`."""
        return None if value == NO_NUMBER else _EPOCH + int(value) * _MICROSECOND


class Cents(Whole):
    """Money with two decimal places as whole cents, int64; missing is `NO_NUMBER`."""

    def staged(self, expression: str) -> str:
        """See `Column`."""
        return f"coalesce(({expression} * 100)::bigint, {self.missing})"

    def stored(self, expression: str) -> str:
        """See `Column`."""
        return f"{Column.stored(self, expression)}::numeric / 100"

    def plain(self, value: Any) -> Decimal | None:  # type: ignore[override] # money, not its cents
        """See `Column`."""
        return None if value == NO_NUMBER else Decimal(int(value)).scaleb(-2)


@dataclass(frozen=True, slots=True)
class Word(Column):
    """A text of a known vocabulary, an array of texts; '' is the empty text, or null where the field has it.

    A word that is not in the vocabulary reads as ''; writing one raises ValueError.
    """

    words: tuple[str, ...] = ()
    sql_type, wire, missing = "smallint", ">i2", "0"

    def _all(self) -> tuple[str, ...]:
        return ("", *self.words)

    def _sql_words(self, words: Iterable[str]) -> str:
        return "ARRAY[" + ", ".join("'" + word.replace("'", "''") + "'" for word in words) + "]"

    def staged(self, expression: str) -> str:
        """See `Column`."""
        return f"coalesce(array_position({self._sql_words(self.words)}, {expression}::text), 0)::smallint"

    def stored(self, expression: str) -> str:
        """See `Column`."""
        word = f"({self._sql_words(self._all())})[{expression} + 1]"
        return f"NULLIF({word}, '')" if self.is_nullable else word

    def blank(self, rows: int) -> Array:
        """See `Column`."""
        return np.zeros(rows, dtype=np.array(self._all()).dtype)

    def pack(self, values: Array) -> Array:
        """See `Column`."""
        known = np.array(self._all())
        order = np.argsort(known)
        place = np.minimum(np.searchsorted(known[order], values), len(known) - 1)
        codes = order[place]
        if not np.array_equal(known[codes], values):
            raise ValueError(
                f"{self.name}: {sorted(set(values.tolist()) - set(known.tolist()))} are not in its choices"
            )
        return codes

    def unpack(self, wire: Array) -> Array:
        """See `Column`."""
        return np.array(self._all())[wire.astype(np.int64)]

    def plain(self, value: Any) -> str:
        """See `Column`."""
        return str(value)


@dataclass(frozen=True, slots=True)
class Reals(Column):
    """Arrays of `width` floats, float64[A, width]; missing, or of another width, is nan throughout."""

    width: int = 0
    sql_type, wire, missing = "double precision[]", "", ""

    def field(self) -> npt.DTypeLike:
        """See `Column`: a header of five numbers, then each value after its length."""
        return np.dtype([("head", ">i4", (5,)), ("items", [("length", ">i4"), ("value", ">f8")], (self.width,))])

    def _nothing(self) -> str:
        return f"array_fill('NaN'::float8, ARRAY[{self.width}])"

    def staged(self, expression: str) -> str:
        """See `Column`."""
        return f"CASE WHEN cardinality({expression}) = {self.width} THEN {expression} ELSE {self._nothing()} END"

    def stored(self, expression: str) -> str:
        """See `Column`."""
        return f"NULLIF({expression}, {self._nothing()})"

    def blank(self, rows: int) -> Array:
        """See `Column`."""
        return np.full((rows, self.width), np.nan)

    def pack(self, values: Array) -> Array:
        """See `Column`."""
        packed = np.empty(len(values), dtype=self.field())
        packed["head"] = (1, 0, _FLOAT8_OID, self.width, 1)
        packed["items"]["length"] = 8
        packed["items"]["value"] = values
        return packed

    def unpack(self, wire: Array) -> Array:
        """See `Column`."""
        values: Array = wire["items"]["value"].astype(np.float64)
        return values

    def plain(self, value: Any) -> list[float] | None:
        """See `Column`."""
        return None if np.isnan(value).all() else [float(item) for item in value]


def moment_number(moment: dt.datetime) -> int:
    """Return an aware moment as the number that `Moment` columns hold."""
    return (moment - _EPOCH) // _MICROSECOND


_KINDS: Final[tuple[tuple[type[models.Field[Any, Any]], type[Column]], ...]] = (
    (models.IntegerField, Whole),
    (models.FloatField, Real),
    (models.DateTimeField, Moment),  # before its base class
    (models.DateField, Day),
    (models.BooleanField, Flag),
)


def column_of(field: models.Field[Any, Any]) -> Column:
    """Return the column for a model's field.

    Raises TypeError for a field whose values are of no fixed width.
    """
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(target, models.CharField) and target.choices:
        words = tuple(str(value) for value, _ in target.flatchoices if value)
        return Word(field.attname, field.null, words)
    if isinstance(target, models.DecimalField) and target.decimal_places == 2:
        return Cents(field.attname, field.null)
    if isinstance(target, ArrayField) and isinstance(target.base_field, models.FloatField) and target.size:
        return Reals(field.attname, field.null, target.size)
    for kind, column in _KINDS:
        if isinstance(target, kind):
            return column(field.attname, field.null)
    raise TypeError(f"{field}: values of a {type(target).__name__} have no fixed width, see health.columns")


def columns_of(model: type[models.Model], *, without: Sequence[str] = ()) -> tuple[Column, ...]:
    """Return the columns for all fields of `model` that can be written but those named, in the order of the fields."""
    fields = [field for field in model._meta.concrete_fields if not field.generated and field.attname not in without]
    return tuple(column_of(field) for field in fields)


def _record(columns: Sequence[Column]) -> np.dtype[Any]:
    """Return the type of one row of a binary COPY: a count of values, then each after its length."""
    parts: list[Any] = [("count", ">i2")]
    for column in columns:
        parts += [(f"{column.name}#", ">i4"), (column.name, column.field())]
    return np.dtype(parts)


def read_columns(
    cursor: Any, columns: Sequence[tuple[Column, str]], source: str, parameters: Mapping[str, Any]
) -> Table:
    """Return `SELECT expression, ... source` as arrays, one for each (column, expression), in the order of the rows.

    `source` begins with FROM. Everything but `parameters` must be SQL that the program chose, not a user.
    """
    selected = ", ".join(column.staged(expression) + f"::{column.sql_type}" for column, expression in columns)
    query = cursor.mogrify(f"SELECT {selected} {source}", parameters).decode()
    buffer = io.BytesIO()
    cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT binary)", buffer)
    record = _record([column for column, _ in columns])
    body = buffer.getbuffer()[len(_HEADER) : -len(_TRAILER)]
    if len(body) % record.itemsize:
        raise ValueError(f"a column of {[column.name for column, _ in columns]} is not of its fixed width")
    rows = np.frombuffer(body, dtype=record)
    for column, _ in columns:
        if np.any(rows[f"{column.name}#"] != rows.dtype[column.name].itemsize):
            raise ValueError(f"{column.name}: its values are not of a fixed width")
    return {column.name: column.unpack(rows[column.name]) for column, _ in columns}


def stage_columns(cursor: Any, name: str, columns: Sequence[Column], table: Mapping[str, Array]) -> None:
    """Make a temporary table `name` that holds `table`, and ends with the transaction; `Column.stored` reads it."""
    declared = ", ".join(f"{column.name} {column.sql_type} NOT NULL" for column in columns)
    cursor.execute(f"CREATE TEMPORARY TABLE {name} ({declared}) ON COMMIT DROP")
    copy_columns(cursor, name, columns, table)


def copy_columns(cursor: Any, target: str, columns: Sequence[Column], table: Mapping[str, Array]) -> None:
    """Append `table` to a stored table by binary COPY; types must be those that travel, and nothing may be missing."""
    rows = np.empty(len(table[columns[0].name]), dtype=_record(columns))
    rows["count"] = len(columns)
    for column in columns:
        rows[f"{column.name}#"] = rows.dtype[column.name].itemsize
        rows[column.name] = column.pack(table[column.name])
    stream = io.BytesIO(_HEADER + rows.tobytes() + _TRAILER)
    names = ", ".join(column.name for column in columns)
    cursor.copy_expert(f"COPY {target} ({names}) FROM STDIN (FORMAT binary)", stream, _CHUNK_BYTES)


def rows_of(columns: Sequence[Column], table: Mapping[str, Array], places: IntArray) -> Iterator[dict[str, Any]]:
    """Yield some rows of `table`, int64[R] `places`, as Python values by name."""
    names = [column.name for column in columns]
    # A list of plain numbers is read many times faster than an array by its elements.
    values = [map(column.plain, table[column.name][places].tolist()) for column in columns]
    for row in zip(*values, strict=True):
        yield dict(zip(names, row, strict=True))


def blank(columns: Sequence[Column], rows: int) -> Table:
    """Return a table of `rows` rows in which everything is missing."""
    return {column.name: column.blank(rows) for column in columns}


def id_list(ids: Iterable[int] | Array) -> str:
    """Return ids as the text of a bigint array, which PostgreSQL reads faster than a list of numbers."""
    numbers = ids.tolist() if isinstance(ids, np.ndarray) else ids
    return "{" + ",".join(map(str, numbers)) + "}"
