"""Checks of the configuration: each wrong value is named with what to write instead, before anything is served."""

from __future__ import annotations

import os
import re
import zoneinfo
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 - Django's own name
from django.db import connection

_TIME_OF_DAY = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")
_CURRENCY = re.compile(r"[A-Z]{3}")
LARGEST_BUDGET = 52.0


@register()
def check_firm(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Time zone, currency, time of the nightly run, false alarm budget, upload limit."""
    found: list[CheckMessage] = []
    if settings.HARK_TIME_ZONE not in zoneinfo.available_timezones():
        found.append(
            Error(
                f"HARK_TIME_ZONE={settings.HARK_TIME_ZONE} is not a time zone.",
                hint="Write an IANA name, such as Europe/Berlin or America/New_York.",
                id="hark.E001",
            )
        )
    if not _CURRENCY.fullmatch(settings.HARK_CURRENCY):
        found.append(
            Error(
                f"HARK_CURRENCY={settings.HARK_CURRENCY} is not a currency code.",
                hint="Write its three letters by ISO 4217, such as EUR, USD or CHF.",
                id="hark.E002",
            )
        )
    if not _TIME_OF_DAY.fullmatch(settings.HARK_NIGHTLY_AT):
        found.append(
            Error(
                f"HARK_NIGHTLY_AT={settings.HARK_NIGHTLY_AT} is not a time of day.",
                hint="Write hours and minutes from 00:00 to 23:59, such as 04:30.",
                id="hark.E003",
            )
        )
    if not 0 < settings.HARK_FALSE_ALARMS_PER_YEAR <= LARGEST_BUDGET:
        found.append(
            Error(
                f"HARK_FALSE_ALARMS_PER_YEAR={settings.HARK_FALSE_ALARMS_PER_YEAR} is out of range.",
                hint=f"Write a number above 0 and up to {LARGEST_BUDGET:.0f}, such as 2: alarms per account and year.",
                id="hark.E004",
            )
        )
    if settings.HARK_MAX_UPLOAD_MB < 1:
        found.append(
            Error(
                f"HARK_MAX_UPLOAD_MB={settings.HARK_MAX_UPLOAD_MB} lets no file in.",
                hint="Write the size of the largest file in megabytes, at least 1.",
                id="hark.E005",
            )
        )
    return found


@register()
def check_files(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Uploaded files need a place: the directory, or the nearest one above it that exists, can be written to."""
    directory = Path(settings.MEDIA_ROOT)
    nearest = next(path for path in (directory, *directory.parents) if path.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return []
    return [
        Error(
            f"Uploaded files cannot be kept in {directory}: {nearest} cannot be written to.",
            hint="Give it to the user that Hark runs as, or set HARK_FILES to another directory.",
            id="hark.E006",
        )
    ]


OLDEST_POSTGRESQL = 18


@register(Tags.database)
def check_postgresql(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The version of PostgreSQL; asked only by commands that open the database anyway, such as migrate."""
    if not databases:
        return []
    version = connection.cursor().connection.server_version // 10_000
    if version >= OLDEST_POSTGRESQL:
        return []
    return [
        Error(
            f"The database is PostgreSQL {version}; Hark needs {OLDEST_POSTGRESQL} or newer.",
            hint="Upgrade the server that DATABASE_URL names, or leave DATABASE_URL unset to use the embedded one.",
            id="hark.E007",
        )
    ]


@register(Tags.security, deploy=True)
def check_demo(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The demo lets anybody in; that is not for a server."""
    if not settings.HARK_DEMO:
        return []
    return [
        Warning(
            "HARK_DEMO is on: whoever opens Hark can sign in, as an administrator too.",
            hint="Set HARK_DEMO=false where others can reach Hark and where real data is kept.",
            id="hark.W001",
        )
    ]
