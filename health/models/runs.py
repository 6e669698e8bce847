"""Work over the whole portfolio: scoring it, and replaying its past."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from health.models.model_versions import ModelVersion


class ScoreRun(models.Model):
    """One pass of scoring over the portfolio, for "scored at 06:02", for progress, and to resume after a crash."""

    class Kind(models.TextChoices):
        NIGHTLY = "nightly", "Nightly"
        MANUAL = "manual", "By hand"
        SWEEP = "sweep", "Sweep"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    as_of_on = models.DateField()
    model_version = models.ForeignKey(
        ModelVersion, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    account_count = models.IntegerField(default=0)
    scored_count = models.IntegerField(default=0)
    usual_arr = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, help_text="The median value of the accounts that have one."
    )
    error = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-started_at", "-id"]
        indexes: ClassVar = [
            # Serves "when was the portfolio last scored".
            models.Index(fields=["-started_at"], name="health_scorerun_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.as_of_on}"


class TrustReport(models.Model):
    """A replay of the firm's own past: what the score would have said, and what became of it.

    `report` is what `health.scoring.trust` computes. While it is being computed, `done_reviews` and `beat_at` show that
    somebody is at work; whoever works on it holds the newest `attempt`, so that one who was taken for dead writes
    nothing.
    """

    as_of_on = models.DateField()
    months = models.PositiveSmallIntegerField(default=12)
    code_version = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField(help_text="When whoever computes it was last heard of.")
    finished_at = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    done_reviews = models.PositiveIntegerField(default=0)
    review_count = models.PositiveIntegerField(default=0)
    report = models.JSONField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            # One at a time; serves "is one being computed".
            models.UniqueConstraint(
                fields=["finished_at"],
                condition=Q(finished_at__isnull=True),
                nulls_distinct=False,
                name="health_trustreport_one_open",
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(report__isnull=False),
                name="health_trustreport_finished_has_report",
            ),
        ]

    def __str__(self) -> str:
        return f"replay of {self.as_of_on}"
