"""What changes accounts: one keyword-only function per change, one transaction each."""

from __future__ import annotations

from accounts.models import Account, User


def assign_account(*, account: Account, owner: User) -> Account:
    """Give `account` to `owner`; it moves to the owner's team, or stays in its own when the owner has none.

    Raises ValueError when `owner` no longer works here.
    """
    if not owner.is_active:
        raise ValueError(f"owner: {owner} can no longer sign in; choose somebody who can")
    account.owner = owner
    if owner.team_id is not None:
        account.team_id = owner.team_id
    account.save(update_fields=["owner", "team", "updated_at"])
    return account
