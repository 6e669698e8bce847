"""Reading people, teams and segments for the administrator, and who changed what."""

from __future__ import annotations

from django.contrib.admin.models import LogEntry
from django.db.models import Count, Q, QuerySet

from accounts.models import Segment, Team, User

_ACTIVE_BOOK = Count("owned_accounts", filter=Q(owned_accounts__status="active"), distinct=True)
_ACTIVE_ACCOUNTS = Count("accounts", filter=Q(accounts__status="active"), distinct=True)


def everybody() -> QuerySet[User]:
    """Return all people with team and the size of their book (`book_size`); who can sign in first, then by name."""
    return User.objects.select_related("team").annotate(book_size=_ACTIVE_BOOK).order_by("-is_active", "full_name")


def all_teams() -> QuerySet[Team]:
    """Return the teams with `account_count`, `member_count` and their members."""
    members = Count("members", filter=Q(members__is_active=True), distinct=True)
    teams = Team.objects.annotate(account_count=_ACTIVE_ACCOUNTS, member_count=members)
    return teams.prefetch_related("members").order_by("name")


def all_segments() -> QuerySet[Segment]:
    """Return the segments in their order with `account_count`."""
    return Segment.objects.annotate(account_count=_ACTIVE_ACCOUNTS).order_by("position", "name")


def last_changes(limit: int = 30) -> QuerySet[LogEntry]:
    """Return what administrators changed last, in these pages and in Django's."""
    return LogEntry.objects.select_related("user", "content_type").order_by("-action_time", "-pk")[:limit]
