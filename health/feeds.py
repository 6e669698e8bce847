"""The rhythm of each source of touches, computed from all of them by one statement, and who rests on which source.

One of the places with raw SQL. The rhythm reads every touch once, which the ORM would do row by row. It runs in the
background, after an import and once a day; no index serves it, for one would cost each import more than the daily read.
What the touches of an account come from is only asked while a source has stopped, of the accounts that it matters for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

import numpy as np
from django.conf import settings
from django.db import connection

from health.columns import Whole, id_list, read_columns
from health.scoring.arrays import IntArray

_WRITE: Final = """
WITH days AS (
    SELECT source_id, (occurred_at AT TIME ZONE %(zone)s)::date AS day
    FROM touchpoints_touchpoint
    WHERE deleted_at IS NULL AND occurred_at <= %(now)s
    GROUP BY 1, 2
), gaps AS (
    SELECT source_id, day, day - lag(day) OVER by_day AS gap, max(day) OVER (PARTITION BY source_id) AS last_on
    FROM days
    WINDOW by_day AS (PARTITION BY source_id ORDER BY day)
), rhythms AS (
    SELECT source_id, max(day) AS last_on, count(*) AS touch_days,
           percentile_cont(0.95) WITHIN GROUP (ORDER BY gap) AS long_gap_days
    FROM gaps
    WHERE day > last_on - 365
    GROUP BY source_id
), newest AS (
    SELECT touch.source_id
    FROM accounts_account AS account
    CROSS JOIN LATERAL (
        SELECT source_id FROM touchpoints_touchpoint
        WHERE account_id = account.id AND counts AND occurred_at <= %(now)s
        ORDER BY occurred_at DESC
        LIMIT 1
    ) AS touch
), dependents AS (
    SELECT source_id, count(*) AS accounts, count(*) / sum(count(*)) OVER () AS share FROM newest GROUP BY source_id
)
INSERT INTO health_feedrhythm
    (source_id, touch_days, last_touch_on, long_gap_days, dependent_share, dependent_count, computed_at)
SELECT source.id, coalesce(touch_days, 0), last_on, long_gap_days, coalesce(share, 0), coalesce(accounts, 0), %(now)s
FROM touchpoints_source AS source
LEFT JOIN rhythms ON rhythms.source_id = source.id
LEFT JOIN dependents ON dependents.source_id = source.id
ON CONFLICT (source_id) DO UPDATE
SET touch_days = excluded.touch_days, last_touch_on = excluded.last_touch_on,
    long_gap_days = excluded.long_gap_days, dependent_share = excluded.dependent_share,
    dependent_count = excluded.dependent_count, computed_at = excluded.computed_at
"""


def write_feed_rhythms(*, now: dt.datetime) -> int:
    """Compute the rhythm of every source as of `now`; return of how many."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, {"zone": settings.HARK_TIME_ZONE, "now": now})
        return cursor.rowcount


def read_feed_counts(
    account_ids: IntArray, source_ids: Sequence[int], *, after: dt.datetime, as_of: dt.datetime
) -> IntArray:
    """Return how many touches of each account came from each of these sources, and in the last column from any other.

    int64[A, S + 1], rows in the order of `account_ids`, which ascend. Touches count from `after` on, up to `as_of`.
    """
    with connection.cursor() as cursor:
        found = read_columns(
            cursor,
            (
                (Whole("account_id"), "account_id"),
                (Whole("place"), "coalesce(array_position(%(sources)s::bigint[], source_id), %(other)s) - 1"),
                (Whole("touches"), "count(*)"),
            ),
            "FROM touchpoints_touchpoint WHERE account_id = ANY(%(ids)s::bigint[]) AND counts"
            " AND occurred_at > %(after)s AND occurred_at <= %(as_of)s GROUP BY 1, 2",
            {
                "ids": id_list(account_ids),
                "sources": id_list(source_ids),
                "other": len(source_ids) + 1,
                "after": after,
                "as_of": as_of,
            },
        )
    counts = np.zeros((len(account_ids), len(source_ids) + 1), dtype=np.int64)
    counts[np.searchsorted(account_ids, found["account_id"]), found["place"]] = found["touches"]
    return counts
