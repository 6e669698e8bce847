"""The SQL of the firm's quiet days: each becomes known quiet of every active account, in one statement.

Raw SQL stands here, as in `health.rhythms` and `health.ledger`: a row for each account is made from a product of two
tables, which the ORM would carry through Python.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection

_SPREAD = """
INSERT INTO health_quietperiod (account_id, author_id, reason, starts_on, ends_on, created_at, quiet_days_id)
SELECT account.id, quiet.author_id, quiet.reason, quiet.starts_on, quiet.ends_on, %(now)s, quiet.id
  FROM health_quietdays AS quiet
 CROSS JOIN accounts_account AS account
 WHERE quiet.ended_at IS NULL AND quiet.ends_on >= %(today)s AND account.status = 'active'
   AND NOT EXISTS (SELECT FROM health_quietperiod AS known
                    WHERE known.quiet_days_id = quiet.id AND known.account_id = account.id)
    ON CONFLICT DO NOTHING
"""


def spread_quiet_days(*, today: dt.date, now: dt.datetime) -> int:
    """Give every active account the quiet days that hold or lie ahead and that it has not; return how many were given.

    Where somebody ended them for one account, they stay ended there.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SPREAD, {"today": today, "now": now})
        return int(cursor.rowcount)
