"""What the stream is narrowed to; all of it stands in the address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import Q

from config.days import day_start
from health.selectors import evidence
from health.selectors.stream.places import day_end
from touchpoints.models import Channel, Direction

KINDS: Final = {
    "touch": "Touches",
    "band": "Band changes",
    "snooze": "Snoozes",
    "quiet": "Known quiet",
    "assignment": "Assignments",
    "plan": "Next actions planned",
    "done": "Next actions done",
    "import": "Imports",
    "deleted": "Deleted touches",
}
LONGEST_TEXT: Final = 100


@dataclass(frozen=True, slots=True)
class StreamFilters:
    """What is asked for; a filter that only touches can meet leaves out the other kinds. `author` is one of ours."""

    kind: str = ""
    channel: str = ""
    direction: str = ""
    contact: int | None = None
    author: int | None = None
    text: str = ""
    because: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> StreamFilters:
        """Read the filters from a query string; what is not understood is left out, as if it had not been given."""
        return cls(
            kind=_one_of(query.get("kind", ""), KINDS),
            channel=_one_of(query.get("channel", ""), (*Channel.values, "voice")),
            direction=_one_of(query.get("direction", ""), Direction.values),
            contact=_number(query.get("contact", "")),
            author=_number(query.get("by", "")),
            because=_one_of(query.get("because", ""), evidence.NAMES),
            text=query.get("q", "").replace("\0", "").strip()[:LONGEST_TEXT],
            since=_day(query.get("from", "")),
            until=_day(query.get("to", "")),
        )

    @property
    def is_on(self) -> bool:
        return self != StreamFilters()

    @property
    def shows_silences(self) -> bool:
        """Whether all touches of a span of time are shown, so that what lies between two of them is a silence."""
        return not replace(self, since=None, until=None).is_on

    @property
    def shows_each_touch(self) -> bool:
        """Whether single touches are looked for, so that none may hide in a fold."""
        return bool(self.text or self.because)

    @property
    def asks_for_touches(self) -> bool:
        """Whether a filter is on that only touches can meet."""
        return bool(self.channel or self.direction or self.contact or self.because)

    @property
    def words(self) -> list[str]:
        """What the text must hold, each somewhere."""
        return self.text.split()

    def wants(self, kind: str) -> bool:
        """Whether entries of `kind` are asked for; deleted touches only by name."""
        if kind == "deleted":
            return self.kind == kind
        if kind != "touch" and self.asks_for_touches:
            return False
        return self.kind in {"", kind}

    def within(self, field: str, *, is_date: bool = False) -> Q:
        """Return the condition that `field` lies in the days asked for."""
        condition = Q()
        if self.since:
            condition &= Q(**{f"{field}__gte": self.since if is_date else day_start(self.since)})
        if self.until:
            condition &= Q(**{f"{field}__lte": self.until if is_date else day_end(self.until)})
        return condition

    def says(self, *fields: str) -> Q:
        """Return the condition that each word asked for stands in one of `fields`."""
        condition = Q()
        for word in self.words:
            one = Q()
            for field in fields:
                one |= Q(**{f"{field}__icontains": word})
            condition &= one
        return condition

    def query(self) -> dict[str, str]:
        """Return the filters as query parameters, empty ones left out."""
        given: dict[str, Any] = {
            "kind": self.kind,
            "channel": self.channel,
            "direction": self.direction,
            "contact": self.contact,
            "by": self.author,
            "because": self.because,
            "q": self.text,
            "from": self.since,
            "to": self.until,
        }
        return {name: str(value) for name, value in given.items() if value}

    def but(self, **changes: Any) -> StreamFilters:
        """Return the filters with some of them changed."""
        return replace(self, **changes)


def _one_of(text: str, known: Iterable[str]) -> str:
    return text if text in set(known) else ""


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _day(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if dt.date.min < day < dt.date.max else None
