"""What changed on a list since the working day before: who came on, who came back, who woke up, and why. One query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from accounts.models import User
from config.days import day_start
from health.models import Band, BandChange, Snooze
from health.selectors.facets import scope_condition

FELL_SILENT, STARTED_DRIFTING, CAME_BACK, WOKE = "fell_silent", "started_drifting", "came_back", "woke"
#: So many of a kind are named; the others are counted.
MOST_NAMED: Final = 8
_LABELS: Final = {
    FELL_SILENT: "Fell silent",
    STARTED_DRIFTING: "Began to drift",
    CAME_BACK: "Came back",
    WOKE: "Woke up",
}
# Ended by a person who saw it: no news.
_NO_NEWS: Final = ("replaced", "taken back", "woken by")


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
    """Return what changed after the day `since` in what `user` sees of `scope`.

    An account counts once, by the band it stood in then and the one it stands in now; who went and came back did not
    change. A snooze counts as woken when its day, the client or a renewal ended it, and not a person.
    """
    rows = _moved(user, scope, since).union(_woken(user, scope, since, today), all=True)
    found: dict[str, list[tuple[int, str, str, int]]] = {}
    for kind, account_id, name, why, count, _place in sorted(rows, key=lambda row: row[5]):
        found.setdefault(kind, []).append((account_id, name, why, count))
    return Changes(since, tuple(_group(kind, found[kind]) for kind in _LABELS if kind in found))


def _group(kind: str, rows: Sequence[tuple[int, str, str, int]]) -> ChangeGroup:
    named = tuple(NamedChange(account_id, name, why) for account_id, name, why, _ in rows)
    return ChangeGroup(kind, _LABELS[kind], rows[0][3], named)


def _moved(user: User, scope: str, since: dt.date) -> QuerySet[Any, tuple[Any, ...]]:
    earlier = BandChange.objects.filter(
        account=OuterRef("account"), changed_on__gt=since, changed_on__lt=OuterRef("changed_on")
    )
    was_gone = Q(from_band__in=[Band.SILENT, Band.DORMANT])
    first = (
        BandChange.objects.filter(scope_condition(user, scope), changed_on__gt=since, is_reconstructed=False)
        .filter(~Exists(earlier))
        .annotate(
            now_band=F("account__health__band"),
            kind=Case(
                When(~Q(from_band=Band.SILENT), now_band=Band.SILENT, then=Value(FELL_SILENT)),
                When(~was_gone & ~Q(from_band=Band.DRIFTING), now_band=Band.DRIFTING, then=Value(STARTED_DRIFTING)),
                When(was_gone, now_band=Band.DRIFTING, then=Value(CAME_BACK)),
                When(was_gone | Q(from_band=Band.DRIFTING), now_band=Band.STEADY, then=Value(CAME_BACK)),
                default=Value(""),
                output_field=CharField(),
            ),
        )
        .exclude(kind="")
        .order_by()
    )
    last = BandChange.objects.filter(account=OuterRef("account"), changed_on__gt=since).order_by("-changed_on")
    return _named(first.annotate(why=last.values("reason")[:1]), "-account__health__priority")


def _woken(user: User, scope: str, since: dt.date, today: dt.date) -> QuerySet[Any, tuple[Any, ...]]:
    begins = day_start(since + dt.timedelta(days=1))
    no_news = Q()
    for words in _NO_NEWS:
        no_news |= Q(ended_why__startswith=words)
    # Its day may have come before the night that ends it.
    ended = Q(ended_at__gte=begins) & ~no_news | Q(ended_at__isnull=True, until_on__gt=since, until_on__lte=today)
    woken = (
        Snooze.objects.filter(scope_condition(user, scope), ended, account__health__isnull=False)
        .annotate(
            kind=Value(WOKE, output_field=CharField()),
            why=Case(
                When(ended_at__isnull=True, then=Value("its day has come")),
                default=F("ended_why"),
                output_field=CharField(),
            ),
        )
        .order_by()
    )
    return _named(woken, "-account__health__priority")


def _named(rows: QuerySet[Any], order: str) -> QuerySet[Any, tuple[Any, ...]]:
    """Number the rows of each kind and count them all; only the first are named."""
    return (
        rows.annotate(
            count=Window(Count("pk"), partition_by=F("kind")),
            place=Window(RowNumber(), partition_by=F("kind"), order_by=[order, "account_id"]),
        )
        .filter(place__lte=MOST_NAMED)
        .values_list("kind", "account_id", "account__name", "why", "count", "place")
    )
