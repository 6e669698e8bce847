"""The stream of one account: touches, band changes, snoozes and quiet periods in one list, newest first.

Each kind is read by its own indexed query from the same place on, at most one page of each, and merged; a page costs
the same at the top of the stream and ten years down.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Account
from config.days import day_start, firm_day
from health.models import AccountHealth, Band, BandChange, QuietPeriod, Snooze
from health.selectors import evidence
from touchpoints.models import Channel, Direction, Touchpoint

PAGE_SIZE = 40


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the stream begins: just below this entry. Kinds are ordered by `rank` at the same moment."""

    at: dt.datetime
    rank: int
    pk: int

    def __str__(self) -> str:
        return f"{self.at.astimezone(dt.UTC):%Y%m%dT%H%M%S.%fZ}_{self.rank}_{self.pk}"

    @classmethod
    def from_text(cls, text: str) -> Place | None:
        """Read a place from a URL; None when it is not one."""
        try:
            moment, rank, pk = text.split("_")
            at = dt.datetime.strptime(moment, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=dt.UTC)
            return cls(at, int(rank), int(pk))
        except ValueError:
            return None

    def below(self, rank: int, field: str, at: dt.datetime | dt.date | None = None) -> Q:
        """Return the condition for rows of kind `rank`, dated by `field`, that come after this place in the stream."""
        moment = at if at is not None else self.at
        same = Q(**{field: moment})
        if rank > self.rank:
            same = Q(pk__in=[])
        elif rank == self.rank:
            same &= Q(pk__lt=self.pk)
        return Q(**{f"{field}__lt": moment}) | same


KINDS = {"touch": "Touches", "band": "Band changes", "snooze": "Snoozes", "quiet": "Known quiet"}


@dataclass(frozen=True, slots=True)
class StreamFilters:
    """What the stream is narrowed to; all of it stands in the URL. A filter on touches leaves out the other kinds."""

    kind: str = ""
    channel: str = ""
    direction: str = ""
    contact: int | None = None
    text: str = ""
    because: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> StreamFilters:
        """Read the filters from a query string; what is not understood is left out, as if it had not been given."""
        contact = query.get("contact", "")
        return cls(
            kind=_one_of(query.get("kind", ""), KINDS),
            channel=_one_of(query.get("channel", ""), (*Channel.values, "voice")),
            direction=_one_of(query.get("direction", ""), Direction.values),
            contact=int(contact) if contact.isascii() and contact.isdigit() and len(contact) < 10 else None,
            because=_one_of(query.get("because", ""), evidence.NAMES),
            text=query.get("q", "").replace("\0", "").strip()[:100],
            since=_day(query.get("from", "")),
            until=_day(query.get("to", "")),
        )

    @property
    def is_on(self) -> bool:
        return self != StreamFilters()

    @property
    def asks_for_touches(self) -> bool:
        """Whether a filter is on that only touches can meet."""
        narrowed = self.channel or self.direction or self.contact or self.text or self.because
        return bool(narrowed) or self.kind == "touch"

    def query(self) -> dict[str, str]:
        """Return the filters as query parameters, empty ones left out."""
        given: dict[str, Any] = {
            "kind": self.kind,
            "channel": self.channel,
            "direction": self.direction,
            "contact": self.contact,
            "because": self.because,
            "q": self.text,
            "from": self.since,
            "to": self.until,
        }
        return {name: str(value) for name, value in given.items() if value}

    def without(self, **changes: Any) -> StreamFilters:
        return replace(self, **changes)


def _one_of(text: str, known: Iterable[str]) -> str:
    return text if text in set(known) else ""


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the stream. `item` is the model row of kind `kind`; `silence_days` is set when the entry below it is
    further away than the account's usual range."""

    kind: str
    at: dt.datetime
    place: Place
    item: Any
    silence_days: int | None = None


@dataclass(frozen=True, slots=True)
class StreamPage:
    """A page of entries, and the place at which the next begins; None at the end of the stream."""

    entries: list[Entry]
    next_place: Place | None


def stream_page(
    account: Account,
    filters: StreamFilters,
    *,
    before: Place | None = None,
    long_gap_days: float | None = None,
    size: int = PAGE_SIZE,
) -> StreamPage:
    """Return a page of the account's stream; silences over `long_gap_days` are noted when nothing is filtered out."""
    entries = _touches(account, filters, before, size)
    if not filters.asks_for_touches:
        entries += _band_changes(account, filters, before, size)
        entries += _snoozes(account, filters, before, size)
        entries += _quiet_periods(account, filters, before, size)
    entries.sort(key=lambda entry: (entry.at, entry.place.rank, entry.place.pk), reverse=True)
    page = entries[:size]
    next_place = page[-1].place if len(entries) > size else None
    if long_gap_days and not filters.is_on:
        page = _with_silences(page, entries, long_gap_days)
    return StreamPage(page, next_place)


def _wanted(filters: StreamFilters, kind: str) -> bool:
    return filters.kind in {"", kind}


