"""What can be done with accounts from a list: snooze, wake, assign, expect quiet, resume, undo; one or many at once.

Each form has an address of its own, so that it works as a page, as a dialog, and for the rows that were picked.
"""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.services import assign_account
from accounts.views.picking import accounts_to_change
from config.days import firm_day
from config.formats import short_date
from config.http import HtmxHttpRequest
from health.forms import AssignForm, PauseForm, SnoozeForm
from health.services.quiet import end_quiet_period, pause_account
from health.services.snoozing import end_snooze, snooze_account
from health.services.undoing import (
    ASSIGNED,
    PAUSED,
    RESUMED,
    SNOOZED,
    WOKEN,
    Handover,
    Step,
    rows_of,
    take_back,
)
from health.views.picked_accounts import (
    accounts_of_step,
    ask,
    done,
    named,
    step_to_undo,
    undo_address,
)


@require_http_methods(["GET", "HEAD", "POST"])
def snooze(request: HtmxHttpRequest) -> HttpResponse:
    """Take flagged accounts off the list until a day, with a reason."""
    now = timezone.now()
    accounts = accounts_to_change(request)
    form = SnoozeForm(request.POST or None, today=firm_day(now))
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        with transaction.atomic():
            snoozes = [
                snooze_account(
                    account=account, author=request.user, reason=chosen["reason"], until_on=chosen["until_on"], now=now
                )
                for account in accounts
            ]
        return done(
            request,
            accounts,
            f"{named(accounts)} snoozed until {short_date(chosen['until_on'], firm_day(now))}.",
            undo=undo_address(request.user, rows_of(SNOOZED, accounts, snoozes)),
        )
    return ask(
        request,
        form,
        accounts,
        action="accounts-snooze",
        heading=f"Snooze {named(accounts)}",
        explanation="Off the list until then. A message from the client, or a renewal close by, wakes it sooner.",
        button="Snooze",
    )


@require_POST
def wake(request: HtmxHttpRequest) -> HttpResponse:
    """End the snooze of accounts."""
    now = timezone.now()
    accounts = accounts_to_change(request)
    with transaction.atomic():
        ended = [end_snooze(account=account, by=request.user, now=now) for account in accounts]
    return done(
        request,
        accounts,
        f"{named(accounts)} {'is' if len(accounts) == 1 else 'are'} listed again.",
        undo=undo_address(request.user, rows_of(WOKEN, accounts, [one for one in ended if one])),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: HtmxHttpRequest) -> HttpResponse:
    """Give accounts to another account manager."""
    now = timezone.now()
    accounts = accounts_to_change(request)
    form = AssignForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        owner: User = form.cleaned_data["owner"]
        handovers = tuple(Handover(one.pk, one.owner_id, one.team_id, owner.pk) for one in accounts)
        with transaction.atomic():
            for account in accounts:
                assign_account(account=account, owner=owner, by=request.user, now=now)
        step = Step(ASSIGNED, tuple(one.pk for one in accounts), handovers=handovers)
        undo = undo_address(request.user, step)
        return done(request, accounts, f"{named(accounts)} assigned to {owner}.", undo=undo)
    return ask(
        request,
        form,
        accounts,
        action="accounts-assign",
        heading=f"Assign {named(accounts)}",
        explanation="The history stays with the account.",
        button="Assign",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: HtmxHttpRequest) -> HttpResponse:
    """Say that quiet is expected, so that it is not flagged."""
    now = timezone.now()
    accounts = accounts_to_change(request)
    form = PauseForm(request.POST or None, today=firm_day(now))
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        with transaction.atomic():
            periods = [
                pause_account(
                    account=account,
                    author=request.user,
                    reason=chosen["reason"],
                    starts_on=chosen["starts_on"],
                    ends_on=chosen["ends_on"],
                    now=now,
                )
                for account in accounts
            ]
        return done(
            request,
            accounts,
            f"Quiet expected from {named(accounts)} until {short_date(chosen['ends_on'], firm_day(now))}.",
            undo=undo_address(request.user, rows_of(PAUSED, accounts, periods)),
        )
    return ask(
        request,
        form,
        accounts,
        action="accounts-pause",
        heading=f"Expect quiet from {named(accounts)}",
        explanation="In this time the account is Paused and never flagged. Touches are still recorded.",
        button="Expect quiet",
    )


@require_POST
def resume(request: HtmxHttpRequest) -> HttpResponse:
    """End the quiet periods of accounts that hold now or lie ahead."""
    now = timezone.now()
    accounts = accounts_to_change(request)
    with transaction.atomic():
        ended = [period for account in accounts for period in end_quiet_period(account=account, now=now)]
    return done(
        request,
        accounts,
        f"No quiet is expected from {named(accounts)} any more.",
        undo=undo_address(request.user, rows_of(RESUMED, accounts, ended)),
    )


@require_POST
def undo(request: HtmxHttpRequest) -> HttpResponse:
    """Take back what this person did a moment ago, with all of its accounts at once.

    Who gave accounts away may take back just that, within the hour and while the new owner still has them; everything
    else needs the right to change the accounts, as doing it did.
    """
    step = step_to_undo(request)
    accounts = accounts_of_step(request.user, step)
    if take_back(step=step, by=request.user, now=timezone.now()):
        return done(request, accounts, f"Undone: {named(accounts)}." if accounts else "Undone.")
    return done(request, accounts, "Nothing was left to undo: it has been changed since.")
