"""The portfolio's figures kept as columns: written bucket by bucket, and read as they stand at this moment.

One of the places with raw SQL. A kept column is never wrong, only old: triggers mark each account whose figures
change, in the transaction of the change, and a reader takes the marked ones from the tables. A bucket that is not kept,
or all of which has changed, is read from the tables as a whole. So nothing but the time of a page depends on when its
figures were kept.
"""

from __future__ import annotations

import datetime as dt
import io
import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from django.db import connection, transaction

from health.columns import Day, Real, Table, Whole, read_columns
from health.models import Band, PortfolioColumn
from health.models.portfolio_columns import BUCKET_SIZE
from health.portfolio_rows import (
    FIGURES,
    FROM_SCORES,
    BandCode,
    CodeArray,
    PortfolioRows,
    joined,
    read_rows,
    rows_of_table,
)
from health.scoring.arrays import FloatArray, IntArray

_LOCK_CLASS: Final = 0x4841524C  # "HARL": not to meet the locks of scoring
_PLAIN: Final = tuple(column.name for column, _ in FIGURES)
#: How the values of a column lie in its bytes.
_TYPES: Final = {
    "band": "<i1",
    "was": "<i1",
    "renewal_on": "<i4",
    "risk": "<f8",
    "health_score": "<f8",
    "health_then": "<f8",
}
_WHOLE: Final = "<i8"


#: Of more accounts than one in so many, what is kept is read; fewer are looked up.
LOOKED_UP_BELOW: Final = 80


def _was_name(since: dt.date) -> str:
    return f"was:{since.isoformat()}"


def _then_name(day: dt.date) -> str:
    return f"health_then:{day.isoformat()}"


@dataclass(frozen=True, slots=True)
class KeptDays:
    """The past days of which the band, and those of which the health of each account is kept."""

    since: frozenset[dt.date]
    then_on: frozenset[dt.date]


@transaction.atomic
def keep_bucket(bucket: int, days: KeptDays) -> None:
    """Keep the figures of a bucket as they are now, with the bands and the health of the days that pages ask for.

    Marks are dropped first: a change that becomes visible after that has left a mark that stays.
    """
    bounds = {"first": bucket * BUCKET_SIZE, "last": (bucket + 1) * BUCKET_SIZE - 1}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_CLASS, bucket])
        cursor.execute("DELETE FROM health_portfoliomark WHERE bucket = %s", [bucket])
        table = read_columns(
            cursor,
            (*FIGURES, (Day("band_since_on"), "health.band_since_on")),
            f"{FROM_SCORES} WHERE health.account_id BETWEEN %(first)s AND %(last)s ORDER BY health.account_id",
            bounds,
        )
        ids = table["account_id"]
        contents = {name: table[name] for name in _PLAIN}
        changes = _Changes.read(cursor, bounds, min(days.since))
        for since in days.since:
            contents[_was_name(since)] = changes.bands_on(since, ids, table["band_since_on"])
        contents |= _health_on(cursor, bounds, ids, days.then_on)
        cursor.execute("DELETE FROM health_portfoliocolumn WHERE bucket = %s", [bucket])
    PortfolioColumn.objects.bulk_create(
        PortfolioColumn(bucket=bucket, name=name, content=values.astype(_type_of(name)).tobytes())
        for name, values in contents.items()
    )


def _type_of(name: str) -> str:
    return _TYPES.get(name.partition(":")[0], _WHOLE)


