"""Touches logged, changed, deleted and brought back by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from accounts.models import Account, Contact, User
from touchpoints.models import Source, SourceKind, TouchEdit, Touchpoint
from touchpoints.parsers.records import derive_external_id
from touchpoints.services.editing import record_edit, values_of
from touchpoints.services.telling import tell_activity

FARTHEST_AHEAD: Final = dt.timedelta(days=366)
EARLIEST_YEAR: Final = 1970


@dataclass(frozen=True, slots=True)
class Logged:
    """A touch that was logged; `is_new` is False when the same form had been sent before."""

    touch: Touchpoint
    is_new: bool


def hand_source(*, now: dt.datetime) -> Source:
    """Return the source of what people log by hand, made on first use."""
    source = Source.objects.filter(kind=SourceKind.MANUAL).order_by("pk").first()
    if source is None:
        defaults = {"kind": SourceKind.MANUAL, "created_at": now}
        source, _ = Source.objects.get_or_create(name=SourceKind.MANUAL.label, defaults=defaults)
    return source


def log_touch(
    *,
    account: Account,
    author: User,
    key: str,
    occurred_at: dt.datetime,
    channel: str,
    direction: str,
    outcome: str = "",
    subject: str = "",
    body: str = "",
    contacts: Collection[Contact] = (),
    colleagues: Collection[User] = (),
    now: dt.datetime,
) -> Logged:
    """Log a touch. The same `key` with the same content, sent again, finds the touch it made (a double click).

    Raises ValueError when `occurred_at` is impossible, or a contact belongs to another account.
    """
    _check_moment(occurred_at, now)
    _check_contacts(account.pk, contacts)
    said = [occurred_at.isoformat(), channel, direction, outcome, subject, body]
    people = [",".join(str(pk) for pk in sorted(one.pk for one in group)) for group in (contacts, colleagues)]
    external_id = derive_external_id(str(author.pk), key, str(account.pk), *said, *people).replace("row-", "hand-", 1)
    with transaction.atomic():
        touch, is_new = Touchpoint.objects.get_or_create(
            source=hand_source(now=now),
            external_id=external_id,
            defaults={
                "account": account,
                "occurred_at": occurred_at,
                "channel": channel,
                "direction": direction,
                "outcome": outcome,
                "subject": subject,
                "body": body,
                "author": author,
                "created_at": now,
                "updated_at": now,
            },
        )
        if is_new:
            touch.contacts.set(contacts)
            touch.colleagues.set(colleagues)
            Source.objects.filter(pk=touch.source_id).update(last_received_at=now)
            tell_activity(account.pk, now=now)
        elif touch.deleted_at is not None:
            # It was undone, and then the form was sent once more: the person wants it after all.
            restore_touch(touch=touch, now=now)
    return Logged(touch, is_new)


@transaction.atomic
def edit_touch(
    *,
    touch: Touchpoint,
    occurred_at: dt.datetime,
    channel: str,
    direction: str,
    outcome: str,
    subject: str,
    body: str,
    contacts: Collection[Contact],
    colleagues: Collection[User],
    by: User,
    reason: str = "",
    now: dt.datetime,
) -> TouchEdit | None:
    """Change a touch. An imported one is marked as edited, so that no later import writes over it.

    Returns what is kept of the change, with which it can be taken back; None when nothing differs. Raises ValueError
    as `log_touch` does, and for a deleted touch.
    """
    _check_moment(occurred_at, now)
    _check_contacts(touch.account_id, contacts)
    touch = Touchpoint.objects.select_for_update(of=("self",)).select_related("source", "account").get(pk=touch.pk)
    if touch.deleted_at is not None:
        raise ValueError("touch: it was deleted in the meantime. Bring it back before changing it.")
    before = values_of(touch)
    touch.occurred_at, touch.channel, touch.direction, touch.outcome = occurred_at, channel, direction, outcome
    touch.subject, touch.body, touch.updated_at = subject, body, now
    touch.is_edited = touch.is_edited or touch.source.kind != SourceKind.MANUAL
    touch.save()
    touch.contacts.set(contacts)
    touch.colleagues.set(colleagues)
    tell_activity(touch.account_id, now=now)
    return record_edit(touch=touch, before=before, by=by, reason=reason, now=now)


@transaction.atomic
def delete_touch(*, touch: Touchpoint, by: User, reason: str = "", now: dt.datetime) -> bool:
    """Delete a touch; return whether it was there. The row stays, so that no import can bring it back."""
    deleted = Touchpoint.objects.filter(pk=touch.pk, deleted_at__isnull=True).update(
        deleted_at=now, deleted_by=by, deleted_reason=reason.strip()[:200], updated_at=now
    )
    if deleted:
        tell_activity(touch.account_id, now=now)
    return deleted > 0


@transaction.atomic
def restore_touch(*, touch: Touchpoint, now: dt.datetime) -> bool:
    """Bring a deleted touch back; return whether it was deleted."""
    restored = Touchpoint.objects.filter(pk=touch.pk, deleted_at__isnull=False).update(
        deleted_at=None, deleted_by=None, deleted_reason="", updated_at=now
    )
    if restored:
        tell_activity(touch.account_id, now=now)
    return restored > 0


def _check_moment(occurred_at: dt.datetime, now: dt.datetime) -> None:
    if occurred_at > now + FARTHEST_AHEAD:
        raise ValueError("occurred_at: at most a year ahead. Log what is later when it comes nearer.")
    if occurred_at.year < EARLIEST_YEAR:
        raise ValueError(f"occurred_at: before {EARLIEST_YEAR}. Check the year.")


def _check_contacts(account_id: int, contacts: Collection[Contact]) -> None:
    if any(contact.account_id != account_id for contact in contacts):
        raise ValueError("contacts: choose people of this account")
