"""Acting on picked accounts: the form that asks, the answer when it is done and its way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from accounts.access import accounts_writable_by
from accounts.models import Account, Role, User
from accounts.views.signing_in import wanted_page
from config.http import HtmxHttpRequest, account_changed, announce, wants_fragment
from health.services.undoing import ASSIGNED, Handover, Step

_SALT: Final = "health.undo"
_UNDO_SECONDS: Final = 3600


def named(accounts: Sequence[Account]) -> str:
    """Return the account's name, or how many they are."""
    return accounts[0].name if len(accounts) == 1 else f"{len(accounts)} accounts"


def undo_address(user: User, step: Step) -> str:
    """Return where `user`, and nobody else, can take `step` back within an hour; '' when nothing was done."""
    if not step.row_ids and not step.handovers:
        return ""
    signed = signing.dumps({"user": user.pk, "step": asdict(step)}, salt=_SALT, compress=True)
    return f"{reverse('accounts-undo')}?{urlencode({'step': signed})}"


def step_to_undo(request: HtmxHttpRequest) -> Step:
    """Read the step that the request takes back.

    Raises BadRequest for one that was not signed here for this person, or is older than an hour.
    """
    given = request.POST.get("step") or request.GET.get("step", "")
    try:
        said = signing.loads(given, salt=_SALT, max_age=_UNDO_SECONDS)
    except signing.BadSignature:
        said = {}
    if said.get("user") != request.user.pk:
        raise BadRequest("This can no longer be undone here. Change it by hand.")
    step = said["step"]
    return Step(
        kind=step["kind"],
        account_ids=tuple(step["account_ids"]),
        row_ids=tuple(step["row_ids"]),
        handovers=tuple(Handover(**one) for one in step["handovers"]),
    )


def accounts_of_step(user: User, step: Step) -> list[Account]:
    """Return the accounts of a step that `user` may take back.

    Raises PermissionDenied when `user` may no longer change all of them; of an assignment, which gave that right away,
    it is enough that the person may still change accounts at all.
    """
    if step.kind != ASSIGNED:
        accounts = list(accounts_writable_by(user).filter(pk__in=step.account_ids).order_by("pk"))
        if len(accounts) < len(step.account_ids):
            raise PermissionDenied("You may no longer change all of these accounts.")
        return accounts
    if user.role == Role.EXECUTIVE:
        raise PermissionDenied("You may read accounts but not change them.")
    return list(Account.objects.filter(pk__in=step.account_ids).order_by("pk"))


def ask(
    request: HtmxHttpRequest, form: forms.Form, accounts: list[Account], *, action: str, **words: str
) -> HttpResponse:
    """Show the form, as a dialog or as a page; 422 when it was sent and could not be taken."""
    is_fragment = wants_fragment(request)
    context: dict[str, Any] = {
        "form": form,
        "accounts": accounts,
        "action": reverse(action),
        "next": wanted_page(request),
        "is_fragment": is_fragment,
        **words,
    }
    template = "health/_action_form.html" if is_fragment else "health/action_form.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def done(request: HtmxHttpRequest, accounts: Sequence[Account], words: str, *, undo: str = "") -> HttpResponse:
    """Answer a change: htmx is told what changed, a browser without JavaScript goes back to the list."""
    if wants_fragment(request):
        changed = account_changed(*(account.pk for account in accounts))
        return announce(HttpResponse(status=204), *changed, "close-dialog", toast=words, undo=undo)
    messages.success(request, words, extra_tags=undo)
    return HttpResponseRedirect(wanted_page(request))
