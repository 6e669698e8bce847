"""What a list of accounts is narrowed to and how it is ordered: frozen values <-> the query string of its address."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from django.http import QueryDict
from django.utils.http import urlencode

from accounts.models import Role, User
from health.drills import NO_DRILL, Drill, read_drill
from health.list_beginnings import Beginning, beginning_of
from health.models import Band

MINE, TEAM, EVERYONE = "mine", "team", "everyone"
SCOPE_LABELS: Final = {MINE: "My book", TEAM: "Team", EVERYONE: "Everyone"}
RENEWAL_WINDOWS: Final = (30, 90, 180)
FLAGGED: Final = (Band.SILENT.value, Band.DRIFTING.value)
SEARCH_LENGTH: Final = 100
LAST_PAGE: Final = 1_000_000
# What a list can show beside the account and its band, in the order in which it does; health.list_columns describes it.
COLUMN_KEYS: Final = ("silent", "rhythm", "why", "value", "risk")
USUAL_COLUMNS: Final = ("silent", "rhythm", "why", "value")
# Stands in the address of a list with chosen columns, so that one without any can be asked for.
ACCOUNT_COLUMN: Final = "account"
# The address of the usual list for a person whose bare address opens a saved view.
PAST_VIEW: Final = "?usual=1"
# No team, or no segment: database ids begin at 1.
NONE: Final = 0


@dataclass(frozen=True, slots=True)
class Ordering:
    """One way to order a list: `columns` are order_by terms of AccountHealth, the last one breaks ties."""

    label: str
    sentence: str
    columns: tuple[str, ...]
    is_descending: bool = False


# The allow-list of sort keys. A leading minus in the address turns an order round; unknown values always come last.
ORDERINGS: Final[dict[str, Ordering]] = {
    "priority": Ordering(
        "Priority",
        "by value at risk and by how surprising the silence is",
        ("priority", "account_id"),
        is_descending=True,
    ),
    "name": Ordering("Account", "by name", ("account__lower_name", "account_id")),
    "silent": Ordering("Silent for", "by length of silence", ("silent_days", "account_id"), is_descending=True),
    "value": Ordering("Value", "by value", ("arr", "account_id"), is_descending=True),
    "risk": Ordering("Value at risk", "by value at risk", ("value_at_risk", "account_id"), is_descending=True),
    "health": Ordering("Health", "by health, worst first", ("health_score", "account_id")),
    "renewal": Ordering("Renewal", "by renewal date", ("renewal_on", "account_id")),
}


def scopes_of(user: User) -> tuple[str, ...]:
    """Return the scopes that `user` may choose between, the usual one first."""
    if user.is_superuser or user.role == Role.ADMINISTRATOR:
        return (EVERYONE, MINE)
    if user.role == Role.EXECUTIVE:
        return (EVERYONE,)
    if user.role == Role.LEAD:
        return (TEAM, MINE)
    return (MINE, TEAM) if user.team_id is not None else (MINE,)


@dataclass(frozen=True, slots=True)
class ListFilters:
    """The state of a list; all of it stands in its address. Empty `bands`: every band.

    `team` and `segment` may be NONE, for accounts without any. `moved` is "from-to": the bands on the day `since`, and
    now.
    """

    scope: str
    bands: tuple[str, ...] = ()
    segment: int | None = None
    team: int | None = None
    owner: int | None = None
    renews: int | None = None
    is_one_sided: bool = False
    is_snoozed: bool = False
    is_with_snoozed: bool = False
    moved: str = ""
    since: str = ""
    drill: Drill = NO_DRILL
    search: str = ""
    sort: str = "priority"
    columns: tuple[str, ...] = USUAL_COLUMNS
    page: int = 1
    is_all: bool = False
    # What the address of the defaults is, where a bare one opens a saved view instead.
    bare: str = field(default="", compare=False)

    @property
    def ordering(self) -> Ordering:
        return ORDERINGS[self.sort.removeprefix("-")]

    @property
    def is_descending(self) -> bool:
        return self.ordering.is_descending != self.sort.startswith("-")

    def changed(self, **changes: Any) -> ListFilters:
        """Return these filters with some changed, from the first page on."""
        return replace(self, **{"page": 1, **changes})

    def narrows(self, defaults: ListFilters) -> bool:
        """Whether more than the scope, the order, the columns and the page differ from `defaults`."""
        aside = {"scope", "sort", "columns", "page", "is_all", "bare"}
        return any(getattr(self, f.name) != getattr(defaults, f.name) for f in fields(self) if f.name not in aside)

    def query(self, defaults: ListFilters) -> str:
        """Return the query string that leads to these filters, with its question mark; what is usual is left out."""
        pairs: list[tuple[str, str]] = []
        if self.scope != defaults.scope:
            pairs.append(("scope", self.scope))
        if self.bands != defaults.bands:
            pairs += [("band", band) for band in self.bands or ("all",)]
        for name in ("segment", "team", "owner", "renews"):
            if (value := getattr(self, name)) is not None:
                pairs.append((name, "none" if value == NONE else str(value)))
        pairs += [(name, value) for name in ("moved", "since") if (value := getattr(self, name))]
        pairs += self.drill.query().items()
        pairs += [(name, "1") for name, is_on in self._switches() if is_on]
        if self.search:
            pairs.append(("q", self.search))
        if self.sort != defaults.sort:
            pairs.append(("sort", self.sort))
        if self.columns != defaults.columns:
            pairs += [("col", key) for key in (ACCOUNT_COLUMN, *self.columns)]
        if self.page > 1:
            pairs.append(("page", str(self.page)))
        return f"?{urlencode(pairs)}" if pairs else defaults.bare

    def spelt_out(self) -> str:
        """Return the query string with everything that another person's list may begin with otherwise."""
        return self.query(replace(self, scope="", bands=("",), sort="", columns=("",)))

    def _switches(self) -> tuple[tuple[str, bool], ...]:
        return (
            ("one_sided", self.is_one_sided),
            ("snoozed", self.is_snoozed),
            ("with_snoozed", self.is_with_snoozed),
            ("all", self.is_all),
        )


