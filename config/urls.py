"""All addresses: each app names its own."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from config import demo, views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("demo/sign-in/", demo.sign_in_as, name="demo-sign-in"),
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("touchpoints.urls")),
    path("", include("health.urls")),
]

handler400 = "config.views.bad_request"
handler403 = "config.views.forbidden"
handler404 = "config.views.not_found"
handler500 = "config.views.server_error"
