"""Why an account is not in a list: its band, a snooze, known quiet, somebody else's book, or a filter.

Only accounts that the reader may see are spoken of; about all others nothing is said, as if they did not exist.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F, FilteredRelation, OuterRef, Q, QuerySet, Subquery

from accounts.access import accounts_visible_to
from accounts.models import Account, User
from config.formats import short_date
from health.drills import NO_DRILL
from health.explanations import unheard_note
from health.filters import FLAGGED, MINE, NONE, TEAM, ListFilters, widest_scope
from health.models import AccountHealth, Band, QuietPeriod, Series
from health.selectors.facets import hides_snoozed
from health.selectors.lists import chosen, ordered_ids, pauses

MOST_TOLD: Final = 5


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that keeps an account off a list; `words` are what a person wrote, `way` lets it in."""

    sentence: str
    words: str = ""
    way: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Absence:
    """An account that a list does not show; `shown_by` are the filters that would show it, None where none can."""

    account_id: int
    name: str
    band: str
    band_label: str
    reasons: tuple[Reason, ...]
    shown_by: ListFilters | None


@dataclass(frozen=True, slots=True)
class Absences:
    """The first accounts that match a search but are not listed; `has_more` says that others do, too."""

    told: tuple[Absence, ...]
    has_more: bool


def absences(user: User, filters: ListFilters, *, today: dt.date) -> Absences:
    """Return who matches the list's search without being in the list, and why; one query, none without a search."""
    if not filters.search:
        return Absences((), has_more=False)
    listed = chosen(user, filters, today).values("pk")
    found = accounts_visible_to(user).filter(name__icontains=filters.search).exclude(pk__in=listed)
    accounts = list(_with_notes(found, today).order_by("name", "pk")[: MOST_TOLD + 1])
    told = tuple(_absence(user, account, filters, today) for account in accounts[:MOST_TOLD])
    return Absences(told, has_more=len(accounts) > MOST_TOLD)


def notes_on(user: User, account_ids: list[int], filters: ListFilters, *, today: dt.date) -> dict[int, Absence]:
    """Return why accounts are not in a list; who is in it is left out. One query."""
    accounts = _with_notes(accounts_visible_to(user).filter(pk__in=account_ids), today)
    found = (_absence(user, account, filters, today) for account in accounts)
    return {one.account_id: one for one in found if one.reasons}


def places_in(user: User, filters: ListFilters, *, today: dt.date) -> dict[int, int]:
    """Return the place of each account of a list, from 1; one query."""
    return {pk: place for place, pk in enumerate(ordered_ids(user, filters, today=today), 1)}


def _with_notes(found: QuerySet[Account], today: dt.date) -> QuerySet[Account]:
    """Add the score, the snooze and the known quiet that hold, and whether quiet begins when the band would change."""
    begins = QuietPeriod.objects.filter(
        account=OuterRef("pk"), ended_at__isnull=True, starts_on=OuterRef("health__next_change_on")
    )
    return found.select_related("owner", "health__feed_stop__source").annotate(
        open_snooze=FilteredRelation(
            "snoozes", condition=Q(snoozes__ended_at__isnull=True, snoozes__until_on__gt=today)
        ),
        snoozed_until=F("open_snooze__until_on"),
        snooze_reason=F("open_snooze__reason"),
        snooze_author=F("open_snooze__author__full_name"),
        paused_until=Subquery(pauses(today).values("ends_on")[:1]),
        pause_reason=Subquery(pauses(today).values("reason")[:1]),
        quiet_begins_on=Subquery(begins.values("starts_on")[:1]),
    )


def _absence(user: User, account: Account, filters: ListFilters, today: dt.date) -> Absence:
    health: AccountHealth | None = getattr(account, "health", None)
    if health is None:
        reasons = [Reason("It has no score yet; the first one comes within a minute.")]
        return Absence(account.pk, account.name, "", "Not scored yet", tuple(reasons), None)
    reasons = [reason for why in _WHYS for reason in why(user, account, filters, today)]
    ways: dict[str, Any] = {name: value for reason in reasons for name, value in reason.way}
    if filters.moved or filters.drill != NO_DRILL:
        # A mark of a chart is not taken apart for one account: the way to it leads past the mark.
        ways |= {"moved": "", "since": "", "drill": NO_DRILL}
        reasons = reasons or [Reason("It is not among the accounts of the mark that led to this list.")]
    return Absence(
        account.pk,
        account.name,
        health.band,
        Band(health.band).label,
        tuple(reasons),
        filters.changed(**ways) if ways else None,
    )


