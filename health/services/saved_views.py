"""Saved views: named, renamed, shared, removed and brought back by their owners."""

from __future__ import annotations

import datetime as dt
from typing import Final

from accounts.models import User
from health.models import SavedView
from health.walks import WalkedList

MOST_VIEWS: Final = 50


def save_view(*, owner: User, walked: WalkedList, name: str, is_shared: bool, now: dt.datetime) -> SavedView:
    """Save the state of a list under `name`; an own view of this name on this list is replaced.

    Raises ValueError for an empty name, and when the owner has as many views as there may be.
    """
    name = _named(name)
    query = walked.filters.changed(is_all=False).spelt_out()
    own = SavedView.objects.filter(owner=owner, removed_at__isnull=True)
    if own.exclude(list_name=walked.name, name=name).count() >= MOST_VIEWS:
        raise ValueError(f"name: there are {MOST_VIEWS} views already; remove one of them first")
    view, _ = own.update_or_create(
        owner=owner,
        list_name=walked.name,
        name=name,
        removed_at=None,
        defaults={"query": query, "team_id": owner.team_id if is_shared else None},
        create_defaults={"query": query, "team_id": owner.team_id if is_shared else None, "created_at": now},
    )
    return view


def change_view(*, view: SavedView, owner: User, name: str, is_shared: bool) -> None:
    """Rename a view, and share it with the owner's team or no longer.

    Raises ValueError for an empty name, or one that another view of the owner has.
    """
    name = _named(name)
    same = SavedView.objects.filter(owner=owner, list_name=view.list_name, name=name, removed_at__isnull=True)
    if same.exclude(pk=view.pk).exists():
        raise ValueError(f"name: another of your views is called “{name}”")
    view.name, view.team_id = name, owner.team_id if is_shared else None
    view.save(update_fields=["name", "team"])


def remove_view(*, view: SavedView, now: dt.datetime) -> None:
    """Remove a view; it can be brought back."""
    view.removed_at = now
    view.save(update_fields=["removed_at"])


def restore_view(*, view: SavedView) -> None:
    """Bring a removed view back.

    Raises ValueError when another view has its name by now.
    """
    same = SavedView.objects.filter(owner=view.owner_id, list_name=view.list_name, name=view.name)
    if same.filter(removed_at__isnull=True).exists():
        raise ValueError(f"name: another of your views is called “{view.name}” by now")
    view.removed_at = None
    view.save(update_fields=["removed_at"])


def _named(name: str) -> str:
    name = " ".join(name.replace("\0", "").split())[:60]
    if not name:
        raise ValueError("name: give the view a name")
    return name
