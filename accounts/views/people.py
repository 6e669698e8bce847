"""The people of the firm, for the administrator: invite, change, keep out, hand their book over."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import selectors
from accounts.models import Account, AccountStatus, User
from accounts.password_links import password_link
from accounts.people_forms import HandOverForm, ManagedPersonForm
from accounts.services import hand_over_book, record_change, save_managed
from accounts.views.administering import for_administrators
from config.formats import count_of
from config.http import HtmxHttpRequest

FORM_METHODS = ["GET", "HEAD", "POST"]
# The link is shown once, to whoever made it, on the person's page.
_LINK = "password_link"


@require_safe
@for_administrators
def manage(request: HtmxHttpRequest) -> HttpResponse:
    """Lead to what an administrator manages, with the last changes."""
    return render(request, "accounts/manage.html", {"changes": selectors.last_changes()})


@require_safe
@for_administrators
def people(request: HtmxHttpRequest) -> HttpResponse:
    """List everybody who signs in or did."""
    return render(request, "accounts/people.html", {"people": selectors.everybody()})


@require_http_methods(FORM_METHODS)
@for_administrators
def person_new(request: HtmxHttpRequest) -> HttpResponse:
    """Add a person and show the link with which they set a password."""
    return _person_form(request, User())


@require_http_methods(FORM_METHODS)
@for_administrators
def person_edit(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Change a person, or keep them out."""
    return _person_form(request, get_object_or_404(User, pk=pk))


@require_POST
@for_administrators
def person_link(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Make a one-time link to set a password; older ones end."""
    person = get_object_or_404(User, pk=pk)
    if person.is_active:
        request.session[_LINK] = [person.pk, password_link(request, person)]
        record_change(record=person, by=request.user, words="made a link to set a password")
    else:
        messages.error(request, f"{person} cannot sign in. Change that first.")
    return redirect("person-edit", person.pk)


@require_http_methods(FORM_METHODS)
@for_administrators
def person_hand_over(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Give all active accounts of a person to somebody else."""
    person = get_object_or_404(User, pk=pk)
    form = HandOverForm(request.POST or None, leaving=person)
    if request.method == "POST" and form.is_valid():
        owner: User = form.cleaned_data["owner"]
        count = hand_over_book(of=person, to=owner, by=request.user, now=timezone.now())
        messages.success(request, f"{owner} looks after {count_of(count, 'account')} of {person} now.")
        return redirect("people")
    context = {"person": person, "form": form, "book": _book_size(person)}
    return render(request, "accounts/hand_over.html", context, status=422 if form.is_bound else 200)


def _person_form(request: HtmxHttpRequest, person: User) -> HttpResponse:
    is_new, name, was_active = person.pk is None, str(person), person.is_active
    form = ManagedPersonForm(request.POST or None, instance=person, acting_user=request.user)
    if request.method == "POST" and form.is_valid():
        changed = [str(form.fields[field].label or field).lower() for field in form.changed_data]
        save_managed(record=person, by=request.user, changed=changed)
        if is_new:
            request.session[_LINK] = [person.pk, password_link(request, person)]
            return redirect("person-edit", person.pk)
        messages.success(request, f"{person} is saved.")
        is_without_owner = was_active and not person.is_active and _book_size(person)
        return redirect("person-hand-over", person.pk) if is_without_owner else redirect("people")
    context = {
        "form": form,
        "person": person,
        "is_new": is_new,
        "name": name,
        "book": 0 if is_new else _book_size(person),
        "link": "" if is_new or form.is_bound else _new_link(request, person),
    }
    return render(request, "accounts/person_form.html", context, status=422 if form.is_bound else 200)


def _new_link(request: HtmxHttpRequest, person: User) -> str:
    made_for, link = request.session.get(_LINK, (None, ""))
    if made_for != person.pk:
        return ""
    del request.session[_LINK]
    return str(link)


def _book_size(person: User) -> int:
    return Account.objects.filter(owner=person, status=AccountStatus.ACTIVE).count()
