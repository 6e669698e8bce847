"""How often a portfolio was in touch, by channel and month."""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models
from django.db.models import Q

from accounts.models import Segment, Team, User


class ChannelFamily(models.TextChoices):
    """Channels as the portfolio counts them; live talk first. `health.touch_months` says which channel is of which."""

    CALL = "call", "Calls"
    MEETING = "meeting", "Meetings and visits"
    EMAIL = "email", "E-mail"
    TEXT = "text", "Texts"
    OTHER = "other", "Other channels"


LIVE_TALK: Final = (ChannelFamily.CALL, ChannelFamily.MEETING)
#: Whatever the channel: of such a row only the accounts are more than a sum, for one may be reached on several.
ANY_CHANNEL: Final = "any"


class TouchMonth(models.Model):
    """Touches of a month in one family of channels, and the accounts that had any; filled from the touches.

    Owner, team and segment are those of the day on which it was counted, so that a chart for any scope reads a few
    thousand rows whatever the number of touches.
    """

    month = models.DateField(help_text="Its first day, in the firm's time zone.")
    owner = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    segment = models.ForeignKey(Segment, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    family = models.CharField(max_length=8)
    touch_count = models.BigIntegerField()
    account_count = models.IntegerField()
    counted_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            # Serves the chart (month leads), and makes a second count of a month replace the first.
            models.UniqueConstraint(
                fields=["month", "team", "owner", "segment", "family"],
                nulls_distinct=False,
                name="health_touchmonth_uniq",
            ),
            models.CheckConstraint(
                condition=Q(family__in=[*ChannelFamily.values, ANY_CHANNEL]), name="health_touchmonth_family_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.family}: {self.touch_count}"
