"""Many texts of one day are one entry that opens: pure, on entries that were read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from config.days import firm_day
from health.selectors.stream.places import Entry
from touchpoints.models import Channel, Direction

#: So many texts in a row are folded; two are read as fast as the line that would stand for them.
LEAST_FOLDED: Final = 3


@dataclass(frozen=True, slots=True)
class Fold:
    """The texts of one day that follow each other, newest first."""

    day: dt.date
    entries: list[Entry]

    @property
    def from_client(self) -> int:
        """How many of them the client wrote."""
        return sum(entry.item.direction == Direction.INBOUND for entry in self.entries)

    @property
    def from_us(self) -> int:
        """How many of them we wrote."""
        return sum(entry.item.direction == Direction.OUTBOUND for entry in self.entries)


def run_of(entry: Entry) -> dt.date | None:
    """Return the day whose run of texts `entry` belongs to; None for anything that is never folded."""
    is_text = entry.kind == "touch" and entry.item.channel == Channel.TEXT
    return firm_day(entry.at) if is_text else None


def fold_texts(entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries with each run of texts of one day, of three or more, as one entry of kind `fold`."""
    folded: list[Entry] = []
    for day, group in groupby(entries, key=run_of):
        run = list(group)
        if day is None or len(run) < LEAST_FOLDED:
            folded += run
            continue
        first, last = run[0], run[-1]
        folded.append(Entry("fold", first.at, last.place, Fold(day, run), last.silence_days, first.open_silence_days))
    return folded