def _touches(account: Account, filters: StreamFilters, before: Place | None, size: int) -> list[Entry]:
    if not _wanted(filters, "touch"):
        return []
    touches = touches_matching(account, filters)
    if before is not None:
        touches = touches.filter(before.below(0, "occurred_at"))
    touches = touches.select_related("source", "author").prefetch_related("contacts", "colleagues")
    rows = touches.order_by("-occurred_at", "-pk")[: size + 1]
    return [Entry("touch", row.occurred_at, Place(row.occurred_at, 0, row.pk), row) for row in rows]


def touches_matching(account: Account, filters: StreamFilters) -> QuerySet[Touchpoint]:
    """Return the account's touches that meet the filters, deleted ones left out."""
    touches = Touchpoint.objects.shown().filter(account=account)
    if filters.because:
        health = AccountHealth.objects.filter(account=account).first()
        behind = evidence.evidence_touches(health, filters.because) if health else touches.none()
        touches = touches.filter(pk__in=behind.order_by().values("pk"))
    if filters.channel == "voice":
        touches = touches.filter(is_voice=True)
    elif filters.channel:
        touches = touches.filter(channel=filters.channel)
    if filters.direction:
        touches = touches.filter(direction=filters.direction)
    if filters.contact:
        touches = touches.filter(contacts=filters.contact)
    if filters.text:
        touches = touches.filter(Q(subject__icontains=filters.text) | Q(body__icontains=filters.text))
    if filters.since:
        touches = touches.filter(occurred_at__gte=day_start(filters.since))
    if filters.until:
        touches = touches.filter(occurred_at__lt=day_start(filters.until + dt.timedelta(days=1)))
    return touches


def _day_end(day: dt.date) -> dt.datetime:
    """The moment at which something known only by its day stands in the stream: above that day's touches."""
    return day_start(day + dt.timedelta(days=1)) - dt.timedelta(microseconds=1)


def _within(filters: StreamFilters, field: str, *, is_date: bool) -> Q:
    condition = Q()
    if filters.since:
        condition &= Q(**{f"{field}__gte": filters.since if is_date else day_start(filters.since)})
    if filters.until:
        last = filters.until if is_date else _day_end(filters.until)
        condition &= Q(**{f"{field}__lte": last})
    return condition


def _band_changes(account: Account, filters: StreamFilters, before: Place | None, size: int) -> list[Entry]:
    if not _wanted(filters, "band"):
        return []
    changes = BandChange.objects.filter(_within(filters, "changed_on", is_date=True), account=account)
    if before is not None:
        # A change stands at the end of its day, so one of the place's own day is below it only if the place is too.
        changes = changes.filter(changed_on__lte=firm_day(before.at))
    rows = changes.order_by("-changed_on", "-pk")[: size + 2]
    labels = dict(Band.choices)
    entries = [
        Entry("band", _day_end(row.changed_on), Place(_day_end(row.changed_on), 3, row.pk), _named(row, labels))
        for row in rows
    ]
    return _below(entries, before)


def _named(change: BandChange, labels: Mapping[str, str]) -> dict[str, Any]:
    return {
        "change": change,
        "from_label": labels.get(change.from_band, ""),
        "to_label": labels.get(change.to_band, change.to_band),
    }


def _snoozes(account: Account, filters: StreamFilters, before: Place | None, size: int) -> list[Entry]:
    if not _wanted(filters, "snooze"):
        return []
    snoozes = Snooze.objects.filter(_within(filters, "created_at", is_date=False), account=account)
    if before is not None:
        snoozes = snoozes.filter(before.below(2, "created_at"))
    rows = snoozes.select_related("author").order_by("-created_at", "-pk")[: size + 1]
    return [Entry("snooze", row.created_at, Place(row.created_at, 2, row.pk), row) for row in rows]


def _quiet_periods(account: Account, filters: StreamFilters, before: Place | None, size: int) -> list[Entry]:
    if not _wanted(filters, "quiet"):
        return []
    periods = QuietPeriod.objects.filter(_within(filters, "starts_on", is_date=True), account=account)
    if before is not None:
        periods = periods.filter(starts_on__lte=firm_day(before.at))
    rows = periods.select_related("author").order_by("-starts_on", "-pk")[: size + 2]
    entries = [Entry("quiet", _day_end(row.starts_on), Place(_day_end(row.starts_on), 1, row.pk), row) for row in rows]
    return _below(entries, before)


def _below(entries: list[Entry], before: Place | None) -> list[Entry]:
    if before is None:
        return entries
    key = (before.at, before.rank, before.pk)
    return [entry for entry in entries if (entry.at, entry.place.rank, entry.place.pk) < key]


def _with_silences(page: Sequence[Entry], entries: Sequence[Entry], long_gap_days: float) -> list[Entry]:
    """Note on each counting touch the days to the one before it, when they exceed the usual range."""
    older: dict[int, dt.date] = {}
    last: Entry | None = None
    for entry in entries:
        if entry.kind != "touch" or not entry.item.counts:
            continue
        if last is not None:
            older[last.place.pk] = firm_day(entry.at)
        last = entry
    noted = []
    for entry in page:
        days = None
        if entry.kind == "touch" and entry.place.pk in older:
            gap = (firm_day(entry.at) - older[entry.place.pk]).days
            days = gap if gap > long_gap_days else None
        noted.append(replace(entry, silence_days=days))
    return noted
