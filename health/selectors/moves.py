"""Which accounts stand in another band now than on a day in the past."""

from __future__ import annotations

import datetime as dt

from accounts.access import visibility
from accounts.models import User
from health.models import BandChange


def band_moves(user: User, *, since: dt.date) -> dict[int, tuple[str, str]]:
    """Return, for each visible account that moved after `since`, its band on that day and its band now; one query.

    The band then is what the first change after `since` left. An account that went and came back has not moved.
    """
    firsts = (
        BandChange.objects.filter(visibility(user, prefix="account__"), changed_on__gt=since)
        .order_by("account_id", "changed_on")
        .distinct("account_id")
        .values_list("account_id", "from_band", "account__health__band")
    )
    return {pk: (was, now) for pk, was, now in firsts if was and now and was != now}
