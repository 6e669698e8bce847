"""Adding and changing accounts and the people at a client."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import account_for, can_administer, can_create_accounts, contact_for
from accounts.forms import AccountForm, ContactForm
from accounts.leaving import ContactLeftForm
from accounts.models import Account, Contact
from accounts.services import bring_contact_back, mark_contact_as_left, save_account, save_contact
from config.days import firm_day
from config.http import HtmxHttpRequest

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(FORM_METHODS)
def account_new(request: HtmxHttpRequest) -> HttpResponse:
    """Add an account: a lead to the own team, an administrator to any."""
    if not can_create_accounts(request.user):
        raise PermissionDenied("Team leads and administrators add accounts.")
    account = Account()
    if not can_administer(request.user):
        account.team_id = request.user.team_id
    return _account_form(request, account)


@require_http_methods(FORM_METHODS)
def account_edit(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Change an account."""
    return _account_form(request, account_for(request.user, pk, write=True))


@require_http_methods(FORM_METHODS)
def contact_new(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Add a person to account `pk`."""
    return _contact_form(request, Contact(account=account_for(request.user, pk, write=True)))


@require_http_methods(FORM_METHODS)
def contact_edit(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Change contact `pk`."""
    return _contact_form(request, contact_for(request.user, pk, write=True))


@require_http_methods(FORM_METHODS)
def contact_left(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Say that contact `pk` has left, and who took over."""
    contact = contact_for(request.user, pk, write=True)
    form = ContactLeftForm(request.POST or None, contact=contact, today=firm_day(timezone.now()))
    if request.method == "POST" and form.is_valid():
        mark_contact_as_left(contact=contact, **form.cleaned_data)
        took_over = f"; {contact.successor.name} took over" if contact.successor else ""
        messages.success(request, f"{contact.name} has left{took_over}. What was said stays.")
        return redirect("account", contact.account_id)
    context = {"form": form, "contact": contact, "account": contact.account}
    return render(request, "accounts/contact_left.html", context, status=422 if form.is_bound else 200)


@require_POST
def contact_back(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Say that contact `pk` works there after all."""
    contact = contact_for(request.user, pk, write=True)
    bring_contact_back(contact=contact)
    messages.success(request, f"{contact.name} works there after all.")
    return redirect("account", contact.account_id)


def _account_form(request: HtmxHttpRequest, account: Account) -> HttpResponse:
    is_new, before = account.pk is None, (account.owner_id, account.team_id)
    name = account.name  # the form writes into the account, also what it then refuses
    now = timezone.now()
    form = AccountForm(request.POST or None, instance=account, user=request.user, today=firm_day(now))
    if request.method == "POST" and form.is_valid():
        if not is_new and account.owner_id != before[0] and account.team_id == before[1]:
            account.team_id = (account.owner.team_id if account.owner else None) or before[1]
        save_account(account=account, domains=form.cleaned_data["domains"], by=request.user, now=now)
        messages.success(request, f"{account.name} is {'added' if is_new else 'saved'}.")
        return redirect("account", account.pk)
    context = {"form": form, "account": account, "is_new": is_new, "name": name}
    return render(request, "accounts/account_form.html", context, status=422 if form.is_bound else 200)


def _contact_form(request: HtmxHttpRequest, contact: Contact) -> HttpResponse:
    is_new, name = contact.pk is None, contact.name
    form = ContactForm(request.POST or None, instance=contact)
    if request.method == "POST" and form.is_valid():
        save_contact(contact=contact)
        messages.success(request, f"{contact.name} is {'added' if is_new else 'saved'}.")
        return redirect("account", contact.account_id)
    context = {"form": form, "contact": contact, "account": contact.account, "is_new": is_new, "name": name}
    return render(request, "accounts/contact_form.html", context, status=422 if form.is_bound else 200)
