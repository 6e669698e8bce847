"""Scores in bulk: what they rest on read as columns, what they say written by COPY and one statement per target.

One of the places with raw SQL: a night reads and writes as many rows as there are accounts.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from django.db import connection

from config.copying import copy_rows
from health import tallies
from health.columns import Cents, Day, Flag, Moment, Table, Whole, columns_of, id_list, read_columns, stage_columns
from health.models import AccountHealth, HealthDay
from health.scoring.arrays import IntArray

# One bucket of ids is scored by one process at a time; scorings of different buckets go side by side.
BUCKET_SIZE = 20_000
LOCK_CLASS = 0x4841524B  # "HARK", so that other users of advisory locks in the same database do not meet ours

#: A score as it is stored: one column for each field of the model but the signals, see `write_signals`.
SCORES: Final = columns_of(AccountHealth, without=("signals",))


def read_account_ids(first_id: int = 0, last_id: int = 2**63 - 1) -> IntArray:
    """Return the ids of the accounts from `first_id` to `last_id`, ascending."""
    with connection.cursor() as cursor:
        return read_columns(
            cursor,
            ((Whole("id"), "id"),),
            "FROM accounts_account WHERE id BETWEEN %(first)s AND %(last)s ORDER BY id",
            {"first": first_id, "last": last_id},
        )["id"]


def lock_buckets(account_ids: Sequence[int] | IntArray) -> None:
    """Wait until no other transaction scores accounts of the same id buckets; held until the transaction ends.

    Buckets are locked in ascending order, so that two scorings cannot wait for each other.
    """
    with connection.cursor() as cursor:
        for bucket in np.unique(np.asarray(account_ids, dtype=np.int64) // BUCKET_SIZE).tolist():
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, bucket])


def lock_fitting() -> None:
    """Wait until no other transaction fits the portfolio; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, -2)", [LOCK_CLASS])


# What the next score needs of the last one.
_KEPT: Final = {
    "met_on", "as_of_on", "model_version_id", "activity_version", "band", "band_since_on", "previous_band",
    "health_score", "touch_days", "last_touch_on", "usual_gap_days", "drift", "client_touch_days",
    "last_client_touch_on", "held_since_on", "next_change_on", "next_touch_at", "feed_stop_id",
}  # fmt: skip
_STANDING: Final = (
    (Whole("account_id"), "account.id"),
    (Flag("is_closed"), "account.status = 'closed'"),
    (Whole("segment_id"), "account.segment_id"),
    (Day("renewal_on"), "account.renewal_on"),
    (Cents("arr"), "account.arr"),
    (Whole("activity_version"), "coalesce(activity.version, 0)"),
    (Whole("agreed_cadence_days"), "account.agreed_cadence_days"),
    (Flag("is_scored"), "last.account_id IS NOT NULL"),
    (Flag("is_edited"), "coalesce(account.updated_at > last.computed_at, true)"),
    (
        Flag("knew_quiet"),
        "EXISTS (SELECT FROM health_quietperiod AS q WHERE q.account_id = account.id AND q.ends_on >= last.as_of_on)",
    ),
    *(
        (replace(column, name=f"last_{column.name}"), f"last.{column.name}")
        for column in SCORES
        if column.name in _KEPT
    ),
)


def read_standing(account_ids: Sequence[int] | IntArray) -> Table:
    """Return what is known of these accounts before they are scored, ids ascending: their own row, how often their
    touches changed, and as `last_...` what their last score left behind (`is_scored` says whether there is one).

    All of it in one statement, so that it fits together: touches that arrive meanwhile make the score stale again.
    """
    with connection.cursor() as cursor:
        return read_columns(
            cursor,
            _STANDING,
            # Told the range, the planner reads that part of the other tables only, not all of them for each shard.
            "FROM accounts_account AS account"
            " LEFT JOIN touchpoints_accountactivity AS activity"
            " ON activity.account_id = account.id AND activity.account_id BETWEEN %(first)s AND %(last)s"
            " LEFT JOIN health_accounthealth AS last"
            " ON last.account_id = account.id AND last.account_id BETWEEN %(first)s AND %(last)s"
            " WHERE account.id = ANY(%(ids)s::bigint[]) ORDER BY account.id",
            {"ids": id_list(account_ids)} | _range_of(account_ids),
        )


def _range_of(account_ids: Sequence[int] | IntArray) -> dict[str, int]:
    """Return the smallest and the largest of these ids as `first` and `last`; of none, a range without ids."""
    ids = np.asarray(account_ids, dtype=np.int64)
    return {"first": int(ids.min()), "last": int(ids.max())} if len(ids) else {"first": 1, "last": 0}


