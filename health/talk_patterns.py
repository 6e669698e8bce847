"""Talk patterns in SQL: who took part, on which channel, in whose company; the statistics of the signals.

A place with raw SQL beside `health.rhythms` and `health.ledger`, for the same reason: the rows of a hundred thousand
accounts are one statement here. `health.scoring.signals.statistics` defines them; a test holds the two to each other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from django.conf import settings
from django.db import connection

from health.columns import NO_NUMBER, Table, columns_of, id_list, read_columns
from health.models import TalkPattern
from health.scoring.arrays import IntArray
from health.scoring.signals.statistics import (
    CADENCE_DAYS,
    CADENCE_GAPS,
    EARLIER_DAYS,
    RECENT_DAYS,
    SPONSOR_DAYS,
    SPONSOR_GONE_DAYS,
)
from health.scoring.signals.talk_days import TalkDays, TalkStats

_STORED: Final = columns_of(TalkPattern, without=("computed_at",))
_COLUMNS: Final = tuple(column.name for column in _STORED if column.name != "account_id")

# Nothing here depends on the day of the computation but by the touches known then: all is counted back from the last
# touch day, so that a row stands while nothing happens.
_FACTS = f"""
WITH touched AS (
    SELECT account_id, (occurred_at AT TIME ZONE %(zone)s)::date AS day, bool_or(is_voice) AS has_voice,
           bool_or(direction IN ('inbound', 'mutual')) AS has_client, bool_and(direction = 'outbound') AS is_ours
    FROM touchpoints_touchpoint
    WHERE account_id = ANY(%(accounts)s::bigint[]) AND counts AND occurred_at <= %(as_of)s
    GROUP BY 1, 2
), placed AS (
    SELECT *, day - lag(day) OVER oldest_first AS gap, row_number() OVER newest_first - 1 AS rank,
           count(*) FILTER (WHERE NOT is_ours) OVER oldest_first AS run,
           max(day) OVER whole AS last_on, max(day) FILTER (WHERE NOT is_ours) OVER whole AS answered_on
    FROM touched
    WINDOW whole AS (PARTITION BY account_id),
           oldest_first AS (PARTITION BY account_id ORDER BY day),
           newest_first AS (PARTITION BY account_id ORDER BY day DESC)
), days AS (
    SELECT account_id, min(day) AS first_on, max(day) AS last_on,
           count(*) FILTER (WHERE last_on - day < {RECENT_DAYS}) AS recent_days,
           count(*) FILTER (WHERE last_on - day < {RECENT_DAYS} AND has_voice) AS recent_talk_days,
           count(*) FILTER (WHERE last_on - day BETWEEN {RECENT_DAYS} AND {RECENT_DAYS + EARLIER_DAYS - 1})
               AS earlier_days,
           count(*) FILTER (WHERE last_on - day BETWEEN {RECENT_DAYS} AND {RECENT_DAYS + EARLIER_DAYS - 1}
                            AND has_voice) AS earlier_talk_days,
           count(*) FILTER (WHERE is_ours) AS our_days, count(*) FILTER (WHERE NOT is_ours) AS answer_days,
           count(*) FILTER (WHERE is_ours AND (day > answered_on) IS NOT FALSE) AS unanswered_days,
           min(day) FILTER (WHERE is_ours AND (day > answered_on) IS NOT FALSE) AS unanswered_since_on
    FROM placed GROUP BY account_id
), runs AS (
    SELECT account_id, max(length) AS longest_unanswered_days
    FROM (SELECT account_id, count(*) AS length FROM placed
          WHERE is_ours AND day < answered_on GROUP BY account_id, run) AS run
    GROUP BY account_id
), client AS (
    SELECT account_id, count(*) AS client_days, max(day) AS client_last_on,
           percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY gap) AS quantiles
    FROM (SELECT account_id, day, (day - lag(day) OVER (PARTITION BY account_id ORDER BY day))::float8 AS gap
          FROM touched WHERE has_client) AS taken
    GROUP BY account_id
), newest AS (
    SELECT account_id, gap, row_number() OVER longest_first AS place, count(*) OVER (PARTITION BY account_id) AS gaps,
           max(gap) OVER (PARTITION BY account_id) AS longest, sum(gap) OVER (PARTITION BY account_id) AS total,
           sum(gap) OVER longest_first AS running
    FROM placed
    WHERE gap IS NOT NULL AND (last_on - day < {CADENCE_DAYS} OR rank < {CADENCE_GAPS})
    WINDOW longest_first AS (PARTITION BY account_id ORDER BY gap DESC, day ROWS UNBOUNDED PRECEDING)
), cadence AS (
    SELECT account_id, max(gaps) AS cadence_gaps,
           min(gap) FILTER (WHERE gaps = 1 OR (place > 1 AND running - longest - gap < (total - longest) / 2.0))
               AS lived_gap
    FROM newest GROUP BY account_id
), meetings AS (
    SELECT DISTINCT touch.account_id, link.contact_id, (touch.occurred_at AT TIME ZONE %(zone)s)::date AS day
    FROM touchpoints_touchpoint AS touch
    JOIN touchpoints_touchpoint_contacts AS link ON link.touchpoint_id = touch.id
    WHERE touch.account_id = ANY(%(accounts)s::bigint[]) AND touch.counts AND touch.occurred_at <= %(as_of)s
      AND touch.direction IN ('inbound', 'mutual')
), met AS (
    SELECT meetings.account_id, contact_id, day, days.last_on, days.last_on - day AS age,
           coalesce(person.level IN ('director', 'executive'), false) AS is_ranked,
           person.left_on,
           day - lag(day) OVER (PARTITION BY meetings.account_id, contact_id ORDER BY day) AS gap
    FROM meetings JOIN days USING (account_id)
    LEFT JOIN accounts_contact AS person ON person.id = contact_id AND person.account_id = meetings.account_id
    WHERE days.last_on - day < {SPONSOR_DAYS}
), people AS (
    SELECT account_id, count(DISTINCT contact_id) FILTER (WHERE age < {RECENT_DAYS}) AS people,
           count(DISTINCT day) FILTER (WHERE age < {RECENT_DAYS}) AS named_days,
           CASE WHEN count(DISTINCT contact_id) FILTER (WHERE age < {RECENT_DAYS}) = 1
                THEN max(contact_id) FILTER (WHERE age < {RECENT_DAYS}) END AS lone_contact_id,
           count(DISTINCT day) FILTER (WHERE age BETWEEN {RECENT_DAYS} AND {RECENT_DAYS + EARLIER_DAYS - 1})
               AS earlier_named_days
    FROM met GROUP BY account_id
), lone AS (
    SELECT met.account_id, count(*) AS lone_earlier_days
    FROM met JOIN people ON people.account_id = met.account_id AND people.lone_contact_id = met.contact_id
    WHERE age BETWEEN {RECENT_DAYS} AND {RECENT_DAYS + EARLIER_DAYS - 1}
    GROUP BY met.account_id
), sponsor AS (
    SELECT DISTINCT ON (account_id) account_id, contact_id AS sponsor_id, count(*) AS sponsor_days,
           min(day) AS sponsor_first_on, max(day) AS sponsor_last_on,
           coalesce(max(gap), 0) AS sponsor_longest_gap_days, max(left_on) AS sponsor_left_on
    FROM met
    WHERE is_ranked AND (left_on IS NULL OR left_on > last_on - {SPONSOR_GONE_DAYS})
    GROUP BY account_id, contact_id
    ORDER BY account_id, count(*) DESC, contact_id
), since AS (
    SELECT met.account_id, count(DISTINCT day) AS others_since_days,
           count(DISTINCT day) FILTER (WHERE is_ranked AND (left_on IS NULL OR left_on > last_on)) AS ranked_since_days
    FROM met JOIN sponsor USING (account_id)
    WHERE day > sponsor_last_on GROUP BY met.account_id
), facts AS (
    SELECT account_id, days.first_on, days.last_on, recent_days, recent_talk_days, earlier_days, earlier_talk_days,
           our_days, answer_days, unanswered_days, unanswered_since_on,
           coalesce(longest_unanswered_days, 0) AS longest_unanswered_days, coalesce(client_days, 0) AS client_days,
           client_last_on, quantiles[1] AS client_median_gap, quantiles[2] AS client_high_gap,
           coalesce(cadence_gaps, 0) AS cadence_gaps, lived_gap::float8 AS lived_gap, coalesce(people, 0) AS people,
           coalesce(named_days, 0) AS named_days, lone_contact_id, coalesce(lone_earlier_days, 0) AS lone_earlier_days,
           coalesce(earlier_named_days, 0) AS earlier_named_days, sponsor_id,
           coalesce(sponsor_days, 0) AS sponsor_days, sponsor_first_on, sponsor_last_on,
           coalesce(sponsor_longest_gap_days, 0) AS sponsor_longest_gap_days, sponsor_left_on,
           coalesce(others_since_days, 0) AS others_since_days, coalesce(ranked_since_days, 0) AS ranked_since_days
    FROM days LEFT JOIN runs USING (account_id) LEFT JOIN client USING (account_id)
    LEFT JOIN cadence USING (account_id) LEFT JOIN people USING (account_id) LEFT JOIN lone USING (account_id)
    LEFT JOIN sponsor USING (account_id) LEFT JOIN since USING (account_id)
)
"""  # noqa: S608 - constant numbers

_NAMES = ", ".join(_COLUMNS)
_REBUILD = f"""{_FACTS}, gone AS (
    DELETE FROM health_talkpattern AS old
    WHERE old.account_id = ANY(%(accounts)s::bigint[])
      AND NOT EXISTS (SELECT FROM facts WHERE facts.account_id = old.account_id)
)
INSERT INTO health_talkpattern AS old (account_id, {_NAMES}, computed_at)
SELECT account_id, {_NAMES}, %(as_of)s FROM facts ORDER BY account_id
ON CONFLICT (account_id) DO UPDATE
SET ({_NAMES}, computed_at) = ({", ".join(f"excluded.{name}" for name in _COLUMNS)}, excluded.computed_at)
WHERE ({", ".join(f"old.{name}" for name in _COLUMNS)})
      IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in _COLUMNS)})
