"""Names that people give to a list in one state."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Team


class SavedView(models.Model):
    """A name for a list with its filters, order and columns. What it shows is decided anew for each reader."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views", db_index=False
    )
    team = models.ForeignKey(
        Team,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="saved_views",
        db_index=False,
        help_text="Whom it is shared with; empty: the owner's own.",
    )
    list_name = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, help_text="The whole state of the list, as its address holds it.")
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True, help_text="Set when its owner removed it.")

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(name=""), name="health_savedview_has_name"),
            # Serves the own views of a person, and keeps two of them from having one name.
            models.UniqueConstraint(
                fields=["owner", "list_name", "name"],
                condition=Q(removed_at__isnull=True),
                name="health_savedview_one_of_a_name",
            ),
        ]
        indexes: ClassVar = [
            # Serves what is shared with a team.
            models.Index(
                fields=["team"],
                condition=Q(team__isnull=False, removed_at__isnull=True),
                name="health_savedview_team",
            ),
        ]

    def __str__(self) -> str:
        return self.name
