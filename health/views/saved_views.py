"""Saved views: opened by their address, listed, saved, changed, removed and brought back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.http import HtmxHttpRequest
from health.models import SavedView
from health.selectors.saved_views import named_list, removed_views_of, saved_view_for, saved_views_of
from health.services.saved_views import change_view, remove_view, restore_view, save_view
from health.services.undoing import VIEW_REMOVED, Step
from health.views.picked_accounts import undo_address
from health.walks import read_walked_list

_REMOVED_SHOWN = 10


@require_safe
def saved_views(request: HtmxHttpRequest) -> HttpResponse:
    """List the views that the reader may open; the own ones can be changed here."""
    named = saved_views_of(request.user)
    context = {
        "own": [one for one in named if one.is_own],
        "shared": [one for one in named if not one.is_own],
        "removed": removed_views_of(request.user)[:_REMOVED_SHOWN],
        "may_share": request.user.team_id is not None,
    }
    return render(request, "health/saved_views.html", context)


@require_safe
def view_open(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Lead to the list in the state that the view names, within the reader's own scope."""
    return redirect(_address(request, saved_view_for(request.user, pk)))


@require_POST
def view_save(request: HtmxHttpRequest, name: str) -> HttpResponse:
    """Save the list, in the state that the form carries, under a name."""
    walked = read_walked_list(f"{name}{request.POST.get('state', '')}", request.user)
    if walked is None:
        raise Http404("There is no such list.")
    try:
        view = save_view(
            owner=request.user,
            walked=walked,
            name=request.POST.get("name", ""),
            is_shared=bool(request.POST.get("shared")),
            now=timezone.now(),
        )
    except ValueError as error:
        messages.error(request, _sentence(error))
        return redirect(f"{reverse(name)}{walked.filters.query(walked.defaults)}")
    messages.success(request, f"Saved as “{view.name}”.")
    return redirect(_address(request, view))


@require_POST
def view_change(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Rename a view, share it or share it no longer."""
    view = saved_view_for(request.user, pk, write=True)
    try:
        change_view(
            view=view,
            owner=request.user,
            name=request.POST.get("name", ""),
            is_shared=bool(request.POST.get("shared")),
        )
        messages.success(request, f"“{view.name}” is changed.")
    except ValueError as error:
        messages.error(request, _sentence(error))
    return redirect("views")


@require_POST
def view_remove(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Remove a view; the page that follows offers to bring it back."""
    view = saved_view_for(request.user, pk, write=True)
    remove_view(view=view, now=timezone.now())
    undo = undo_address(request.user, Step(VIEW_REMOVED, (), (view.pk,)))
    messages.success(request, f"“{view.name}” is removed. It can be brought back below, too.", extra_tags=undo)
    return redirect("views")


@require_POST
def view_restore(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Bring a removed view back."""
    view = saved_view_for(request.user, pk, write=True, is_removed=True)
    try:
        restore_view(view=view)
        messages.success(request, f"“{view.name}” is back.")
    except ValueError as error:
        messages.error(request, _sentence(error))
    return redirect("views")


def _address(request: HtmxHttpRequest, view: SavedView) -> str:
    named = named_list(request.user, view)
    if named is None:
        raise Http404("There is no such list any more.")
    return f"{reverse(view.list_name)}{named.walked.filters.query(named.walked.defaults)}"


def _sentence(error: ValueError) -> str:
    text = str(error).partition(": ")[2]
    return f"{text[:1].upper()}{text[1:]}."
