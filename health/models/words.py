"""The vocabulary of a score, as it is stored."""

from __future__ import annotations

from django.db import models


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
