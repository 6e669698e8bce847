"""What a person decides for themselves: theme, time zone, daily capacity, password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import PreferencesForm
from accounts.models import Theme
from accounts.services import save_preferences, save_theme
from accounts.views.signing_in import wanted_page
from config.http import HtmxHttpRequest


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HtmxHttpRequest) -> HttpResponse:
    """Show and store the person's preferences."""
    names = ("theme", "time_zone", "daily_capacity")
    initial = {name: getattr(request.user, name) for name in names}
    form = PreferencesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        save_preferences(user=request.user, **form.cleaned_data)
        messages.success(request, "Your settings are saved.")
        return redirect("settings")
    return render(request, "accounts/settings.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
def theme(request: HtmxHttpRequest) -> HttpResponse:
    """Store the theme and go back to the page from which it was chosen.

    Raises BadRequest for a theme that does not exist.
    """
    chosen = request.POST.get("theme", "")
    if chosen not in Theme.values:
        raise BadRequest("There is no such theme.")
    save_theme(user=request.user, theme=chosen)
    return HttpResponseRedirect(wanted_page(request))


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HtmxHttpRequest) -> HttpResponse:
    """Change the password; sessions on other devices end."""
    form = PasswordChangeForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        update_session_auth_hash(request, request.user)
        messages.success(request, "Your password is changed. You are signed out everywhere else.")
        return redirect("settings")
    return render(request, "accounts/password.html", {"form": form}, status=422 if form.is_bound else 200)
