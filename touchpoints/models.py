"""What was said, by whom, when and how it reached us: sources, imports and the touchpoints themselves."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Account, Contact
from accounts.validators import validate_time_zone


class SourceKind(models.TextChoices):
    MANUAL = "manual", "Logged by hand"
    FILE = "file", "Files"
    API = "api", "API"
    MAILBOX = "mailbox", "Mailbox"
    CALENDAR = "calendar", "Calendar"


class Source(models.Model):
    """Where touches come from. A source that should deliver and does not is a dead feed, not a quiet client."""

    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10, choices=SourceKind.choices, default=SourceKind.FILE)
    time_zone = models.CharField(
        max_length=64,
        blank=True,
        validators=[validate_time_zone],
        help_text="Of times without an offset; empty: the firm's.",
    )
    expected_every_hours = models.PositiveIntegerField(
        null=True, blank=True, help_text="How often new data should arrive; empty: no expectation."
    )
    last_received_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=SourceKind.values), name="touchpoints_source_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name


class ImportKind(models.TextChoices):
    ACCOUNTS = "accounts", "Accounts"
    CONTACTS = "contacts", "Contacts"
    TOUCHPOINTS = "touchpoints", "Touchpoints"


class BatchStatus(models.TextChoices):
    RECEIVED = "received", "Waiting for its columns to be confirmed"
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Stopped"


class ImportBatch(models.Model):
    """One received file with its raw bytes, how to read it, how far it got, and what became of its rows."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="batches")
    kind = models.CharField(max_length=12, choices=ImportKind.choices)
    status = models.CharField(max_length=10, choices=BatchStatus.choices, default=BatchStatus.RECEIVED)
    file = models.FileField(upload_to="imports/%Y/%m/", max_length=300)
    file_name = models.CharField(max_length=255)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    options = models.JSONField(default=dict, help_text="How to read the file: encoding, delimiter, columns, dates.")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="import_batches",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # The checkpoint: written in the same transaction as the rows, so a killed worker goes on exactly here.
    lines_done = models.BigIntegerField(default=0)
    bytes_done = models.BigIntegerField(default=0)
    rows_read = models.BigIntegerField(default=0)
    created_count = models.BigIntegerField(default=0)
    updated_count = models.BigIntegerField(default=0)
    unchanged_count = models.BigIntegerField(default=0)
    rejected_count = models.BigIntegerField(default=0)
    accounts_created_count = models.BigIntegerField(default=0)
    last_progress_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, help_text="Why it stopped, in words for the person who uploaded it.")

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        verbose_name_plural = "import batches"
        constraints: ClassVar = [
            # The same bytes into the same source are the same batch: uploading them twice does nothing.
            models.UniqueConstraint(fields=["source", "kind", "sha256"], name="touchpoints_batch_bytes_uniq"),
            models.CheckConstraint(condition=Q(kind__in=ImportKind.values), name="touchpoints_batch_kind_known"),
            models.CheckConstraint(condition=Q(status__in=BatchStatus.values), name="touchpoints_batch_status_known"),
        ]
        indexes: ClassVar = [
            # Serves the list of imports and the search for batches that a killed worker left behind.
            models.Index(fields=["-created_at"], name="touchpoints_batch_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.get_kind_display()})"


class RejectedRowStatus(models.TextChoices):
    OPEN = "open", "Open"
    MENDED = "mended", "Mended and imported"
    DISMISSED = "dismissed", "Dismissed"


class RejectedRow(models.Model):
    """A row that could not be taken, kept as it was, with the reason; it can be mended and retried."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rejected_rows")
    line_number = models.BigIntegerField()
    cells = models.JSONField(help_text="The row as received, one text per column.")
    reason_code = models.CharField(max_length=40)
    message = models.TextField()
    status = models.CharField(max_length=10, choices=RejectedRowStatus.choices, default=RejectedRowStatus.OPEN)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["batch", "line_number"]
        constraints: ClassVar = [
            # Serves the report of a batch, in file order; a replayed chunk cannot reject a line twice.
            models.UniqueConstraint(fields=["batch", "line_number"], name="touchpoints_rejected_line_uniq"),
            models.CheckConstraint(
                condition=Q(status__in=RejectedRowStatus.values), name="touchpoints_rejected_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.line_number}: {self.message}"


class Channel(models.TextChoices):
    CALL = "call", "Call"
    VISIT = "visit", "Visit"
    MEETING = "meeting", "Meeting"
    EMAIL = "email", "Email"
    TEXT = "text", "Text"
    TICKET = "ticket", "Ticket"
    SURVEY = "survey", "Survey"
    EVENT = "event", "Event"
    OTHER = "other", "Other"


VOICE_CHANNELS = (Channel.CALL, Channel.VISIT, Channel.MEETING)


class Direction(models.TextChoices):
    INBOUND = "inbound", "From the client"
    OUTBOUND = "outbound", "From us"
    MUTUAL = "mutual", "Both took part"
    UNKNOWN = "unknown", "Not known"


CLIENT_DIRECTIONS = (Direction.INBOUND, Direction.MUTUAL)


class Outcome(models.TextChoices):
    PLAIN = "", "-"
    TALKED = "talked", "Talked"
    VOICEMAIL = "voicemail", "Left a voicemail"
    NO_ANSWER = "no_answer", "No answer"
    BOUNCED = "bounced", "Bounced"
    CANCELLED = "cancelled", "Cancelled"


# Tried, or never took place: kept and shown, but not a touch.
NOT_A_TOUCH = (Outcome.VOICEMAIL, Outcome.NO_ANSWER, Outcome.BOUNCED, Outcome.CANCELLED)


_COUNTS = (
    Q(is_automated=False)
    & Q(deleted_at__isnull=True)
    & Q(outcome__in=[outcome.value for outcome in Outcome if outcome not in NOT_A_TOUCH])
)


class TouchpointQuerySet(models.QuerySet["Touchpoint"]):
    def shown(self) -> TouchpointQuerySet:
        """Leave out what people deleted; it stays in the table so that a new import cannot bring it back."""
        return self.filter(deleted_at__isnull=True)


class Touchpoint(models.Model):
    """One communication with a client at a moment.

    `counts` says whether it is a touch in the sense of the score: human, and not merely an attempt. A touch in the
    future (a booked meeting) is stored and shown; the readers, who know the as-of moment, leave it out.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="touchpoints", db_index=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="touchpoints", db_index=False)
    external_id = models.CharField(
        max_length=200, help_text="Unique within its source, so that replays cannot duplicate."
    )
    batch = models.ForeignKey(
        ImportBatch,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="touchpoints",
        db_index=False,
    )
    occurred_at = models.DateTimeField()
    channel = models.CharField(max_length=8, choices=Channel.choices)
    direction = models.CharField(max_length=8, choices=Direction.choices, default=Direction.UNKNOWN)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.PLAIN, blank=True)
    is_automated = models.BooleanField(default=False, help_text="Sent by a machine: campaigns, out-of-office, bounces.")
    subject = models.CharField(max_length=500, blank=True)
    body = models.TextField(blank=True)
    our_names = models.CharField(
        max_length=300, blank=True, help_text="Our people as the source names them, where they are not users here."
    )
    contacts = models.ManyToManyField(Contact, blank=True, related_name="touchpoints")
    colleagues = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="touchpoints")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        help_text="Who logged it by hand.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    is_edited = models.BooleanField(default=False, help_text="Changed by hand: imports leave it as it is.")
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    deleted_reason = models.CharField(max_length=200, blank=True)
    counts = models.GeneratedField(
        expression=_COUNTS,  # type: ignore[arg-type] # a Q is a valid expression; the stubs do not know
        output_field=models.BooleanField(),
        db_persist=True,
    )
    is_voice = models.GeneratedField(
        expression=_COUNTS & Q(channel__in=[channel.value for channel in VOICE_CHANNELS]),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )

    objects = TouchpointQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-occurred_at", "-id"]
        constraints: ClassVar = [
            # Serves ON CONFLICT of the loader: a replay cannot duplicate.
            models.UniqueConstraint(fields=["source", "external_id"], name="touchpoints_touch_external_id_uniq"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="touchpoints_touch_channel_known"),
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values), name="touchpoints_touch_direction_known"
            ),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="touchpoints_touch_outcome_known"),
            models.CheckConstraint(condition=~Q(external_id=""), name="touchpoints_touch_external_id_not_empty"),
        ]
        indexes: ClassVar = [
            # Serves an account's stream (newest first), the strips of a page of accounts, and the rebuild of rhythms,
            # which reads only this index; the included columns cost about 20 bytes a touch.
            models.Index(
                fields=["account", "-occurred_at"],
                include=["channel", "direction", "counts", "is_voice"],
                name="touchpoints_touch_stream",
            ),
            # Serves "what did this import bring" and the undo of an import.
            models.Index(fields=["batch"], condition=Q(batch__isnull=False), name="touchpoints_touch_batch"),
        ]

    def __str__(self) -> str:
        return self.subject or f"{self.get_channel_display()} {self.occurred_at:%Y-%m-%d}"


class TouchEdit(models.Model):
    """A touch was changed by hand: by whom, why, and what it said before, so that the change can be taken back."""

    touch = models.ForeignKey(Touchpoint, on_delete=models.CASCADE, related_name="edits")
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    edited_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    before = models.JSONField(help_text="The values that were changed, as they stood; people by number.")

    class Meta:
        ordering: ClassVar = ["-edited_at", "-id"]

    def __str__(self) -> str:
        return f"{self.touch_id} {self.edited_at:%Y-%m-%d}"


class AccountActivity(models.Model):
    """When an account's touches last changed, and how often; comparing itself with it, a score knows that it is stale.

    Every writer of touches raises `version` in the same transaction, rows in account order, so that two writers cannot
    deadlock and no change can be missed, whatever becomes of the nudge.
    """

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.CASCADE, related_name="activity")
    version = models.BigIntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "account activity"

    def __str__(self) -> str:
        return f"{self.account_id} v{self.version}"
