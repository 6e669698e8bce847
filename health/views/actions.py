"""What can be done with accounts from a list: snooze, wake, assign, expect quiet, resume; one account or many at once.

Each form has an address of its own, so that it works as a page, as a dialog, and for the rows that were picked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import accounts_visible_to, can_write
from accounts.models import Account, User
from accounts.services import assign_account
from accounts.views.signing_in import wanted_page
from config.days import firm_day
from config.formats import short_date
from config.http import HtmxHttpRequest, account_changed, announce, wants_fragment
from health.forms import AssignForm, PauseForm, SnoozeForm
from health.services.quiet import end_quiet_period, pause_account
from health.services.snoozing import end_snooze, snooze_account

MOST_AT_ONCE: Final = 200


@require_http_methods(["GET", "HEAD", "POST"])
def snooze(request: HtmxHttpRequest) -> HttpResponse:
    """Take flagged accounts off the list until a day, with a reason."""
    now = timezone.now()
    accounts = _accounts_to_change(request)
    form = SnoozeForm(request.POST or None, today=firm_day(now))
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        with transaction.atomic():
            for account in accounts:
                snooze_account(
                    account=account, author=request.user, reason=chosen["reason"], until_on=chosen["until_on"], now=now
                )
        return _done(
            request,
            accounts,
            f"{_named(accounts)} snoozed until {short_date(chosen['until_on'], firm_day(now))}.",
            undo=_address("accounts-wake", accounts),
        )
    return _ask(
        request,
        form,
        accounts,
        action="accounts-snooze",
        heading=f"Snooze {_named(accounts)}",
        explanation="Off the list until then. A message from the client, or a renewal close by, wakes it sooner.",
        button="Snooze",
    )


@require_POST
def wake(request: HtmxHttpRequest) -> HttpResponse:
    """End the snooze of accounts."""
    now = timezone.now()
    accounts = _accounts_to_change(request)
    with transaction.atomic():
        for account in accounts:
            end_snooze(account=account, by=request.user, now=now)
    return _done(request, accounts, f"{_named(accounts)} is listed again." if len(accounts) == 1 else "Listed again.")


@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: HtmxHttpRequest) -> HttpResponse:
    """Give accounts to another account manager."""
    now = timezone.now()
    accounts = _accounts_to_change(request)
    form = AssignForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        owner: User = form.cleaned_data["owner"]
        before = {account.owner_id for account in accounts}
        with transaction.atomic():
            for account in accounts:
                assign_account(account=account, owner=owner, by=request.user, now=now)
        # Taken back in one step only where that is possible: one owner before, who may be chosen again.
        (previous,) = before if len(before) == 1 else (None,)
        is_reversible = previous is not None and all(can_write(request.user, account) for account in accounts)
        undo = _address("accounts-assign", accounts, owner=previous) if is_reversible else ""
        return _done(request, accounts, f"{_named(accounts)} assigned to {owner}.", undo=undo)
    return _ask(
        request,
        form,
        accounts,
        action="accounts-assign",
        heading=f"Assign {_named(accounts)}",
        explanation="The history stays with the account.",
        button="Assign",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: HtmxHttpRequest) -> HttpResponse:
    """Say that quiet is expected, so that it is not flagged."""
    now = timezone.now()
    accounts = _accounts_to_change(request)
    form = PauseForm(request.POST or None, today=firm_day(now))
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        with transaction.atomic():
            for account in accounts:
                pause_account(
                    account=account,
                    author=request.user,
                    reason=chosen["reason"],
                    starts_on=chosen["starts_on"],
                    ends_on=chosen["ends_on"],
                    now=now,
                )
        return _done(
            request,
            accounts,
            f"Quiet expected from {_named(accounts)} until {short_date(chosen['ends_on'], firm_day(now))}.",
            undo=_address("accounts-resume", accounts),
        )
    return _ask(
        request,
        form,
        accounts,
        action="accounts-pause",
        heading=f"Expect quiet from {_named(accounts)}",
        explanation="In this time the account is Paused and never flagged. Touches are still recorded.",
        button="Expect quiet",
    )


@require_POST
def resume(request: HtmxHttpRequest) -> HttpResponse:
    """End the quiet periods of accounts that hold now or lie ahead."""
    now = timezone.now()
    accounts = _accounts_to_change(request)
    with transaction.atomic():
        for account in accounts:
            end_quiet_period(account=account, now=now)
    return _done(request, accounts, f"No quiet is expected from {_named(accounts)} any more.")


def _accounts_to_change(request: HtmxHttpRequest) -> list[Account]:
    """Return the accounts named by `ids`.

    Raises BadRequest for ids that are none, Http404 when one is not visible, PermissionDenied when one is read-only.
    """
    data: QueryDict = request.POST if request.method == "POST" else request.GET
    given = data.getlist("ids")
    if not given:
        raise BadRequest("Pick at least one account.")
    if len(given) > MOST_AT_ONCE or not all(one.isascii() and one.isdigit() and len(one) < 19 for one in given):
        raise BadRequest(f"Between 1 and {MOST_AT_ONCE} accounts can be changed at once.")
    ids = {int(one) for one in given}
    accounts = list(accounts_visible_to(request.user).filter(pk__in=ids).select_related("owner", "team"))
    if len(accounts) < len(ids):
        raise Http404("There is no such account, or it is not in your scope.")
    if not all(can_write(request.user, account) for account in accounts):
        raise PermissionDenied("You may read this account but not change it.")
    return accounts


def _named(accounts: Sequence[Account]) -> str:
    return accounts[0].name if len(accounts) == 1 else f"{len(accounts)} accounts"


def _address(name: str, accounts: Sequence[Account], **more: int | None) -> str:
    pairs = [("ids", str(account.pk)) for account in accounts] + [(key, str(value)) for key, value in more.items()]
    return f"{reverse(name)}?{urlencode(pairs)}"


def _ask(
    request: HtmxHttpRequest, form: forms.Form, accounts: list[Account], *, action: str, **words: str
) -> HttpResponse:
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


def _done(request: HtmxHttpRequest, accounts: Sequence[Account], words: str, *, undo: str = "") -> HttpResponse:
    """Answer a change: htmx is told what changed, a browser without JavaScript goes back to the list."""
    if wants_fragment(request):
        changed = account_changed(*(account.pk for account in accounts))
        return announce(HttpResponse(status=204), *changed, "close-dialog", toast=words, undo=undo)
    messages.success(request, words)
    return HttpResponseRedirect(wanted_page(request))