def _by_scope(user: User, account: Account, filters: ListFilters, _today: dt.date) -> Iterator[Reason]:
    is_own = account.owner_id == user.pk
    is_of_team = is_own or (user.team_id is not None and account.team_id == user.team_id)
    if (filters.scope == MINE and not is_own) or (filters.scope == TEAM and not is_of_team):
        owner = f"{account.owner} looks after it" if account.owner else "Nobody is assigned to it"
        yield Reason(f"{owner}; this list shows {_WHOSE[filters.scope]}.", way=(("scope", widest_scope(user)),))


_WHOSE: Final = {MINE: "your own book", TEAM: "your team’s accounts"}


def _by_band(_user: User, account: Account, filters: ListFilters, today: dt.date) -> Iterator[Reason]:
    health: AccountHealth = account.health
    if filters.bands and health.band not in filters.bands:
        # From the usual list of the flagged, every band is the way; one that was picked is joined by this one.
        joined = tuple(band for band in Band.values if band == health.band or band in filters.bands)
        told = _BANDS[health.band](account, today)
        yield Reason(told.sentence, told.words, way=(("bands", () if filters.bands == FLAGGED else joined),))


def _steady(account: Account, today: dt.date) -> Reason:
    if unheard := unheard_note(account.health, today=today):
        return Reason(f"It is Steady. {unheard}")
    change: dt.date | None = account.health.next_change_on
    if change is None or change <= today:
        return Reason("It is Steady: in touch in its usual rhythm.")
    if getattr(account, "quiet_begins_on", None):
        return Reason(f"It is Steady. Known quiet begins on {short_date(change, today)}.")
    return Reason(f"It is Steady. If nothing comes, it is flagged on {short_date(change, today)}.")


def _paused(account: Account, today: dt.date) -> Reason:
    # Annotated by `_with_notes`, as the snooze is.
    until: dt.date | None = getattr(account, "paused_until", None)
    if until is None:
        return Reason("It is Paused: quiet is expected.")
    return Reason(
        f"It is Paused: quiet is expected until {short_date(until, today)}.", getattr(account, "pause_reason", "")
    )


def _learning(account: Account, _today: dt.date) -> Reason:
    days = account.health.touch_days
    known = f"only {days} {'day' if days == 1 else 'days'} in touch so far" if days else "no touch so far"
    return Reason(f"It is Learning: {known}, too few to tell a silence from its rhythm.")


_BANDS: Final[dict[str, Callable[[Account, dt.date], Reason]]] = {
    Band.STEADY: _steady,
    Band.PAUSED: _paused,
    Band.LEARNING: _learning,
    Band.DORMANT: lambda _account, _today: Reason(
        "It is Dormant: silent so long that it is probably lost. Such accounts are off the daily list."
    ),
    Band.CLOSED: lambda _account, _today: Reason("It is Closed; a closed account is not flagged."),
    Band.SILENT: lambda _account, _today: Reason("It is Silent; the list shows other bands."),
    Band.DRIFTING: lambda _account, _today: Reason("It is Drifting; the list shows other bands."),
}


def _by_snooze(_user: User, account: Account, filters: ListFilters, today: dt.date) -> Iterator[Reason]:
    until: dt.date | None = getattr(account, "snoozed_until", None)
    if until is not None and hides_snoozed(filters) and not filters.is_snoozed:
        author = getattr(account, "snooze_author", None)
        by = f" by {author}" if author else ""
        sentence = f"It is snoozed{by} until {short_date(until, today)}."
        yield Reason(sentence, getattr(account, "snooze_reason", ""), way=(("is_with_snoozed", True),))
    if until is None and filters.is_snoozed:
        yield Reason("It is not snoozed; the list shows what is.", way=(("is_snoozed", False),))


def _by_filter(_user: User, account: Account, filters: ListFilters, today: dt.date) -> Iterator[Reason]:
    health: AccountHealth = account.health
    if filters.segment is not None and (health.segment_id or NONE) != filters.segment:
        yield Reason("It is of another segment than the list shows.", way=(("segment", None),))
    if filters.renews is not None and not _renews_within(health.renewal_on, filters.renews, today):
        renewal = f"on {short_date(health.renewal_on, today)}" if health.renewal_on else "on no known day"
        yield Reason(f"It renews {renewal}, not within {filters.renews} days.", way=(("renews", None),))
    if filters.is_one_sided and health.alarm_series != Series.CLIENT:
        yield Reason("It is not the client alone who went silent.", way=(("is_one_sided", False),))
    if filters.team is not None and (account.team_id or NONE) != filters.team:
        yield Reason("It is of another team than the list shows.", way=(("team", None),))
    if filters.owner is not None and account.owner_id != filters.owner:
        yield Reason("Another account manager than the list shows looks after it.", way=(("owner", None),))


def _renews_within(day: dt.date | None, days: int, today: dt.date) -> bool:
    return day is not None and 0 <= (day - today).days <= days


_WHYS: Final = (_by_scope, _by_band, _by_snooze, _by_filter)
