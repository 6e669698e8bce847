"""What Hark concludes: fitted models, each account's rhythm and health, today and on past days, and known quiet."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.models import Account, Segment, Team, User


class Band(models.TextChoices):
    """In order of urgency; the stored words equal `health.scoring.bands.Band`."""

    SILENT = "silent", "Silent"
    DRIFTING = "drifting", "Drifting"
    LEARNING = "learning", "Learning"
    STEADY = "steady", "Steady"
    PAUSED = "paused", "Paused"
    DORMANT = "dormant", "Dormant"
    CLOSED = "closed", "Closed"


class Series(models.TextChoices):
    ANY = "any", "Any touch"
    CLIENT = "client", "Touches in which the client took part"


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


class AccountHealth(models.Model):
    """The current score of one account: the one row that lists read.

    Written as a whole by scoring. It repeats what lists sort and count by, so that a page of any portfolio costs the
    same number of queries; `account` stays the truth for who may see it.
    """

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.CASCADE, related_name="health")
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
    held_since_on = models.DateField(null=True, help_text="Since when the band is only held by hysteresis.")
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
            # Serves Today in its default order: a page of one band is read off its beginning.
            models.Index(fields=["band", "-priority", "account"], name="health_ah_order"),
            # Serves every count of a list's tiles and chips, index only and in the order of its groups (half the time
            # of hashing decimals at 100,000 accounts, for some 60 bytes an account).
            models.Index(
                fields=["band", "segment", "alarm_series"],
                include=["renewal_on", "arr_cents", "value_at_risk_cents"],
                name="health_ah_facets",
            ),
            # Serves the sweep of what is stale because a predicted change has come.
            models.Index(fields=["next_change_on"], name="health_ah_next_change"),
            # Serves the same sweep for booked touches that have taken place.
            models.Index(
                fields=["next_touch_at"], condition=Q(next_touch_at__isnull=False), name="health_ah_next_touch"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.band}"


class HealthDay(models.Model):
    """What was said of an account on a day, kept as it was computed.

    Rows with `is_reconstructed` were computed later, from the touches known by that day, for the time before the first
    scoring.
    """

    pk = models.CompositePrimaryKey("account_id", "day")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="health_days", db_index=False)
    day = models.DateField()
    band = models.CharField(max_length=8, choices=Band.choices)
    health_score = models.FloatField(null=True)
    risk = models.FloatField(null=True)
    normal = models.FloatField(null=True)
    silent_days = models.IntegerField(null=True)
    model_version = models.ForeignKey(
        ModelVersion, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    is_reconstructed = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(band__in=Band.values), name="health_healthday_band_known"),
        ]
        indexes: ClassVar = [
            # Serves the fill of PortfolioDay for one day.
            models.Index(fields=["day"], name="health_healthday_day"),
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
            # Serves an account's stream; one final change a day, a rescoring of the same day replaces it.
            models.UniqueConstraint(fields=["account", "changed_on"], name="health_bandchange_account_day_uniq"),
            models.CheckConstraint(condition=~Q(from_band=F("to_band")), name="health_bandchange_changes"),
        ]
        indexes: ClassVar = [
            # Serves movement between bands in a period.
            models.Index(fields=["changed_on"], name="health_bandchange_day"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.changed_on}: {self.from_band} to {self.to_band}"


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

    class Meta:
        ordering: ClassVar = ["-starts_on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="health_quietperiod_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="health_quietperiod_has_reason"),
        ]
        indexes: ClassVar = [
            # Serves scoring ("which accounts are paused on this day") and the account's stream.
            models.Index(fields=["account", "ends_on"], name="health_quietperiod_account"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.starts_on} to {self.ends_on}"


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
    error = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-started_at", "-id"]
        indexes: ClassVar = [
            # Serves "when was the portfolio last scored".
            models.Index(fields=["-started_at"], name="health_scorerun_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.as_of_on}"
