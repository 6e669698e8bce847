"""Administration of people, teams, segments, accounts and contacts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import Count, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from accounts.assignments import OwnerBefore, owner_stored, record_assignments
from accounts.models import Account, AccountDomain, Contact, Role, Segment, Team, User
from accounts.password_links import password_link
from accounts.people_forms import PersonForm
from accounts.services import delete_contacts, save_contact

# Roles say who may do what; groups and single permissions would be a second, silent rule beside them.
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """People. A new person, or one who forgot the password, gets a one-time link that is shown here, once."""

    form = PersonForm
    add_form = PersonForm
    change_form_template = "accounts/admin_person.html"
    fieldsets = (
        (None, {"fields": ("full_name", "email", "role", "team", "is_active")}),
        ("How they see Hark", {"fields": ("time_zone", "daily_capacity"), "classes": ("collapse",)}),
        ("Dates", {"fields": ("joined_at", "last_login")}),
    )
    add_fieldsets = ((None, {"fields": ("full_name", "email", "role", "team", "is_active"), "classes": ("wide",)}),)
    readonly_fields = ("joined_at", "last_login")
    list_display = ("full_name", "email", "role", "team", "book", "is_active", "last_login")
    list_filter = ("role", "team", "is_active")
    list_select_related = ("team",)
    search_fields = ("full_name", "email")
    ordering = ("full_name",)
    filter_horizontal = ()
    actions = ("make_password_links",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        active = Count("owned_accounts", filter=Q(owned_accounts__status="active"))
        return super().get_queryset(request).annotate(book_size=active)

    @admin.display(description="book", ordering="book_size")
    def book(self, user: User) -> str:
        size: int = getattr(user, "book_size", 0)
        return f"{size} account{'' if size == 1 else 's'}"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.acting_user = request.user
        return form

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        self._show_link(request, obj)
        return super().response_add(request, obj, post_url_continue)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """People who left are made inactive: what they did stays theirs."""
        return False

    @admin.action(description="Make a link to set a password")
    def make_password_links(self, request: HttpRequest, people: QuerySet[User]) -> None:
        for user in people.filter(is_active=True):
            self._show_link(request, user)

    def get_urls(self) -> list[URLPattern]:
        link = path("<int:pk>/link/", self.admin_site.admin_view(require_POST(self._link_view)), name="person-link")
        # Django's page on which one person sets the password of another is left out: the link does that better.
        return [link, *(url for url in super().get_urls() if url.name != "auth_user_password_change")]

    def _link_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = get_object_or_404(User, pk=pk)
        if user.is_active:
            self._show_link(request, user)
        else:
            messages.error(request, f"{user} is not active. Tick “Is active” first.")
        return redirect("admin:accounts_user_change", pk)

    def _show_link(self, request: HttpRequest, user: User) -> None:
        text = "{} sets a password here: {} The link works once, for three days. Give it to nobody else."
        self.message_user(request, format_html(text, user.full_name, password_link(request, user)), messages.SUCCESS)


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):
    list_display = ("name", "leads", "people", "accounts")
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        return (
            super()
            .get_queryset(request)
            .prefetch_related("members")
            .annotate(account_count=Count("accounts", filter=Q(accounts__status="active")))
        )

    @admin.display
    def leads(self, team: Team) -> str:
        return ", ".join(person.full_name for person in team.members.all() if person.role == Role.LEAD) or "nobody"

    @admin.display
    def people(self, team: Team) -> int:
        return sum(person.is_active for person in team.members.all())

    @admin.display(description="active accounts", ordering="account_count")
    def accounts(self, team: Team) -> int:
        return int(getattr(team, "account_count", 0))


@admin.register(Segment)
class SegmentAdmin(admin.ModelAdmin):
    list_display = ("name", "position")
    list_editable = ("position",)
    search_fields = ("name",)


class DomainInline(admin.TabularInline):
    model = AccountDomain
    extra = 1


class ContactInline(admin.TabularInline):
    model = Contact
    fields = ("name", "email", "title", "level", "left_on")
    extra = 0
    show_change_link = True


@admin.register(Account)
class AccountAdmin(admin.ModelAdmin):
    """Accounts. One that has a history is closed, not deleted."""

    list_display = ("name", "owner", "team", "segment", "arr", "renewal_on", "status")
    list_filter = ("status", "team", "segment", ("owner", admin.EmptyFieldListFilter))
    list_select_related = ("owner", "team", "segment")
    search_fields = ("name", "=external_id", "=domains__domain")
    search_help_text = "Part of the name, the whole number, or the whole e-mail domain."
    autocomplete_fields = ("owner", "team", "segment")
    readonly_fields = ("created_at", "updated_at")
    inlines = (DomainInline, ContactInline)
    show_full_result_count = False
    list_per_page = 50

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return isinstance(obj, Account) and not getattr(obj, "touchpoints").exists()  # noqa: B009 - of a higher app

    def save_model(self, request: HttpRequest, obj: Account, form: Any, change: bool) -> None:
        before = OwnerBefore(obj, owner_stored(obj))
        super().save_model(request, obj, form, change)
        assert isinstance(request.user, User)  # only administrators come here
        record_assignments(changes=[before], by=request.user, now=timezone.now())


@admin.register(Contact)
class ContactAdmin(admin.ModelAdmin):
    list_display = ("name", "account", "email", "title", "level", "left_on")
    list_filter = ("level", ("left_on", admin.EmptyFieldListFilter))
    list_select_related = ("account",)
    search_fields = ("name", "=email", "account__name")
    search_help_text = "Part of the person’s or the account’s name, or the whole e-mail address."
    autocomplete_fields = ("account",)
    exclude = ("successor",)  # of the same client, and only of who has left: the account page asks for it
    show_full_result_count = False
    list_per_page = 50

    def save_model(self, request: HttpRequest, obj: Contact, form: Any, change: bool) -> None:
        save_contact(contact=obj)

    def delete_model(self, request: HttpRequest, obj: Contact) -> None:
        delete_contacts(contacts=Contact.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Contact]) -> None:
        delete_contacts(contacts=queryset)
