"""The next action of accounts: planning it, and saying that it is done."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.views.picking import accounts_to_change
from config.days import firm_day
from config.formats import relative_days
from config.http import HtmxHttpRequest
from health.forms import NextActionForm
from health.selectors.next_actions import open_action
from health.services.next_actions import complete_action, plan_action
from health.services.undoing import DONE, PLANNED, rows_of
from health.views.picked_accounts import ask, done, named, undo_address


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HtmxHttpRequest) -> HttpResponse:
    """Say what is done next with accounts, and by when."""
    now = timezone.now()
    accounts = accounts_to_change(request)
    known = open_action(accounts[0]) if len(accounts) == 1 else None
    form = NextActionForm(request.POST or None, today=firm_day(now), known=known)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        with transaction.atomic():
            actions = [
                plan_action(account=account, author=request.user, what=chosen["what"], due_on=chosen["due_on"], now=now)
                for account in accounts
            ]
        due = f", {relative_days(chosen['due_on'], firm_day(now))}" if chosen["due_on"] else ""
        return done(
            request,
            accounts,
            f"Next with {named(accounts)}: {actions[0].what}{due}.",
            undo=undo_address(request.user, rows_of(PLANNED, accounts, actions)),
        )
    return ask(
        request,
        form,
        accounts,
        action="accounts-plan",
        heading=f"Next action with {named(accounts)}",
        explanation="It stands in the row and on the account page until it is done or replaced.",
        button="Save",
    )


@require_POST
def complete(request: HtmxHttpRequest) -> HttpResponse:
    """Say that the next action of accounts is done."""
    now = timezone.now()
    accounts = accounts_to_change(request)
    with transaction.atomic():
        found = [complete_action(account=account, by=request.user, now=now) for account in accounts]
    actions = [one for one in found if one]
    words = f"Done: {actions[0].what}." if len(actions) == 1 else f"{len(actions)} next actions are done."
    return done(
        request,
        accounts,
        words if actions else "No next action was open.",
        undo=undo_address(request.user, rows_of(DONE, accounts, actions)),
    )
