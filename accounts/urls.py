from __future__ import annotations

from django.urls import URLPattern, path

from accounts.views import signing_in

urlpatterns: list[URLPattern] = [
    path("sign-in/", signing_in.sign_in, name="sign-in"),
    path("sign-out/", signing_in.sign_out, name="sign-out"),
]
