"""What changed on a list since the working day before: who came on, who came back, who woke up, and why. One query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import EmptyResultSet

from accounts.models import User
from config.days import day_start
from health.models import AccountHealth
from health.news import CAME_BACK, FELL_SILENT, STARTED_DRIFTING, WOKE, Among, News, read_news
from health.selectors.facets import scope_condition

#: So many of a kind are named; the others are counted.
MOST_NAMED: Final = 8
_LABELS: Final = {
    FELL_SILENT: "Fell silent",
    STARTED_DRIFTING: "Began to drift",
    CAME_BACK: "Came back",
    WOKE: "Woke up",
}


@dataclass(frozen=True, slots=True)
class NamedChange:
    """An account that changed, and why, in words."""

    account_id: int
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """The accounts that changed in one way: how many, and the first of them by name."""

    kind: str
    label: str
    count: int
    named: tuple[NamedChange, ...]

    @property
    def more(self) -> int:
        """How many are counted and not named."""
        return self.count - len(self.named)


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed in a scope after the day `since`, up to now."""

    since: dt.date
    groups: tuple[ChangeGroup, ...]

    def count(self, kind: str) -> int:
        return next((group.count for group in self.groups if group.kind == kind), 0)

    @property
    def fell_silent(self) -> int:
        return self.count(FELL_SILENT)

    @property
    def started_drifting(self) -> int:
        return self.count(STARTED_DRIFTING)

    @property
    def came_back(self) -> int:
        return self.count(CAME_BACK)

    @property
    def total(self) -> int:
        return sum(group.count for group in self.groups)


def changes_since(user: User, scope: str, *, since: dt.date, today: dt.date) -> Changes:
    """Return what changed after the day `since` in what `user` sees of `scope`; see `read_news` for what counts."""
    try:
        among = _among(user, scope)
    except EmptyResultSet:  # somebody who may see nothing at all
        return Changes(since, ())
    begins = day_start(since + dt.timedelta(days=1))
    news = read_news(since=since, begins=begins, today=today, most_named=MOST_NAMED, among=among)
    found: dict[str, list[News]] = {}
    for one in news:
        found.setdefault(one.kind, []).append(one)
    return Changes(since, tuple(_group(kind, found[kind]) for kind in _LABELS if kind in found))


def _group(kind: str, news: Sequence[News]) -> ChangeGroup:
    named = tuple(NamedChange(one.account_id, one.name, one.why) for one in news)
    return ChangeGroup(kind, _LABELS[kind], news[0].of_kind, named)


def _among(user: User, scope: str) -> Among | None:
    """Return the query for the accounts of the scope; None where that is all of them.

    Raises EmptyResultSet where it can be none.
    """
    condition = scope_condition(user, scope)
    if not condition:
        return None
    sql, parameters = AccountHealth.objects.filter(condition).order_by().values("pk").query.sql_with_params()
    return Among(sql, parameters)