@dataclass(frozen=True, eq=False)
class _Changes:
    """Changes of band of some accounts: parallel arrays, ordered by account and day."""

    account_id: IntArray
    changed_on: IntArray
    from_band: CodeArray

    @classmethod
    def read(cls, cursor: Any, bounds: dict[str, int], since: dt.date) -> _Changes:
        table = read_columns(
            cursor,
            (
                (Whole("account_id"), "account_id"),
                (Day("changed_on"), "changed_on"),
                (BandCode("from_band", words=tuple(Band.values)), "from_band"),
            ),
            "FROM health_bandchange WHERE account_id BETWEEN %(first)s AND %(last)s AND changed_on > %(since)s"
            " ORDER BY account_id, changed_on",
            bounds | {"since": since},
        )
        return cls(table["account_id"], table["changed_on"], table["from_band"])

    def bands_on(self, since: dt.date, ids: IntArray, band_since_on: IntArray) -> CodeArray:
        """Return the band that each account left with its first change after `since`; 0 for one that has not moved."""
        later = np.flatnonzero(self.changed_on > since.toordinal())
        first = later[np.flatnonzero(np.diff(self.account_id[later], prepend=-1))]
        first = first[np.isin(self.account_id[first], ids, assume_unique=True)]
        was = np.zeros(len(ids), dtype=np.int8)
        was[np.searchsorted(ids, self.account_id[first])] = self.from_band[first]
        return np.where(band_since_on > since.toordinal(), was, np.int8(0))


def _health_on(cursor: Any, bounds: dict[str, int], ids: IntArray, days: Collection[dt.date]) -> dict[str, FloatArray]:
    """Return the health of each account on each of these days, nan where none is known, by the name of its column."""
    found = read_columns(
        cursor,
        (
            (Day("day"), "day"),
            (Whole("account_id"), "account_id"),
            (Real("health_score"), "health_score"),
        ),
        "FROM health_healthday WHERE day = ANY(%(days)s) AND account_id BETWEEN %(first)s AND %(last)s",
        bounds | {"days": list(days)},
    )
    is_scored = np.isin(found["account_id"], ids)
    columns = {}
    for day in days:
        rows = is_scored & (found["day"] == day.toordinal())
        health = np.full(len(ids), np.nan)
        health[np.searchsorted(ids, found["account_id"][rows])] = found["health_score"][rows]
        columns[_then_name(day)] = health
    return columns


# The buckets of which every column is kept and that have not changed as a whole; the accounts that have changed; and
# the largest id there is.
_STATE: Final = """
SELECT ARRAY(
           SELECT bucket FROM health_portfoliocolumn AS kept WHERE name = ANY(%(names)s)
               AND NOT EXISTS (
                   SELECT FROM health_portfoliomark AS mark
                   WHERE mark.bucket = kept.bucket AND mark.account_id IS NULL)
           GROUP BY bucket HAVING count(*) = cardinality(%(names)s) ORDER BY bucket
       ),
       ARRAY(SELECT DISTINCT account_id FROM health_portfoliomark WHERE account_id IS NOT NULL),
       (SELECT coalesce(max(account_id), 0) FROM health_accounthealth)
"""


