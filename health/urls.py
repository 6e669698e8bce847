from __future__ import annotations

from django.urls import URLPattern, path

from health.views import portfolio

urlpatterns: list[URLPattern] = [
    path("portfolio/", portfolio.portfolio, name="portfolio"),
    path("portfolio/<slug:name>.csv", portfolio.portfolio_csv, name="portfolio-csv"),
]