def widest_scope(user: User) -> str:
    """Return the scope that holds every account `user` may see."""
    scopes = scopes_of(user)
    return next(scope for scope in (EVERYONE, TEAM, MINE) if scope in scopes)


def today_defaults(user: User) -> ListFilters:
    """Return what Today shows at first: what is flagged, in the person's usual scope."""
    return _begun(ListFilters(scope=scopes_of(user)[0], bands=FLAGGED), beginning_of(user, "today"))


def directory_defaults(user: User) -> ListFilters:
    """Return what the account list shows at first: every account in the person's usual scope, by name."""
    return _begun(ListFilters(scope=scopes_of(user)[0], sort="name"), beginning_of(user, "account-list"))


def _begun(usual: ListFilters, beginning: Beginning) -> ListFilters:
    """Return how a list begins for a person: with the columns they chose, under an address that leads past the view
    that a bare one opens."""
    chosen = beginning.columns
    columns = usual.columns if chosen is None else tuple(key for key in COLUMN_KEYS if key in chosen)
    return replace(usual, columns=columns, bare="" if beginning.view_id is None else PAST_VIEW)


def capacity_of(user: User, filters: ListFilters, defaults: ListFilters) -> int | None:
    """Return how many rows `user` wants to see at most: only on the usual list of the own book."""
    is_usual = filters.scope == MINE and defaults.bands == FLAGGED and not filters.narrows(defaults)
    return user.daily_capacity or None if is_usual and not filters.is_all and filters.page == 1 else None


@dataclass(frozen=True, slots=True)
class ReadFilters:
    """Filters read from an address, and the parts of it that no list knows."""

    filters: ListFilters
    not_understood: tuple[str, ...]


def read_filters(query: QueryDict, *, user: User, defaults: ListFilters) -> ReadFilters:
    """Read filters from a query string; what is not understood, or not open to `user`, is left out and named."""
    wrong: list[str] = []

    def word(name: str, known: tuple[str, ...], usual: str) -> str:
        value = query.get(name, usual)
        if value in known:
            return value
        wrong.append(f"{name}={value[:40]}")
        return usual

    def number(name: str, known: tuple[int, ...] = ()) -> int | None:
        text = query.get(name, "")
        if not text:
            return None
        value = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
        if value is None or (known and value not in known):
            wrong.append(f"{name}={text[:40]}")
            return None
        return value

    def group(name: str) -> int | None:
        return NONE if query.get(name) == "none" else number(name)

    moved, since = _read_movement(query, wrong)
    sorts = tuple(f"{sign}{key}" for key in ORDERINGS for sign in ("", "-"))
    filters = ListFilters(
        scope=word("scope", scopes_of(user), defaults.scope),
        bands=_read_bands(query, defaults, wrong),
        segment=group("segment"),
        team=group("team"),
        owner=number("owner"),
        renews=number("renews", RENEWAL_WINDOWS),
        is_one_sided=word("one_sided", ("", "1"), "") == "1",
        is_snoozed=word("snoozed", ("", "1"), "") == "1",
        is_with_snoozed=word("with_snoozed", ("", "1"), "") == "1",
        moved=moved,
        since=since,
        drill=read_drill(query, wrong),
        search=query.get("q", "").replace("\x00", "").strip()[:SEARCH_LENGTH],
        sort=word("sort", sorts, defaults.sort),
        columns=_read_columns(query.getlist("col"), defaults, wrong),
        page=max(1, min(number("page") or 1, LAST_PAGE)),
        is_all=word("all", ("", "1"), "") == "1",
    )
    return ReadFilters(filters, tuple(wrong))


def _read_movement(query: QueryDict, wrong: list[str]) -> tuple[str, str]:
    """Read which bands an account stood in on a day and stands in now; both must be given to mean anything."""
    moved, since = query.get("moved", ""), query.get("since", "")
    if not moved and not since:
        return "", ""
    bands = moved.split("-")
    try:
        dt.date.fromisoformat(since)
        is_known = len(bands) == 2 and set(bands) <= set(Band.values)
    except ValueError:
        is_known = False
    if is_known:
        return moved, since
    wrong.append(f"moved={moved[:40]} since={since[:40]}")
    return "", ""


def _read_columns(given: list[str], defaults: ListFilters, wrong: list[str]) -> tuple[str, ...]:
    wrong += [f"col={key[:40]}" for key in given if key not in {ACCOUNT_COLUMN, *COLUMN_KEYS}]
    chosen = tuple(key for key in COLUMN_KEYS if key in given)
    return chosen if chosen or ACCOUNT_COLUMN in given else defaults.columns


def _read_bands(query: QueryDict, defaults: ListFilters, wrong: list[str]) -> tuple[str, ...]:
    given = query.getlist("band")
    known = [band for band in Band.values if band in given]
    wrong += [f"band={band[:40]}" for band in given if band not in {*Band.values, "all"}]
    if "all" in given:
        return ()
    return tuple(known) or defaults.bands
