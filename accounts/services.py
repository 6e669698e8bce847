"""What changes people, accounts and contacts: one keyword-only function per change, one transaction each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet

from accounts.assignments import OwnerBefore, owner_stored, record_assignments
from accounts.models import Account, AccountDomain, AccountStatus, Contact, Role, User


@dataclass(frozen=True, slots=True)
class AdministratorCreated:
    """Who signs in with the address now; `is_new` is False when somebody did already, who stays as they were."""

    user: User
    is_new: bool


@transaction.atomic
def create_administrator(*, email: str, full_name: str, password: str) -> AdministratorCreated:
    """Make the person who makes all others. Nothing changes when somebody signs in with `email` already.

    Raises ValidationError for an e-mail address or a name that cannot be; the password is the caller's to judge.
    """
    known = User.objects.filter(email__iexact=email).first()
    if known is not None:
        return AdministratorCreated(known, is_new=False)
    user = User(email=User.objects.normalize_email(email), full_name=full_name.strip(), role=Role.ADMINISTRATOR)
    user.set_password(password)
    if not user.full_name:
        raise ValidationError("Give a name, so that others know whose changes they see.")
    user.full_clean()
    user.save()
    return AdministratorCreated(user, is_new=True)


@transaction.atomic
def assign_account(*, account: Account, owner: User, by: User, now: dt.datetime) -> Account:
    """Give `account` to `owner`; it moves to the owner's team, or stays in its own when the owner has none.

    Who had it before, and `by` whom it was handed over, is kept.

    Raises ValueError when `owner` no longer works here.
    """
    if not owner.is_active:
        raise ValueError(f"owner: {owner} can no longer sign in; choose somebody who can")
    before = OwnerBefore(account, owner_stored(account))
    account.owner = owner
    if owner.team_id is not None:
        account.team_id = owner.team_id
    account.save(update_fields=["owner", "team", "updated_at"])
    record_assignments(changes=[before], by=by, now=now)
    return account


@transaction.atomic
def save_account(*, account: Account, domains: Iterable[str], by: User, now: dt.datetime) -> Account:
    """Store a new or changed `account`, and make `domains` its only e-mail domains; a change of owner is kept.

    An account without a team gets its owner's. Raises ValueError for a closed account without a closing day.
    """
    if account.status == AccountStatus.CLOSED and account.closed_on is None:
        raise ValueError("closed_on: say when the account was closed")
    if account.status == AccountStatus.ACTIVE:
        account.closed_on = None
    if account.team_id is None and account.owner is not None:
        account.team_id = account.owner.team_id
    before = OwnerBefore(account, owner_stored(account))
    account.save()
    record_assignments(changes=[before], by=by, now=now)
    wanted = {domain.strip().lower() for domain in domains}
    stored = set(account.domains.values_list("domain", flat=True))
    account.domains.filter(domain__in=stored - wanted).delete()
    AccountDomain.objects.bulk_create(
        AccountDomain(account=account, domain=domain) for domain in sorted(wanted - stored)
    )
    return account


@transaction.atomic
def save_contact(*, contact: Contact) -> Contact:
    """Store a new or changed `contact`; the account counts as edited, as what is said of it may rest on its people."""
    homes = {contact.account_id, *Contact.objects.filter(pk=contact.pk).values_list("account_id", flat=True)}
    if contact.left_on is None:
        contact.successor = None
    contact.save()
    _count_as_edited(homes)
    return contact


@transaction.atomic
def delete_contacts(*, contacts: QuerySet[Contact]) -> None:
    """Forget `contacts`; their accounts count as edited."""
    homes = set(contacts.values_list("account_id", flat=True))
    contacts.delete()
    _count_as_edited(homes)


@transaction.atomic
def mark_contact_as_left(
    *, contact: Contact, left_on: dt.date, successor: Contact | None = None, new_name: str = "", new_email: str = ""
) -> Contact:
    """Say that `contact` left on a day, and who took over: a known `successor`, or a new person called `new_name`.

    A new person takes over level and title. What was said with the one who left stays. Raises ValueError when the
    successor is the person, works for another client, or left too.
    """
    if successor is None and new_name.strip():
        successor = Contact.objects.create(
            account_id=contact.account_id,
            name=new_name.strip(),
            email=new_email,
            title=contact.title,
            level=contact.level,
        )
    if successor is not None and (successor.pk == contact.pk or successor.account_id != contact.account_id):
        raise ValueError("successor: choose another person of the same client")
    if successor is not None and successor.left_on is not None:
        raise ValueError("successor: this person has left too")
    contact.left_on, contact.successor = left_on, successor
    return save_contact(contact=contact)


def bring_contact_back(*, contact: Contact) -> Contact:
    """Say that `contact` works there after all; nobody is the successor any more."""
    contact.left_on, contact.successor = None, None
    return save_contact(contact=contact)


def save_handover_note(*, account: Account, note: str, by: User, now: dt.datetime) -> Account:
    """Keep what whoever looks after `account` next must know; no score rests on it, so the account is not edited."""
    account.handover_note, account.handover_noted_by, account.handover_noted_at = note.strip(), by, now
    Account.objects.filter(pk=account.pk).update(
        handover_note=account.handover_note, handover_noted_by=by, handover_noted_at=now
    )
    return account


def _count_as_edited(account_ids: Iterable[int]) -> None:
    for account in Account.objects.filter(pk__in=account_ids).order_by("pk"):
        account.save(update_fields=["updated_at"])


def save_preferences(*, user: User, theme: str, time_zone: str, daily_capacity: int | None) -> User:
    """Store how `user` wants to see Hark."""
    user.theme = theme
    user.time_zone = time_zone
    user.daily_capacity = daily_capacity
    user.save(update_fields=["theme", "time_zone", "daily_capacity"])
    return user


def save_theme(*, user: User, theme: str) -> User:
    """Store light, dark or like the system, and nothing else."""
    user.theme = theme
    user.save(update_fields=["theme"])
    return user


@transaction.atomic
def save_managed(*, record: Model, by: User, changed: Iterable[str]) -> None:
    """Store a person, team or segment as an administrator wants it, and who did it.

    `changed` names the fields that differ, in words; a new person cannot sign in before they have set a password.
    """
    is_new = record.pk is None
    if is_new and isinstance(record, User):
        record.set_unusable_password()
    record.save()
    changed = list(changed)
    if is_new or changed:
        record_change(record=record, by=by, words="added" if is_new else f"changed {', '.join(changed)}", is_new=is_new)


@transaction.atomic
def remove_managed(*, record: Model, by: User) -> None:
    """Delete a team or segment that nothing belongs to. Raises ProtectedError when something does."""
    record_change(record=record, by=by, words="removed", flag=DELETION)
    record.delete()


@transaction.atomic
def hand_over_book(*, of: User, to: User, by: User, now: dt.datetime) -> int:
    """Give every active account of one person to another; return how many. They move to the new owner's team, if any.

    Raises ValueError when `to` cannot sign in or has the accounts already.
    """
    if not to.is_active or to.pk == of.pk:
        raise ValueError(f"to: {to} cannot take these accounts; choose somebody else who can sign in")
    book = list(Account.objects.select_for_update().filter(owner=of, status=AccountStatus.ACTIVE).order_by("pk"))
    team = {"team": to.team_id} if to.team_id is not None else {}
    for account in book:
        account.owner = to
    Account.objects.filter(pk__in=[account.pk for account in book]).update(owner=to, updated_at=now, **team)
    record_assignments(changes=[OwnerBefore(account, of.pk) for account in book], by=by, now=now)
    if book:
        record_change(record=of, by=by, words=f"handed {len(book)} accounts over to {to}")
    return len(book)


def record_change(*, record: Model, by: User, words: str, is_new: bool = False, flag: int = CHANGE) -> None:
    """Keep who changed what, in the log that Django's administration writes too."""
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(record),
        object_id=str(record.pk),
        object_repr=str(record)[:200],
        action_flag=ADDITION if is_new else flag,
        change_message=words,
    )
