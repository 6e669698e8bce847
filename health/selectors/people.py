"""Who we reach at a client: its people by level, when each last took part, who of ours talks with them, what is thin.

What is thin is what the signals say, from the same stored figures: the card and the score never differ.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Count, Max, Q

from accounts.models import Account, Contact, Level
from config.days import firm_day
from health.models import AccountHealth
from health.scoring.explain_signals import signals_from, spell_signal
from health.scoring.signals.found import Signal
from touchpoints.models import CLIENT_DIRECTIONS, Touchpoint

_LEVEL_ORDER: Final = (Level.EXECUTIVE, Level.DIRECTOR, Level.MANAGER, Level.ANALYST, "")
#: A contact counts as reached while the last touch in which both sides took part is not older than this.
QUIET_CONTACT_DAYS: Final = 90
#: Who of ours talked with somebody within this time is said to know that person.
KNOWN_DAYS: Final = 365
_PEOPLE_SIGNALS: Final = (Signal.SPONSOR_LEFT, Signal.SPONSOR_SILENT, Signal.SINGLE_THREADED)


@dataclass(frozen=True, slots=True)
class Colleague:
    """One of ours, and in how many touches of the last year they and the contact took part."""

    name: str
    touches: int


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A person at the client, and the days since both sides last took part; None: never."""

    contact: Contact
    last_two_way_on: dt.date | None
    quiet_days: int | None
    colleagues: list[Colleague] = field(default_factory=list)

    @property
    def has_left(self) -> bool:
        return self.contact.left_on is not None

    @property
    def warmth(self) -> str:
        """Return the band whose colour the contact wears, with words beside it."""
        if self.quiet_days is None or self.quiet_days > QUIET_CONTACT_DAYS:
            return "silent"
        return "drifting" if self.quiet_days > QUIET_CONTACT_DAYS // 2 else "steady"


@dataclass(frozen=True, slots=True)
class PeopleWarning:
    """Something thin about the people, in a sentence; `signal` is its name in an address of the stream."""

    signal: str
    sentence: str


@dataclass(frozen=True, slots=True)
class People:
    """The contacts by level, those who left last first, and what is thin about them."""

    present: list[ContactRow]
    left: list[ContactRow]
    warnings: list[PeopleWarning]


def people_of(account: Account, health: AccountHealth | None, *, as_of: dt.datetime) -> People:
    """Return the account's people as of a moment, highest level first. Two queries.

    Who leaves later is still there, and the warnings are those that were stored with `health`.
    """
    today = firm_day(as_of)
    two_way = Q(
        touchpoints__counts=True,
        touchpoints__deleted_at__isnull=True,
        touchpoints__direction__in=CLIENT_DIRECTIONS,
        touchpoints__occurred_at__lte=as_of,
    )
    contacts = account.contacts.select_related("successor").annotate(
        last_two_way_at=Max("touchpoints__occurred_at", filter=two_way)
    )
    colleagues = _colleagues(account, as_of=as_of)
    rows = []
    for contact in contacts:
        last_at: dt.datetime | None = contact.last_two_way_at
        last_on = firm_day(last_at) if last_at else None
        quiet_days = (today - last_on).days if last_on else None
        rows.append(ContactRow(contact, last_on, quiet_days, colleagues.get(contact.pk, [])))
    rows.sort(key=lambda row: (_LEVEL_ORDER.index(row.contact.level), row.contact.name))
    gone = [row for row in rows if row.contact.left_on is not None and row.contact.left_on <= today]
    return People(
        present=[row for row in rows if row not in gone],
        left=sorted(gone, key=lambda row: row.contact.left_on or today, reverse=True),
        warnings=_warnings(health, today),
    )


def _colleagues(account: Account, *, as_of: dt.datetime) -> dict[int, list[Colleague]]:
    """Return who of ours took part in touches with each contact in the last year, most first."""
    together = (
        Touchpoint.objects.filter(
            account=account,
            counts=True,
            direction__in=CLIENT_DIRECTIONS,
            occurred_at__lte=as_of,
            occurred_at__gt=as_of - dt.timedelta(days=KNOWN_DAYS),
            contacts__isnull=False,
            colleagues__isnull=False,
        )
        .order_by()
        .values("contacts", "colleagues__full_name")
        .annotate(touches=Count("pk", distinct=True))
        .order_by("-touches", "colleagues__full_name")
        .values_list("contacts", "colleagues__full_name", "touches")
    )
    known: dict[int, list[Colleague]] = {}
    for contact_id, name, touches in together:
        known.setdefault(contact_id, []).append(Colleague(name, touches))
    return known


def _warnings(health: AccountHealth | None, today: dt.date) -> list[PeopleWarning]:
    told = signals_from(health.signals) if health else ()
    return [PeopleWarning(one.signal.value, spell_signal(one, today)) for one in told if one.signal in _PEOPLE_SIGNALS]
