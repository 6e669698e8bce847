"""The administration pages: Django's own, behind Hark's sign-in, and quick on tables of millions of rows."""

from __future__ import annotations

from functools import cached_property, update_wrapper
from typing import Any, Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

COUNTED_ROWS: Final = 10_000


class HarkAdminSite(admin.AdminSite):
    """Django's administration without a second sign-in page: who is signed in and may not enter is told so."""

    site_header = "Hark administration"
    site_title = "Hark administration"
    index_title = "People, accounts and data"
    site_url = "/"

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied("Only administrators may enter.")
            return inner(request, *args, **kwargs)

        return update_wrapper(guarded, inner)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Go on to the administration; whoever is not signed in was sent to the sign-in page before this."""
        if not self.has_permission(request):
            raise PermissionDenied("Only administrators may enter.")
        return redirect("admin:index")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("password")


class CappedPaginator(Paginator):
    """Pages of a large table: rows are counted up to COUNTED_ROWS only, as an exact count reads the whole table."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[:COUNTED_ROWS].count())


class LargeTableAdmin(admin.ModelAdmin):
    """For tables of millions of rows: newest first by primary key, never a full count."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    ordering = ("-pk",)


class ReadOnlyMixin:
    """Rows that only Hark itself writes: shown, never added, changed or deleted by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