def read_firm(*, since: dt.date, then_on: dt.date) -> PortfolioRows:
    """Return the figures of all accounts of the firm as they are now, in no particular order.

    First what has changed, then what is kept: a bucket that is kept anew in between holds the same changes again.
    """
    names = [*_PLAIN, _was_name(since), _then_name(then_on)]
    with connection.cursor() as cursor:
        cursor.execute(_STATE, {"names": names})
        buckets, marked, last_id = cursor.fetchone()
        missing = set(range(last_id // BUCKET_SIZE + 1)) - set(buckets)
        changed = _read_changed(missing, marked, since=since, then_on=then_on)
        kept, found = _read_kept(cursor, names, buckets)
    if vanished := set(buckets) - found:  # what was kept has made way for another day in between
        changed = _read_changed(missing | vanished, marked, since=since, then_on=then_on)
    if marked:
        kept = kept.where(~np.isin(kept.account_id, np.array(marked)))
    return joined([kept, changed])


def read_accounts(account_ids: IntArray, *, since: dt.date, then_on: dt.date) -> PortfolioRows:
    """Return the figures of some accounts as they are now, of no others, in no particular order.

    To look one up takes as long as to read some eighty that are kept, so few of many are looked up, and of a large part
    of the firm what is kept of those asked for is taken over.
    """
    names = [*_PLAIN, _was_name(since), _then_name(then_on)]
    with connection.cursor() as cursor:
        cursor.execute(_STATE, {"names": names})
        buckets, marked, last_id = cursor.fetchone()
        if len(account_ids) * LOOKED_UP_BELOW < last_id:
            buckets = []
        is_kept = np.isin(account_ids // BUCKET_SIZE, buckets) & ~np.isin(account_ids, marked)
        changed = _read_changed([], account_ids[~is_kept].tolist(), since=since, then_on=then_on)
        kept, found = _read_kept(cursor, names, buckets)
    if found != set(buckets):  # what was kept has made way for another day in between
        return _read_changed([], account_ids.tolist(), since=since, then_on=then_on)
    return joined([kept.where(np.isin(kept.account_id, account_ids[is_kept])), changed])


def _read_changed(
    buckets: Collection[int], account_ids: Collection[int], *, since: dt.date, then_on: dt.date
) -> PortfolioRows:
    """Return the figures of these buckets and these accounts from the tables."""
    numbers = np.array(sorted(buckets), dtype=np.int64)
    runs = np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1) if len(numbers) else []
    ranges = [f"health.account_id BETWEEN {run[0] * BUCKET_SIZE} AND {(run[-1] + 1) * BUCKET_SIZE - 1}" for run in runs]
    condition = " OR ".join(["health.account_id = ANY(%(ids)s::bigint[])", *ranges])
    return read_rows(f"({condition})", {"ids": list(account_ids)}, since=since, then_on=then_on)


def _read_kept(cursor: Any, names: list[str], buckets: list[int]) -> tuple[PortfolioRows, set[int]]:
    """Return what is kept of these buckets, and which of them are."""
    query = cursor.mogrify(
        "SELECT bucket, name, content FROM health_portfoliocolumn WHERE name = ANY(%s) AND bucket = ANY(%s::bigint[])",
        [names, buckets],
    ).decode()
    buffer = io.BytesIO()
    cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT binary)", buffer)
    contents: dict[int, dict[str, memoryview]] = {}
    for bucket, name, content in _fields_of(buffer.getbuffer()):
        contents.setdefault(int.from_bytes(bucket), {})[bytes(name).decode()] = content
    whole = sorted(bucket for bucket, columns in contents.items() if len(columns) == len(names))
    table: Table = {}
    for column in names:
        kind = _type_of(column)
        pieces = [np.frombuffer(contents[bucket][column], dtype=kind) for bucket in whole]
        table[column.partition(":")[0]] = np.concatenate([np.empty(0, dtype=kind), *pieces])
    return rows_of_table(table), set(whole)


def _fields_of(copied: memoryview) -> Iterator[list[memoryview]]:
    """Yield the values of each row of a binary COPY, none of which is null."""
    place = 19  # after signature, flags and the length of an empty extension
    while (count := struct.unpack_from(">h", copied, place)[0]) >= 0:
        place += 2
        values = []
        for _ in range(count):
            (length,) = struct.unpack_from(">i", copied, place)
            values.append(copied[place + 4 : place + 4 + length])
            place += 4 + length
        yield values


# The buckets that hold accounts, by skipping from one to the next in the index.
_DUE: Final = """
WITH RECURSIVE bucket AS (
    (SELECT min(account_id) / %(size)s AS number FROM health_accounthealth)
    UNION ALL
    SELECT (SELECT min(account_id) / %(size)s FROM health_accounthealth WHERE account_id >= (number + 1) * %(size)s)
    FROM bucket WHERE number IS NOT NULL
)
SELECT number FROM bucket
WHERE number IS NOT NULL
  AND ((SELECT count(*) FROM health_portfoliocolumn WHERE bucket = number AND name = ANY(%(names)s))
       < cardinality(%(names)s)
    OR EXISTS (SELECT FROM health_portfoliomark WHERE bucket = number AND account_id IS NULL)
    OR (SELECT count(*) FROM health_portfoliomark WHERE bucket = number) > %(marks)s)
ORDER BY number
"""


def buckets_due(days: KeptDays, *, marks: int) -> list[int]:
    """Return the buckets of which a column of these days is not kept, or that hold more than so many marks."""
    names = [*_PLAIN, *map(_was_name, days.since), *map(_then_name, days.then_on)]
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"names": names, "marks": marks, "size": BUCKET_SIZE})
        return [row[0] for row in cursor.fetchall()]
