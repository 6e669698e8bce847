"""What the simulation hands over: frozen records, all days relative to the ``as_of`` it was given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from touchpoints.demo.truth import Expected


@dataclass(frozen=True, slots=True)
class DemoTeam:
    """A team of account managers."""

    name: str


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody of our own firm who signs in. ``role`` is manager, lead, executive or administrator."""

    email: str
    full_name: str
    role: str
    team: str | None
    daily_capacity: int | None

    @property
    def first_name(self) -> str:
        return self.full_name.split()[0]


@dataclass(frozen=True, slots=True)
class DemoContact:
    """Somebody at the client. ``short_name`` is what people call them in a mail."""

    external_id: str
    name: str
    short_name: str
    email: str
    title: str
    level: str
    left_on: date | None


@dataclass(frozen=True, slots=True)
class DemoTouch:
    """One communication. ``occurred_at`` is aware and in UTC; ``contact_ids`` are external ids of contacts.

    ``source`` is the platform it would have come from, ``colleague_email`` who of us took part (None: a machine).
    """

    external_id: str
    source: str
    occurred_at: datetime
    channel: str
    direction: str
    outcome: str
    is_automated: bool
    subject: str
    body: str
    colleague_email: str | None
    contact_ids: tuple[str, ...]

    @property
    def counts(self) -> bool:
        """Whether people really were in touch: not automated, not an attempt, not called off."""
        return not self.is_automated and self.outcome in {"", "talked"}


@dataclass(frozen=True, slots=True)
class DemoQuietPeriod:
    """A silence that is known about. Both ends are included."""

    starts_on: date
    ends_on: date
    reason: str
    author_email: str


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One client firm with everything that happened, and what a good reader would say about it."""

    external_id: str
    name: str
    owner_email: str
    team: str
    segment: str
    industry: str
    arr: int
    started_on: date
    renewal_on: date
    status: str
    closed_on: date | None
    agreed_cadence_days: int | None
    next_action: str
    next_action_on: date | None
    domains: tuple[str, ...]
    contacts: tuple[DemoContact, ...]
    touches: tuple[DemoTouch, ...]
    quiet_periods: tuple[DemoQuietPeriod, ...]
    expected: Expected


@dataclass(frozen=True, slots=True)
class DemoPortfolio:
    """The whole firm as of the morning of ``as_of``; nothing in it happened on that day or later."""

    as_of: date
    seed: int
    time_zone: str
    teams: tuple[DemoTeam, ...]
    people: tuple[DemoPerson, ...]
    segments: tuple[str, ...]
    accounts: tuple[DemoAccount, ...]

    @property
    def touch_count(self) -> int:
        return sum(len(account.touches) for account in self.accounts)

    def account_named(self, name: str) -> DemoAccount:
        """The account of that name. Raises KeyError when there is none."""
        for account in self.accounts:
            if account.name == name:
                return account
        raise KeyError(name)