"""  # noqa: S608 - constant names


def rebuild_talk_patterns(account_ids: Sequence[int] | IntArray, *, as_of: dt.datetime) -> int:
    """Recompute the talk patterns of these accounts from the facts known at `as_of`, in one statement.

    Accounts left without touches lose their row. Returns how many rows were new or different: rebuilding again changes
    nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REBUILD, _given(account_ids, as_of))
        return int(cursor.rowcount)


def read_talk_patterns(account_ids: Sequence[int] | IntArray) -> TalkStats:
    """Return the stored statistics, accounts in ascending order; those without touches have no row."""
    with connection.cursor() as cursor:
        return _stats_of(
            read_columns(
                cursor,
                [(column, column.name) for column in _STORED],
                "FROM health_talkpattern WHERE account_id = ANY(%(accounts)s::bigint[]) ORDER BY account_id",
                {"accounts": id_list(account_ids)},
            )
        )


def _given(account_ids: Sequence[int] | IntArray, as_of: dt.datetime) -> dict[str, Any]:
    return {"accounts": id_list(account_ids), "as_of": as_of, "zone": settings.HARK_TIME_ZONE}


def _stats_of(table: Table) -> TalkStats:
    """Missing contacts are 0 in the arrays of scoring, which no id is."""
    return TalkStats(
        *(np.where(column == NO_NUMBER, 0, column) if column.dtype == np.int64 else column for column in table.values())
    )


