"""Loading accounts: matched by external id, else by name; what a file does not say stays as it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.assignments import OwnerBefore, record_assignments
from accounts.models import Account, AccountDomain, AccountStatus, Segment, Team, User
from touchpoints.loader.resolving import find_by_name, hold_creation_lock, tidy
from touchpoints.loader.staging import Loaded, ReadRow, reject
from touchpoints.parsers.records import AccountRecord, RowError

_PLAIN_FIELDS: Final = ("arr", "renewal_on", "started_on", "agreed_cadence_days")


@dataclass(frozen=True, slots=True)
class _Known:
    """What a chunk's rows may refer to, by lower-case name."""

    accounts: dict[int, Account]
    by_external_id: dict[str, Account]
    by_name: dict[str, list[Account]]
    owners: dict[str, User]
    teams: dict[str, Team]
    segments: dict[str, Segment]


def load_accounts(
    rows: Sequence[ReadRow[AccountRecord]], *, now: dt.datetime, by: User | None = None, origin: str = ""
) -> Loaded:
    """Create or update a chunk of accounts, in the caller's transaction; one process does so at a time.

    Changes of owner are kept as brought by `origin`, a file that `by` uploaded.
    """
    hold_creation_lock()
    known = _look_up([row.record for row in rows])
    loaded = Loaded()
    new: list[Account] = []
    changed: dict[int, Account] = {}
    owners = {account.pk: account.owner_id for account in known.accounts.values()}
    domains: list[tuple[Account, str]] = []
    for row in rows:
        found = _match(row, known)
        if isinstance(found, RowError):
            loaded.rejected.append(found)
            continue
        account = found or Account(name=row.record.external_id, created_at=now)
        was_changed = _apply(row.record, account, known, now=now)
        _remember(account, row.record, known)
        if found is None:
            new.append(account)
            loaded.created += 1
        elif account.pk is None or not was_changed:
            loaded.unchanged += 1
        else:
            account.updated_at = now
            changed[account.pk] = account
            loaded.updated += 1
        domains += [(account, domain) for domain in row.record.domains]
    Account.objects.bulk_create(new, batch_size=2000)
    Account.objects.bulk_update(changed.values(), [*_PLAIN_FIELDS, *_OTHER_FIELDS], batch_size=2000)
    changes = (OwnerBefore(account, owners.get(account.pk)) for account in (*new, *changed.values()))
    record_assignments(changes=changes, by=by, now=now, origin=origin)
    AccountDomain.objects.bulk_create(
        (AccountDomain(account=account, domain=domain.lower()) for account, domain in domains), ignore_conflicts=True
    )
    loaded.account_ids = tuple(sorted({account.pk for account in (*new, *changed.values())}))
    return loaded


_OTHER_FIELDS: Final = ("name", "external_id", "owner", "team", "segment", "status", "closed_on", "updated_at")


def _look_up(records: Sequence[AccountRecord]) -> _Known:
    ids = {record.external_id for record in records if record.external_id}
    # PostgreSQL says which names are equal but for case: Python's rules differ for some letters.
    named = find_by_name(tidy(record.name) for record in records)
    pks = {pk for found in named.values() for pk in found}
    accounts = Account.objects.filter(Q(pk__in=pks) | Q(external_id__in=ids)).in_bulk()
    by_name: dict[str, list[Account]] = {}
    for name, found in named.items():
        same = by_name.setdefault(name.lower(), [])
        same += [accounts[pk] for pk in found if accounts[pk] not in same]
    emails = {record.owner_email.lower() for record in records if record.owner_email}
    owners = User.objects.annotate(low_email=Lower("email")).filter(low_email__in=emails).select_related("team")
    return _Known(
        accounts,
        {account.external_id: account for account in accounts.values() if account.external_id},
        by_name,
        {owner.email.lower(): owner for owner in owners},
        _named(Team, {record.team for record in records if record.team}),
        _named(Segment, {record.segment for record in records if record.segment}),
    )


def _named(model: type[Any], names: Iterable[str]) -> dict[str, Any]:
    """Return teams or segments by lower-case name; those that are new are created."""
    wanted = {name.lower(): name for name in names}
    known = {one.name.lower(): one for one in model.objects.annotate(low=Lower("name")).filter(low__in=wanted)}
    for low, name in sorted(wanted.items()):
        if low not in known:
            known[low], _ = model.objects.get_or_create(name=name)
    return known


def _match(row: ReadRow[AccountRecord], known: _Known) -> Account | RowError | None:
    """Return the account that a row is about; None for a new one, a RowError when it cannot be told or placed."""
    record = row.record
    if record.owner_email and record.owner_email.lower() not in known.owners:
        message = f"No user has the address {record.owner_email}. Create the user first, or leave the owner empty."
        return reject(row, "unknown_owner", message)
    if record.external_id and record.external_id in known.by_external_id:
        return known.by_external_id[record.external_id]
    same_name = known.by_name.get(tidy(record.name).lower(), [])
    # A row with an id may take over an account that was known by its name only, never one with another id.
    candidates = [one for one in same_name if not record.external_id or not one.external_id]
    if len(candidates) > 1:
        message = f"{len(candidates)} accounts are called “{record.name}”. Add the external id to tell which is meant."
        return reject(row, "ambiguous_account", message)
    return candidates[0] if candidates else None


def _remember(account: Account, record: AccountRecord, known: _Known) -> None:
    """Let later rows of the chunk find the account by the id and the name that this row gave it."""
    if account.external_id:
        known.by_external_id[account.external_id] = account
    same_name = known.by_name.setdefault(tidy(record.name).lower(), [])
    if account not in same_name:
        same_name.append(account)


def _apply(record: AccountRecord, account: Account, known: _Known, *, now: dt.datetime) -> bool:
    """Set what the row says on the account; return whether anything differs from before."""
    owner = known.owners.get(record.owner_email.lower()) if record.owner_email else None
    team = known.teams.get(record.team.lower()) if record.team else (owner.team if owner else None)
    said: dict[str, Any] = {name: getattr(record, name) for name in _PLAIN_FIELDS}
    said |= {
        "name": tidy(record.name) or None,
        "external_id": record.external_id or None,
        "owner": owner,
        "team": team,
        "segment": known.segments.get(record.segment.lower()) if record.segment else None,
        "status": record.status or None,
    }
    changes = {name: value for name, value in said.items() if value is not None and getattr(account, name) != value}
    for name, value in changes.items():
        setattr(account, name, value)
    if account.status == AccountStatus.ACTIVE:
        account.closed_on = None
    elif account.closed_on is None:
        account.closed_on = timezone.localdate(now)
    return bool(changes)
