"""The rhythm of each source of touches, computed from all of them by one statement.

One of the places with raw SQL: it reads every touch once, which the ORM would do row by row. It runs in the background,
after an import and once a day; no index serves it, for one would cost each import more than the daily read.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.conf import settings
from django.db import connection

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
    SELECT source_id, count(*) / sum(count(*)) OVER () AS share FROM newest GROUP BY source_id
)
INSERT INTO health_feedrhythm (source_id, touch_days, last_touch_on, long_gap_days, dependent_share, computed_at)
SELECT source.id, coalesce(touch_days, 0), last_on, long_gap_days, coalesce(share, 0), %(now)s
FROM touchpoints_source AS source
LEFT JOIN rhythms ON rhythms.source_id = source.id
LEFT JOIN dependents ON dependents.source_id = source.id
ON CONFLICT (source_id) DO UPDATE
SET touch_days = excluded.touch_days, last_touch_on = excluded.last_touch_on,
    long_gap_days = excluded.long_gap_days, dependent_share = excluded.dependent_share,
    computed_at = excluded.computed_at
"""


def write_feed_rhythms(*, now: dt.datetime) -> int:
    """Compute the rhythm of every source as of `now`; return of how many."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, {"zone": settings.HARK_TIME_ZONE, "now": now})
        return cursor.rowcount
