"""Checks of single values that forms, the admin and imports share."""

from __future__ import annotations

import re
import zoneinfo

from django.core.exceptions import ValidationError

_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{1,59})")


def validate_domain(value: str) -> None:
    """Accept an e-mail domain such as `alder-quill.example`; raise ValidationError otherwise."""
    if not _DOMAIN.fullmatch(value.strip().lower()):
        raise ValidationError(
            "“%(value)s” is not an e-mail domain; write it like example.com.", params={"value": value}
        )


def validate_time_zone(value: str) -> None:
    """Accept an IANA time zone name such as `Europe/Berlin`; raise ValidationError otherwise."""
    if value not in zoneinfo.available_timezones():
        raise ValidationError("“%(value)s” is not a time zone; write it like Europe/Berlin.", params={"value": value})
