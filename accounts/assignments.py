"""Who handed an account to whom: the one place that writes a change of owner down.

Every way of changing an owner (assigning, the account's form, the administration, an import) stores the account itself
and tells this module who had it before, in the same transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Account, Assignment, User


@dataclass(frozen=True, slots=True)
class OwnerBefore:
    """An account as it is stored now, and the id of the owner that it had before; None: it had none."""

    account: Account
    owner_id: int | None

    @property
    def is_changed(self) -> bool:
        return self.account.owner_id != self.owner_id


def owner_stored(account: Account) -> int | None:
    """Return the id of the owner that the database knows for `account`; None without one, and for a new account."""
    return Account.objects.filter(pk=account.pk).values_list("owner", flat=True).first()


def record_assignments(
    *, changes: Iterable[OwnerBefore], by: User | None, now: dt.datetime, origin: str = ""
) -> list[Assignment]:
    """Keep each real change of owner as a row; `origin` says what brought it where no person chose it."""
    return Assignment.objects.bulk_create(
        Assignment(
            account=change.account,
            from_owner_id=change.owner_id,
            to_owner_id=change.account.owner_id,
            assigned_by=by,
            assigned_at=now,
            origin=origin[:300],
        )
        for change in changes
        if change.is_changed
    )
