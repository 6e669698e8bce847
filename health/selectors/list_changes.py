"""Whether a list that somebody looks at has changed since it was shown: cheaper than showing it again."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db.models import Q

from accounts.access import visibility
from accounts.models import Account, User
from config.days import firm_day
from health.filters import ListFilters
from health.models import NextAction, QuietPeriod, Snooze
from health.selectors.facets import in_scope

#: What was written in a transaction that ended after the list was read carries an earlier moment than the list.
WRITING_PATIENCE: Final = dt.timedelta(minutes=1)


def has_changed(user: User, filters: ListFilters, *, seen_at: dt.datetime, seen: int, now: dt.datetime) -> bool:
    """Whether anything in what `user` sees of the list has changed since `seen_at`, when it counted `seen` accounts.

    At most six queries, and on most days one: scores change first. A change less than a minute before `seen_at` counts
    too, for it may not have been visible then.
    """
    if firm_day(seen_at) != firm_day(now):
        return True
    since = seen_at - WRITING_PATIENCE
    listed = in_scope(user, filters)
    if listed.filter(computed_at__gt=since).exists() or listed.count() != seen:
        return True
    if Account.objects.filter(visibility(user), updated_at__gt=since).exists():
        return True
    begun_or_ended = Q(created_at__gt=since) | Q(ended_at__gt=since)
    of_account = visibility(user, prefix="account__")
    return any(model.objects.filter(of_account, begun_or_ended).exists() for model in (Snooze, NextAction, QuietPeriod))
