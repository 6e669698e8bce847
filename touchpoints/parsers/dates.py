"""Reading dates and times as people and programs write them, without ever guessing day and month silently.

Read without being told: ISO 8601 (with or without time, offset, Z), year first with any separator, 20240331 and
20240331140500, epoch seconds (9-10 digits), milliseconds (12-13) and microseconds (15-16), Excel day numbers
(20000 to 73415, with a fraction for the time), month names in English, German, French, Spanish and Dutch.
Numeric dates with the year last follow the `DateOrder` of the column. Two-digit years: 70-99 are 19xx, 00-69 are 20xx.

Times without an offset are in the given time zone. Where clocks go forward, a time that does not exist (02:30) is read
with the offset before the change and so lands after it (03:30); where they go back, the first of the two is taken.
A date without a time is the first moment of that day in the time zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from touchpoints.parsers.clock import read_time
from touchpoints.parsers.records import CellError
from touchpoints.parsers.written_dates import read_written

FIRST_YEAR = 1970
LAST_YEAR = 2100

_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel day numbers carry no time zone
_EXCEL_DAYS = range(20_000, 73_416)  # 1954-10-03 to 2100-12-31
_CACHE_LIMIT = 100_000

_NUMERIC = re.compile(
    r"(?P<a>\d{1,4})(?P<mark>[-/.])\s?(?P<b>\d{1,2})(?P=mark)\s?(?P<c>\d{1,4})(?:,?\s|t|,|$)\s?(?P<time>.*)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(\d{5,16})(?:[.,](\d{1,12}))?")


class DateOrder(StrEnum):
    """Order of day, month and year in numeric dates that do not begin with a four-digit year."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"
    AMBIGUOUS = "ambiguous"


def _unreadable(cell: str) -> CellError:
    shown = cell if len(cell) <= 60 else cell[:60] + "…"
    return CellError(
        "bad_date", f"“{shown}” is not a date Hark can read; write it like 2024-03-31 or 2024-03-31 14:05."
    )


