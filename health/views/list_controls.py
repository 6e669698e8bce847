"""The controls of a list: tiles, chips, column heads and pager, each a link that carries the list's whole state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from urllib.parse import parse_qsl

from accounts.models import User
from health.drills import Drill
from health.filters import (
    FLAGGED,
    NONE,
    ORDERINGS,
    SCOPE_LABELS,
    ListFilters,
    directory_defaults,
    scopes_of,
    widest_scope,
)
from health.models import Band
from health.selectors.absences import Absence, Absences
from health.selectors.changes import Changes
from health.selectors.facets import Facets, Tally
from health.selectors.feeds import StoppedFeed
from health.selectors.lists import PAGE_SIZE
from health.selectors.saved_views import NamedList


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure that filters the list when it is followed."""

    css_class: str
    label: str
    tally: Tally
    note: str
    query: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that can be turned; `count` is what the list would hold then, None where it is not known."""

    label: str
    query: str
    is_on: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a sortable column; `direction` is the value of aria-sort, empty when it does not order the list."""

    label: str
    query: str
    direction: str


@dataclass(frozen=True, slots=True)
class Pager:
    """Where in the list the page stands, and the way on."""

    first: int
    last: int
    count: int
    previous_query: str | None
    next_query: str | None


@dataclass(frozen=True, slots=True)
class ViewChip:
    """A saved view; `owner` is whose it is, empty for the reader's own; it is on while the list is in its state, and
    `opens` when a bare address leads to it."""

    name: str
    owner: str
    query: str
    is_on: bool
    opens: bool


@dataclass(frozen=True, slots=True)
class StoppedNotice:
    """A source that stopped, and the way to the accounts that are not flagged because of it, in the account list."""

    feed: StoppedFeed
    query: str


@dataclass(frozen=True, slots=True)
class Absent:
    """An account that the list does not show, and the way to the list that shows it; None where there is none."""

    account: Absence
    query: str | None