def read_pauses(account_ids: Sequence[int] | IntArray, today: dt.date) -> Table:
    """Return for accounts with known quiet now or ahead whether it holds today (`is_paused`), and the day on which that
    changes (`edge_on`)."""
    with connection.cursor() as cursor:
        return read_columns(
            cursor,
            (
                (Whole("account_id"), "account_id"),
                (Flag("is_paused"), "bool_or(starts_on <= %(today)s)"),
                (
                    Day("edge_on"),
                    "coalesce(max(ends_on + 1) FILTER (WHERE starts_on <= %(today)s), min(starts_on))",
                ),
            ),
            "FROM health_quietperiod WHERE account_id = ANY(%(ids)s::bigint[]) AND ended_at IS NULL"
            " AND ends_on >= %(today)s GROUP BY account_id ORDER BY account_id",
            {"ids": id_list(account_ids), "today": today},
        )


def read_booked(account_ids: Sequence[int] | IntArray, as_of: dt.datetime) -> Table:
    """Return the next booked touch (`at`) of the accounts that have one."""
    with connection.cursor() as cursor:
        return read_columns(
            cursor,
            ((Whole("account_id"), "account_id"), (Moment("at"), "min(occurred_at)")),
            "FROM touchpoints_touchpoint WHERE account_id = ANY(%(ids)s::bigint[]) AND occurred_at > %(as_of)s"
            " AND counts GROUP BY account_id ORDER BY account_id",
            {"ids": id_list(account_ids), "as_of": as_of},
        )


_SCORED_DAY: Final = {
    "day": "as_of_on",
    "account_id": "account_id",
    "band": "band",
    "health_score": "health_score",
    "risk": "risk",
    "normal": "normal",
    "silent_days": "as_of_on - last_touch_on",
    "model_version_id": "model_version_id",
    "is_reconstructed": "false",
}
_SAID: Final = (
    "account_id", "as_of_on", "band", "health_score", "risk", "normal", "last_touch_on", "model_version_id",
)  # fmt: skip
# What lists filter and sort by. To look at all sixty columns of the scores takes three times as long as clearing them.
_SORTED_BY: Final = ("band", "priority", "segment_id", "alarm_series", "renewal_on", "value_at_risk")


def tidy_scores() -> None:
    """Let the lists count from their index alone again: a night has rewritten every row, and until the old ones are
    cleared away each count looks every account up, which doubles the time of a page over 100,000 accounts.

    The database would do it by itself, some minutes later. Inside a transaction, where that is not allowed, nothing is
    done.
    """
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM (ANALYZE) health_accounthealth ({', '.join(_SORTED_BY)})")
    tallies.recount()


def write_scores(scores: Table) -> None:
    """Write current scores, columns as in `SCORES`, ids ascending, and keep them as the day's; each replaces what stood
    there.

    An account deleted while it was being scored has nothing to score any more.
    """
    ids = scores["account_id"]
    if not len(ids):
        return
    names = [column.name for column in SCORES]
    stored = {column.name: column.stored(f"staged.{column.name}") for column in SCORES}
    changes = ", ".join(f"{name} = {stored[name]}" for name in names[1:])
    # The planner knows nothing of a temporary table; told the range, it reads that part of the large ones only.
    within = _range_of(ids)
    with connection.cursor() as cursor:
        stage_columns(cursor, "staged_scores", SCORES, scores)
        # An account that has a score exists, so its own row need not be looked up.
        cursor.execute(
            f"UPDATE health_accounthealth AS old SET {changes} FROM staged_scores AS staged"  # noqa: S608 - constant names
            " WHERE old.account_id = staged.account_id AND old.account_id BETWEEN %(first)s AND %(last)s",
            within,
        )
        if cursor.rowcount < len(ids):
            cursor.execute(
                f"INSERT INTO health_accounthealth ({', '.join(names)})"  # noqa: S608 - constant names
                f" SELECT {', '.join(stored.values())} FROM staged_scores AS staged"
                " JOIN accounts_account AS account"
                " ON account.id = staged.account_id AND account.id BETWEEN %(first)s AND %(last)s"
                " WHERE NOT EXISTS (SELECT FROM health_accounthealth WHERE account_id = staged.account_id)"
                " ORDER BY staged.account_id",
                within,
            )
        # On most nights there is nothing to delete; an upsert would cost twice an insert.
        cursor.execute(
            "DELETE FROM health_healthday AS old USING staged_scores AS staged WHERE old.day = staged.as_of_on"
            " AND old.account_id = staged.account_id AND old.day = %(today)s"
            " AND old.account_id BETWEEN %(first)s AND %(last)s",
            within | {"today": dt.date.fromordinal(scores["as_of_on"][0].item())},
        )
        # Faster from what was staged than from the rows that were just written, between which the old ones still lie.
        said = ", ".join(f"{stored[name]} AS {name}" for name in _SAID)
        cursor.execute(
            f"INSERT INTO health_healthday ({', '.join(_SCORED_DAY)})"  # noqa: S608 - constant names
            f" SELECT {', '.join(_SCORED_DAY.values())} FROM (SELECT {said} FROM staged_scores AS staged"
            " JOIN accounts_account AS account"
            " ON account.id = staged.account_id AND account.id BETWEEN %(first)s AND %(last)s"
            " ORDER BY account_id) AS fresh",
            within,
        )
        cursor.execute("DROP TABLE staged_scores")


