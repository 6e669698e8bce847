"""What Hark concludes: fitted models, each account's rhythm and health, today and on past days, and known quiet."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.models import Account, Contact, Segment, Team, User


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


class Signal(models.TextChoices):
    """What the touches show beside their rhythm; the stored words equal `health.scoring.signals.found.Signal`."""

    UNANSWERED = "unanswered", "Unanswered"
    ONE_SIDED = "one_sided", "One-sided"
    SPONSOR_LEFT = "sponsor_left", "Sponsor left"
    CADENCE_MISSED = "cadence_missed", "Agreed cadence missed"
    TALK_FELL = "talk_fell", "Live talk fell"
    SPONSOR_SILENT = "sponsor_silent", "Sponsor silent"
    SINGLE_THREADED = "single_threaded", "Single-threaded"


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
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.band}"


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
