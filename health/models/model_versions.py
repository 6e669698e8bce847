"""What was learned from the portfolio, and how many false alarms the firm accepts."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class ModelVersion(models.Model):
    """A fitted scoring model: parameters, alarm thresholds and what they were learned from."""

    family = models.CharField(max_length=12)
    fitted = models.JSONField(help_text="The fitted model: parameters, component weights, alarm thresholds.")
    code_version = models.CharField(max_length=20)
    as_of_on = models.DateField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    log_likelihood = models.FloatField()
    account_count = models.IntegerField()
    gap_count = models.IntegerField()
    false_alarm_budget = models.FloatField(
        help_text="False alarms per account and year that the thresholds were set for."
    )
    failure = models.TextField(blank=True, help_text="Why the fit failed and the parameters before it were kept.")

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"#{self.pk} {self.family} {self.as_of_on}"


class AlarmBudget(models.Model):
    """How many false alarms the firm accepts, from this decision on; the newest stands, the older ones are its history.

    Before the first one, HARK_FALSE_ALARMS_PER_YEAR stands.
    """

    false_alarms_per_year = models.FloatField(help_text="False alarms per account and year.")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    decided_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(false_alarms_per_year__gt=0, false_alarms_per_year__lte=52),
                name="health_alarmbudget_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.false_alarms_per_year:g} a year"
