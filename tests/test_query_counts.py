"""How many queries each page takes, for whoever may read it: the same number for a small firm and for a larger one.

A page without its numbers in PINNED fails the suite. Where a number goes up, say in the commit which query is new;
where the two sizes differ, a query is asked for each row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, User
from config.days import firm_day
from health.models import AccountHealth, Band, BandChange, HealthDay, NextAction, PortfolioDay, QuietPeriod, Snooze
from tests import factories
from tests.test_access_matrix import (  # noqa: F401 - fixtures
    MATRIX,
    World,
    client_of,
    people,
    world,
)
from touchpoints.models import RejectedRow

# An account manager, a lead, an executive, an administrator; each counts the queries that read session and person too.
READERS = ("alice", "bob", "erin", "root")


def everybody(queries: int) -> dict[str, int]:
    return dict.fromkeys(READERS, queries)


def writers(queries: int) -> dict[str, int]:
    return dict.fromkeys(("alice", "bob", "root"), queries)


PINNED: dict[str, dict[str, int]] = {
    "set-password": everybody(3),
    "settings": {"alice": 3, "bob": 3, "erin": 2, "root": 2},
    "password": everybody(2),
    "account-new": {"bob": 4, "root": 5},
    "account-edit": {"alice": 5, "bob": 6, "root": 7},
    "contact-new": writers(3),
    "contact-edit": writers(3),
    "contact-left": writers(4),
    "touch-log": writers(5),
    "touch-edit": writers(8),
    "call-log": writers(3),
    "today": everybody(8),
    "account-list": everybody(8),
    "list-csv": everybody(5),
    "list-xlsx": everybody(5),
    "views": everybody(4),
    "account": everybody(35),
    "account-csv": everybody(6),
    "account-brief": everybody(20),
    "search": everybody(5),
    # The accounts of who sees everything are chosen in the same query that reads them.
    "portfolio": {"alice": 16, "bob": 16, "erin": 15, "root": 15},
    "portfolio-snapshot": {"alice": 16, "bob": 16, "erin": 15, "root": 15},
    "portfolio-csv": {"alice": 8, "bob": 8, "erin": 7, "root": 7},
    "trust": everybody(4),
    "accounts-snooze": writers(3),
    "accounts-assign": writers(4),
    "accounts-pause": writers(3),
    "accounts-plan": writers(4),
    "imports": {"root": 4},
    "import-new": {"root": 3},
    "import-batch": {"root": 6},
    "import-rejected": {"root": 4},
    "rejected-mend": {"root": 3},
    "manage": {"root": 3},
    "people": {"root": 3},
    "person-new": {"root": 3},
    "person-edit": {"root": 5},
    "person-hand-over": {"root": 5},
    "teams": {"root": 4},
    "team-edit": {"root": 3},
    "segments": {"root": 3},
    "segment-edit": {"root": 3},
    "sources": {"root": 5},
    "source-edit": {"root": 3},
    "quiet-days": {"root": 3},
    "healthz": everybody(3),
}


def enlarge(world: World, people: Mapping[str, User], *, by: int) -> None:  # noqa: F811
    """Add as many of everything that a page could list, to the firm and to the account that the pages are about."""
    now = timezone.now()
    today = firm_day(now)
    segments = factories.SegmentFactory.create_batch(1 + by // 10)
    owners = [people["alice"], *factories.UserFactory.create_batch(by // 10, team=people["alice"].team)]
    accounts = [
        factories.AccountFactory(
            owner=owners[n % len(owners)],
            team=people["alice"].team,
            segment=segments[n % len(segments)],
            renewal_on=today + dt.timedelta(days=20 + n),
        )
        for n in range(by)
    ]
    for place, account in enumerate([world.account, *accounts]):
        fill_account(account, place, people["alice"], now)
    for day in range(by):
        fill_history(world.account, day, people["alice"], today)
    factories.ContactFactory.create_batch(by, account=world.account)
    batches = factories.ImportBatchFactory.create_batch(by, status="done", options=world.batch.options)
    for line, batch in enumerate(batches, 1000 * by):
        for owning in (world.batch, batch):
            RejectedRow.objects.create(
                batch=owning, line_number=line, cells=["Alder", "someday"], reason_code="bad_date", message="No date."
            )


def fill_account(account: Account, place: int, author: User, now: dt.datetime) -> None:
    """Score, touches, a person, a snooze and known quiet, in whatever band comes next."""
    today = firm_day(now)
    AccountHealth.objects.get_or_create(
        account=account,
        defaults={
            "as_of_on": today,
            "computed_at": now,
            "band": [Band.SILENT, Band.DRIFTING, Band.STEADY, Band.PAUSED][place % 4],
            "previous_band": Band.STEADY,
            "band_since_on": today - dt.timedelta(days=3),
            "health_score": 40.0,
            "risk": 0.6,
            "usual_gap_days": 9.0,
            "last_touch_on": today - dt.timedelta(days=3),
            "segment": account.segment,
            "renewal_on": account.renewal_on,
            "arr": account.arr,
            "value_at_risk": account.arr,
        },
    )
    NextAction.objects.get_or_create(account=account, ended_at=None, defaults={"what": "Call", "author": author})
    factories.TouchpointFactory(account=account, occurred_at=now - dt.timedelta(days=3))
    factories.ContactFactory(account=account)
    Snooze.objects.get_or_create(
        account=account,
        ended_at=None,
        defaults={
            "author": author,
            "reason": "Away",
            "until_on": today + dt.timedelta(days=5),
            "created_at": now,
        },
    )


def fill_history(account: Account, days_ago: int, author: User, today: dt.date) -> None:
    """One more touch, band change, quiet period and portfolio figure of the past."""
    day = today - dt.timedelta(days=1 + days_ago)
    factories.TouchpointFactory(account=account, occurred_at=dt.datetime.combine(day, dt.time(9), tzinfo=dt.UTC))
    HealthDay.objects.get_or_create(account=account, day=day, defaults={"band": Band.SILENT})
    BandChange.objects.get_or_create(
        account=account, changed_on=day, defaults={"from_band": Band.STEADY, "to_band": Band.SILENT}
    )
    QuietPeriod.objects.create(account=account, author=author, reason="Shut", starts_on=day, ends_on=day)
    PortfolioDay.objects.get_or_create(
        day=day, owner=author, team=author.team, segment=None, band=Band.SILENT,
        defaults={"account_count": 1, "arr": 1, "value_at_risk": 1},
    )  # fmt: skip


def counted(world: World, people: Mapping[str, User]) -> dict[str, dict[str, int]]:  # noqa: F811
    """Return the number of queries of each page for each reader."""
    found: dict[str, dict[str, int]] = {}
    clients = {who: client_of(people[who]) for who in READERS}
    for row in MATRIX:
        address = reverse(row.name, args=row.args(world))
        for who in (who for who in READERS if row.get[who] == 200):
            with CaptureQueriesContext(connection) as queries:
                response = clients[who].get(address, row.data(world))
                b"".join(response) if response.streaming else response.content
            found.setdefault(row.name, {})[who] = len(queries)
    return found


@pytest.mark.django_db
def test_every_page_takes_its_number_of_queries_at_any_size(
    world: World,  # noqa: F811
    people: Mapping[str, User],  # noqa: F811
) -> None:
    enlarge(world, people, by=2)
    assert counted(world, people) == PINNED
    enlarge(world, people, by=40)
    assert counted(world, people) == PINNED
