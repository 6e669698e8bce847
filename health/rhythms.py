"""Rhythms in SQL: sufficient statistics recomputed from the touches, and the arrays that scoring works on.

One of the two places with raw SQL (`health.ledger` is the other): the statistics of a hundred thousand accounts are one
statement here and would be a hundred thousand round trips through the ORM.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection

from health.models import Series
from health.scoring.arrays import FloatArray
from health.scoring.gaps import evidence_many
from health.scoring.histories import TouchHistories
from health.scoring.params import GapParams
from health.scoring.rhythm import RhythmStats

# The statistics as health.scoring.rhythm defines them. A power is cut at rank 1000, below 1e-70, because PostgreSQL
# stops with an error at underflow. Rows whose figures stay the same are not written, so their version stands.
_REBUILD = """
WITH known AS (
    SELECT account_id, (occurred_at AT TIME ZONE %(zone)s)::date AS day,
           bool_or(direction IN ('inbound', 'mutual')) AS is_client
    FROM touchpoints_touchpoint
    WHERE account_id = ANY(%(accounts)s) AND counts AND occurred_at <= %(as_of)s
    GROUP BY 1, 2
), series AS (
    SELECT account_id, 'any' AS series, day FROM known
    UNION ALL
    SELECT account_id, 'client', day FROM known WHERE is_client
), gaps AS (
    SELECT account_id, series, day,
           (day - lag(day) OVER oldest_first)::float8 AS gap,
           least(row_number() OVER newest_first - 1, 1000)::float8 AS rank,
           max(day) OVER (PARTITION BY account_id, series) - day AS age
    FROM series
    WINDOW oldest_first AS (PARTITION BY account_id, series ORDER BY day),
           newest_first AS (PARTITION BY account_id, series ORDER BY day DESC)
), logs AS (
    SELECT *, CASE WHEN gap IS NOT NULL THEN ln(greatest(gap, 0.5)) END AS log_gap,
           power(0.85::float8, rank) AS d085, power(0.6::float8, rank) AS d060
    FROM gaps
), stats AS (
    SELECT account_id, series, count(*) AS touch_days, min(day) AS first_on, max(day) AS last_on,
           percentile_cont(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY gap) AS quantiles,
           coalesce(sum(log_gap), 0) AS ls100, coalesce(sum(log_gap * d085), 0) AS ls085,
           coalesce(sum(log_gap * d060), 0) AS ls060, coalesce(sum(log_gap ^ 2), 0) AS lq100,
           coalesce(sum(log_gap ^ 2 * d085), 0) AS lq085, coalesce(sum(log_gap ^ 2 * d060), 0) AS lq060,
           coalesce(sum(gap), 0) AS gs100, coalesce(sum(gap * d085), 0) AS gs085, coalesce(sum(gap * d060), 0) AS gs060,
           bit_or(CASE WHEN age < 60 THEN 1::bigint << age ELSE 0 END) AS near_days,
           bit_or(CASE WHEN age BETWEEN 60 AND 119 THEN 1::bigint << age - 60 ELSE 0 END) AS far_days
    FROM logs GROUP BY account_id, series
), gone AS (
    DELETE FROM health_rhythm AS old
    WHERE old.account_id = ANY(%(accounts)s)
      AND NOT EXISTS (SELECT FROM stats WHERE stats.account_id = old.account_id AND stats.series = old.series)
)
INSERT INTO health_rhythm AS old (
    account_id, series, touch_days, first_on, last_on, low_gap_days, median_gap_days, high_gap_days,
    log_sum_100, log_sum_085, log_sum_060, log_square_100, log_square_085, log_square_060,
    gap_sum_100, gap_sum_085, gap_sum_060, near_days, far_days, version, computed_at)
SELECT account_id, series, touch_days, first_on, last_on, quantiles[1], quantiles[2], quantiles[3],
       ls100, ls085, ls060, lq100, lq085, lq060, gs100, gs085, gs060, near_days, far_days, 1, %(as_of)s
FROM stats ORDER BY account_id, series
ON CONFLICT (account_id, series) DO UPDATE SET
    touch_days = excluded.touch_days, first_on = excluded.first_on, last_on = excluded.last_on,
    low_gap_days = excluded.low_gap_days, median_gap_days = excluded.median_gap_days,
    high_gap_days = excluded.high_gap_days,
    log_sum_100 = excluded.log_sum_100, log_sum_085 = excluded.log_sum_085, log_sum_060 = excluded.log_sum_060,
    log_square_100 = excluded.log_square_100, log_square_085 = excluded.log_square_085,
    log_square_060 = excluded.log_square_060,
    gap_sum_100 = excluded.gap_sum_100, gap_sum_085 = excluded.gap_sum_085, gap_sum_060 = excluded.gap_sum_060,
    near_days = excluded.near_days, far_days = excluded.far_days,
    version = old.version + 1, computed_at = excluded.computed_at, evidence = NULL, evidence_model_id = NULL
WHERE (old.touch_days, old.first_on, old.last_on, old.log_sum_085, old.log_sum_060, old.gap_sum_060,
       old.near_days, old.far_days)
      IS DISTINCT FROM (excluded.touch_days, excluded.first_on, excluded.last_on, excluded.log_sum_085,
                        excluded.log_sum_060, excluded.gap_sum_060, excluded.near_days, excluded.far_days)
