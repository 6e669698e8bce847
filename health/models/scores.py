"""Each account's current score."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast

from accounts.models import Account, Segment
from health.models.feeds import FeedStop
from health.models.model_versions import ModelVersion
from health.models.words import Band, Series, Signal


class AccountHealth(models.Model):
    """The current score of one account: the one row that lists read.

    Written as a whole by scoring. It repeats what lists sort and count by, so that a page of any portfolio costs the
    same number of queries; `account` stays the truth for who may see it.
    """

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.CASCADE, related_name="health")
    met_on = models.DateField(null=True, help_text="The day on which it was scored for the first time.")
    as_of_on = models.DateField()
    computed_at = models.DateTimeField()
    model_version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    activity_version = models.BigIntegerField(default=0, help_text="Of the account's touches when it was computed.")
    band = models.CharField(max_length=8, choices=Band.choices)
    band_since_on = models.DateField()
    previous_band = models.CharField(max_length=8, choices=Band.choices, blank=True)
    alarm_since_on = models.DateField(null=True)
    health_score = models.FloatField(null=True, help_text="0-100, higher is healthier; null: no history.")
    risk = models.FloatField(null=True, help_text="Chance of no touch within the account's own horizon.")
    normal = models.FloatField(null=True, help_text="Chance that a gap of this client gets at least this long.")
    gone = models.FloatField(null=True, help_text="Chance that the last touch was the last one.")
    horizon_days = models.FloatField(null=True)
    usual_gap_days = models.FloatField(null=True)
    is_usual_gap_own = models.BooleanField(default=False, help_text="Else judged by similar accounts.")
    usual_gap_low_days = models.FloatField(null=True, help_text="Where the account's usual range begins.")
    usual_gap_high_days = models.FloatField(null=True)
    touch_days = models.IntegerField(default=0)
    last_touch_on = models.DateField(null=True)
    last_client_touch_on = models.DateField(null=True)
    client_touch_days = models.IntegerField(null=True)
    client_usual_gap_days = models.FloatField(null=True)
    is_client_usual_gap_own = models.BooleanField(default=False)
    client_normal = models.FloatField(null=True)
    due_on = models.DateField(null=True, help_text="When the next touch was due by the usual gap.")
    alarm_index = models.FloatField(null=True)
    regularity = models.FloatField(null=True)
    alarm_series = models.CharField(max_length=6, choices=Series.choices, blank=True)
    drift = models.FloatField(null=True, help_text="Log ratio of the recent gaps to all of them; above 0: slowing.")
    is_slowing = models.BooleanField(default=False)
    slowing_since_on = models.DateField(null=True)
    # Health points of each step from the typical account's health to this one's; they add up to it exactly.
    reference_health = models.FloatField(null=True, help_text="Health of the portfolio's typical account on rhythm.")
    points_silence = models.FloatField(null=True)
    points_rhythm = models.FloatField(null=True)
    points_slowing = models.FloatField(null=True)
    points_activity = models.FloatField(null=True)
    points_history = models.FloatField(null=True)
    points_calibration = models.FloatField(null=True)
    main_signal = models.CharField(
        max_length=16,
        choices=Signal.choices,
        blank=True,
        help_text="The strongest that makes the account drift.",
    )
    # Of no fixed width, and empty for most: written apart from the other columns, where it has changed.
    signals = models.JSONField(
        default=list,
        db_default=Value([], models.JSONField()),
        help_text="The signals that are on, each with the figures it is told with.",
    )
    held_since_on = models.DateField(null=True, help_text="Since when the band is only held by hysteresis.")
    feed_stop = models.ForeignKey(
        FeedStop,
        null=True,
        on_delete=models.SET_NULL,
        related_name="unheard",
        db_index=False,
        help_text="The stopped source because of which its silence is not flagged.",
    )
    next_change_on = models.DateField(null=True, help_text="When the band would change if nothing happens.")
    next_touch_at = models.DateTimeField(null=True, help_text="The next booked touch, which will count when it comes.")
    # Repeated from the account when scored; an edited account is scored again within a minute.
    segment = models.ForeignKey(Segment, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    renewal_on = models.DateField(null=True)
    arr = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    value_at_risk = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    priority = models.FloatField(default=0, help_text="Order of the at-risk list; health.services says how it is made.")
    # Whole cents add up in half the time of decimals, and lists add up the value of every account they count.
    arr_cents = models.GeneratedField(
        expression=Cast(F("arr") * 100, models.BigIntegerField()),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    value_at_risk_cents = models.GeneratedField(
        expression=Cast(F("value_at_risk") * 100, models.BigIntegerField()),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )

    class Meta:
        verbose_name_plural = "account health"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(band__in=Band.values), name="health_accounthealth_band_known"),
            models.CheckConstraint(
                condition=Q(health_score__isnull=True) | Q(health_score__range=(0, 100)),
                name="health_accounthealth_range",
            ),
        ]
        indexes: ClassVar = [
            # Serves Today in its default order: a page of one band is read off its beginning. The sweep of what is
            # stale reads all scores anyway, and a night writes an entry of each index for every account: these two are
            # all that is worth it.
            models.Index(fields=["band", "-priority", "account"], name="health_ah_order"),
            # Serves every count of a list's tiles and chips, index only and in the order of its groups (half the time
            # of hashing decimals at 100,000 accounts, for some 60 bytes an account).
            models.Index(
                fields=["band", "segment", "alarm_series"],
                include=["renewal_on", "arr_cents", "value_at_risk_cents"],
                name="health_ah_facets",
            ),
            # Serves the count and the list of what is not flagged because a source stopped, and the sweep that scores
            # these accounts again when it is back; empty on all other days.
            models.Index(fields=["feed_stop"], condition=Q(feed_stop__isnull=False), name="health_ah_feed_stop"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.band}"
