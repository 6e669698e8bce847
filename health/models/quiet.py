"""What people decided about a silence: not to be reminded of it, or that it is known."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Account


class Snooze(models.Model):
    """Somebody chose not to be reminded of a flagged account until a day, and said why."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="snoozes", db_index=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=300, validators=[MaxLengthValidator(300)])
    created_at = models.DateTimeField()
    until_on = models.DateField(help_text="The first day on which the account is listed again.")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Null while it holds.")
    ended_why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            # Serves "is it snoozed", and keeps two people from snoozing at once.
            models.UniqueConstraint(
                fields=["account"], condition=Q(ended_at__isnull=True), name="health_snooze_one_open"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="health_snooze_has_reason"),
        ]
        indexes: ClassVar = [
            # Serves the account's stream.
            models.Index(fields=["account", "-created_at"], name="health_snooze_account"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} until {self.until_on}"


class QuietDays(models.Model):
    """Days on which the firm expects no client to be in touch. Each active account gets a QuietPeriod from them."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=300)
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="The last quiet day.")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Set when somebody ended them early.")

    class Meta:
        ordering: ClassVar = ["-starts_on", "-id"]
        verbose_name_plural = "quiet days"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="health_quietdays_ends_after_start"),
            models.CheckConstraint(condition=~Q(reason=""), name="health_quietdays_has_reason"),
        ]

    def __str__(self) -> str:
        return self.reason


class QuietPeriod(models.Model):
    """Known quiet: a holiday, a shutdown, a pause. The account is Paused from the first to the last day."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="quiet_periods", db_index=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reason = models.CharField(max_length=300)
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="The last quiet day.")
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Set when somebody ended it before its last day.")
    quiet_days = models.ForeignKey(
        QuietDays,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="periods",
        db_index=False,
        help_text="The firm's quiet days that it comes from; empty: it is this account's own.",
    )

    class Meta:
        ordering: ClassVar = ["-starts_on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="health_quietperiod_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="health_quietperiod_has_reason"),
            # Serves spreading the firm's quiet days, each once to each account, and ending them.
            models.UniqueConstraint(
                fields=["quiet_days", "account"],
                condition=Q(quiet_days__isnull=False),
                name="health_quietperiod_once_per_days",
            ),
        ]
        indexes: ClassVar = [
            # Serves scoring ("which accounts are paused on this day") and the account's stream.
            models.Index(fields=["account", "ends_on"], name="health_quietperiod_account"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.starts_on} to {self.ends_on}"
