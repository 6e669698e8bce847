"""What a night is compared with: plain COPY, a window query, data frames, BG/NBD. Each prepares what it needs untimed
and returns the seconds of its work."""

from __future__ import annotations

import tempfile
import time
from typing import Any

import numpy as np

# The statistics of a rhythm, both series, as one would write them in SQL. A power is cut at rank 1000, because
# PostgreSQL stops with an error at underflow.
WINDOW_QUERY = """
CREATE TEMPORARY TABLE windowed AS
WITH known AS (
    SELECT account_id, (occurred_at AT TIME ZONE %(zone)s)::date AS day,
           bool_or(direction IN ('inbound', 'mutual')) AS is_client
    FROM touchpoints_touchpoint WHERE counts AND occurred_at <= %(as_of)s GROUP BY 1, 2
), series AS (
    SELECT account_id, 'any' AS series, day FROM known
    UNION ALL
    SELECT account_id, 'client', day FROM known WHERE is_client
), gaps AS (
    SELECT account_id, series, day, (day - lag(day) OVER oldest_first)::float8 AS gap,
           least(row_number() OVER newest_first - 1, 1000)::float8 AS rank
    FROM series
    WINDOW oldest_first AS (PARTITION BY account_id, series ORDER BY day),
           newest_first AS (PARTITION BY account_id, series ORDER BY day DESC)
), logs AS (
    SELECT *, CASE WHEN gap IS NOT NULL THEN ln(greatest(gap, 0.5)) END AS log_gap,
           power(0.85::float8, rank) AS d085, power(0.6::float8, rank) AS d060
    FROM gaps
)
SELECT account_id, series, count(*) AS touch_days, min(day) AS first_on, max(day) AS last_on,
       percentile_cont(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY gap) AS quantiles,
       sum(log_gap) AS ls100, sum(log_gap * d085) AS ls085, sum(log_gap * d060) AS ls060,
       sum(log_gap ^ 2) AS lq100, sum(log_gap ^ 2 * d085) AS lq085, sum(log_gap ^ 2 * d060) AS lq060,
       sum(gap) AS gs100, sum(gap * d085) AS gs085, sum(gap * d060) AS gs060
FROM logs GROUP BY account_id, series
"""


def window_query() -> float:
    """The same rhythms by window functions, one statement, into a temporary table."""
    from django.conf import settings
    from django.db import connection
    from django.utils import timezone

    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(WINDOW_QUERY, {"as_of": timezone.now(), "zone": settings.HARK_TIME_ZONE})
    return time.perf_counter() - started


def plain_copy() -> dict[str, float]:
    """The rows that a night writes, scores and days, by plain COPY: out to a file, in to a table, and from there into
    tables with the constraints and indexes of ours (the scores updated, the days inserted)."""
    from django.db import connection

    from health.models import AccountHealth

    days = "SELECT * FROM health_healthday WHERE day = (SELECT max(day) FROM health_healthday)"
    sources = {"health_accounthealth": "SELECT * FROM health_accounthealth", "health_healthday": days}
    written = [field for field in AccountHealth._meta.concrete_fields if not field.generated]
    names = [field.column for field in written if field.column != "account_id"]
    seconds = {"out": 0.0, "in": 0.0, "update": 0.0}
    with connection.cursor() as cursor:
        for table, rows in sources.items():
            cursor.execute(f"CREATE TABLE plain_{table} (LIKE {table})")
            with tempfile.TemporaryFile() as file:
                started = time.perf_counter()
                cursor.copy_expert(f"COPY ({rows}) TO STDOUT", file)
                seconds["out"] += time.perf_counter() - started
                file.seek(0)
                started = time.perf_counter()
                cursor.copy_expert(f"COPY plain_{table} FROM STDIN", file, 2**20)
                seconds["in"] += time.perf_counter() - started
        cursor.execute("CREATE TABLE plain_days (LIKE health_healthday INCLUDING ALL)")
        started = time.perf_counter()
        cursor.execute(
            "UPDATE health_accounthealth AS old SET "
            + ", ".join(f"{name} = fresh.{name}" for name in names)
            + " FROM plain_health_accounthealth AS fresh WHERE fresh.account_id = old.account_id"
        )
        cursor.execute("INSERT INTO plain_days SELECT * FROM plain_health_healthday")
        seconds["update"] = time.perf_counter() - started
        cursor.execute("DROP TABLE plain_health_accounthealth, plain_health_healthday, plain_days")
    return seconds


def read_pairs() -> tuple[np.ndarray, np.ndarray]:
    """Every touch day of the portfolio: account ids and day ordinals."""
    from django.utils import timezone

    from health import ledger
    from health.rhythms import read_touch_days
    from health.services.runs import shards_of

    now = timezone.now()
    parts = [read_touch_days(shard, as_of=now).any_touch for shard in shards_of(ledger.read_account_ids())]
    ids = np.concatenate([np.repeat(part.account_ids, part.touch_days) for part in parts])
    return ids, np.concatenate([part.days for part in parts]).astype(np.int64)


def with_pandas() -> float:
    """Recency, mean and median gap of each account, from touch days in memory."""
    import pandas as pd

    ids, days = read_pairs()
    frame = pd.DataFrame({"account": ids, "day": days})
    started = time.perf_counter()
    frame["gap"] = frame.groupby("account")["day"].diff()
    frame.groupby("account").agg(last=("day", "max"), mean=("gap", "mean"), median=("gap", "median"))
    return time.perf_counter() - started


def with_polars() -> float:
    """Recency, mean and median gap of each account, from touch days in memory."""
    import polars as pl

    ids, days = read_pairs()
    frame = pl.DataFrame({"account": ids, "day": days})
    started = time.perf_counter()
    frame.lazy().with_columns(gap=pl.col("day").diff().over("account")).group_by("account").agg(
        last=pl.col("day").max(), mean=pl.col("gap").mean(), median=pl.col("gap").median()
    ).collect()
    return time.perf_counter() - started


def with_lifetimes() -> float:
    """Fit BG/NBD on the frequency, recency and age of each account, and predict the chance of being alive."""
    import warnings

    from lifetimes import BetaGeoFitter

    ids, days = read_pairs()
    _, first, count = np.unique(ids, return_index=True, return_counts=True)
    frequency = (count - 1).astype(float)
    recency = (days[first + count - 1] - days[first]).astype(float)
    age = (days.max() - days[first]).astype(float)
    fitter: Any = BetaGeoFitter(penalizer_coef=0.001)
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitter.fit(frequency, recency, age)
        fitter.conditional_probability_alive(frequency, recency, age)
    return time.perf_counter() - started
