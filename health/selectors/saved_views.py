"""Saved views: whose they are, who may see them, and the state of the list that each stands for."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.models import User
from health.filters import ListFilters
from health.list_beginnings import beginning_of
from health.models import SavedView
from health.walks import WalkedList, read_walked_list


@dataclass(frozen=True, slots=True)
class NamedList:
    """A saved view as one reader sees it: the list is narrowed to what that reader may list. `opens` for the view that
    the reader's list opens with."""

    view: SavedView
    is_own: bool
    walked: WalkedList
    opens: bool = False

    def is_of(self, filters: ListFilters) -> bool:
        """Whether a list in the state `filters` is what this view names."""
        return self.walked.filters.changed(is_all=False) == filters.changed(is_all=False)


def saved_views_of(user: User, list_name: str = "") -> list[NamedList]:
    """Return the views that `user` may open, of one list or of all: the own ones first. One query."""
    found = _visible_to(user).filter(removed_at__isnull=True).select_related("owner")
    if list_name:
        found = found.filter(list_name=list_name)
    named = [named_list(user, view) for view in found]
    return sorted((one for one in named if one is not None), key=lambda one: not one.is_own)


def named_list(user: User, view: SavedView) -> NamedList | None:
    """Return `view` as `user` sees it; None when the list that it names is none any more."""
    walked = read_walked_list(f"{view.list_name}{view.query}", user)
    if walked is None:
        return None
    opens = beginning_of(user, view.list_name).view_id == view.pk
    return NamedList(view, view.owner_id == user.pk, walked, opens=opens)


def opening_view(user: User, list_name: str) -> NamedList | None:
    """Return the saved view that a list opens with for `user`; None where there is none, or where it is gone or no
    longer shared. One query, none where nothing was chosen."""
    view_id = beginning_of(user, list_name).view_id
    if view_id is None:
        return None
    view = _visible_to(user).filter(pk=view_id, list_name=list_name, removed_at__isnull=True).first()
    return None if view is None else named_list(user, view)


def removed_views_of(user: User) -> QuerySet[SavedView]:
    """Return the views that `user` removed, the last one first."""
    return SavedView.objects.filter(owner=user, removed_at__isnull=False).order_by("-removed_at")


def saved_view_for(user: User, pk: int, *, write: bool = False, is_removed: bool = False) -> SavedView:
    """Return view `pk`.

    Raises Http404 when it does not exist or `user` may not see it, and PermissionDenied when `write` is asked for a
    view of somebody else.
    """
    view = _visible_to(user).filter(pk=pk, removed_at__isnull=not is_removed).first()
    if view is None:
        raise Http404("There is no such view, or it is not shared with you.")
    if write and view.owner_id != user.pk:
        raise PermissionDenied("This view is shared with you; only who saved it may change it.")
    return view


def _visible_to(user: User) -> QuerySet[SavedView]:
    condition = Q(owner=user)
    if user.team_id is not None:
        condition |= Q(team=user.team_id)
    return SavedView.objects.filter(condition)
