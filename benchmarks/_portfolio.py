"""A made-up portfolio of any size, written by set-based SQL, in a database of its own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded import services
from config.embedded.testing import delete

MANAGERS = 200
TEAMS = 20
SEGMENTS = 4


@contextmanager
def own_database(var: Path | None) -> Iterator[None]:
    """Serve PostgreSQL and Redis from `var`, which is kept, or from a new directory that is deleted; durable as in
    production. Django is set up when the block begins."""
    place = (var or Path(tempfile.mkdtemp(prefix="hark-bench-"))).resolve()
    place.mkdir(parents=True, exist_ok=True)
    place.chmod(0o711)
    try:
        with services.in_use(place):
            os.environ.update(
                DJANGO_SETTINGS_MODULE="config.settings",
                HARK_VAR=str(place),
                DATABASE_URL="",  # empty, not absent: an absent variable would be taken from a .env file
                REDIS_URL="",
                HARK_ALLOWED_HOSTS="testserver",
                HARK_DEMO="false",
            )
            import django

            django.setup()
            yield
    finally:
        if var is None:
            delete(place)


_PEOPLE = """
INSERT INTO accounts_team (name) SELECT 'Team ' || n FROM generate_series(1, %(teams)s) AS n;
INSERT INTO accounts_segment (name, position) SELECT 'Segment ' || n, n FROM generate_series(1, %(segments)s) AS n;
INSERT INTO accounts_user
    (password, is_superuser, email, full_name, role, team_id, is_active, joined_at, time_zone, theme)
SELECT '!', false, 'manager' || n || '@bench.example', 'Manager ' || n, 'manager',
       (SELECT min(id) FROM accounts_team) + n %% %(teams)s, true, now(), '', 'system'
FROM generate_series(1, %(managers)s) AS n
UNION ALL
SELECT '!', false, 'executive@bench.example', 'Executive', 'executive', NULL, true, now(), '', 'system';
INSERT INTO touchpoints_source (name, kind, time_zone, created_at) VALUES ('Bench', 'file', '', now());
"""

_ACCOUNTS = """
INSERT INTO accounts_account
    (name, external_id, owner_id, team_id, segment_id, arr, renewal_on, status, handover_note, created_at, updated_at)
SELECT 'Account ' || n, 'B' || n, manager.id, manager.team_id,
       (SELECT min(id) FROM accounts_segment) + n %% %(segments)s,
       round((1000 * exp(2.5 + random_normal()))::numeric, 2), current_date + (random() * 360)::int,
       'active', '', now() - interval '1 day', now() - interval '1 day'
FROM generate_series(1, %(accounts)s) AS n
JOIN accounts_user AS manager ON manager.email = 'manager' || 1 + n %% %(managers)s || '@bench.example';
"""

# Every account has its own usual gap, log-normal around two weeks, and gaps that scatter around it; three in ten
# stopped some time ago. A third of the touches are from us alone, and one client in ten has not answered the last
# eight.
_TOUCHES = """
INSERT INTO touchpoints_touchpoint
    (account_id, source_id, external_id, occurred_at, channel, direction, outcome, is_automated, subject, body,
     created_at, updated_at, deleted_reason, is_edited, our_names)
SELECT account.id, (SELECT min(id) FROM touchpoints_source), account.id || '-' || n,
       now() - account.silent * interval '1 day'
           - sum(account.usual * exp(0.6 * random_normal())) OVER (PARTITION BY account.id ORDER BY n)
             * interval '1 day',
       (ARRAY['call', 'email', 'meeting', 'email'])[1 + n %% 4],
       CASE WHEN account.id %% 10 = 0 AND n <= 8 THEN 'outbound'
            ELSE (ARRAY['mutual', 'inbound', 'outbound'])[1 + n %% 3] END,
       '', false, 'Touch ' || n, '', now(), now(), '', false, ''
FROM (SELECT id, exp(2.4 + 0.8 * random_normal()) AS usual,
             CASE WHEN random() < 0.3 THEN random() * 300 ELSE 0 END AS silent
      FROM accounts_account WHERE id BETWEEN %(first)s AND %(last)s) AS account
CROSS JOIN generate_series(1, %(touches)s) AS n;
"""

_ACTIVITY = """
INSERT INTO touchpoints_accountactivity (account_id, version, changed_at)
SELECT id, 1, now() - interval '1 hour' FROM accounts_account;
"""

_SHARD = 10_000


def fill(*, accounts: int, touches: int) -> bool:
    """Write `accounts` accounts with `touches` touches each; False when a portfolio is there already."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM accounts_account)")
        if cursor.fetchone()[0]:
            return False
        size = {"accounts": accounts, "teams": TEAMS, "segments": SEGMENTS, "managers": MANAGERS}
        cursor.execute("SELECT setseed(0.42)")
        cursor.execute(_PEOPLE + _ACCOUNTS, size)
        cursor.execute("SELECT min(id), max(id) FROM accounts_account")
        low, high = cursor.fetchone()
        for first in range(low, high + 1, _SHARD):
            cursor.execute(_TOUCHES, {"first": first, "last": first + _SHARD - 1, "touches": touches})
        cursor.execute(_ACTIVITY)
        cursor.execute("VACUUM ANALYZE")
    return True
