"""What the account page shows beside the stream: the score with its facts, the people, what keeps it off the list."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Max, Q

from accounts.models import Account, Contact, Level
from config.days import firm_day
from health.models import AccountHealth, QuietPeriod, Snooze
from touchpoints.models import CLIENT_DIRECTIONS, Touchpoint

_LEVEL_ORDER = (Level.EXECUTIVE, Level.DIRECTOR, Level.MANAGER, Level.ANALYST, "")
# A contact of this level counts as reached while the last two-way touch is not older than this.
QUIET_CONTACT_DAYS = 90


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A person at the client, and the days since both sides last talked; None: never."""

    contact: Contact
    last_two_way_on: dt.date | None
    quiet_days: int | None

    @property
    def warmth(self) -> str:
        """Return the band whose colour the contact wears, with words beside it."""
        if self.contact.left_on is not None:
            return "closed"
        if self.quiet_days is None or self.quiet_days > QUIET_CONTACT_DAYS:
            return "silent"
        return "drifting" if self.quiet_days > QUIET_CONTACT_DAYS // 2 else "steady"


@dataclass(frozen=True, slots=True)
class People:
    """The contacts by level, and what is thin about them, in words."""

    rows: list[ContactRow]
    warnings: list[str]


def people_of(account: Account, *, today: dt.date, as_of: dt.datetime) -> People:
    """Return the account's contacts, highest level first, those who left last."""
    two_way = Q(
        touchpoints__counts=True, touchpoints__direction__in=CLIENT_DIRECTIONS, touchpoints__occurred_at__lte=as_of
    )
    contacts = list(account.contacts.annotate(last_two_way_at=Max("touchpoints__occurred_at", filter=two_way)))
    rows = []
    for contact in contacts:
        last_at: dt.datetime | None = contact.last_two_way_at
        last_on = firm_day(last_at) if last_at else None
        rows.append(ContactRow(contact, last_on, (today - last_on).days if last_on else None))
    rows.sort(
        key=lambda row: (row.contact.left_on is not None, _LEVEL_ORDER.index(row.contact.level), row.contact.name)
    )
    return People(rows, _coverage_warnings(rows))


def _coverage_warnings(rows: list[ContactRow]) -> list[str]:
    """Say when all hangs on one person, or when nobody of rank has talked with us for long."""
    present = [row for row in rows if row.contact.left_on is None]
    reached = [row for row in present if row.quiet_days is not None and row.quiet_days <= QUIET_CONTACT_DAYS]
    warnings = []
    if len(present) > 1 and len(reached) == 1:
        warnings.append(f"Only {reached[0].contact.name} has talked with us in the last {QUIET_CONTACT_DAYS} days.")
    top = [row for row in present if row.contact.level in {Level.EXECUTIVE, Level.DIRECTOR}]
    quiet_top = [row for row in top if row.quiet_days is not None and row.quiet_days > QUIET_CONTACT_DAYS]
    if top and len(quiet_top) == len(top):
        nearest = min(quiet_top, key=lambda row: row.quiet_days or 0)
        warnings.append(f"No talk with {nearest.contact.name} or anyone above for {nearest.quiet_days} days.")
    return warnings


def health_of(account: Account) -> AccountHealth | None:
    """Return the account's current score; None when it has not been scored yet."""
    return AccountHealth.objects.filter(pk=account.pk).select_related("model_version").first()


@dataclass(frozen=True, slots=True)
class Suppression:
    """What keeps the account off the list: an open snooze, a quiet period that holds today or lies ahead."""

    snooze: Snooze | None
    quiet_period: QuietPeriod | None


def suppression_of(account: Account, *, today: dt.date) -> Suppression:
    """Return the open snooze and the current or next quiet period."""
    snooze = Snooze.objects.filter(account=account, ended_at__isnull=True, until_on__gt=today)
    period = QuietPeriod.objects.filter(account=account, ended_at__isnull=True, ends_on__gte=today)
    return Suppression(
        snooze.select_related("author").first(), period.select_related("author").order_by("starts_on").first()
    )


def next_booked(account: Account, *, as_of: dt.datetime) -> Touchpoint | None:
    """Return the next booked touch, such as a meeting in the calendar."""
    ahead = Touchpoint.objects.filter(account=account, occurred_at__gt=as_of, counts=True)
    return ahead.order_by("occurred_at").first()
