from __future__ import annotations

from django.urls import URLPattern, path

from health.views import (
    account,
    account_charts,
    actions,
    brief,
    live,
    next_actions,
    portfolio,
    quiet_days,
    row_reasons,
    search,
    snapshot,
    today,
    trust,
)

urlpatterns: list[URLPattern] = [
    path("", today.today, name="today"),
    path("accounts/", today.account_list, name="account-list"),
    path("accounts/snooze/", actions.snooze, name="accounts-snooze"),
    path("accounts/wake/", actions.wake, name="accounts-wake"),
    path("accounts/assign/", actions.assign, name="accounts-assign"),
    path("accounts/pause/", actions.pause, name="accounts-pause"),
    path("accounts/resume/", actions.resume, name="accounts-resume"),
    path("accounts/undo/", actions.undo, name="accounts-undo"),
    path("accounts/next/", next_actions.plan, name="accounts-plan"),
    path("accounts/next/done/", next_actions.complete, name="accounts-next-done"),
    path("accounts/<int:pk>/", account.account, name="account"),
    path("accounts/<int:pk>/<slug:name>.csv", account_charts.account_csv, name="account-csv"),
    path("accounts/<int:pk>/brief/", brief.account_brief, name="account-brief"),
    path("accounts/<int:pk>/reasons/", row_reasons.row_reasons, name="account-reasons"),
    path("today/changed/", live.today_changed, name="today-changed"),
    path("search/", search.search_page, name="search"),
    path("portfolio/", portfolio.portfolio, name="portfolio"),
    path("portfolio/snapshot/", snapshot.snapshot, name="portfolio-snapshot"),
    path("portfolio/<slug:name>.csv", portfolio.portfolio_csv, name="portfolio-csv"),
    path("trust/", trust.trust, name="trust"),
    path("trust/budget/", trust.budget, name="trust-budget"),
    path("trust/run/", trust.run_again, name="trust-run"),
    path("trust/<slug:name>.csv", trust.trust_csv, name="trust-csv"),
    path("manage/quiet-days/", quiet_days.quiet_days, name="quiet-days"),
    path("manage/quiet-days/<int:pk>/end/", quiet_days.quiet_days_end, name="quiet-days-end"),
]
