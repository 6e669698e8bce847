"""Keeping history lean: each account's last weeks by the day, what lies before by the week, and its changes of band."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction

from health import ledger

#: Every day is kept for this long, then the Sundays and the days on which an account changed its band.
DAILY_DAYS: Final = 35
_SUNDAY: Final = 7


def thin_history(*, today: dt.date) -> int:
    """Drop the days of history that are no longer kept; return how many rows went.

    One transaction a day of history, newest first, until a day is found to be thin already, so that a run that was
    killed is taken up by the next. A day on which the portfolio was not counted yet is left for later.
    """
    dropped = 0
    for day in reversed(ledger.counted_days(before=today - dt.timedelta(days=DAILY_DAYS))):
        if day.isoweekday() == _SUNDAY:
            continue
        with transaction.atomic():
            gone = ledger.thin_day(day)
        if not gone:
            break
        dropped += gone
    return dropped
