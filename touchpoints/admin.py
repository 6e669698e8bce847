"""Administration of sources; imports, rejected rows and touches to look at.

Touches are changed on their account's page, imports and rejected rows on the import pages: there the rhythms follow.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from config.admin_site import LargeTableAdmin, ReadOnlyMixin
from touchpoints.models import ImportBatch, RejectedRow, Source, Touchpoint


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    list_display = ("name", "kind", "time_zone", "expected_every_hours", "last_received_at")
    list_filter = ("kind",)
    search_fields = ("name",)
    readonly_fields = ("last_received_at", "created_at")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A source that touches came from keeps them apart for good: only an unused one can go."""
        return isinstance(obj, Source) and not (obj.touchpoints.exists() or obj.batches.exists())


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyMixin, LargeTableAdmin):
    list_display = (
        "file_name",
        "kind",
        "source",
        "status",
        "created_count",
        "updated_count",
        "unchanged_count",
        "rejected_count",
        "uploaded_by",
        "created_at",
    )
    list_filter = ("status", "kind", "source")
    list_select_related = ("source", "uploaded_by")
    search_fields = ("file_name", "=sha256")


@admin.register(RejectedRow)
class RejectedRowAdmin(ReadOnlyMixin, LargeTableAdmin):
    list_display = ("batch", "line_number", "reason_code", "message", "status")
    list_filter = ("status",)
    list_select_related = ("batch",)
    search_fields = ("=batch__file_name", "=reason_code")
    search_help_text = "The whole file name, or the whole reason code."


@admin.register(Touchpoint)
class TouchpointAdmin(ReadOnlyMixin, LargeTableAdmin):
    """Newest stored first: by number, as the table has no index over all dates; an account's page sorts by date."""

    list_display = ("occurred_at", "account", "channel", "direction", "outcome", "subject", "source", "counts")
    list_display_links = ("occurred_at",)
    list_filter = ("channel", "direction")
    list_select_related = ("account", "source")
    search_fields = ("account__name",)
    search_help_text = "Part of the account’s name."
    exclude = ("contacts", "colleagues")
    readonly_fields = ("people",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Touchpoint]:
        # The text of a message may be long, and no list shows it.
        return super().get_queryset(request).defer("body") if _is_list(request) else super().get_queryset(request)

    @admin.display(description="people")
    def people(self, touch: Touchpoint) -> str:
        names = [contact.name for contact in touch.contacts.all()]
        names += [colleague.full_name for colleague in touch.colleagues.all()]
        return ", ".join(names) or "–"


def _is_list(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and (match.url_name or "").endswith("_changelist")
