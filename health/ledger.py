"""Writing scores in bulk: COPY into a temporary table, then one statement per target.

One of the two places with raw SQL (`health.rhythms` is the other): a night writes as many rows as there are accounts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from config.copying import copy_rows

# One bucket of ids is scored by one process at a time; scorings of different buckets go side by side.
BUCKET_SIZE = 20_000
_LOCK_CLASS = 0x4841524B  # "HARK", so that other users of advisory locks in the same database do not meet ours

SCORE_COLUMNS = (
    "account_id", "as_of_on", "computed_at", "model_version_id", "activity_version", "band", "band_since_on",
    "previous_band", "alarm_since_on", "health_score", "risk", "normal", "gone", "horizon_days", "usual_gap_days",
    "is_usual_gap_own", "usual_gap_low_days", "usual_gap_high_days", "touch_days", "last_touch_on",
    "last_client_touch_on", "client_touch_days", "client_usual_gap_days", "is_client_usual_gap_own", "client_normal",
    "due_on", "alarm_index", "regularity", "alarm_series", "drift", "is_slowing", "slowing_since_on",
    "held_since_on", "next_change_on", "next_touch_at", "segment_id", "renewal_on", "arr", "value_at_risk", "priority",
)  # fmt: skip


def lock_buckets(account_ids: Iterable[int]) -> None:
    """Wait until no other transaction scores accounts of the same id buckets; held until the transaction ends.

    Buckets are locked in ascending order, so that two scorings cannot wait for each other.
    """
    with connection.cursor() as cursor:
        for bucket in sorted({account_id // BUCKET_SIZE for account_id in account_ids}):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_CLASS, bucket])


def lock_fitting() -> None:
    """Wait until no other transaction fits the portfolio; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, -2)", [_LOCK_CLASS])


def never_scored_before(account_ids: Sequence[int], day: dt.date) -> list[int]:
    """Return those of `account_ids` that were not scored on any day before `day`; reconstructed days do not count.

    A reconstruction ends before the first scored day, so the newest day tells: one row is read for each account.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT given.id FROM unnest(%s::bigint[]) AS given(id) LEFT JOIN LATERAL"
            " (SELECT is_reconstructed FROM health_healthday WHERE account_id = given.id AND day < %s"
            "  ORDER BY day DESC LIMIT 1) AS newest ON true"
            " WHERE coalesce(newest.is_reconstructed, true) ORDER BY given.id",
            [list(account_ids), day],
        )
        return [row[0] for row in cursor.fetchall()]


def write_scores(rows: Iterable[Sequence[Any]]) -> None:
    """Write current scores, rows in the order of SCORE_COLUMNS; each replaces what stood for its account."""
    columns = ", ".join(SCORE_COLUMNS)
    changes = ", ".join(f"{name} = excluded.{name}" for name in SCORE_COLUMNS[1:])
    with connection.cursor() as cursor:
        _copy_to_temporary(cursor, "health_accounthealth", SCORE_COLUMNS, rows)
        # An account deleted while it was being scored has nothing to score any more.
        cursor.execute(
            f"INSERT INTO health_accounthealth ({columns}) SELECT {columns} FROM fresh"  # noqa: S608 - constant names
            " WHERE EXISTS (SELECT FROM accounts_account WHERE id = fresh.account_id) ORDER BY account_id"
            f" ON CONFLICT (account_id) DO UPDATE SET {changes}"
        )
        cursor.execute("DROP TABLE fresh")


DAY_COLUMNS = (
    "account_id", "day", "band", "health_score", "risk", "normal", "silent_days", "model_version_id",
    "is_reconstructed",
)  # fmt: skip


def write_days(rows: Iterable[Sequence[Any]]) -> None:
    """Write days of history, rows in the order of DAY_COLUMNS; a day scored again replaces what was said before."""
    columns = ", ".join(DAY_COLUMNS)
    changes = ", ".join(f"{name} = excluded.{name}" for name in DAY_COLUMNS[2:])
    with connection.cursor() as cursor:
        _copy_to_temporary(cursor, "health_healthday", DAY_COLUMNS, rows)
        cursor.execute(
            f"INSERT INTO health_healthday ({columns}) SELECT {columns} FROM fresh"  # noqa: S608 - constant names
            " WHERE EXISTS (SELECT FROM accounts_account WHERE id = fresh.account_id) ORDER BY account_id, day"
            f" ON CONFLICT (account_id, day) DO UPDATE SET {changes}"
        )
        cursor.execute("DROP TABLE fresh")


def append_days(rows: Iterable[Sequence[Any]]) -> None:
    """Write days of history of which none is stored, rows in the order of DAY_COLUMNS: straight into the table.

    A reconstruction writes a year of them for each account; the way through a temporary table would double that.
    """
    with connection.cursor() as cursor:
        copy_rows(cursor, "health_healthday", DAY_COLUMNS, rows)


def _copy_to_temporary(cursor: Any, target: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    names = ", ".join(columns)
    cursor.execute(f"CREATE TEMPORARY TABLE fresh ON COMMIT DROP AS SELECT {names} FROM {target} LIMIT 0")  # noqa: S608
    copy_rows(cursor, "fresh", columns, rows)


_FILL_PORTFOLIO_DAYS = """
INSERT INTO health_portfolioday
    (day, owner_id, team_id, segment_id, band, account_count, arr, value_at_risk, is_reconstructed)
SELECT past.day, account.owner_id, account.team_id, account.segment_id, past.band, count(*),
       coalesce(sum(account.arr), 0), coalesce(sum(account.arr * past.risk::numeric), 0),
       bool_and(past.is_reconstructed)
FROM health_healthday AS past JOIN accounts_account AS account ON account.id = past.account_id
WHERE past.day = ANY(%(days)s)
GROUP BY past.day, account.owner_id, account.team_id, account.segment_id, past.band
"""


_LOCK_PORTFOLIO = "SELECT pg_advisory_xact_lock(%s, -1)"


def fill_portfolio_days(days: Sequence[dt.date]) -> None:
    """Recount the portfolio on these days from the accounts' history; filling again replaces."""
    with connection.cursor() as cursor:
        # Two fills of one day would meet in the unique constraint; the second waits and replaces.
        cursor.execute(_LOCK_PORTFOLIO, [_LOCK_CLASS])
        cursor.execute("DELETE FROM health_portfolioday WHERE day = ANY(%s)", [list(days)])
        cursor.execute(_FILL_PORTFOLIO_DAYS, {"days": list(days)})


def forget_portfolio_days(days: Sequence[dt.date]) -> None:
    """Drop the counts of days whose history has changed; `uncounted_days` then names them."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_PORTFOLIO, [_LOCK_CLASS])
        cursor.execute("DELETE FROM health_portfolioday WHERE day = ANY(%s)", [list(days)])


# Distinct days by skipping from one to the next in the index: the table has as many rows a day as there are accounts.
_UNCOUNTED_DAYS = """
WITH RECURSIVE known AS (
    (SELECT min(day) AS day FROM health_healthday)
    UNION ALL
    SELECT (SELECT min(day) FROM health_healthday WHERE day > known.day) FROM known WHERE known.day IS NOT NULL
)
SELECT day FROM known
WHERE day IS NOT NULL AND NOT EXISTS (SELECT FROM health_portfolioday AS counted WHERE counted.day = known.day)
ORDER BY day
"""


def uncounted_days() -> list[dt.date]:
    """Return the days of the accounts' history on which the portfolio was not counted yet, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_UNCOUNTED_DAYS)
        return [row[0] for row in cursor.fetchall()]
