"""How many entries each choice of a filter would show, with the other filters as they are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, IntegerField, QuerySet, Subquery
from django.db.models.expressions import Func

from accounts.models import Account, Contact, User
from health.selectors.stream import events
from health.selectors.stream.filters import StreamFilters
from health.selectors.stream.touches import touches_matching
from touchpoints.models import VOICE_CHANNELS, Touchpoint


@dataclass(frozen=True, slots=True)
class PersonCount:
    """A person to choose, and in how many touches they took part."""

    pk: int
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class StreamCounts:
    """Counts by choice: `kinds`, `channels` (with `voice`) and `directions` by value, people by name."""

    kinds: dict[str, int]
    channels: dict[str, int]
    directions: dict[str, int]
    contacts: list[PersonCount]
    authors: list[PersonCount]


def stream_counts(account: Account, filters: StreamFilters) -> StreamCounts:
    """Return the counts beside the filters; seven queries at most, whatever the number of entries."""
    channels, directions, touches = _channels_and_directions(account, filters)
    return StreamCounts(
        kinds=_kinds(account, filters, touches),
        channels=channels,
        directions=directions,
        contacts=_contacts(account, filters),
        authors=_authors(account, filters),
    )


def _channels_and_directions(account: Account, filters: StreamFilters) -> tuple[dict[str, int], dict[str, int], int]:
    """Return the counts by channel and by direction, and of all touches that meet both filters, from one query."""
    grouped = touches_matching(account, _of_touches(filters, channel="", direction="")).order_by()
    channels: Counter[str] = Counter()
    directions: Counter[str] = Counter()
    total = 0
    for channel, direction, is_voice, count in (
        grouped.values("channel", "direction", "is_voice")
        .annotate(count=Count("pk"))
        .values_list("channel", "direction", "is_voice", "count")
    ):
        fits_channel = filters.channel in {"", channel} or (filters.channel == "voice" and is_voice)
        fits_direction = filters.direction in {"", direction}
        if fits_direction:
            channels[channel] += count
            channels["voice"] += count if is_voice and channel in VOICE_CHANNELS else 0
        if fits_channel:
            directions[direction] += count
        total += count if fits_channel and fits_direction else 0
    return dict(channels), dict(directions), total


def _of_touches(filters: StreamFilters, **changes: Any) -> StreamFilters:
    """Return the filters for counting touches: a kind that is no touch has none of them to tell apart."""
    return filters.but(kind=filters.kind if filters.kind == "deleted" else "touch", **changes)


def _kinds(account: Account, filters: StreamFilters, touches: int) -> dict[str, int]:
    """Return the counts by kind; one query for all kinds but the touches."""
    free = filters.but(kind="")
    deleted = touches_matching(account, filters.but(kind="deleted"))
    sources: dict[str, QuerySet[Any, Any]] = {"deleted": deleted}
    if not free.asks_for_touches:
        sources |= {
            "band": events.band_changes(account, free),
            "snooze": events.snoozes(account, free),
            "quiet": events.quiet_periods(account, free),
            "assignment": events.assignments(account, free),
            "plan": events.planned_actions(account, free),
            "done": events.done_actions(account, free),
        }
    columns = {f"{kind}_count": _count_of(found) for kind, found in sources.items()}
    if not free.asks_for_touches:
        columns["import_count"] = _count_of(events.imported_touches(account, free), distinct="batch")
    row = Account.objects.filter(pk=account.pk).values_list(*columns.values(), named=False).first() or ()
    counts = dict(zip((name.removesuffix("_count") for name in columns), row, strict=False))
    shown = touches
    if filters.kind == "deleted":
        shown = touches_matching(account, free.but(kind="touch")).count()
    return {"touch": shown, **{kind: count or 0 for kind, count in counts.items()}}


def _count_of(found: QuerySet[Any, Any], *, distinct: str = "pk") -> Subquery:
    """Return a subquery that counts `found`, also when it finds nothing."""
    counting: Any = Func(F(distinct), function="COUNT", template="%(function)s(DISTINCT %(expressions)s)")
    counting.output_field = IntegerField()
    return Subquery(found.order_by().annotate(counted=counting).values("counted"), output_field=IntegerField())


def _contacts(account: Account, filters: StreamFilters) -> list[PersonCount]:
    touches = touches_matching(account, _of_touches(filters, contact=None))
    links = Touchpoint.contacts.through.objects.filter(touchpoint__in=touches.order_by().values("pk"))
    rows = links.order_by().values("contact", "contact__name").annotate(count=Count("pk"))
    people = {row["contact"]: PersonCount(row["contact"], row["contact__name"], row["count"]) for row in rows}
    if filters.contact and filters.contact not in people:
        name = Contact.objects.filter(account=account, pk=filters.contact).values_list("name", flat=True).first()
        if name:
            people[filters.contact] = PersonCount(filters.contact, name, 0)
    return _by_name(people)


def _authors(account: Account, filters: StreamFilters) -> list[PersonCount]:
    """Count for each of ours the touches that they took part in or wrote down, and what else they are the author of."""
    counts = _touches_by_author(account, filters) if filters.wants("touch") or filters.kind == "deleted" else Counter()
    free = filters.but(author=None)
    others = [
        found.order_by().values_list(field, "pk")
        for kind, field, found in (
            ("snooze", "author", events.snoozes(account, free)),
            ("quiet", "author", events.quiet_periods(account, free)),
            ("assignment", "assigned_by", events.assignments(account, free)),
            ("plan", "author", events.planned_actions(account, free)),
            ("done", "ended_by", events.done_actions(account, free)),
        )
        if filters.wants(kind)
    ]
    if others:
        counts.update(pk for pk, _ in others[0].union(*others[1:], all=True) if pk is not None)
    names = dict(User.objects.filter(pk__in=list(counts)).values_list("pk", "full_name")) if counts else {}
    people = {pk: PersonCount(pk, name, counts[pk]) for pk, name in names.items()}
    if filters.author and filters.author not in people:
        people[filters.author] = PersonCount(filters.author, "Somebody else", 0)
    return _by_name(people)


def _touches_by_author(account: Account, filters: StreamFilters) -> Counter[int]:
    touches = touches_matching(account, _of_touches(filters, author=None)).order_by()
    links = Touchpoint.colleagues.through.objects.filter(touchpoint__in=touches.values("pk"))
    took_part = links.order_by().values_list("user").annotate(count=Count("pk"))
    wrote = (
        touches.filter(author__isnull=False)
        .exclude(pk__in=links.filter(user=F("touchpoint__author")).values("touchpoint"))
        .values_list("author")
        .annotate(count=Count("pk"))
    )
    counts: Counter[int] = Counter()
    for pk, count in [*took_part, *wrote]:
        counts[pk] += count
    return counts


def _by_name(people: dict[int, PersonCount]) -> list[PersonCount]:
    return sorted(people.values(), key=lambda person: (person.name.casefold(), person.pk))
