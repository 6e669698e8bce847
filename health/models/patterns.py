"""What an account's touches say, in one row that scoring reads: its rhythm, and who takes part."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Account, Contact
from health.models.model_versions import ModelVersion
from health.models.words import Series


class Rhythm(models.Model):
    """Sufficient statistics of one account's touch days, for one series; recomputed from the facts, never incremented.

    For gaps x_1..x_n between consecutive touch days, and delta in (1, .85, .6), oldest first,
    log_sum = sum delta^(n-j) ln max(x_j, .5), log_square the same of its square, gap_sum the same of x_j itself.
    """

    pk = models.CompositePrimaryKey("account_id", "series")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="rhythms", db_index=False)
    series = models.CharField(max_length=6, choices=Series.choices)
    touch_days = models.IntegerField()
    first_on = models.DateField()
    last_on = models.DateField()
    median_gap_days = models.FloatField(null=True)
    low_gap_days = models.FloatField(null=True, help_text="One gap in ten is at most this long.")
    high_gap_days = models.FloatField(null=True, help_text="One gap in ten is longer.")
    log_sum_100 = models.FloatField()
    log_sum_085 = models.FloatField()
    log_sum_060 = models.FloatField()
    log_square_100 = models.FloatField()
    log_square_085 = models.FloatField()
    log_square_060 = models.FloatField()
    gap_sum_100 = models.FloatField()
    gap_sum_085 = models.FloatField()
    gap_sum_060 = models.FloatField()
    near_days = models.BigIntegerField(default=0, help_text="Bit i: a touch i days before the last one, i to 59.")
    far_days = models.BigIntegerField(default=0, help_text="Bit i: a touch 60 + i days before the last one.")
    returned_gap_days = models.FloatField(
        null=True, help_text="The third longest gap that ended within a year before the last touch."
    )
    version = models.BigIntegerField(
        default=1, help_text="Grows with each change; a score names the version it rests on."
    )
    computed_at = models.DateTimeField(default=timezone.now)
    evidence = ArrayField(
        models.FloatField(),
        null=True,
        help_text="Log weight of each model component, given this account's gaps.",
    )
    evidence_model = models.ForeignKey(
        ModelVersion,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        help_text="Under which the evidence was computed.",
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(series__in=Series.values), name="health_rhythm_series_known"),
            models.CheckConstraint(condition=Q(touch_days__gte=1), name="health_rhythm_has_touch"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.series}"


class TalkPattern(models.Model):
    """Who took part in an account's touches, on which channel: what the signals beside the rhythm are seen in.

    Recomputed from the facts with the rhythm, never incremented. All of it is relative to the last touch day, so that a
    row stands while nothing happens; `health.scoring.signals.talk_days.TalkStats` defines the columns.
    """

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.CASCADE, related_name="talk_pattern")
    first_on = models.DateField()
    last_on = models.DateField()
    recent_days = models.IntegerField(help_text="Touch days of the 90 days up to the last one.")
    recent_talk_days = models.IntegerField(help_text="Those of them with a live talk.")
    earlier_days = models.IntegerField(help_text="Touch days of the year before those 90 days.")
    earlier_talk_days = models.IntegerField()
    our_days = models.IntegerField(help_text="Days on which only we wrote or spoke.")
    answer_days = models.IntegerField(help_text="All other touch days.")
    unanswered_days = models.IntegerField(help_text="Days of ours since the last answer.")
    unanswered_since_on = models.DateField(null=True)
    longest_unanswered_days = models.IntegerField(help_text="The most days of ours in a row before that.")
    client_days = models.IntegerField(help_text="Days on which the client took part.")
    client_last_on = models.DateField(null=True)
    client_median_gap = models.FloatField(null=True)
    client_high_gap = models.FloatField(null=True, help_text="One of the client's gaps in ten is longer.")
    cadence_gaps = models.IntegerField(help_text="Gaps that the lived cadence rests on.")
    lived_gap = models.FloatField(null=True, help_text="Half of the time lies in gaps at least this long.")
    people = models.IntegerField(help_text="Persons who took part in the 90 days up to the last touch.")
    named_days = models.IntegerField(help_text="Days of those 90 on which a named person took part.")
    lone_contact = models.ForeignKey(
        Contact, null=True, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    lone_earlier_days = models.IntegerField(help_text="Days with the one person in the year before.")
    earlier_named_days = models.IntegerField()
    sponsor = models.ForeignKey(
        Contact, null=True, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    sponsor_days = models.IntegerField(help_text="Days on which the sponsor took part, in two years.")
    sponsor_first_on = models.DateField(null=True)
    sponsor_last_on = models.DateField(null=True)
    sponsor_longest_gap_days = models.IntegerField()
    sponsor_left_on = models.DateField(null=True)
    others_since_days = models.IntegerField(help_text="Days with anybody since the sponsor last took part.")
    ranked_since_days = models.IntegerField(help_text="Those of them with somebody of rank who is still there.")
    computed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.account_id)
