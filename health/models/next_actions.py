"""What somebody is going to do about an account, and by when."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Account


class NextAction(models.Model):
    """The next step with an account. One is open at a time; what was done or replaced is kept."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="next_actions", db_index=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    what = models.CharField(max_length=200)
    due_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Null while it is open.")
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    is_done = models.BooleanField(default=False, help_text="Done, and not merely replaced or taken back.")

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            # Serves the rows of a list, and keeps two people from planning at once.
            models.UniqueConstraint(
                fields=["account"], condition=Q(ended_at__isnull=True), name="health_nextaction_one_open"
            ),
            models.CheckConstraint(condition=~Q(what=""), name="health_nextaction_says_what"),
            models.CheckConstraint(
                condition=Q(is_done=False) | Q(ended_at__isnull=False), name="health_nextaction_done_has_end"
            ),
        ]
        indexes: ClassVar = [
            # Serves the account's history of what was planned.
            models.Index(fields=["account", "-created_at"], name="health_nextaction_account"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.what}"
