"""Adding and changing accounts and the people at a client."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import account_for, can_administer, can_create_accounts, contact_for
from accounts.forms import AccountForm, ContactForm
from accounts.models import Account, Contact
from accounts.services import save_account, save_contact
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
    """Change contact `pk`, or say that this person has left."""
    return _contact_form(request, contact_for(request.user, pk, write=True))


def _account_form(request: HtmxHttpRequest, account: Account) -> HttpResponse:
    is_new, before = account.pk is None, (account.owner_id, account.team_id)
    name = account.name  # the form writes into the account, also what it then refuses
    form = AccountForm(request.POST or None, instance=account, user=request.user, today=firm_day(timezone.now()))
    if request.method == "POST" and form.is_valid():
        if not is_new and account.owner_id != before[0] and account.team_id == before[1]:
            account.team_id = (account.owner.team_id if account.owner else None) or before[1]
        save_account(account=account, domains=form.cleaned_data["domains"])
        messages.success(request, f"{account.name} is {'added' if is_new else 'saved'}.")
        return redirect("account", account.pk)
    context = {"form": form, "account": account, "is_new": is_new, "name": name}
    return render(request, "accounts/account_form.html", context, status=422 if form.is_bound else 200)


def _contact_form(request: HtmxHttpRequest, contact: Contact) -> HttpResponse:
    is_new, name = contact.pk is None, contact.name
    today = firm_day(timezone.now())
    form = ContactForm(request.POST or None, instance=contact)
    if request.method == "POST" and form.is_valid():
        if request.POST.get("has_left") and contact.left_on is None:
            contact.left_on = today
        save_contact(contact=contact)
        messages.success(request, f"{contact.name} is {'added' if is_new else 'saved'}.")
        return redirect("account", contact.account_id)
    context = {"form": form, "contact": contact, "account": contact.account, "is_new": is_new, "name": name}
    return render(request, "accounts/contact_form.html", context, status=422 if form.is_bound else 200)
