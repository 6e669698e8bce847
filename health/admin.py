"""What Hark concluded, to look at: nobody edits a score."""

from __future__ import annotations

from django.contrib import admin

from config.admin_site import LargeTableAdmin, ReadOnlyMixin
from health.models import (
    AccountHealth,
    AlarmBudget,
    BandChange,
    ModelVersion,
    NextAction,
    QuietPeriod,
    ScoreRun,
    Snooze,
    TrustReport,
)


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnlyMixin, LargeTableAdmin):
    list_display = ("__str__", "code_version", "account_count", "gap_count", "false_alarm_budget", "created_at")


@admin.register(AccountHealth)
class AccountHealthAdmin(ReadOnlyMixin, LargeTableAdmin):
    list_display = ("account", "band", "band_since_on", "health_score", "last_touch_on", "value_at_risk")
    list_filter = ("band",)
    list_select_related = ("account",)
    search_fields = ("account__name",)


@admin.register(BandChange)
class BandChangeAdmin(ReadOnlyMixin, LargeTableAdmin):
    list_display = ("account", "changed_on", "from_band", "to_band", "reason", "is_reconstructed")
    list_filter = ("to_band",)
    list_select_related = ("account",)
    search_fields = ("account__name",)


@admin.register(Snooze)
class SnoozeAdmin(ReadOnlyMixin, LargeTableAdmin):
    list_display = ("account", "author", "reason", "until_on", "created_at", "ended_at", "ended_why")
    list_select_related = ("account", "author")
    search_fields = ("account__name",)


@admin.register(NextAction)
class NextActionAdmin(ReadOnlyMixin, LargeTableAdmin):
    list_display = ("account", "what", "due_on", "author", "created_at", "ended_at", "is_done")
    list_select_related = ("account", "author")
    search_fields = ("account__name",)


@admin.register(QuietPeriod)
class QuietPeriodAdmin(ReadOnlyMixin, LargeTableAdmin):
    list_display = ("account", "reason", "starts_on", "ends_on", "author", "ended_at")
    list_select_related = ("account", "author")
    search_fields = ("account__name",)


@admin.register(ScoreRun)
class ScoreRunAdmin(ReadOnlyMixin, LargeTableAdmin):
    list_display = ("started_at", "kind", "as_of_on", "scored_count", "account_count", "finished_at", "error")
    list_filter = ("kind",)


@admin.register(AlarmBudget)
class AlarmBudgetAdmin(ReadOnlyMixin, LargeTableAdmin):
    list_display = ("false_alarms_per_year", "decided_by", "decided_at")
    list_select_related = ("decided_by",)


@admin.register(TrustReport)
class TrustReportAdmin(ReadOnlyMixin, LargeTableAdmin):
    list_display = ("as_of_on", "months", "started_at", "finished_at", "done_reviews", "review_count", "attempt")
    exclude = ("report",)
