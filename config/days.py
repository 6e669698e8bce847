"""A day is a day in the firm's time zone, wherever the reader sits."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from django.conf import settings


def firm_zone() -> zoneinfo.ZoneInfo:
    """Return the firm's time zone."""
    return zoneinfo.ZoneInfo(settings.HARK_TIME_ZONE)


def firm_day(moment: dt.datetime) -> dt.date:
    """Return the firm's day of an aware moment."""
    return moment.astimezone(firm_zone()).date()


def day_start(day: dt.date) -> dt.datetime:
    """Return the first moment of a firm's day, also on the days on which the clocks change."""
    return dt.datetime.combine(day, dt.time(0), tzinfo=firm_zone())


def working_day_before(day: dt.date) -> dt.date:
    """Return the working day before `day`: on a Monday the Friday."""
    before = day - dt.timedelta(days=1)
    return before - dt.timedelta(days=max(0, before.isoweekday() - 5))


def spell_since(since: dt.date, today: dt.date) -> str:
    """Return what people call a day of the last week: yesterday, or Friday."""
    return "yesterday" if (today - since).days == 1 else f"{since:%A}"
