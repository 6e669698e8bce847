from __future__ import annotations

from django.urls import URLPattern, path

from accounts.views import accounts, passwords, settings, signing_in

urlpatterns: list[URLPattern] = [
    path("sign-in/", signing_in.sign_in, name="sign-in"),
    path("sign-out/", signing_in.sign_out, name="sign-out"),
    path("set-password/<str:uidb64>/<str:token>/", passwords.SetPasswordView.as_view(), name="set-password"),
    path("settings/", settings.settings, name="settings"),
    path("settings/theme/", settings.theme, name="theme"),
    path("settings/password/", settings.password, name="password"),
    path("accounts/new/", accounts.account_new, name="account-new"),
    path("accounts/<int:pk>/edit/", accounts.account_edit, name="account-edit"),
    path("accounts/<int:pk>/contacts/new/", accounts.contact_new, name="contact-new"),
    path("contacts/<int:pk>/edit/", accounts.contact_edit, name="contact-edit"),
    path("contacts/<int:pk>/left/", accounts.contact_left, name="contact-left"),
    path("contacts/<int:pk>/back/", accounts.contact_back, name="contact-back"),
]
