"""How often touches come from each source, so that an import that stopped is not taken for clients gone quiet."""

from __future__ import annotations

from django.db import models

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
    computed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.source_id}: {self.last_touch_on}"