"""


def rebuild_rhythms(account_ids: Sequence[int], *, as_of: dt.datetime) -> int:
    """Recompute the rhythms of these accounts from the touches known at `as_of`, in one statement.

    Both series; accounts left without touches lose their rows. Returns how many rows were new or different: rebuilding
    again changes nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REBUILD, {"accounts": list(account_ids), "as_of": as_of, "zone": settings.HARK_TIME_ZONE})
        return int(cursor.rowcount)


_STATS_COLUMNS = (
    "account_id, touch_days, first_on - date '0001-01-01' + 1, last_on - date '0001-01-01' + 1, "
    "coalesce(median_gap_days, 'NaN'), log_sum_100, log_sum_085, log_sum_060, log_square_100, log_square_085, "
    "log_square_060, gap_sum_100, gap_sum_085, gap_sum_060, near_days, far_days"
)


def read_rhythms(account_ids: Sequence[int], series: str) -> RhythmStats:
    """Return the stored statistics of one series, accounts in ascending order; those without touches have no row."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_STATS_COLUMNS} FROM health_rhythm"  # noqa: S608 - constant columns
            " WHERE series = %s AND account_id = ANY(%s) ORDER BY account_id",
            [series, list(account_ids)],
        )
        return stats_of_rows(cursor.fetchall())


def stats_of_rows(rows: Sequence[Sequence[Any]]) -> RhythmStats:
    """Turn rows in the order of RhythmStats into its arrays."""
    types = (np.int64, np.int64, np.int32, np.int32, *(np.float64,) * 10, np.int64, np.int64)
    columns = zip(*rows, strict=True) if rows else ((),) * len(types)
    return RhythmStats(*(np.array(column, dtype=kind) for column, kind in zip(columns, types, strict=True)))


def read_gap_ranges(account_ids: Sequence[int]) -> FloatArray:
    """Return where the usual range of gaps begins and ends, in days, float64[A, 2]; nan without gaps.

    `account_ids` must ascend and have rhythms. The range leaves out one gap in ten at either end.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(low_gap_days, 'NaN'), coalesce(high_gap_days, 'NaN') FROM health_rhythm"
            " WHERE series = 'any' AND account_id = ANY(%s) ORDER BY account_id",
            [list(account_ids)],
        )
        return np.array(cursor.fetchall(), dtype=np.float64).reshape(len(account_ids), 2)


_DAYS = """
SELECT account_id, (occurred_at AT TIME ZONE %(zone)s)::date - date '0001-01-01' + 1 AS day
FROM touchpoints_touchpoint
WHERE account_id = ANY(%(accounts)s) AND counts AND occurred_at <= %(as_of)s {only}
GROUP BY 1, 2 ORDER BY 1, 2
"""


def read_histories(account_ids: Sequence[int], series: str, *, as_of: dt.datetime) -> TouchHistories:
    """Return the touch days of these accounts known at `as_of`, for one series."""
    only = "AND direction IN ('inbound', 'mutual')" if series == Series.CLIENT else ""
    with connection.cursor() as cursor:
        cursor.execute(
            _DAYS.format(only=only),
            {"accounts": list(account_ids), "as_of": as_of, "zone": settings.HARK_TIME_ZONE},
        )
        rows = cursor.fetchall()
    pairs = np.array(rows, dtype=np.int64).reshape(len(rows), 2)
    return TouchHistories.from_pairs(pairs[:, 0], pairs[:, 1])


def evidence_of(stats: RhythmStats, series: str, params: GapParams, model_id: int, *, as_of: dt.datetime) -> FloatArray:
    """Return the evidence of each row of `stats`, float64[A, C]; what is missing is computed and stored.

    Only accounts whose gaps, or whose model, are new since it was stored have their touch days read.
    """
    ids = stats.account_ids
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, evidence FROM health_rhythm"
            " WHERE series = %s AND evidence_model_id = %s AND account_id = ANY(%s) ORDER BY account_id",
            [series, model_id, ids.tolist()],
        )
        known = cursor.fetchall()
    evidence = np.zeros((len(ids), params.components))
    is_known = np.zeros(len(ids), dtype=bool)
    if known:
        rows = np.searchsorted(ids, np.array([row[0] for row in known], dtype=np.int64))
        evidence[rows] = np.array([row[1] for row in known], dtype=np.float64)
        is_known[rows] = True
    missing = np.flatnonzero(~is_known)
    if len(missing):
        histories = read_histories(ids[missing].tolist(), series, as_of=as_of)
        fresh = evidence_many(histories, params)
        evidence[np.searchsorted(ids, histories.account_ids)] = fresh
        _store_evidence(series, model_id, histories.account_ids.tolist(), fresh)
    return evidence


def _store_evidence(series: str, model_id: int, account_ids: Sequence[int], evidence: FloatArray) -> None:
    width = evidence.shape[1]
    with connection.cursor() as cursor:
        # One flat array travels instead of a statement per row; each account's slice is cut out again in SQL.
        cursor.execute(
            "UPDATE health_rhythm AS rhythm SET evidence = fresh.evidence, evidence_model_id = %(model)s"
            " FROM (SELECT id, (%(flat)s::float8[])[(place - 1) * %(width)s + 1 : place * %(width)s] AS evidence"
            "       FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS given(id, place)) AS fresh"
            " WHERE rhythm.account_id = fresh.id AND rhythm.series = %(series)s",
            {
                "model": model_id,
                "series": series,
                "width": width,
                "ids": list(account_ids),
                "flat": evidence.ravel().tolist(),
            },
        )
