"""What was said on past days, of accounts and of the portfolio."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Account, Segment, Team, User
from health.models.model_versions import ModelVersion
from health.models.words import Band


class HealthDay(models.Model):
    """What was said of an account on a day, kept as it was computed.

    Every day of the last five weeks, before that the Sundays and the days on which the account changed its band. Rows
    with `is_reconstructed` were computed later, from the touches known by that day, for the time before the first
    scoring.
    """

    # The day leads: a night then appends to one end of the index instead of touching a page for each account.
    pk = models.CompositePrimaryKey("day", "account_id")
    # Not held by the database: to check it, each night would lock, and so write, the row of every account.
    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="health_days", db_index=False, db_constraint=False
    )
    day = models.DateField()
    band = models.CharField(max_length=8, choices=Band.choices)
    health_score = models.FloatField(null=True)
    risk = models.FloatField(null=True)
    normal = models.FloatField(null=True)
    silent_days = models.IntegerField(null=True)
    model_version = models.ForeignKey(
        ModelVersion, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    is_reconstructed = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(band__in=Band.values), name="health_healthday_band_known"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day}: {self.band}"


class PortfolioDay(models.Model):
    """How many accounts, and how much value, stood in each band on a day; filled from HealthDay by one statement.

    Owner, team and segment are those of that day (for reconstructed days, today's), so that a chart for any scope reads
    a few thousand rows whatever the number of accounts.
    """

    day = models.DateField()
    owner = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    segment = models.ForeignKey(Segment, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    band = models.CharField(max_length=8, choices=Band.choices)
    account_count = models.IntegerField()
    arr = models.DecimalField(max_digits=18, decimal_places=2)
    value_at_risk = models.DecimalField(max_digits=18, decimal_places=2)
    is_reconstructed = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            # Serves the charts over time (day leads), and makes a refill of a day replace it.
            models.UniqueConstraint(
                fields=["day", "team", "owner", "segment", "band"],
                nulls_distinct=False,
                name="health_portfolioday_uniq",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.band}: {self.account_count}"


class BandChange(models.Model):
    """An account moved from one band to another, and why."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="band_changes", db_index=False)
    changed_on = models.DateField()
    from_band = models.CharField(max_length=8, choices=Band.choices, blank=True)
    to_band = models.CharField(max_length=8, choices=Band.choices)
    reason = models.CharField(max_length=200, blank=True)
    model_version = models.ForeignKey(
        ModelVersion, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    is_reconstructed = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-changed_on", "-id"]
        constraints: ClassVar = [
            # Serves an account's stream; one final change a day, a rescoring of the same day replaces it. The band it
            # left is read off it for the movement of a period (a quarter less time, for some 8 bytes a change).
            models.UniqueConstraint(
                fields=["account", "changed_on"], include=["from_band"], name="health_bandchange_account_day_uniq"
            ),
            models.CheckConstraint(condition=~Q(from_band=F("to_band")), name="health_bandchange_changes"),
        ]
        indexes: ClassVar = [
            # Serves movement between bands in a period.
            models.Index(fields=["changed_on"], name="health_bandchange_day"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.changed_on}: {self.from_band} to {self.to_band}"
