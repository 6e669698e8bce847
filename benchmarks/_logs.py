"""Event logs for measuring: who was in touch, when, and whether the client took part."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from health.scoring.arrays import IntArray
from health.scoring.histories import TouchHistories
from touchpoints.parsers.dates import DateOrder, DateReader, infer_date_order
from touchpoints.parsers.values import read_direction

_GZIP_MAGIC = b"\x1f\x8b"
_CLIENT_DIRECTIONS = ("inbound", "mutual")


@dataclass(frozen=True)
class EventLog:
    """Touch days of every account of a log.

    ``names[i]`` is the account with the id i. ``client`` holds the touches in which the client took part, None where
    the log knows no directions. ``touch_accounts`` and ``touch_days``, int64[M], are all touches, several a day
    counted apart.
    """

    names: list[str]
    any_touch: TouchHistories
    client: TouchHistories | None
    touch_accounts: IntArray
    touch_days: IntArray

    @property
    def last_day(self) -> int:
        """The ordinal of the last day of the log."""
        return int(self.any_touch.days.max())

    def touches_by(self, day: int) -> IntArray:
        """int64[A]: touches up to ``day`` of each account known by then."""
        counts = np.bincount(self.touch_accounts[self.touch_days <= day], minlength=len(self.names))
        return counts[self.any_touch.as_of(day).account_ids]


def read_log(path: Path, zone: str = "UTC") -> EventLog:
    """Read ``account,at[,direction][,channel]``, plain or gzipped, other columns ignored.

    ``at`` is read as the product reads it on import; a touch day is a day in ``zone``.

    Raises
    ------
    SystemExit
        naming the line that cannot be read; a benchmark must not leave out what it does not understand.
    """
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if raw.startswith(_GZIP_MAGIC) else raw).decode("utf-8-sig")
    rows = csv.reader(io.StringIO(text, newline=""))
    columns = [cell.strip().casefold() for cell in next(rows, [])]
    for needed in ("account", "at"):
        if needed not in columns:
            raise SystemExit(f"{path}: the first line must name the columns account and at, not {', '.join(columns)}")
    body = [(number, row) for number, row in enumerate(rows, start=2) if any(cell.strip() for cell in row)]
    days = list(_days_of(path, body, columns.index("at"), zone))
    accounts = [row[columns.index("account")].strip() for _, row in body]
    directions = None
    if "direction" in columns:
        place = columns.index("direction")
        directions = [row[place].strip() if place < len(row) else "" for _, row in body]
    return _event_log(accounts, days, directions)


def read_cdnow() -> EventLog:
    """The CDNOW purchases of Fader and Hardie, which come with the `lifetimes` package."""
    import lifetimes

    path = Path(lifetimes.__file__).parent / "datasets" / "CDNOW_master.txt"
    rows = [line.split() for line in path.read_text().splitlines()[1:] if line.strip()]
    days = [date(int(row[1][:4]), int(row[1][4:6]), int(row[1][6:])).toordinal() for row in rows]
    return _event_log([row[0] for row in rows], days, None)


def _days_of(path: Path, body: list[tuple[int, list[str]]], place: int, zone: str) -> Iterator[int]:
    sample = infer_date_order(row[place] for _, row in islice(body, 1000) if place < len(row))
    reader = DateReader("UTC", sample.order or DateOrder.AMBIGUOUS, sample.dotted_order)
    time_zone, known = ZoneInfo(zone), dict[str, int]()
    for number, row in body:
        cell = row[place].strip() if place < len(row) else ""
        if cell not in known:
            try:
                # A date alone is that day wherever it was written; a moment falls on a day of the zone.
                moment = reader.moment(cell)
                is_date = ":" not in cell and not (cell.isdigit() and len(cell) > len("20060131"))
                known[cell] = (moment if is_date else moment.astimezone(time_zone)).date().toordinal()
            except ValueError as error:
                raise SystemExit(f"{path}, line {number}: {error}") from error
        yield known[cell]


def _event_log(accounts: list[str], days: Iterable[int], directions: list[str] | None) -> EventLog:
    places: dict[str, int] = {}
    ids = np.array([places.setdefault(name, len(places)) for name in accounts], dtype=np.int64)
    ordinals = np.fromiter(days, dtype=np.int64, count=len(ids))
    client = None
    if directions is not None:
        of_word = {word: _is_of_client(word) for word in set(directions)}
        is_client = np.array([of_word[word] for word in directions], dtype=bool)
        if is_client.any() and not is_client.all():
            client = TouchHistories.from_pairs(ids[is_client], ordinals[is_client])
    return EventLog(list(places), TouchHistories.from_pairs(ids, ordinals), client, ids, ordinals)


def _is_of_client(word: str) -> bool:
    try:
        return read_direction(word) in _CLIENT_DIRECTIONS
    except ValueError:  # not a direction anyone knows
        return False