def write_signals(account_ids: Sequence[int] | IntArray, told: Mapping[int, list[dict[str, Any]]]) -> None:
    """Write the signals of these accounts as they are told; those that `told` does not name have none.

    Few accounts show any, and most of them the same as yesterday, so only what has changed is written.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE health_accounthealth SET signals = '[]' WHERE account_id = ANY(%s::bigint[])"
            " AND signals <> '[]' AND account_id <> ALL(%s::bigint[])",
            [id_list(account_ids), id_list(told)],
        )
        cursor.execute(
            "UPDATE health_accounthealth AS old SET signals = fresh.signals"
            " FROM unnest(%s::bigint[], %s::jsonb[]) AS fresh(account_id, signals)"
            " WHERE old.account_id = fresh.account_id AND old.signals <> fresh.signals",
            [id_list(told), [json.dumps(signals) for signals in told.values()]],
        )


_DAYS: Final = columns_of(HealthDay)


def write_reconstructed_days(days: Table) -> None:
    """Write reconstructed days, columns as the fields of `HealthDay`, of which none is stored."""
    stored = {column.name: column.stored(f"staged.{column.name}") for column in _DAYS}
    with connection.cursor() as cursor:
        stage_columns(cursor, "staged_days", _DAYS, days)
        cursor.execute(
            f"INSERT INTO health_healthday ({', '.join(stored)}) SELECT {', '.join(stored.values())}"  # noqa: S608
            " FROM staged_days AS staged WHERE EXISTS (SELECT FROM accounts_account WHERE id = staged.account_id)"
        )
        cursor.execute("DROP TABLE staged_days")


CHANGE_COLUMNS: Final = (
    "account_id", "changed_on", "from_band", "to_band", "reason", "model_version_id", "is_reconstructed", "created_at",
)  # fmt: skip


def write_changes(changes: Iterable[Sequence[Any]]) -> None:
    """Write changes of band, rows in the order of `CHANGE_COLUMNS`; what is stored of an account and day stands."""
    names = ", ".join(CHANGE_COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE staged_changes ON COMMIT DROP AS SELECT {names} FROM health_bandchange LIMIT 0"  # noqa: S608 - constant names
        )
        copy_rows(cursor, "staged_changes", CHANGE_COLUMNS, changes)
        cursor.execute(
            f"INSERT INTO health_bandchange ({names}) SELECT {names} FROM staged_changes AS staged"  # noqa: S608
            " WHERE EXISTS (SELECT FROM accounts_account WHERE id = staged.account_id) ORDER BY account_id, changed_on"
            " ON CONFLICT (account_id, changed_on) DO NOTHING"
        )
        cursor.execute("DROP TABLE staged_changes")


def said_days(account_ids: Sequence[int] | IntArray, days: Sequence[dt.date]) -> Table:
    """Return on which of these days something was said of these accounts at the time: `account_id` and `day`."""
    with connection.cursor() as cursor:
        return read_columns(
            cursor,
            ((Whole("account_id"), "account_id"), (Day("day"), "day")),
            "FROM health_healthday WHERE day = ANY(%(days)s) AND account_id = ANY(%(ids)s::bigint[])"
            " AND NOT is_reconstructed",
            {"ids": id_list(account_ids), "days": list(days)},
        )


def forget_reconstructed_days(account_ids: Sequence[int] | IntArray, days: Sequence[dt.date]) -> None:
    """Drop what was reconstructed of these accounts on these days."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM health_healthday WHERE day = ANY(%s) AND account_id = ANY(%s::bigint[]) AND is_reconstructed",
            [list(days), id_list(account_ids)],
        )


