"""How many accounts there are of each kind, kept by the database itself with every write to the scores.

Triggers on AccountHealth (health.tallies) add a row for each kind that a statement changed; a sum over the rows of a
kind is what a count over the scores would say in the same moment. Rows are added and never changed, so that writers do
not wait for each other; now and then they are put together (`health.tallies.settle`).

They hold the whole firm and nothing of owner or team: only who sees everything may be shown a sum of them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from health.models.words import Band, Series


class BandTally(models.Model):
    """A change in how many accounts of one segment stand in one band, and in what they are worth."""

    # A number, not a key: a change is kept though its segment may be deleted later.
    segment_id = models.BigIntegerField(null=True)
    band = models.CharField(max_length=8, choices=Band.choices)
    alarm_series = models.CharField(max_length=6, choices=Series.choices, blank=True)
    account_count = models.BigIntegerField()
    arr_cents = models.BigIntegerField()
    value_at_risk_cents = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "band tallies"

    def __str__(self) -> str:
        return f"{self.band}: {self.account_count:+}"


class RenewalTally(models.Model):
    """A change in how many accounts of one segment and band renew on one day."""

    renewal_on = models.DateField()
    segment_id = models.BigIntegerField(null=True)
    band = models.CharField(max_length=8, choices=Band.choices)
    alarm_series = models.CharField(max_length=6, choices=Series.choices, blank=True)
    account_count = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [
            # Serves the counts of renewals ahead: the days of a window lie together, and nothing else is read.
            models.Index(
                fields=["renewal_on"],
                include=["band", "segment_id", "alarm_series", "account_count"],
                name="health_renewaltally_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.renewal_on} {self.band}: {self.account_count:+}"
