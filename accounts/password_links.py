"""The one-time link with which a person sets a password, made for them by an administrator."""

from __future__ import annotations

from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.models import User


def password_link(request: HttpRequest, user: User) -> str:
    """Return the one-time address at which `user` sets a password; it ends when used, or after three days."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    address = reverse("set-password", args=[uid, default_token_generator.make_token(user)])
    return request.build_absolute_uri(address)