@dataclass(frozen=True, slots=True)
class AbsentAccounts:
    """Who matches the search without being listed."""

    told: tuple[Absent, ...]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Controls:
    """Links of one list in one state; `filters` is that state and `defaults` what a bare address means."""

    user: User
    filters: ListFilters
    defaults: ListFilters
    facets: Facets

    def _to(self, **changes: object) -> str:
        # An empty href would keep the query string, so the bare address is written as "?".
        return self.filters.changed(is_all=False, **changes).query(self.defaults) or "?"

    def scopes(self) -> list[Chip]:
        known = scopes_of(self.user)
        if len(known) < 2:
            return []
        return [
            Chip(SCOPE_LABELS[scope], self._to(scope=scope, segment=None), self.filters.scope == scope)
            for scope in known
        ]

    def tiles(self, changes: Changes, since: str) -> list[Tile]:
        """Return one tile per band that a person acts on; following the one that is on leads back to the usual list."""
        total = self.facets.total.count
        steady = self.facets.tally(bands=(Band.STEADY.value,), is_snoozed=False)
        notes = {
            Band.SILENT: _newly(changes.fell_silent, since),
            Band.DRIFTING: _newly(changes.started_drifting, since),
            Band.STEADY: f"{_percent(steady.count, total)} of {_whose(self.filters.scope)}",
            Band.LEARNING: "under 3 days in touch",
            Band.PAUSED: "known quiet",
            Band.DORMANT: "silent for very long",
        }
        return [
            Tile(
                css_class=band.value,
                label=band.label,
                tally=self.facets.tally(bands=(band.value,), is_snoozed=False),
                note=note,
                query=self._to(bands=self.defaults.bands if is_on else (band.value,), is_snoozed=False),
                is_on=is_on,
            )
            for band, note in notes.items()
            for is_on in [self.filters.bands == (band.value,)]
        ]

    def chips(self) -> list[Chip]:
        """Return the switches with what the list would hold if each were turned on."""
        now = self.filters
        chips = [self._band_chip(band) for band in FLAGGED]
        renews = now.renews or 90
        chips.append(
            Chip(
                f"Renews ≤ {renews} d",
                self._to(renews=None if now.renews else 90),
                now.renews is not None,
                self.facets.renewing_count(),
            )
        )
        one_sided = self.facets.tally(is_one_sided=True).count
        if one_sided or now.is_one_sided:
            chips.append(
                Chip("Client silent", self._to(is_one_sided=not now.is_one_sided), now.is_one_sided, one_sided)
            )
        snoozed = self.facets.tally(is_snoozed=True).count
        if snoozed or now.is_snoozed:
            chips.append(Chip("Snoozed", self._to(is_snoozed=not now.is_snoozed), now.is_snoozed, snoozed))
        return chips + self._narrowed()

    def views(self, found: Sequence[NamedList]) -> list[ViewChip]:
        """Return the saved views of this list."""
        return [
            ViewChip(
                name=one.view.name,
                owner="" if one.is_own else str(one.view.owner),
                query=one.walked.filters.query(self.defaults) or "?",
                is_on=one.is_of(self.filters),
                opens=one.opens,
            )
            for one in found
        ]

    def usual(self) -> Chip | None:
        """Return the way to the list as it usually begins, for a person whose list opens with a view."""
        if not self.defaults.bare:
            return None
        return Chip("The usual list", self.defaults.bare, self.filters == self.defaults)

    def stopped(self, feeds: Sequence[StoppedFeed]) -> list[StoppedNotice]:
        """Return the sources that stopped; the lists behind them hold every account that their counts hold."""
        usual = directory_defaults(self.user)
        every = usual.changed(scope=widest_scope(self.user))
        return [StoppedNotice(feed, every.changed(drill=Drill(unheard=feed.source_id)).query(usual)) for feed in feeds]

    def absent(self, found: Absences) -> AbsentAccounts:
        """Return who is not listed, each with the address of this list that holds it."""
        told = (
            Absent(one, one.shown_by.changed(is_all=False).query(self.defaults) or "?" if one.shown_by else None)
            for one in found.told
        )
        return AbsentAccounts(tuple(told), found.has_more)

    def hiding(self) -> list[Chip]:
        """Return what the list would hold without each of its filters, where that is anything."""
        now, usual = self.filters, self.defaults
        turned: list[tuple[str, dict[str, object]]] = []
        if now.bands != usual.bands:
            turned.append((" or ".join(Band(band).label for band in now.bands) or "Every band", {"bands": usual.bands}))
        if usual.bands and now.bands:
            turned.append(("Only some bands", {"bands": ()}))
        if now.segment is not None:
            turned.append(("One segment" if now.segment else "No segment", {"segment": None}))
        if now.renews is not None:
            turned.append((f"Renews ≤ {now.renews} d", {"renews": None}))
        if now.is_one_sided:
            turned.append(("Client silent", {"is_one_sided": False}))
        if now.is_snoozed:
            turned.append(("Snoozed", {"is_snoozed": False}))
        counted = ((label, ways, self.facets.tally(**ways).count) for label, ways in turned)
        return [Chip(label, self._to(**ways), is_on=False, count=count) for label, ways, count in counted if count]

    def _narrowed(self) -> list[Chip]:
        """Return a chip for each narrowing that came with a link, so that it is seen and can be taken off."""
        now = self.filters
        chips = []
        if now.moved:
            was, to = (Band(band).label for band in now.moved.split("-"))
            since = dt.date.fromisoformat(now.since)
            label = f"{was} → {to} since {since.day} {since:%b}"
            chips.append(Chip(label, self._to(moved="", since=""), is_on=True))
        chips += [Chip(label, self._to(drill=left), is_on=True) for label, left in now.drill.labels()]
        if now.team is not None:
            chips.append(Chip("No team" if now.team == NONE else "One team", self._to(team=None), is_on=True))
        if now.owner is not None:
            chips.append(Chip("One account manager", self._to(owner=None), is_on=True))
        if now.search:
            chips.append(Chip(f"“{now.search}”", self._to(search=""), is_on=True))
        if now.segment == NONE:
            chips.append(Chip("No segment", self._to(segment=None), is_on=True))
        return chips

    def _band_chip(self, band: str) -> Chip:
        chosen = self.filters.bands
        is_on = band in chosen
        turned = tuple(one for one in Band.values if (one in chosen) != (one == band))
        return Chip(Band(band).label, self._to(bands=turned), is_on, self.facets.tally(bands=(band,)).count)

    def hidden_fields(self, *without: str) -> list[tuple[str, str]]:
        """Return the state as form fields, but for the names that the form sets itself."""
        return [
            (name, value)
            for name, value in parse_qsl(self.filters.changed().query(self.defaults).removeprefix("?"))
            if name not in without
        ]

    def columns(self) -> dict[str, Column]:
        """Return the sortable heads by key; following the one that orders the list turns it round."""
        return {key: self._column(key) for key in ORDERINGS}

    def _column(self, key: str) -> Column:
        is_on = self.filters.sort.removeprefix("-") == key
        direction = ("descending" if self.filters.is_descending else "ascending") if is_on else ""
        turned = f"-{key}" if self.filters.sort == key else key
        return Column(ORDERINGS[key].label, self._to(sort=turned), direction)

    def pager(self, *, shown: int) -> Pager:
        count = self.facets.tally().count
        page = self.filters.page
        first = (page - 1) * PAGE_SIZE
        pages = ceil(count / PAGE_SIZE)

        def to(number: int) -> str:
            return self.filters.changed(page=number).query(self.defaults) or "?"

        return Pager(
            first=first + 1 if shown else 0,
            last=first + shown,
            count=count,
            previous_query=to(min(page - 1, max(pages, 1))) if page > 1 else None,
            next_query=to(page + 1) if page < pages else None,
        )

    def all_query(self) -> str:
        """Return the way to the list without its filters, in the same scope and order."""
        return (
            self.defaults.changed(scope=self.filters.scope, sort=self.filters.sort, columns=self.filters.columns).query(
                self.defaults
            )
            or "?"
        )

    def beyond_capacity_query(self) -> str:
        return self.filters.changed(is_all=True).query(self.defaults)


def _newly(count: int, since: str) -> str:
    return f"+{count} since {since}" if count else "none new"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}%" if whole else "–"


def _whose(scope: str) -> str:
    return {"mine": "the book", "team": "the team’s"}.get(scope, "all")