_DAY: Final = "(occurred_at AT TIME ZONE %(zone)s)::date - date '0001-01-01' + 1"
_TALK_DAYS: Final = f"""
SELECT account_id, {_DAY} AS day, bool_or(is_voice), bool_or(direction IN ('inbound', 'mutual')),
       bool_and(direction = 'outbound')
FROM touchpoints_touchpoint
WHERE account_id = ANY(%(accounts)s::bigint[]) AND counts AND occurred_at <= %(as_of)s
GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608 - constant expression
_MEETINGS: Final = f"""
SELECT DISTINCT account_id, contact_id, {_DAY} AS day
FROM touchpoints_touchpoint AS touch JOIN touchpoints_touchpoint_contacts AS link ON link.touchpoint_id = touch.id
WHERE account_id = ANY(%(accounts)s::bigint[]) AND counts AND occurred_at <= %(as_of)s
  AND direction IN ('inbound', 'mutual')
ORDER BY 1, 2, 3
"""  # noqa: S608 - constant expression
_CONTACTS: Final = """
SELECT account_id, id, coalesce(left_on - date '0001-01-01' + 1, 0), level IN ('director', 'executive')
FROM accounts_contact WHERE account_id = ANY(%(accounts)s::bigint[]) ORDER BY 1, 2
"""


def read_talk_days(account_ids: Sequence[int] | IntArray, *, as_of: dt.datetime) -> TalkDays:
    """Return who took part on which day, known at `as_of`, to compute the statistics of many past days from."""
    given = _given(account_ids, as_of)
    with connection.cursor() as cursor:
        days = _arrays(cursor, _TALK_DAYS, given, (np.int64, np.int32, bool, bool, bool))
        meetings = _arrays(cursor, _MEETINGS, given, (np.int64, np.int64, np.int32))
        contacts = _arrays(cursor, _CONTACTS, given, (np.int64, np.int64, np.int64, bool))
    ids = np.unique(days[0])
    here = np.isin(contacts[0], ids)
    return TalkDays(
        account_ids=ids,
        row=np.searchsorted(ids, days[0]),
        day=days[1],
        has_voice=days[2],
        has_client=days[3],
        is_ours=days[4],
        person_row=np.searchsorted(ids, meetings[0]),
        person=meetings[1],
        person_day=meetings[2],
        contact_row=np.searchsorted(ids, contacts[0][here]),
        contact=contacts[1][here],
        contact_left_day=contacts[2][here],
        is_ranked=contacts[3][here],
    )


def _arrays(cursor: Any, query: str, given: dict[str, Any], kinds: tuple[type, ...]) -> list[Any]:
    cursor.execute(query, given)
    rows = cursor.fetchall()
    columns = zip(*rows, strict=True) if rows else ((),) * len(kinds)
    return [np.array(column, dtype=kind) for column, kind in zip(columns, kinds, strict=True)]
