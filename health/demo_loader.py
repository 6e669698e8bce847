"""Writes the demo portfolio into the database: everything or nothing, by COPY, in about two seconds.

It lives in this app, the highest, because known quiet belongs to it while people and touches belong to the lower ones.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from accounts.models import Account, AccountDomain, Contact, Segment, Team, User
from config.copying import copy_rows
from health.models import NextAction, QuietPeriod
from touchpoints.demo.people import PEOPLE
from touchpoints.demo.personas import DEMO_PASSWORD
from touchpoints.demo.portfolio import DEFAULT_SEED, generate_portfolio
from touchpoints.demo.records import DemoPortfolio, DemoTouch
from touchpoints.loader.touchpoints import raise_activity
from touchpoints.models import Source, SourceKind, Touchpoint

_SOURCE_KINDS = {
    "Mailbox": SourceKind.MAILBOX,
    "Calendar": SourceKind.CALENDAR,
    "Logged by hand": SourceKind.MANUAL,
    "Help desk": SourceKind.API,
    "Campaigns": SourceKind.API,
}
# Fields of a touch that the simulation and the model call alike.
_SAME_NAMES = ("external_id", "occurred_at", "channel", "direction", "outcome", "is_automated", "subject", "body")


class DemoNotAllowedError(Exception):
    """The demo portfolio must not be loaded here; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class DemoLoaded:
    """What is there now. ``is_new`` is False when an earlier load had done it already."""

    is_new: bool
    people: int
    accounts: int
    contacts: int
    touches: int


def load_demo(*, as_of: dt.date, now: dt.datetime, seed: int = DEFAULT_SEED) -> DemoLoaded:
    """Simulate and store the demo portfolio as of the morning of ``as_of``; nothing when it is there already.

    Raises DemoNotAllowedError where HARK_DEMO is off, or where accounts or people of somebody else are stored: the demo
    brings people with a public password, who must never meet real data.
    """
    if not settings.HARK_DEMO:
        raise DemoNotAllowedError(
            "The demo portfolio brings people with a public password, so it is only loaded where HARK_DEMO is on. "
            "Start it with `make demo`, or set HARK_DEMO=true for a database that holds nothing else."
        )
    with transaction.atomic():
        # Two loads at once: the second waits here and then finds the first one's work.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('hark-demo'))")
        known_people = set(User.objects.values_list("email", flat=True))
        if {person.email for person in PEOPLE} <= known_people and Account.objects.exists():
            return _counted(is_new=False)
        if known_people or Account.objects.exists():
            raise DemoNotAllowedError(
                "This database already holds people or accounts of its own; the demo portfolio is only loaded into an "
                "empty one. Name another: set HARK_VAR to an empty directory, or DATABASE_URL to an empty database."
            )
        _store(generate_portfolio(as_of, seed=seed, time_zone=settings.HARK_TIME_ZONE), now)
        return _counted(is_new=True)


def _counted(*, is_new: bool) -> DemoLoaded:
    return DemoLoaded(
        is_new, User.objects.count(), Account.objects.count(), Contact.objects.count(), Touchpoint.objects.count()
    )


def _store(portfolio: DemoPortfolio, now: dt.datetime) -> None:
    people = _store_people(portfolio)
    accounts = _store_accounts(portfolio, people)
    contacts = _store_contacts(portfolio, accounts)
    _store_quiet_periods(portfolio, accounts, people, now)
    _store_next_actions(portfolio, accounts, people, now)
    touches = [(account.external_id, touch) for account in portfolio.accounts for touch in account.touches]
    sources = _store_sources(touch for _, touch in touches)
    _store_touches(touches, accounts=accounts, contacts=contacts, people=people, sources=sources)
    raise_activity([accounts[account_id] for account_id, _ in touches], now=now)


def _store_people(portfolio: DemoPortfolio) -> dict[str, int]:
    """Teams and users; the id of each user by e-mail address."""
    teams = {team.name: Team.objects.create(name=team.name) for team in portfolio.teams}
    # Hashed once: a hash for each of fourteen people would cost seconds, and the password is no secret.
    password = make_password(DEMO_PASSWORD)
    users = User.objects.bulk_create(
        User(
            email=person.email,
            full_name=person.full_name,
            role=person.role,
            team=teams[person.team] if person.team else None,
            daily_capacity=person.daily_capacity,
            password=password,
        )
        for person in portfolio.people
    )
    return {user.email: user.pk for user in users}


