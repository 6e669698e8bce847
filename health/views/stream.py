"""The stream of the account page: its part of the page, and the fragments that htmx asks for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import can_administer
from accounts.models import Account
from config.http import HtmxHttpRequest
from health.models import AccountHealth
from health.reasons import label_of
from health.selectors.stream.counts import PersonCount, StreamCounts, stream_counts
from health.selectors.stream.filters import KINDS, StreamFilters
from health.selectors.stream.opening import place_of_touch
from health.selectors.stream.pages import MOST_PAGES, PAGE_SIZE, stream_page
from health.selectors.stream.places import Entry, Place, day_end
from touchpoints.models import Channel, Direction

WHOLE: Final = "stream"
MORE: Final = "stream-more"
#: The element that fetches the stream again after a change: what it shows is no new place to go back from.
_REFRESH: Final = "stream-refresh"
_TEMPLATES: Final = {WHOLE: "health/_stream.html", MORE: "health/_stream_entries.html"}


@dataclass(frozen=True, slots=True)
class Line:
    """An entry, and the month that begins with it; None within one."""

    entry: Entry
    month: dt.date | None


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a filter with what it would show."""

    value: str
    label: str
    count: int
    is_chosen: bool


def stream_fragment(request: HtmxHttpRequest, base: dict[str, Any], target: str, *, as_of: dt.datetime) -> HttpResponse:
    """Answer htmx: the whole stream, whose filters become the address of the page, or its next entries."""
    is_whole = target == WHOLE
    context = base | stream_context(request, base, as_of=as_of, is_whole=is_whole)
    response = render(request, _TEMPLATES[target], context)
    # A mark of a chart that opens one touch brings an address of its own.
    if is_whole and request.htmx.trigger != _REFRESH and "touch" not in request.GET:
        response["HX-Push-Url"] = context["stream_address"]
    return response


def stream_context(
    request: HttpRequest, base: dict[str, Any], *, as_of: dt.datetime, is_whole: bool = True
) -> dict[str, Any]:
    """Return what the stream's templates need beside `base`: a page of entries, and the filters if `is_whole`.

    `base` says whose stream it is (`account`, `health`), the past day that is read (`past_day`, or None), and what each
    address of the page keeps (`kept`, pairs of name and value).
    """
    account: Account = base["account"]
    health: AccountHealth | None = base["health"]
    filters = StreamFilters.from_query(request.GET)
    given = Place.from_text(request.GET.get("before", ""))
    before = given or _opened_at(request, account, base["past_day"])
    pages = _pages(request.GET.get("pages", ""))
    page = stream_page(
        account,
        filters,
        as_of=as_of,
        before=before,
        long_gap_days=health.usual_gap_high_days if health else None,
        size=pages * PAGE_SIZE,
    )
    url, query = account.get_absolute_url(), dict(base["kept"]) | filters.query()
    address = _address(url, query)
    context = {
        "filters": filters,
        "lines": _lines(page.entries, given),
        "pages": pages,
        "more_url": _address(url, query | {"before": str(page.next_place)}) if page.next_place else "",
        "stream_url": _address(url, dict(base["kept"])),
        "stream_address": address,
        "is_from_top": before is None,
        "here": _address(url, query | {"before": str(given)}) if given else address,
        "may_open_imports": can_administer(request.user),  # type: ignore[arg-type] # signed in, by middleware
    }
    return context | (_filter_context(account, filters) if is_whole else {})


def _address(url: str, query: dict[str, str]) -> str:
    return f"{url}?{urlencode(query)}" if query else url


def _opened_at(request: HttpRequest, account: Account, past_day: dt.date | None) -> Place | None:
    """Return where the stream begins: at the touch the address names, at the end of a past day; None: at its top."""
    touch = request.GET.get("touch", "")
    if touch.isascii() and touch.isdigit() and len(touch) < 19:
        return place_of_touch(account, int(touch))
    # Beyond every kind of entry of that day.
    return Place(day_end(past_day), 9, 0) if past_day else None


def _pages(text: str) -> int:
    return min(max(int(text), 1), MOST_PAGES) if text.isascii() and text.isdigit() and len(text) < 4 else 1


def _lines(entries: list[Entry], before: Place | None) -> list[Line]:
    """Return the entries with the month where one begins, in the reader's time zone."""
    month = _month(before.at) if before else None
    lines = []
    for entry in entries:
        own = _month(entry.at)
        lines.append(Line(entry, own if own != month else None))
        month = own
    return lines


def _month(at: dt.datetime) -> dt.date:
    return timezone.localtime(at).date().replace(day=1)


def _filter_context(account: Account, filters: StreamFilters) -> dict[str, Any]:
    counts = stream_counts(account, filters)
    return {
        "kinds": _choices(KINDS, counts.kinds, filters.kind),
        "channels": _channels(counts, filters),
        "directions": _choices(dict(Direction.choices), counts.directions, filters.direction),
        "contacts": _people(counts.contacts, filters.contact),
        "authors": _people(counts.authors, filters.author),
        "because_label": label_of(filters.because),
        "shown_count": _shown(counts, filters),
    }


def _channels(counts: StreamCounts, filters: StreamFilters) -> list[Choice]:
    return _choices({"voice": "Live talk", **dict(Channel.choices)}, counts.channels, filters.channel)


def _choices(labels: dict[str, str], counts: dict[str, int], chosen: str) -> list[Choice]:
    """Return the choices that would show something, and the one that is made."""
    return [
        Choice(value, str(label), counts.get(value, 0), value == chosen)
        for value, label in labels.items()
        if counts.get(value) or value == chosen
    ]


def _people(people: list[PersonCount], chosen: int | None) -> list[Choice]:
    return [Choice(str(one.pk), one.name, one.count, one.pk == chosen) for one in people]


def _shown(counts: StreamCounts, filters: StreamFilters) -> int:
    """Return how many entries the filters leave, texts counted one by one."""
    return sum(count for kind, count in counts.kinds.items() if filters.wants(kind))
