"""Loading a chunk of rows of any kind, so that one row the database refuses does not keep the others out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django.db import DataError, IntegrityError, connection, transaction

from touchpoints.loader.accounts import load_accounts
from touchpoints.loader.contacts import load_contacts
from touchpoints.loader.staging import Loaded, ReadRow, reject
from touchpoints.loader.touchpoints import load_touchpoints
from touchpoints.models import ImportBatch, ImportKind
from touchpoints.parsers.options import ImportOptions

_REFUSALS: Final = {
    "accounts_contact_email_account_uniq": "Another contact of this account has this e-mail address already.",
    "accounts_contact_external_id_uniq": "Another contact has this external id already.",
    "accounts_account_external_id_uniq": "Another account has this external id already.",
}


def load_chunk(rows: Sequence[ReadRow[Any]], *, batch: ImportBatch, options: ImportOptions, now: dt.datetime) -> Loaded:
    """Load rows of the batch's kind in the caller's transaction; rows that the database refuses come back as rejected.

    The chunk is halved until the row that is refused stands alone, which costs a file without one nothing.
    """
    if not rows:
        return Loaded()
    try:
        with transaction.atomic():
            loaded = _load(rows, batch=batch, options=options, now=now)
            with connection.cursor() as cursor:
                # References are checked here, where a row can still be told from its neighbours, not at the commit.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            return loaded
    except (DataError, IntegrityError) as error:
        if len(rows) == 1:
            return Loaded(rejected=[reject(rows[0], "refused", _explain(error))])
    middle = len(rows) // 2
    loaded = load_chunk(rows[:middle], batch=batch, options=options, now=now)
    loaded += load_chunk(rows[middle:], batch=batch, options=options, now=now)
    return loaded


def _load(rows: Sequence[ReadRow[Any]], *, batch: ImportBatch, options: ImportOptions, now: dt.datetime) -> Loaded:
    if batch.kind == ImportKind.ACCOUNTS:
        return load_accounts(rows, now=now, by=batch.uploaded_by, origin=batch.file_name)
    if batch.kind == ImportKind.CONTACTS:
        return load_contacts(rows, create_accounts=options.create_unknown_accounts, now=now)
    return load_touchpoints(rows, batch=batch, create_accounts=options.create_unknown_accounts, now=now)


def _explain(error: Exception) -> str:
    """Say in words which rule of the database a row broke."""
    report = getattr(error.__cause__, "diag", None)
    constraint = getattr(report, "constraint_name", None) or ""
    detail = getattr(report, "message_primary", None) or "a value does not fit"
    return _REFUSALS.get(constraint, f"The database refuses this row: {detail}. Correct the row and import it again.")


def count_loaded(batch: ImportBatch, loaded: Loaded) -> None:
    """Add what became of a chunk to the counts of its batch; the caller stores them."""
    batch.created_count += loaded.created
    batch.updated_count += loaded.updated
    batch.unchanged_count += loaded.unchanged
    batch.accounts_created_count += loaded.accounts_created