class DateReader:
    """Reads the date cells of one file, which share a time zone and an order of day and month.

    Raises ValueError for an unknown time zone.
    """

    def __init__(
        self,
        time_zone: str,
        order: str = DateOrder.AMBIGUOUS,
        dotted_order: str = DateOrder.DMY,
        *,
        first_year: int = FIRST_YEAR,
        last_year: int = LAST_YEAR,
    ) -> None:
        self._zone: tzinfo = UTC if time_zone == "UTC" else ZoneInfo(time_zone)
        self._orders = {"/": DateOrder(order), "-": DateOrder(order), ".": DateOrder(dotted_order)}
        self._years = range(first_year, last_year + 1)
        self._day_offsets: dict[int, timedelta | None] = {}
        self._days: dict[str, date] = {}

    def moment(self, cell: str) -> datetime:
        """The moment a cell names, aware, in UTC. Raises CellError (bad_date, ambiguous_date, impossible_year)."""
        if cell[4:5] == "-":
            try:
                return self._to_utc(datetime.fromisoformat(cell), cell)
            except ValueError as error:
                if isinstance(error, CellError):
                    raise
        read = self._read_by_day(cell) if ":" in cell else None
        return self._to_utc(read or self._read(cell), cell)

    def _read_by_day(self, cell: str) -> datetime | None:
        """A date and a time of day read apart, each remembered: days repeat in a file, and so do times of day.

        None where the cell is not simply one after the other.
        """
        cut = cell.rfind(" ", 0, cell.index(":"))
        if cut < 0:
            return None
        day_text = cell[:cut]
        day = self._days.get(day_text)
        try:
            if day is None:
                read = self._read(day_text)
                if read.tzinfo is not None or read.time() != time():
                    return None
                day = read.date()
                if len(self._days) < _CACHE_LIMIT:
                    self._days[day_text] = day
            return datetime.combine(day, read_time(cell[cut + 1 :]))
        except CellError:
            return None

    def moment_of(self, date_cell: str, time_cell: str) -> datetime:
        """The moment of a date and a time of day in two cells; an empty time leaves the date alone."""
        if not time_cell:
            return self.moment(date_cell)
        day = self._read(date_cell)
        clock = read_time(time_cell)
        zone = clock.tzinfo or day.tzinfo
        return self._to_utc(datetime.combine(day.date(), clock.replace(tzinfo=zone)), date_cell)

    def day(self, cell: str) -> date:
        """The calendar day a cell names, as written; moments given in epoch seconds are put in the time zone."""
        read = self._read(cell)
        if _NUMBER.fullmatch(cell.strip()) and read.tzinfo is not None:
            read = read.astimezone(self._zone)
        self._check_year(read, cell)
        return read.date()

    def _check_year(self, read: datetime, cell: str) -> None:
        if read.year not in self._years:
            raise CellError(
                "impossible_year",
                f"“{cell}” is in the year {read.year}; years from {self._years[0]} to {self._years[-1]} are taken.",
            )

    def _to_utc(self, read: datetime, cell: str) -> datetime:
        if read.year not in self._years:
            self._check_year(read, cell)
        if read.tzinfo is not None:
            return read.astimezone(UTC)
        if self._zone is UTC:
            return read.replace(tzinfo=UTC)
        ordinal = read.toordinal()
        try:
            offset = self._day_offsets[ordinal]
        except KeyError:
            offset = self._day_offsets[ordinal] = self._offset_of_day(read.date())
        if offset is None:
            return read.replace(tzinfo=self._zone).astimezone(UTC)
        return read.replace(tzinfo=UTC) - offset

    def _offset_of_day(self, day: date) -> timedelta | None:
        """The UTC offset of a whole day, or None on a day on which the clocks change."""
        start = datetime.combine(day, time(), self._zone)
        offsets = {(start + timedelta(hours=hours)).utcoffset() for hours in range(25)}
        return offsets.pop() if len(offsets) == 1 else None

    def _read(self, cell: str) -> datetime:
        text = " ".join(cell.split())
        if text[4:5] == "-":
            try:
                return datetime.fromisoformat(text)
            except ValueError:
                pass
        number = _NUMBER.fullmatch(text)
        if number:
            return _read_number(number[1], number[2] or "", cell)
        numeric = _NUMERIC.fullmatch(text)
        try:
            if numeric:
                return self._read_numeric(numeric, cell)
            written = read_written(text)
        except (ValueError, OverflowError) as error:
            if isinstance(error, CellError):
                raise
            raise _unreadable(cell) from error
        if written is None:
            raise _unreadable(cell)
        return written

    def _read_numeric(self, match: re.Match[str], cell: str) -> datetime:
        a, b, c = match["a"], match["b"], match["c"]
        if len(a) >= 3 or len(c) == 3:
            if len(a) != 4 or len(c) > 2:
                raise _unreadable(cell)
            year, month, day = int(a), int(b), int(c)
        else:
            year, month, day = _arrange(a, b, c, self._orders[match["mark"]], cell)
        clock = read_time(match["time"]) if match["time"] else time()
        try:
            return datetime.combine(date(year, month, day), clock)
        except ValueError as error:
            raise CellError("bad_date", f"“{cell}” does not exist: month {month}, day {day} of {year}.") from error


def _full_year(year: str) -> int:
    if len(year) == 1:
        raise ValueError("a year has two or four digits")
    if len(year) > 2:
        return int(year)
    return int(year) + (1900 if int(year) >= 70 else 2000)


def _arrange(a: str, b: str, c: str, order: DateOrder, cell: str) -> tuple[int, int, int]:
    """Year, month and day of three numbers in the given order; CellError when they can be read two ways or none."""
    first, second = int(a), int(b)
    if order is DateOrder.YMD:
        return _full_year(a), second, int(c)
    if order is DateOrder.AMBIGUOUS:
        if first <= 12 and second <= 12 and first != second:
            raise CellError(
                "ambiguous_date",
                f"“{cell}” can be read with the day first or with the month first; say which order this file uses.",
            )
        order = DateOrder.DMY if first > 12 else DateOrder.MDY
    day, month = (first, second) if order is DateOrder.DMY else (second, first)
    if month > 12:
        told = "day before the month" if order is DateOrder.DMY else "month before the day"
        raise CellError("bad_date", f"“{cell}” has no month {month}; this file is read with the {told}.")
    return _full_year(c), month, day


def _read_number(digits: str, fraction: str, cell: str) -> datetime:
    """Dates that are one number: packed (20240331), Excel's day number, or an epoch."""
    packed = _read_packed(digits) if not fraction else None
    if packed is not None:
        return packed
    seconds_per_digit = {5: None, 9: 1.0, 10: 1.0, 12: 1e-3, 13: 1e-3, 15: 1e-6, 16: 1e-6}
    if len(digits) not in seconds_per_digit or (len(digits) == 5 and int(digits) not in _EXCEL_DAYS):
        raise _unreadable(cell)
    unit = seconds_per_digit[len(digits)]
    number = float(f"{digits}.{fraction or 0}")
    if unit is None:
        return _EXCEL_EPOCH + timedelta(seconds=round(number * 86_400))
    return datetime.fromtimestamp(number * unit, UTC)


