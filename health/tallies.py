"""The counts of the whole firm that the database keeps with every write to the scores: put together, and counted anew.

One of the places with raw SQL. The triggers themselves stand in the migration that made them: after each statement on
the scores, whoever sent it, they add what it changed. `BandTally` and `RenewalTally` say what the rows mean.
"""

from __future__ import annotations

from typing import Final

from django.db import connection, transaction

# Up to so many rows a sum takes about a millisecond.
SETTLE_ABOVE: Final = 2_000

# Kind of tally: what its rows are of, what is summed, and where it comes from.
_KINDS: Final = {
    "health_bandtally": (
        "segment_id, band, alarm_series",
        ("account_count", "arr_cents", "value_at_risk_cents"),
        "count(*), coalesce(sum(arr_cents), 0), coalesce(sum(value_at_risk_cents), 0) FROM health_accounthealth",
    ),
    "health_renewaltally": (
        "renewal_on, segment_id, band, alarm_series",
        ("account_count",),
        "count(*) FROM health_accounthealth WHERE renewal_on IS NOT NULL",
    ),
}


@transaction.atomic
def settle() -> None:
    """Put the rows of each kind together into one; the sums stay what they are, for readers in the middle of it too.

    Changes that are being written meanwhile are left for the next time, and nobody waits.
    """
    with connection.cursor() as cursor:
        for table, (kind, sums, _) in _KINDS.items():
            names = ", ".join(sums)
            cursor.execute(
                f"WITH taken AS (DELETE FROM {table} RETURNING {kind}, {names})"  # noqa: S608 - constant names
                f" INSERT INTO {table} ({kind}, {names})"
                f" SELECT {kind}, {', '.join(f'sum({name})' for name in sums)} FROM taken GROUP BY {kind}"
                f" HAVING {' OR '.join(f'sum({name}) <> 0' for name in sums)}"
            )


def settle_if_long() -> bool:
    """Settle when there is something to gain by it; return whether it was done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM (SELECT FROM health_bandtally LIMIT %s) AS rows_there", [SETTLE_ABOVE + 1])
        is_long = cursor.fetchone()[0] > SETTLE_ABOVE
    if is_long:
        settle()
    return is_long


@transaction.atomic
def recount() -> None:
    """Count every kind anew from the scores, so that nothing could add up over the years.

    Writers of scores wait for the moment that it takes (.1 s for 100,000 accounts); readers do not.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE health_accounthealth IN SHARE MODE")
        for table, (kind, sums, source) in _KINDS.items():
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - constant names
            cursor.execute(f"INSERT INTO {table} ({kind}, {', '.join(sums)}) SELECT {kind}, {source} GROUP BY {kind}")
