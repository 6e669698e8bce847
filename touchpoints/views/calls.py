"""A call told in one word: no answer, voicemail, talked; with one account or many, and taken back in one step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Account
from accounts.views.picking import MOST_AT_ONCE, accounts_to_change
from accounts.views.signing_in import wanted_page
from config.http import HtmxHttpRequest, account_changed, announce, wants_fragment
from touchpoints.models import Channel, Direction, Outcome
from touchpoints.selectors.touches import touch_to_change
from touchpoints.services import touches

_WORDS: Final = {
    Outcome.TALKED.value: "Talked with {}",
    Outcome.VOICEMAIL.value: "Left a voicemail with {}",
    Outcome.NO_ANSWER.value: "No answer from {}",
}
# Pressed twice within the minute it is one call: who calls again, waits longer than that.
_ONE_CALL: Final = dt.timedelta(minutes=1)


@require_http_methods(["GET", "HEAD", "POST"])
def call_log(request: HtmxHttpRequest) -> HttpResponse:
    """Log a call that was made just now; GET asks how it went."""
    if request.method != "POST":
        return _ask(request)
    now = timezone.now()
    outcome = request.POST.get("outcome", "")
    if outcome not in _WORDS:
        raise BadRequest("Say how the call went: talked, voicemail or no answer.")
    accounts = accounts_to_change(request)
    with transaction.atomic():
        logged = [
            touches.log_touch(
                account=account,
                author=request.user,
                key="call",
                occurred_at=now.replace(second=0, microsecond=0),
                channel=Channel.CALL.value,
                direction=(Direction.MUTUAL if outcome == Outcome.TALKED else Direction.OUTBOUND).value,
                outcome=outcome,
                colleagues=[request.user],
                now=now,
            ).touch
            for account in accounts
        ]
    undo = f"{reverse('touches-take-back')}?{urlencode([('touch', touch.pk) for touch in logged])}"
    return _done(request, accounts, f"{_WORDS[outcome].format(_named(accounts))}: logged.", undo=undo)


@require_POST
def take_back(request: HtmxHttpRequest) -> HttpResponse:
    """Delete touches that were just logged."""
    now = timezone.now()
    given = request.POST.getlist("touch") or request.GET.getlist("touch")
    if not 0 < len(given) <= MOST_AT_ONCE or not all(
        one.isascii() and one.isdigit() and len(one) < 19 for one in given
    ):
        raise BadRequest("Name the touches to take back.")
    found = [touch_to_change(request.user, int(one), is_deleted=True) for one in given]
    with transaction.atomic():
        for touch in found:
            touches.delete_touch(touch=touch, by=request.user, reason="taken back", now=now)
    accounts = [touch.account for touch in found]
    return _done(request, accounts, f"Undone: the call with {_named(accounts)}.")


def _ask(request: HtmxHttpRequest) -> HttpResponse:
    accounts = accounts_to_change(request)
    is_fragment = wants_fragment(request)
    context = {
        "accounts": accounts,
        "heading": f"Called {_named(accounts)}",
        "next": wanted_page(request),
        "is_fragment": is_fragment,
    }
    return render(request, "touchpoints/_call_form.html" if is_fragment else "touchpoints/call_form.html", context)


def _named(accounts: Sequence[Account]) -> str:
    return accounts[0].name if len(accounts) == 1 else f"{len(accounts)} accounts"


def _done(request: HtmxHttpRequest, accounts: Sequence[Account], words: str, *, undo: str = "") -> HttpResponse:
    if wants_fragment(request):
        changed = account_changed(*(account.pk for account in accounts))
        return announce(HttpResponse(status=204), *changed, "close-dialog", toast=words, undo=undo)
    messages.success(request, words, extra_tags=undo)
    return HttpResponseRedirect(wanted_page(request))