def _read_packed(digits: str) -> datetime | None:
    form = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}.get(len(digits))
    if form is None or (len(digits) == 12 and digits[:2] not in {"19", "20"}):
        return None
    try:
        return datetime.strptime(digits, form)  # noqa: DTZ007 - put in the file's time zone by the caller
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class DateEvidence:
    """What a sample of date cells says about how to read the rest.

    `ambiguous` is a cell that can be read two ways although the order must be known; `contradiction` is a pair of cells
    of which one has the day first for certain and the other the month; `numbers` counts Excel day numbers.
    """

    order: DateOrder
    dotted_order: DateOrder
    read: int
    unreadable: tuple[str, ...]
    ambiguous: str
    contradiction: tuple[str, str] | None
    numbers: int
    without_offset: int


def infer_date_order(cells: Iterable[str]) -> DateEvidence:
    """Find the order of day and month in a sample: one date that can be read one way only decides for all."""
    sample = [cell.strip() for cell in cells if cell.strip()]
    votes: dict[str, dict[DateOrder, str]] = {".": {}, "/": {}}
    ambiguous = ""
    for cell in sample:
        order, dotted = _vote(cell)
        if order:
            votes["." if dotted else "/"].setdefault(order, cell)
        if order is DateOrder.AMBIGUOUS and not dotted:
            ambiguous = ambiguous or cell
    plain = votes["/"]
    decided = [one for one in (DateOrder.DMY, DateOrder.MDY, DateOrder.YMD) if one in plain]
    order = decided[0] if len(decided) == 1 else DateOrder.AMBIGUOUS
    is_dotted_mdy = DateOrder.MDY in votes["."] and DateOrder.DMY not in votes["."]
    dotted_order = DateOrder.MDY if is_dotted_mdy else DateOrder.DMY
    reader = DateReader("UTC", decided[0] if decided else DateOrder.DMY, dotted_order, first_year=1, last_year=9999)
    unreadable = tuple(cell for cell in sample if not _can_read(reader.day, cell))
    return DateEvidence(
        order=order,
        dotted_order=dotted_order,
        read=len(sample) - len(unreadable),
        unreadable=unreadable,
        ambiguous=ambiguous if order is DateOrder.AMBIGUOUS else "",
        contradiction=(plain[decided[0]], plain[decided[1]]) if len(decided) > 1 else None,
        numbers=sum(1 for cell in sample if re.fullmatch(r"\d{5}([.,]\d+)?", cell)),
        without_offset=sum(1 for cell in sample if _lacks_offset(cell)),
    )


def _vote(cell: str) -> tuple[DateOrder | None, bool]:
    match = _NUMERIC.fullmatch(" ".join(cell.split()))
    if match is None or len(match["a"]) > 2 or len(match["c"]) == 3:
        return None, False
    first, second, dotted = int(match["a"]), int(match["b"]), match["mark"] == "."
    if first > 31 and len(match["c"]) <= 2:
        return DateOrder.YMD, dotted
    if first > 12 or second > 12:
        return (DateOrder.DMY if first > 12 else DateOrder.MDY), dotted
    return (DateOrder.AMBIGUOUS if first != second else None), dotted


def _can_read(read: Callable[[str], object], cell: str) -> bool:
    try:
        read(cell)
    except CellError:
        return False
    return True


def _lacks_offset(cell: str) -> bool:
    """Whether a cell has a time of day but no offset, so that the time zone matters to it."""
    has_time = re.search(r"\d[:h]\d\d|\d\s?[ap]\.?m", cell, re.IGNORECASE)
    return bool(has_time) and not re.search(r"(?i)(z|utc|gmt|[+-]\d{2}:?\d{2})(\s\([^)]*\))?$", cell)


def looks_like_date(cell: str) -> bool:
    """Whether a cell could be a date, whatever the order of day and month; bare day numbers do not count."""
    if re.fullmatch(r"\s*\d{5,7}([.,]\d+)?\s*", cell):
        return False
    return any(
        _can_read(DateReader("UTC", order, order, first_year=FIRST_YEAR).moment, cell)
        for order in (DateOrder.DMY, DateOrder.MDY)
    )
