"""Reading times of day: 14:05, 2:05 pm, 14.05 Uhr, 14h05, 14:05:09.250+01:00, and Excel's fraction of a day."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache

from touchpoints.parsers.records import CellError

TIME_PATTERN = (
    r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2}))?(?:[:.](?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?:\s?(?P<half>[ap]\.?\s?m\.?)|\s?(?:uhr|h))?"
    r"(?:\s?(?P<zone>z|utc|gmt|(?:utc|gmt)?[+-]\d{2}(?::?\d{2})?))?(?:\s\([^)]{1,40}\))?"
)
_TIME = re.compile(TIME_PATTERN, re.IGNORECASE)
_DAY_FRACTION = re.compile(r"0?[.,]\d+")


@lru_cache(maxsize=100_000)  # every second of a day, so that no log outgrows it
def read_time(cell: str) -> time:
    """The time of day a cell names, with its offset where it has one. Raises CellError (bad_time)."""
    text = " ".join(cell.split())
    match = _TIME.fullmatch(text)
    try:
        if _DAY_FRACTION.fullmatch(text):
            seconds = round(float(text.replace(",", ".")) * 86_400) % 86_400
            return (datetime(2000, 1, 1) + timedelta(seconds=seconds)).time()  # noqa: DTZ001 - only its time is used
        if match and (match["minute"] or len(text) > 2):
            return _build_time(match)
    except ValueError:
        pass
    raise CellError("bad_time", f"“{cell[:60]}” is not a time of day; write it like 14:05.")


def _build_time(match: re.Match[str]) -> time:
    hour = int(match["hour"])
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("a twelve-hour clock has the hours 1 to 12")
        hour = hour % 12 + (12 if match["half"][0] in "pP" else 0)
    microsecond = int((match["fraction"] or "0").ljust(6, "0")[:6])
    return time(hour, int(match["minute"] or 0), int(match["second"] or 0), microsecond, _read_offset(match["zone"]))


def _read_offset(zone: str | None) -> tzinfo | None:
    if not zone:
        return None
    signed = re.sub(r"(?i)^(utc|gmt|z)|:", "", zone)
    if not signed:
        return UTC
    minutes = int(signed[1:3]) * 60 + int(signed[3:5] or 0)
    return timezone(timedelta(minutes=-minutes if signed[0] == "-" else minutes))
