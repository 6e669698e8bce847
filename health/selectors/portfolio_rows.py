"""The accounts of a reader's scope as arrays, from which the portfolio page adds up its figures of today.

What is kept of the whole firm (`health.kept_rows`) knows nothing of scopes: whoever does not see everything is given
the rows of the accounts that `accounts.access` lets through, and no others.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
from django.db.models import Q

from accounts.access import sees_everything, visibility
from accounts.models import User
from health.kept_rows import read_accounts, read_firm
from health.models import PortfolioDay
from health.portfolio_rows import PortfolioRows
from health.selectors.portfolio import PortfolioFilters, visible_health


def sunday_of_history(since: dt.date, *, today: dt.date, user: User | None = None) -> dt.date:
    """Return the last Sunday up to `since`, or the first one after it that the history of the scope knows; one query.

    The scope is what `user` sees, without one the firm. Of the past that is long ago, history keeps the Sundays of all
    accounts and no other day.
    """
    wanted = since - dt.timedelta(days=since.isoweekday() % 7)
    seen = Q() if user is None or sees_everything(user) else visibility(user)
    known = PortfolioDay.objects.filter(seen, day__gte=wanted, day__lt=today, day__iso_week_day=7).order_by("day")
    return known.values_list("day", flat=True).first() or wanted


def rows_in_scope(user: User, filters: PortfolioFilters, *, since: dt.date, then_on: dt.date) -> PortfolioRows:
    """Return the accounts that `user` may see, narrowed to the page's filters, with their bands on the day `since` and
    their health on the day `then_on`."""
    if not sees_everything(user):
        ids = list(visible_health(user, filters).order_by("pk").values_list("pk", flat=True))
        return read_accounts(np.array(ids, dtype=np.int64), since=since, then_on=then_on)
    rows = read_firm(since=since, then_on=then_on)
    wanted = [
        column == value
        for column, value in (
            (rows.team_id, filters.team),
            (rows.owner_id, filters.owner),
            (rows.segment_id, filters.segment),
        )
        if value is not None
    ]
    return rows.where(np.logical_and.reduce(wanted)) if wanted else rows
