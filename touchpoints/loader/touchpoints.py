"""Loading touchpoints: a replayed row changes nothing, a changed one is updated, a deleted or edited one stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django.db import connection

from config.copying import copy_rows
from touchpoints.loader.people import link_people
from touchpoints.loader.resolving import Resolution, resolve_accounts
from touchpoints.loader.staging import Loaded, ReadRow, reject
from touchpoints.models import ImportBatch
from touchpoints.parsers.records import TouchpointRecord

_COLUMNS: Final = (
    "line", "account_id", "occurred_at", "channel", "direction", "outcome", "is_automated", "subject", "body",
    "external_id",
)  # fmt: skip

_STAGE: Final = """
CREATE TEMPORARY TABLE staged (
    line bigint, account_id bigint, occurred_at timestamptz, channel text, direction text, outcome text,
    is_automated boolean, subject text, body text, external_id text
) ON COMMIT DROP
"""

# Of rows that share an id within a chunk the last one counts, as it would if it came in a later chunk.
_INSERT: Final = """
INSERT INTO touchpoints_touchpoint AS old (
    account_id, source_id, external_id, batch_id, occurred_at, channel, direction, outcome, is_automated, subject, body,
    our_names, created_at, updated_at, is_edited, deleted_reason)
SELECT DISTINCT ON (external_id) account_id, %(source)s, external_id, %(batch)s, occurred_at, channel, direction,
       outcome, is_automated, subject, body, '', %(now)s, %(now)s, false, ''
FROM staged ORDER BY external_id, line DESC
ON CONFLICT (source_id, external_id) DO UPDATE SET
    account_id = excluded.account_id, occurred_at = excluded.occurred_at, channel = excluded.channel,
    direction = excluded.direction, outcome = excluded.outcome, is_automated = excluded.is_automated,
    subject = excluded.subject, body = excluded.body, batch_id = excluded.batch_id, updated_at = excluded.updated_at
WHERE old.deleted_at IS NULL AND NOT old.is_edited
  AND (old.account_id, old.occurred_at, old.channel, old.direction, old.outcome, old.is_automated, old.subject,
       old.body)
      IS DISTINCT FROM
      (excluded.account_id, excluded.occurred_at, excluded.channel, excluded.direction, excluded.outcome,
       excluded.is_automated, excluded.subject, excluded.body)
RETURNING id, external_id, account_id, created_at = updated_at AND xmax = 0 AS is_new
"""

_RAISE_ACTIVITY: Final = """
INSERT INTO touchpoints_accountactivity AS old (account_id, version, changed_at)
SELECT id, 1, %s FROM unnest(%s::bigint[]) AS id ORDER BY id
ON CONFLICT (account_id) DO UPDATE SET version = old.version + 1, changed_at = excluded.changed_at
"""


def raise_activity(account_ids: Sequence[int], *, now: dt.datetime) -> None:
    """Say that the touches of these accounts changed, in the transaction in which they did; in id order, so that two
    writers cannot wait for each other."""
    if account_ids:
        with connection.cursor() as cursor:
            cursor.execute(_RAISE_ACTIVITY, [now, sorted(set(account_ids))])


def load_touchpoints(
    rows: Sequence[ReadRow[TouchpointRecord]], *, batch: ImportBatch, create_accounts: bool, now: dt.datetime
) -> Loaded:
    """Load a chunk of touchpoints, in the caller's transaction."""
    names: dict[str, str] = {}
    for row in rows:
        names[row.record.account_ref] = names.get(row.record.account_ref) or row.record.account_name
    resolution = resolve_accounts(names, create=create_accounts)
    loaded = Loaded(accounts_created=resolution.created)
    placed: list[ReadRow[TouchpointRecord]] = []
    for row in rows:
        problem = resolution.problems.get(row.record.account_ref)
        if problem:
            loaded.rejected.append(reject(row, *problem))
        else:
            placed.append(row)
    if placed:
        _insert(placed, resolution, batch=batch, create_people=create_accounts, now=now, loaded=loaded)
    return loaded


def _insert(
    rows: Sequence[ReadRow[TouchpointRecord]],
    resolution: Resolution,
    *,
    batch: ImportBatch,
    create_people: bool,
    now: dt.datetime,
    loaded: Loaded,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        copy_rows(cursor, "staged", _COLUMNS, (_staged(row.record, resolution) for row in rows))
        cursor.execute(_INSERT, {"source": batch.source_id, "batch": batch.pk, "now": now})
        written: list[tuple[int, str, int, bool]] = cursor.fetchall()
        cursor.execute("DROP TABLE staged")
    loaded.created = sum(is_new for *_, is_new in written)
    loaded.updated = len(written) - loaded.created
    loaded.unchanged = len(rows) - len(written)
    loaded.account_ids = tuple(sorted({account_id for _, _, account_id, _ in written}))
    by_external_id = {external_id: (pk, account_id) for pk, external_id, account_id, _ in written}
    people = [
        (*by_external_id[row.record.external_id], row.record)
        for row in rows
        if row.record.external_id in by_external_id and (row.record.contact_refs or row.record.our_refs)
    ]
    if people:
        link_people(people, create=create_people)
    raise_activity(loaded.account_ids, now=now)


def _staged(record: TouchpointRecord, resolution: Resolution) -> tuple[Any, ...]:
    return (
        record.line,
        resolution.ids[record.account_ref],
        record.occurred_at.isoformat(),
        record.channel,
        record.direction,
        record.outcome,
        "t" if record.is_automated else "f",
        record.subject,
        record.body,
        record.external_id,
    )
