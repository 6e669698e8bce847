"""Which accounts stand in another band now than on a day in the past."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, QuerySet

from accounts.access import visibility
from accounts.models import User
from health.models import BandChange


def band_moves(user: User, *, since: dt.date) -> QuerySet[BandChange]:
    """Return one change for each visible account that moved after `since`: its `from_band` is the band on that day.

    It is the first change after that day; the band now is `account__health__band`. An account that went and came back
    has not moved.
    """
    firsts = (
        BandChange.objects.filter(visibility(user, prefix="account__"), changed_on__gt=since)
        .order_by("account_id", "changed_on")
        .distinct("account_id")
    )
    moved = BandChange.objects.filter(pk__in=firsts.values("pk")).exclude(from_band="")
    return moved.exclude(account__health__band=F("from_band")).filter(account__health__isnull=False).order_by()
