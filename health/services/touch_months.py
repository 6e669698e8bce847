"""Keeping the count of touches by channel and month."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from health.models import TouchMonth
from health.touch_months import count_months, whole_months

#: Months that are over change little: imports of older touches are seen after a week at the latest.
RECOUNT_DAYS = 7


@transaction.atomic
def count_months_if_due(*, today: dt.date, is_forced: bool = False) -> bool:
    """Count the months again when one has ended, a week has passed, or with `is_forced`; say whether it was done.

    A count reads every touch of a year, in about the time of a plain pass over their index.
    """
    newest = TouchMonth.objects.order_by("-month").values_list("month", "counted_on").first()
    is_due = newest is None or newest[0] < whole_months(today)[-1] or (today - newest[1]).days >= RECOUNT_DAYS
    if is_due or is_forced:
        count_months(today=today)
    return is_due or is_forced
