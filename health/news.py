"""What changed on the lists since a day, counted and the first of each kind named, in one statement.

One of the places with raw SQL: after a night over 100,000 accounts thousands have changed, all of them are counted, and
names and reasons are looked up for the few that are named. Each account is read once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from django.db import connection

from health.models import Band

FELL_SILENT, STARTED_DRIFTING, CAME_BACK, WOKE = "fell_silent", "started_drifting", "came_back", "woke"
# Ended by a person who saw it: no news.
_NO_NEWS: Final = ("replaced%", "taken back%", "woken by%")


class Among(NamedTuple):
    """A query for the ids of the accounts that count, with its parameters."""

    sql: str
    parameters: Sequence[Any]


class News(NamedTuple):
    """An account that is named: what happened, to which, why, and how many there are of its kind."""

    kind: str
    account_id: int
    name: str
    why: str
    of_kind: int


_NEWS: Final = """
WITH first AS (
    SELECT DISTINCT ON (account_id) account_id, from_band, is_reconstructed
    FROM health_bandchange WHERE changed_on > %s {among}
    ORDER BY account_id, changed_on
), moved AS (
    SELECT account_id, current.priority, CASE
        WHEN from_band <> '{silent}' AND band = '{silent}' THEN '{fell_silent}'
        WHEN from_band NOT IN ('{silent}', '{dormant}', '{drifting}') AND band = '{drifting}' THEN '{started_drifting}'
        WHEN from_band IN ('{silent}', '{dormant}') AND band = '{drifting}' THEN '{came_back}'
        WHEN from_band IN ('{silent}', '{dormant}', '{drifting}') AND band = '{steady}' THEN '{came_back}'
        END AS kind
    FROM first JOIN health_accounthealth AS current USING (account_id) WHERE NOT is_reconstructed
), woken AS (
    SELECT account_id, priority, snooze.id AS snooze_id
    FROM health_snooze AS snooze JOIN health_accounthealth USING (account_id)
    WHERE (ended_at >= %s AND ended_why NOT LIKE ALL (%s)
           -- Its day may have come before the night that ends it.
           OR ended_at IS NULL AND until_on > %s AND until_on <= %s) {among}
), placed AS (
    SELECT kind, account_id, snooze_id, count(*) OVER (PARTITION BY kind) AS count,
           row_number() OVER (PARTITION BY kind ORDER BY priority DESC, account_id, snooze_id) AS place
    FROM (SELECT kind, account_id, priority, NULL::bigint AS snooze_id FROM moved WHERE kind IS NOT NULL
          UNION ALL SELECT '{woke}', account_id, priority, snooze_id FROM woken) AS found
)
SELECT kind, placed.account_id, account.name, coalesce(
           (SELECT CASE WHEN ended_at IS NULL THEN 'its day has come' ELSE ended_why END
            FROM health_snooze WHERE id = snooze_id),
           (SELECT reason FROM health_bandchange AS change WHERE change.account_id = placed.account_id
            ORDER BY changed_on DESC LIMIT 1)), count
FROM placed JOIN accounts_account AS account ON account.id = placed.account_id
WHERE place <= %s ORDER BY kind, place
"""


def read_news(
    *, since: dt.date, begins: dt.datetime, today: dt.date, most_named: int, among: Among | None = None
) -> list[News]:
    """Return what changed after the day `since`, whose end is `begins`: of each kind the first `most_named`, the
    accounts that matter most first; of all accounts, or of those `among` a query.

    An account counts once, by the band it stood in then and the one it stands in now. A snooze counts as woken when its
    day, the client or a renewal ended it, and not a person.
    """
    statement = _NEWS.format(
        among=f"AND account_id IN ({among.sql})" if among else "",
        **{band.name.lower(): band.value for band in (Band.SILENT, Band.DRIFTING, Band.STEADY, Band.DORMANT)},
        **{kind: kind for kind in (FELL_SILENT, STARTED_DRIFTING, CAME_BACK, WOKE)},
    )
    within = list(among.parameters) if among else []
    with connection.cursor() as cursor:
        cursor.execute(statement, [since, *within, begins, list(_NO_NEWS), since, today, *within, most_named])
        return [News(*row) for row in cursor.fetchall()]
