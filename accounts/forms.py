"""What people fill in about themselves, about accounts and about the people at a client."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    """E-mail address and password. One message for every way of being wrong, so that nobody learns who works here."""

    username = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autofocus": True, "autocomplete": "username"}),
    )
    error_messages: ClassVar[dict[str, Any]] = {
        "invalid_login": "This e-mail address and this password do not belong together. Check both and try again.",
        "inactive": "This e-mail address and this password do not belong together. Check both and try again.",
    }
