"""Keeping the figures of the portfolio page as columns, bucket by bucket."""

from __future__ import annotations

import datetime as dt
from typing import Final

from health import kept_rows
from health.selectors.portfolio import PERIODS, SNAPSHOT_DAYS
from health.selectors.portfolio_rows import sunday_of_history

#: A page reads each account that has changed by itself; of so many in a bucket, the bucket is kept anew.
MARKS_BEFORE_KEPT_ANEW: Final = 500


def kept_days(*ends: dt.date) -> kept_rows.KeptDays:
    """Return the days of which pages of these days ask for bands and for health; a query for each of the latter."""
    since = {end - dt.timedelta(days=days) for end in ends for days in (*PERIODS, SNAPSHOT_DAYS)}
    return kept_rows.KeptDays(frozenset(since), frozenset(sunday_of_history(day, today=max(ends)) for day in since))


def keep_rows_if_due(*, today: dt.date) -> int:
    """Keep the buckets anew in which much has changed, or that do not hold what the pages of today ask for; return how
    many. What they hold then serves tomorrow's pages too, until the night is over."""
    buckets = kept_rows.buckets_due(kept_days(today), marks=MARKS_BEFORE_KEPT_ANEW)
    if buckets:
        days = kept_days(today, today + dt.timedelta(days=1))
        for bucket in buckets:
            kept_rows.keep_bucket(bucket, days)
    return len(buckets)
