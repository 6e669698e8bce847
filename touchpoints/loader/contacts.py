"""Loading contacts: matched by external id, else by address or name within their account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from accounts.models import Account, Contact
from touchpoints.loader.resolving import hold_creation_lock, resolve_accounts
from touchpoints.loader.staging import Loaded, ReadRow, reject
from touchpoints.parsers.records import ContactRecord

_FIELDS: Final = ("name", "email", "title", "level", "external_id", "left_on")


def load_contacts(rows: Sequence[ReadRow[ContactRecord]], *, create_accounts: bool, now: dt.datetime) -> Loaded:
    """Create or update a chunk of contacts, in the caller's transaction; one process does so at a time."""
    hold_creation_lock()
    names = {row.record.account_ref: "" for row in rows}
    resolution = resolve_accounts(names, create=create_accounts, now=now)
    loaded = Loaded(accounts_created=resolution.created)
    known = _look_up(set(resolution.ids.values()), {row.record.external_id for row in rows if row.record.external_id})
    new: list[Contact] = []
    changed: dict[int, Contact] = {}
    homes = {contact.pk: contact.account_id for contact in known.values()}
    for row in rows:
        problem = resolution.problems.get(row.record.account_ref)
        if problem:
            loaded.rejected.append(reject(row, *problem))
            continue
        account_id = resolution.ids[row.record.account_ref]
        contact = _match(row.record, account_id, known)
        if contact is None:
            contact = Contact(account_id=account_id)
            _apply(row.record, contact, account_id=account_id)
            contact.name = contact.name or contact.email
            new.append(contact)
            loaded.created += 1
        elif _apply(row.record, contact, account_id=account_id) and contact.pk is not None:
            changed[contact.pk] = contact
            loaded.updated += 1
        else:
            loaded.unchanged += 1
        known |= dict.fromkeys(_keys(contact), contact)
    Contact.objects.bulk_create(new, batch_size=2000)
    Contact.objects.bulk_update(changed.values(), [*_FIELDS, "account"], batch_size=2000)
    # What is said of an account may rest on its people, so it counts as edited; also the one that somebody came from.
    edited = {contact.account_id for contact in [*new, *changed.values()]} | {homes.get(pk, 0) for pk in changed}
    Account.objects.filter(pk__in=edited).update(updated_at=now)
    return loaded


_Key = tuple[str, int, str]


def _keys(contact: Contact) -> list[_Key]:
    keys: list[_Key] = [("name", contact.account_id, contact.name.lower())]
    if contact.email:
        keys.append(("email", contact.account_id, contact.email.lower()))
    if contact.external_id:
        keys.append(("id", 0, contact.external_id))
    return keys


def _look_up(account_ids: set[int], external_ids: set[str]) -> dict[_Key, Contact]:
    found = list(Contact.objects.filter(account__in=account_ids)) + list(
        Contact.objects.filter(external_id__in=external_ids).exclude(account__in=account_ids)
    )
    return {key: contact for contact in found for key in _keys(contact)}


def _match(record: ContactRecord, account_id: int, known: dict[_Key, Contact]) -> Contact | None:
    """Return the contact that a row is about. Two people of one name are told apart by their addresses."""
    if record.external_id and ("id", 0, record.external_id) in known:
        return known["id", 0, record.external_id]
    if record.email and ("email", account_id, record.email.lower()) in known:
        return known["email", account_id, record.email.lower()]
    same_name = known.get(("name", account_id, record.name.lower()))
    if same_name is not None and record.email and same_name.email:
        return None
    return same_name


def _apply(record: ContactRecord, contact: Contact, *, account_id: int) -> bool:
    """Set what the row says on the contact, who may have gone to another client; return whether anything differs."""
    said: dict[str, Any] = {name: getattr(record, name) for name in _FIELDS}
    said["account_id"] = account_id
    changes = {name: value for name, value in said.items() if value and getattr(contact, name) != value}
    for name, value in changes.items():
        setattr(contact, name, value)
    return bool(changes)