def _store_accounts(portfolio: DemoPortfolio, people: Mapping[str, int]) -> dict[str, int]:
    """Segments, accounts and domains; the id of each account by external id."""
    teams = dict(Team.objects.values_list("name", "pk"))
    segments = {
        name: Segment.objects.create(name=name, position=position).pk
        for position, name in enumerate(portfolio.segments, start=1)
    }
    stored = Account.objects.bulk_create(
        Account(
            name=account.name,
            external_id=account.external_id,
            owner_id=people[account.owner_email],
            team_id=teams[account.team],
            segment_id=segments[account.segment],
            arr=account.arr,
            renewal_on=account.renewal_on,
            started_on=account.started_on,
            status=account.status,
            closed_on=account.closed_on,
            agreed_cadence_days=account.agreed_cadence_days,
        )
        for account in portfolio.accounts
    )
    ids = {account.external_id or "": account.pk for account in stored}
    AccountDomain.objects.bulk_create(
        AccountDomain(account_id=ids[account.external_id], domain=domain)
        for account in portfolio.accounts
        for domain in account.domains
    )
    return ids


def _store_contacts(portfolio: DemoPortfolio, accounts: Mapping[str, int]) -> dict[str, int]:
    stored = Contact.objects.bulk_create(
        Contact(
            account_id=accounts[account.external_id],
            name=contact.name,
            email=contact.email,
            title=contact.title,
            level=contact.level,
            external_id=contact.external_id,
            left_on=contact.left_on,
        )
        for account in portfolio.accounts
        for contact in account.contacts
    )
    return {contact.external_id or "": contact.pk for contact in stored}


def _store_next_actions(
    portfolio: DemoPortfolio, accounts: Mapping[str, int], people: Mapping[str, int], now: dt.datetime
) -> None:
    NextAction.objects.bulk_create(
        NextAction(
            account_id=accounts[account.external_id],
            author_id=people[account.owner_email],
            what=account.next_action,
            due_on=account.next_action_on,
            created_at=now,
        )
        for account in portfolio.accounts
        if account.next_action
    )


def _store_quiet_periods(
    portfolio: DemoPortfolio, accounts: Mapping[str, int], people: Mapping[str, int], now: dt.datetime
) -> None:
    QuietPeriod.objects.bulk_create(
        QuietPeriod(
            account_id=accounts[account.external_id],
            author_id=people[period.author_email],
            reason=period.reason,
            starts_on=period.starts_on,
            ends_on=period.ends_on,
            created_at=now,
        )
        for account in portfolio.accounts
        for period in account.quiet_periods
    )


def _store_sources(touches: Iterable[DemoTouch]) -> dict[str, int]:
    """The platforms the touches came from, each with the moment it last delivered; ids by name."""
    last_received: dict[str, dt.datetime] = {}
    for touch in touches:
        last_received[touch.source] = max(touch.occurred_at, last_received.get(touch.source, touch.occurred_at))
    return {
        name: Source.objects.update_or_create(
            name=name, defaults={"kind": _SOURCE_KINDS[name], "last_received_at": received_at}
        )[0].pk
        for name, received_at in last_received.items()
    }


def _store_touches(
    touches: Sequence[tuple[str, DemoTouch]],
    *,
    accounts: Mapping[str, int],
    contacts: Mapping[str, int],
    people: Mapping[str, int],
    sources: Mapping[str, int],
) -> None:
    # Every column but the generated ones; what the simulation does not know stays at the model's default.
    columns = [field for field in Touchpoint._meta.concrete_fields if not field.generated]
    defaults = {field.attname: field.get_default() for field in columns}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('touchpoints_touchpoint', 'id')) FROM generate_series(1, %s)",
            [len(touches)],
        )
        numbered = list(zip([row[0] for row in cursor.fetchall()], touches, strict=True))
        rows = (
            defaults
            | {
                "id": touch_id,
                "account_id": accounts[account_id],
                "source_id": sources[touch.source],
                "author_id": people.get(_logged_by(touch)),
                "created_at": touch.occurred_at,
                "updated_at": touch.occurred_at,
            }
            | {name: getattr(touch, name) for name in _SAME_NAMES}
            for touch_id, (account_id, touch) in numbered
        )
        copy_rows(
            cursor,
            Touchpoint._meta.db_table,
            [str(field.column) for field in columns],
            (tuple(row.values()) for row in rows),
        )
        copy_rows(
            cursor,
            Touchpoint.contacts.through._meta.db_table,
            ("touchpoint_id", "contact_id"),
            ((touch_id, contacts[contact_id]) for touch_id, (_, touch) in numbered for contact_id in touch.contact_ids),
        )
        copy_rows(
            cursor,
            Touchpoint.colleagues.through._meta.db_table,
            ("touchpoint_id", "user_id"),
            (
                (touch_id, people[touch.colleague_email])
                for touch_id, (_, touch) in numbered
                if touch.colleague_email is not None
            ),
        )
        # The first scoring reads all of it at once; without fresh statistics the planner would take it for empty.
        cursor.execute("ANALYZE touchpoints_touchpoint")


def _logged_by(touch: DemoTouch) -> str:
    """Whoever had a call or wrote a text message noted it by hand; '' for all else, which came from a machine."""
    return touch.colleague_email or "" if touch.source == "Logged by hand" else ""
