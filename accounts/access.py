"""The only door to accounts: who may see which, and who may change them.

An account manager sees the own book and, without changing it, the team's; a lead sees and changes the team's; an
executive sees everything and changes nothing; an administrator sees and changes everything. An account belongs to a
team when it is the account's team; what a person owns is always theirs.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.models import Account, Contact, Role, User


def sees_everything(user: User) -> bool:
    """Whether no account is hidden from `user`, so that lists need no condition on owner or team."""
    return user.is_active and (user.is_superuser or user.role in {Role.EXECUTIVE, Role.ADMINISTRATOR})


def _changes_everything(user: User) -> bool:
    return user.is_active and (user.is_superuser or user.role == Role.ADMINISTRATOR)


def visibility(user: User, *, prefix: str = "") -> Q:
    """Return the condition for accounts that `user` may see; `prefix` is the path to the account, like `account__`."""
    if sees_everything(user):
        return Q()
    if not user.is_active:
        return Q(pk__in=[])
    condition = Q(**{f"{prefix}owner": user.pk})
    if user.team_id is not None:
        condition |= Q(**{f"{prefix}team": user.team_id})
    return condition


def accounts_visible_to(user: User) -> QuerySet[Account]:
    """Return the accounts that `user` may see."""
    return Account.objects.filter(visibility(user))


def accounts_writable_by(user: User) -> QuerySet[Account]:
    """Return the accounts that `user` may change."""
    if _changes_everything(user):
        return Account.objects.all()
    if not user.is_active or user.role == Role.EXECUTIVE:
        return Account.objects.none()
    condition = Q(owner=user.pk)
    if user.role == Role.LEAD and user.team_id is not None:
        condition |= Q(team=user.team_id)
    return Account.objects.filter(condition)


def can_write(user: User, account: Account) -> bool:
    """Whether `user` may change `account`; no query."""
    if _changes_everything(user):
        return True
    if not user.is_active or user.role == Role.EXECUTIVE:
        return False
    is_own = account.owner_id == user.pk
    is_of_led_team = user.role == Role.LEAD and user.team_id is not None and account.team_id == user.team_id
    return is_own or is_of_led_team


def account_for(user: User, pk: int, *, write: bool = False) -> Account:
    """Return account `pk` with owner, team and segment.

    Raises Http404 when it does not exist or `user` may not see it (a stranger learns nothing from the difference), and
    PermissionDenied when `write` is asked for an account that may only be read.
    """
    account = accounts_visible_to(user).select_related("owner", "team", "segment").filter(pk=pk).first()
    if account is None:
        raise Http404("There is no such account, or it is not in your scope.")
    if write and not can_write(user, account):
        raise PermissionDenied("You may read this account but not change it.")
    return account


def contact_for(user: User, pk: int, *, write: bool = False) -> Contact:
    """Return contact `pk` with its account; the rules of `account_for` hold for the account.

    Raises Http404 and PermissionDenied as `account_for` does.
    """
    contact = Contact.objects.filter(visibility(user, prefix="account__"), pk=pk).select_related("account").first()
    if contact is None:
        raise Http404("There is no such contact, or it is not in your scope.")
    if write and not can_write(user, contact.account):
        raise PermissionDenied("You may read this account but not change it.")
    return contact


def can_create_accounts(user: User) -> bool:
    """Whether `user` may add accounts: administrators anywhere, leads in their own team."""
    return _changes_everything(user) or (user.is_active and user.role == Role.LEAD and user.team_id is not None)


def assignable_owners(user: User) -> QuerySet[User]:
    """Return whom `user` may assign accounts to: the own team for managers and leads, anybody for administrators."""
    people = User.objects.filter(is_active=True, role__in=[Role.MANAGER, Role.LEAD])
    if _changes_everything(user):
        return people
    if user.role == Role.EXECUTIVE or not user.is_active:
        return people.none()
    return people.filter(team=user.team_id) if user.team_id is not None else people.filter(pk=user.pk)


def can_administer(user: User) -> bool:
    """Whether `user` manages users, sources and imports of accounts."""
    return _changes_everything(user)