_FILL_PORTFOLIO_DAYS = """
INSERT INTO health_portfolioday
    (day, owner_id, team_id, segment_id, band, account_count, arr, value_at_risk, is_reconstructed)
SELECT past.day, account.owner_id, account.team_id, account.segment_id, past.band, count(*),
       coalesce(sum(account.arr), 0), coalesce(sum(account.arr * past.risk::numeric), 0),
       bool_and(past.is_reconstructed)
FROM health_healthday AS past JOIN accounts_account AS account ON account.id = past.account_id
WHERE past.day = ANY(%(days)s) AND {whose}
GROUP BY past.day, account.owner_id, account.team_id, account.segment_id, past.band
"""


_LOCK_PORTFOLIO = "SELECT pg_advisory_xact_lock(%s, -1)"


def fill_portfolio_days(days: Sequence[dt.date]) -> None:
    """Recount the portfolio on these days from the accounts' history; filling again replaces."""
    with connection.cursor() as cursor:
        # Two fills of one day would meet in the unique constraint; the second waits and replaces.
        cursor.execute(_LOCK_PORTFOLIO, [LOCK_CLASS])
        cursor.execute("DELETE FROM health_portfolioday WHERE day = ANY(%s)", [list(days)])
        cursor.execute(_FILL_PORTFOLIO_DAYS.format(whose="true"), {"days": list(days)})


def recount_owners(account_ids: Sequence[int] | IntArray, days: Sequence[dt.date]) -> None:
    """Recount these days for the owners of these accounts alone: their books are a small part of the portfolio."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(DISTINCT owner_id) FROM accounts_account WHERE id = ANY(%s::bigint[])",
            [id_list(account_ids)],
        )
        owners = cursor.fetchone()[0] or []
        given = {"days": list(days), "owners": [owner for owner in owners if owner is not None]}
        whose = "(owner_id = ANY(%(owners)s::bigint[])" + (" OR owner_id IS NULL)" if None in owners else ")")
        cursor.execute(_LOCK_PORTFOLIO, [LOCK_CLASS])
        cursor.execute(f"DELETE FROM health_portfolioday WHERE day = ANY(%(days)s) AND {whose}", given)  # noqa: S608
        cursor.execute(_FILL_PORTFOLIO_DAYS.format(whose=whose), given)


def is_counted(day: dt.date) -> bool:
    """Whether every account that was scored on a day is counted on it, and once: owners may have changed meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT coalesce(sum(account_count), 0) FROM health_portfolioday WHERE day = %(day)s)"
            " = (SELECT count(*) FROM health_healthday WHERE day = %(day)s)",
            {"day": day},
        )
        return bool(cursor.fetchone()[0])


def forget_portfolio_days(days: Sequence[dt.date]) -> None:
    """Drop the counts of days whose history has changed; `uncounted_days` then names them."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_PORTFOLIO, [LOCK_CLASS])
        cursor.execute("DELETE FROM health_portfolioday WHERE day = ANY(%s)", [list(days)])


# Distinct days by skipping from one to the next in the index: the table has as many rows a day as there are accounts.
_STORED_DAYS = """
WITH RECURSIVE known AS (
    (SELECT min(day) AS day FROM health_healthday)
    UNION ALL
    SELECT (SELECT min(day) FROM health_healthday WHERE day > known.day) FROM known WHERE known.day IS NOT NULL
)
SELECT day FROM known
WHERE day IS NOT NULL
  AND EXISTS (SELECT FROM health_portfolioday AS counted WHERE counted.day = known.day) = %(counted)s
ORDER BY day
"""


def uncounted_days() -> list[dt.date]:
    """Return the days of the accounts' history on which the portfolio was not counted yet, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_STORED_DAYS, {"counted": False})
        return [row[0] for row in cursor.fetchall()]


def counted_days(*, before: dt.date) -> list[dt.date]:
    """Return the days of the accounts' history before a day on which the portfolio was counted, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_STORED_DAYS, {"counted": True})
        return [row[0] for row in cursor.fetchall() if row[0] < before]


def thin_day(day: dt.date) -> int:
    """Drop a day of history but for the accounts that changed their band on it; return how many rows went."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM health_healthday AS said WHERE day = %(day)s AND NOT EXISTS"
            " (SELECT FROM health_bandchange AS change WHERE change.account_id = said.account_id"
            " AND change.changed_on = %(day)s)",
            {"day": day},
        )
        return int(cursor.rowcount)
