"""Where a page of the stream begins."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from config.days import day_start, firm_day


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """An entry's place in the stream; a page begins just below one. Kinds are ordered by `rank` at the same moment."""

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

    def below(self, rank: int, field: str, *, number: str = "pk") -> Q:
        """Return the condition for rows of kind `rank`, dated by `field`, that come after this place in the stream."""
        return Q(**{f"{field}__lt": self.at}) | self._same(rank, Q(**{field: self.at}), number)

    def below_day(self, rank: int, field: str) -> Q:
        """Return the same for rows that are known by their day only, and stand at its end."""
        day = firm_day(self.at)
        earlier = Q(**{f"{field}__lt": day})
        return earlier | self._same(rank, Q(**{field: day}), "pk") if self.at == day_end(day) else earlier

    def _same(self, rank: int, at_same: Q, number: str) -> Q:
        if rank == self.rank:
            return at_same & Q(**{f"{number}__lt": self.pk})
        return at_same if rank < self.rank else Q(pk__in=[])


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the stream. `item` is what kind `kind` has to show, mostly a model row.

    `silence_days` is set when the touch before this one is further away than the account's usual range, and
    `open_silence_days` on the newest touch when nothing has followed it for as long.
    """

    kind: str
    at: dt.datetime
    place: Place
    item: Any
    silence_days: int | None = None
    open_silence_days: int | None = None


def day_end(day: dt.date) -> dt.datetime:
    """Return the moment at which something known only by its day stands in the stream: above that day's touches."""
    return day_start(day + dt.timedelta(days=1)) - dt.timedelta(microseconds=1)
