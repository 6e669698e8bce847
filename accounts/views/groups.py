"""Teams and segments, for the administrator: add, rename, remove what is empty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django import forms
from django.contrib import messages
from django.db.models import Model, ProtectedError, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import selectors
from accounts.models import Segment, Team
from accounts.people_forms import SegmentForm, TeamForm
from accounts.services import remove_managed, save_managed
from accounts.views.administering import for_administrators
from config.http import HtmxHttpRequest

FORM_METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True, slots=True)
class Group:
    """What teams and segments have in common: a list with a form to add one, a form to change one."""

    model: type[Model]
    form: type[forms.ModelForm]
    noun: str
    explanation: str

    @property
    def plural(self) -> str:
        return f"{self.noun}s"

    def rows(self) -> QuerySet[Team] | QuerySet[Segment]:
        return selectors.all_teams() if self.model is Team else selectors.all_segments()


TEAMS: Final = Group(Team, TeamForm, "team", "A lead sees and changes the accounts of the own team.")
SEGMENTS: Final = Group(
    Segment,
    SegmentForm,
    "segment",
    "Accounts that are served alike. Lists filter by them, the portfolio compares them.",
)


@require_http_methods(FORM_METHODS)
@for_administrators
def teams(request: HtmxHttpRequest) -> HttpResponse:
    """List the teams and add one."""
    return _list(request, TEAMS)


@require_http_methods(FORM_METHODS)
@for_administrators
def segments(request: HtmxHttpRequest) -> HttpResponse:
    """List the segments and add one."""
    return _list(request, SEGMENTS)


@require_http_methods(FORM_METHODS)
@for_administrators
def team_edit(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Rename a team."""
    return _edit(request, TEAMS, pk)


@require_http_methods(FORM_METHODS)
@for_administrators
def segment_edit(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Rename a segment, or move it."""
    return _edit(request, SEGMENTS, pk)


@require_POST
@for_administrators
def team_remove(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Remove a team that nobody and nothing belongs to."""
    return _remove(request, TEAMS, pk)


@require_POST
@for_administrators
def segment_remove(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Remove a segment that no account belongs to."""
    return _remove(request, SEGMENTS, pk)


def _list(request: HtmxHttpRequest, group: Group) -> HttpResponse:
    form = group.form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _save(request, group, form)
        return redirect(group.plural)
    context = {"group": group, "rows": group.rows(), "form": form}
    return render(request, "accounts/groups.html", context, status=422 if form.is_bound else 200)


def _edit(request: HtmxHttpRequest, group: Group, pk: int) -> HttpResponse:
    record = get_object_or_404(group.model, pk=pk)
    name = str(record)
    form = group.form(request.POST or None, instance=record)
    if request.method == "POST" and form.is_valid():
        _save(request, group, form)
        return redirect(group.plural)
    context = {"group": group, "form": form, "record": record, "name": name}
    return render(request, "accounts/group_form.html", context, status=422 if form.is_bound else 200)


def _save(request: HtmxHttpRequest, group: Group, form: forms.ModelForm) -> None:
    save_managed(record=form.instance, by=request.user, changed=form.changed_data)
    messages.success(request, f"The {group.noun} {form.instance} is saved.")


def _remove(request: HtmxHttpRequest, group: Group, pk: int) -> HttpResponse:
    record = get_object_or_404(group.model, pk=pk)
    try:
        remove_managed(record=record, by=request.user)
    except ProtectedError:
        messages.error(request, f"{record} is still in use. Move its people and accounts first, closed ones too.")
    else:
        messages.success(request, f"The {group.noun} {record} is removed.")
    return redirect(group.plural)
