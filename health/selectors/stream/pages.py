"""A page of the stream: each kind is read by its own indexed query from the same place on, and merged.

A page costs the same at the top of the stream and ten years down.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from accounts.models import Account
from config.days import firm_day
from health.selectors.stream.events import event_entries
from health.selectors.stream.filters import StreamFilters
from health.selectors.stream.folding import fold_texts, run_of
from health.selectors.stream.places import Entry, Place
from health.selectors.stream.touches import touch_entries, with_silences

PAGE_SIZE: Final = 40
#: So many pages can be asked for at once, by who returns to where they had read to.
MOST_PAGES: Final = 10
#: A run of texts that the end of a page would cut is read on, up to so many.
MOST_READ_ON: Final = 200


@dataclass(frozen=True, slots=True)
class StreamPage:
    """A page of entries, and the place at which the next begins; None at the end of the stream."""

    entries: list[Entry]
    next_place: Place | None


def stream_page(
    account: Account,
    filters: StreamFilters,
    *,
    as_of: dt.datetime,
    before: Place | None = None,
    long_gap_days: float | None = None,
    size: int = PAGE_SIZE,
) -> StreamPage:
    """Return a page of the account's stream, runs of texts folded.

    Silences over `long_gap_days` are noted where all touches of a span of time are shown.
    """
    found = _merged(account, filters, before, size)
    page, has_more = found[:size], len(found) > size
    folds = not filters.shows_each_touch
    if has_more and folds and run_of(found[size]) is not None and run_of(found[size]) == run_of(page[-1]):
        rest = _merged(account, filters, page[-1].place, MOST_READ_ON)
        run = list(takewhile(lambda entry: run_of(entry) == run_of(page[-1]), rest[:MOST_READ_ON]))
        page, has_more = [*page, *run], len(rest) > len(run)
    next_place = page[-1].place if has_more else None
    if long_gap_days and filters.shows_silences:
        is_top = before is None and (filters.until is None or filters.until >= firm_day(as_of))
        page = with_silences(account, page, as_of=as_of, long_gap_days=long_gap_days, is_top=is_top)
    return StreamPage(fold_texts(page) if folds else page, next_place)


def _merged(account: Account, filters: StreamFilters, before: Place | None, size: int) -> list[Entry]:
    """Return the newest `size` + 1 entries below `before`, or all that there are."""
    entries = touch_entries(account, filters, before, size) + event_entries(account, filters, before, size)
    entries.sort(key=lambda entry: entry.place, reverse=True)
    return entries[: size + 1]
