"""How a list begins for a person: columns chosen below it, and the saved view it opens with. The address wins."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from config.http import HtmxHttpRequest
from health.filters import COLUMN_KEYS
from health.list_beginnings import beginning_of
from health.selectors.saved_views import opening_view, saved_view_for
from health.services.list_beginnings import keep_columns, open_with
from health.walks import LISTS, read_walked_list


def beginning_address(request: HtmxHttpRequest, name: str) -> str | None:
    """Return where a bare address leads for a person whose list opens with a view; None where it is shown as it is."""
    if request.GET:
        return None
    named = opening_view(request.user, name)
    return None if named is None else f"{reverse(name)}{named.walked.filters.query(named.walked.defaults)}"


@require_POST
def list_columns(request: HtmxHttpRequest, name: str) -> HttpResponse:
    """Remember the columns of a list for this person, or forget them, and go back to the list in its state."""
    walked = read_walked_list(f"{name}{request.POST.get('state', '')}", request.user)
    if walked is None:
        raise Http404("There is no such list.")
    chosen = tuple(key for key in COLUMN_KEYS if key in request.POST.getlist("col"))
    keep_columns(user=request.user, list_name=name, columns=None if "reset" in request.POST else chosen)
    usual = LISTS[name](request.user)
    return HttpResponseRedirect(f"{reverse(name)}{walked.filters.changed(columns=usual.columns).query(usual)}")


@require_POST
def view_opens(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Let the list of a view open with it for this person, or no longer if it does."""
    view = saved_view_for(request.user, pk)
    was = beginning_of(request.user, view.list_name).view_id
    open_with(user=request.user, list_name=view.list_name, view=None if was == view.pk else view)
    named = "Today" if view.list_name == "today" else "The account list"
    ending = "as it usually does again" if was == view.pk else f"with “{view.name}” for you"
    messages.success(request, f"{named} opens {ending}.")
    return redirect("views")
