"""The one-time link with which a person sets a password: new here, or locked out."""

from __future__ import annotations

from axes.utils import reset
from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpResponse
from django.urls import reverse_lazy

from accounts.sign_in_limits import name_of


class SetPasswordView(PasswordResetConfirmView):
    """Django's own check of the link; a used or old one is told so in words."""

    template_name = "accounts/set_password.html"
    success_url = reverse_lazy("sign-in")

    def form_valid(self, form: SetPasswordForm) -> HttpResponse:
        """Store the password, and let wrong tries from before no longer keep the person out."""
        response = super().form_valid(form)
        reset(username=name_of(form.user.email))
        messages.success(self.request, "Your password is set. Sign in with it.")
        return response
