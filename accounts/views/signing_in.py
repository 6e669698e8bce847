"""Signing in and out."""

from __future__ import annotations

from math import ceil
from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import SignInForm
from accounts.models import User
from accounts.sign_in_limits import locked_until
from config.http import next_address


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for e-mail address and password, then go where the person wanted to go."""
    if request.method != "POST" and request.user.is_authenticated:
        return HttpResponseRedirect(wanted_page(request))
    form = SignInForm(request, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        login(request, form.get_user())
        return HttpResponseRedirect(wanted_page(request))
    return _page(request, form, status=422 if form.is_bound else 200)


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; without one, too, the answer is the sign-in page."""
    logout(request)
    return HttpResponseRedirect(resolve_url(settings.LOGOUT_REDIRECT_URL))


def locked_out(
    request: HttpRequest, original_response: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """Answer whoever tried too often; django-axes calls this instead of showing the form's own answer."""
    now = timezone.now()
    until = locked_until(request, credentials, now=now)
    wait_seconds = max(1, ceil((until - now).total_seconds()))
    response = _page(
        request,
        SignInForm(request, initial={"username": request.POST.get("username", "")[:254]}),
        status=429,
        locked_until=until,
        wait_minutes=ceil(wait_seconds / 60),
    )
    response["Retry-After"] = str(wait_seconds)
    return response


def wanted_page(request: HttpRequest) -> str:
    """Return the page of this site that `next` names, or Today."""
    return next_address(request, resolve_url(settings.LOGIN_REDIRECT_URL))


def _page(request: HttpRequest, form: SignInForm, *, status: int, **more: Any) -> HttpResponse:
    context = {
        "form": form,
        "next": request.POST.get("next") or request.GET.get("next") or "",
        "has_people": User.objects.exists(),
        "is_unsent": request.GET.get("unsent") == "1",
        **more,
    }
    return render(request, "accounts/sign_in.html", context, status=status)
