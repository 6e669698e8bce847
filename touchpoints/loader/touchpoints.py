"""Loading touchpoints: a replayed row changes nothing, a changed one is updated, a deleted or edited one stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

from django.db import connection

from config.copying import copy_rows
from touchpoints.loader.people import Colleagues, find_colleagues, link_people
from touchpoints.loader.resolving import Resolution, resolve_accounts
from touchpoints.loader.staging import Loaded, ReadRow, reject
from touchpoints.models import ImportBatch
from touchpoints.parsers.records import TouchpointRecord

_COLUMNS: Final = (
    "account_id", "occurred_at", "channel", "direction", "outcome", "is_automated", "subject", "body", "our_names",
    "external_id",
)  # fmt: skip

_STAGE: Final = """
CREATE TEMPORARY TABLE staged (
    account_id bigint, occurred_at timestamptz, channel text, direction text, outcome text, is_automated boolean,
    subject text, body text, our_names text, external_id text
) ON COMMIT DROP
"""

# What a row leaves empty its source does not say, so texts that are there stay. A touch that moved to another account
# names the one it left as well: both scores rest on other touches than before.
_INSERT: Final = """
INSERT INTO touchpoints_touchpoint AS kept (
    account_id, source_id, external_id, batch_id, occurred_at, channel, direction, outcome, is_automated, subject, body,
    our_names, created_at, updated_at, is_edited, deleted_reason)
SELECT account_id, %(source)s, external_id, %(batch)s, occurred_at, channel, direction, outcome, is_automated, subject,
       body, our_names, %(now)s, %(now)s, false, ''
FROM staged
ON CONFLICT (source_id, external_id) DO UPDATE SET
    account_id = excluded.account_id, occurred_at = excluded.occurred_at, channel = excluded.channel,
    direction = excluded.direction, outcome = excluded.outcome, is_automated = excluded.is_automated,
    subject = coalesce(nullif(excluded.subject, ''), kept.subject),
    body = coalesce(nullif(excluded.body, ''), kept.body),
    our_names = coalesce(nullif(excluded.our_names, ''), kept.our_names),
    batch_id = excluded.batch_id, updated_at = excluded.updated_at
WHERE kept.deleted_at IS NULL AND NOT kept.is_edited
  AND ((kept.account_id, kept.occurred_at, kept.channel, kept.direction, kept.outcome, kept.is_automated)
       IS DISTINCT FROM
       (excluded.account_id, excluded.occurred_at, excluded.channel, excluded.direction, excluded.outcome,
        excluded.is_automated)
    OR excluded.subject NOT IN ('', kept.subject)
    OR excluded.body NOT IN ('', kept.body)
    OR excluded.our_names NOT IN ('', kept.our_names))
RETURNING WITH (OLD AS before, NEW AS after) after.id, after.external_id, after.account_id, before.account_id
"""

# Rows that changed nothing but name people; what was deleted or edited by hand keeps its people too.
_FIND_UNCHANGED: Final = """
SELECT external_id, id, account_id FROM touchpoints_touchpoint
WHERE source_id = %s AND external_id = ANY(%s) AND deleted_at IS NULL AND NOT is_edited
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
    resolution = resolve_accounts(names, create=create_accounts, now=now)
    loaded = Loaded(accounts_created=resolution.created)
    # Of rows that share an id within a chunk the last one counts, as it would if it came in a later chunk.
    placed: dict[str, ReadRow[TouchpointRecord]] = {}
    for row in rows:
        if problem := resolution.problems.get(row.record.account_ref):
            loaded.rejected.append(reject(row, *problem))
        else:
            placed[row.record.external_id] = row
    if placed:
        _write(placed, resolution, batch=batch, create_people=create_accounts, now=now, loaded=loaded)
    loaded.unchanged = len(rows) - len(loaded.rejected) - loaded.created - loaded.updated
    return loaded


def _write(
    placed: Mapping[str, ReadRow[TouchpointRecord]],
    resolution: Resolution,
    *,
    batch: ImportBatch,
    create_people: bool,
    now: dt.datetime,
    loaded: Loaded,
) -> None:
    records = {external_id: row.record for external_id, row in placed.items()}
    colleagues = find_colleagues(records.values())
    # By account, so that the index of the streams is written one account after the other.
    staged = sorted((_staged(record, resolution, colleagues) for record in records.values()), key=itemgetter(0))
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        copy_rows(cursor, "staged", _COLUMNS, staged)
        cursor.execute(_INSERT, {"source": batch.source_id, "batch": batch.pk, "now": now})
        written: list[tuple[int, str, int, int | None]] = cursor.fetchall()
        cursor.execute("DROP TABLE staged")
    changed = {pk: external_id for pk, external_id, *_ in written}
    account_ids = {account_id for *_, new_id, old_id in written for account_id in (new_id, old_id or new_id)}
    known = {external_id: (pk, account_id) for pk, external_id, account_id, _ in written}
    people = {key: record for key, record in records.items() if record.contact_refs or record.our_refs}
    if people:
        known |= _find_unchanged(people.keys() - known.keys(), batch.source_id)
        taken = [(*known[key], record) for key, record in people.items() if key in known]
        relinked = link_people(taken, colleagues, create=create_people) - changed.keys()
        account_ids |= {account_id for pk, account_id in known.values() if pk in relinked}
        loaded.updated += len(relinked)
    loaded.created = sum(old_id is None for *_, old_id in written)
    loaded.updated += len(written) - loaded.created
    loaded.account_ids = tuple(sorted(account_ids))
    raise_activity(loaded.account_ids, now=now)


def _find_unchanged(external_ids: Collection[str], source_id: int) -> dict[str, tuple[int, int]]:
    if not external_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_FIND_UNCHANGED, [source_id, list(external_ids)])
        return {external_id: (pk, account_id) for external_id, pk, account_id in cursor.fetchall()}


def _staged(record: TouchpointRecord, resolution: Resolution, colleagues: Colleagues) -> tuple[Any, ...]:
    return (
        resolution.ids[record.account_ref],
        record.occurred_at.isoformat(),
        record.channel,
        record.direction,
        record.outcome,
        "t" if record.is_automated else "f",
        record.subject,
        record.body,
        colleagues.names_of_others(record.our_refs) if record.our_refs else "",
        record.external_id,
    )
