"""Logging a touch by hand, changing it, deleting it and bringing it back: in a dialog, or as pages of their own."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import account_for
from accounts.models import Account
from config.days import firm_day
from config.formats import short_date
from config.http import HtmxHttpRequest, account_changed, announce, next_address, wants_fragment
from touchpoints.forms.editing import EditTouchForm
from touchpoints.forms.touches import TouchForm
from touchpoints.models import Touchpoint
from touchpoints.selectors.touches import MOST_OFFERED, accounts_to_log_for, edit_to_undo, touch_to_change
from touchpoints.services import touches
from touchpoints.services.editing import undo_edit

FORM_METHODS: Final = ["GET", "HEAD", "POST"]
_LONGEST_SEARCH: Final = 100


@require_http_methods(FORM_METHODS)
def touch_log(request: HtmxHttpRequest) -> HttpResponse:
    """Log a touch with the account that `account` names; without one, ask for it first."""
    now = timezone.now()
    given = (request.POST if request.method == "POST" else request.GET).get("account", "")
    if not given and request.method != "POST":
        return _pick_account(request)
    account = account_for(request.user, _account_id(given), write=True)
    form = TouchForm(request.POST or None, account=account, user=request.user, now=now)
    if request.method == "POST" and form.is_valid():
        logged = touches.log_touch(account=account, author=request.user, now=now, **form.cleaned_data)
        undo = f"{reverse('touch-delete', args=[logged.touch.pk])}?reason=taken+back"
        return _done(request, account, _words(logged.touch, account), undo=undo)
    return _ask(request, form, account, action=reverse("touch-log"), heading=f"Log a touch with {account.name}")


@require_http_methods(FORM_METHODS)
def touch_edit(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Change a touch."""
    now = timezone.now()
    touch = touch_to_change(request.user, pk)
    form = EditTouchForm(request.POST or None, account=touch.account, user=request.user, now=now, touch=touch)
    if request.method == "POST" and form.is_valid():
        changes = {name: value for name, value in form.cleaned_data.items() if name != "key"}
        edit = touches.edit_touch(touch=touch, by=request.user, now=now, **changes)
        undo = reverse("touch-undo-edit", args=[edit.pk]) if edit else ""
        return _done(request, touch.account, "The touch is saved.", undo=undo)
    action = reverse("touch-edit", args=[pk])
    return _ask(request, form, touch.account, action=action, heading=f"Touch with {touch.account.name}", touch=touch)


@require_POST
def touch_undo_edit(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Take back change `pk` of a touch, if nobody has changed the touch since."""
    edit = edit_to_undo(request.user, pk)
    try:
        undo_edit(edit=edit, now=timezone.now())
    except ValueError:
        return _done(
            request, edit.touch.account, "The touch was changed again in the meantime; nothing was taken back."
        )
    return _done(request, edit.touch.account, "The touch is as it was.")


@require_POST
def touch_delete(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Delete a touch, with the reason, which is kept."""
    touch = touch_to_change(request.user, pk, is_deleted=True)
    reason = request.POST.get("reason", "").replace("\x00", "").strip()
    if not reason:
        raise BadRequest("Say why the touch is deleted, so that colleagues can follow.")
    touches.delete_touch(touch=touch, by=request.user, reason=reason, now=timezone.now())
    undo = reverse("touch-restore", args=[pk])
    return _done(request, touch.account, f"The touch with {touch.account.name} is deleted.", undo=undo)


@require_POST
def touch_restore(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Bring a deleted touch back."""
    touch = touch_to_change(request.user, pk, is_deleted=True)
    touches.restore_touch(touch=touch, now=timezone.now())
    return _done(request, touch.account, f"The touch with {touch.account.name} is back.")


def _account_id(given: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise BadRequest("Choose the account that the touch was with.")
    return int(given)


def _pick_account(request: HtmxHttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").replace("\x00", "").strip()[:_LONGEST_SEARCH]
    found = accounts_to_log_for(request.user, text)
    is_fragment = wants_fragment(request)
    context = {
        "text": text,
        "accounts": found[:MOST_OFFERED],
        "has_more": len(found) > MOST_OFFERED,
        "is_fragment": is_fragment,
        "next": next_address(request, ""),
    }
    template = "touchpoints/_touch_account.html" if is_fragment else "touchpoints/touch_account.html"
    return render(request, template, context)


def _ask(
    request: HtmxHttpRequest,
    form: TouchForm,
    account: Account,
    *,
    action: str,
    heading: str,
    touch: Touchpoint | None = None,
) -> HttpResponse:
    is_fragment = wants_fragment(request)
    context: dict[str, Any] = {
        "form": form,
        "account": account,
        "touch": touch,
        "action": action,
        "heading": heading,
        "next": next_address(request, reverse("account", args=[account.pk])),
        "is_fragment": is_fragment,
    }
    template = "touchpoints/_touch_form.html" if is_fragment else "touchpoints/touch_form.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def _words(touch: Touchpoint, account: Account) -> str:
    channel = touch.get_channel_display()
    now = timezone.now()
    if touch.occurred_at > now:
        return f"{channel} with {account.name} booked for {short_date(firm_day(touch.occurred_at), firm_day(now))}."
    return f"{channel} with {account.name} logged."


def _done(request: HtmxHttpRequest, account: Account, words: str, *, undo: str = "") -> HttpResponse:
    """Answer a change: htmx is told what changed, a browser without JavaScript goes back to where it was."""
    if wants_fragment(request):
        return announce(HttpResponse(status=204), *account_changed(account.pk), "close-dialog", toast=words, undo=undo)
    messages.success(request, words, extra_tags=undo)
    return HttpResponseRedirect(next_address(request, reverse("account", args=[account.pk])))
