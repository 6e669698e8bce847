"""Keeping how a list begins for a person: its columns, and the saved view it opens with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction

from accounts.models import User
from health.list_beginnings import Beginning
from health.models import SavedView


def keep_columns(*, user: User, list_name: str, columns: tuple[str, ...] | None) -> None:
    """Let a list show these columns to `user` from now on; None: the usual ones."""
    _keep(user, list_name, columns=columns)


def open_with(*, user: User, list_name: str, view: SavedView | None) -> None:
    """Let a list open with a saved view for `user`; None: as it usually does.

    Raises ValueError for a view of another list.
    """
    if view is not None and view.list_name != list_name:
        raise ValueError(f"view: it is one of {view.list_name}, not of {list_name}")
    _keep(user, list_name, view_id=None if view is None else view.pk)


@transaction.atomic
def _keep(user: User, list_name: str, **changes: Any) -> None:
    kept = User.objects.select_for_update().values_list("list_settings", flat=True).get(pk=user.pk)
    beginning = replace(Beginning.from_dict(kept.get(list_name, {})), **changes).to_dict()
    user.list_settings = {name: one for name, one in (kept | {list_name: beginning}).items() if one}
    user.save(update_fields=["list_settings"])
