"""How often touches come from each source, so that an import that stopped is not taken for clients gone quiet."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from touchpoints.models import Source


class FeedRhythm(models.Model):
    """When a source last brought a touch, and how far apart its days with touches usually lie."""

    source = models.OneToOneField(Source, primary_key=True, on_delete=models.CASCADE, related_name="rhythm")
    touch_days = models.IntegerField(help_text="Days of its last year on which it had a touch.")
    last_touch_on = models.DateField(null=True)
    long_gap_days = models.FloatField(null=True, help_text="19 of 20 gaps of its last year were not longer.")
    dependent_share = models.FloatField(
        default=0.0, help_text="Of the accounts with a touch, the share whose newest touch came from it."
    )
    dependent_count = models.IntegerField(default=0, help_text="How many accounts these are.")
    computed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.source_id}: {self.last_touch_on}"


class FeedStop(models.Model):
    """A time in which a source brought nothing. It is kept, so that a past day can be scored as it was."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="stops", db_index=False)
    last_touch_on = models.DateField(help_text="The last day of which it brought a touch.")
    noticed_on = models.DateField(help_text="The first day on which it was known to have stopped.")
    ended_on = models.DateField(
        null=True, blank=True, help_text="The day on which it brought touches again, or nothing rested on it any more."
    )

    class Meta:
        ordering: ClassVar = ["-noticed_on", "-id"]
        constraints: ClassVar = [
            # Serves "which sources have stopped", and keeps two looks at once from noticing one stop twice.
            models.UniqueConstraint(
                fields=["source"], condition=Q(ended_on__isnull=True), name="health_feedstop_one_open"
            ),
            models.CheckConstraint(
                condition=Q(noticed_on__gt=F("last_touch_on")), name="health_feedstop_noticed_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} since {self.last_touch_on}"
