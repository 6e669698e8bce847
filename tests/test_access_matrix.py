"""Every address, for everybody: who may read it, who may change something by it, and who learns nothing from it.

To add an address, add a row to MATRIX; an address without a row fails the suite. `account` belongs to Alice of North.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import Account, Contact, Segment, User
from config.days import firm_day
from health.models import AccountHealth, Band, BandChange, HealthDay, PortfolioDay, QuietDays, SavedView, TouchMonth
from health.touch_months import whole_months
from health.views.portfolio_cards import CHARTS
from tests import factories
from touchpoints.models import ImportBatch, RejectedRow, TouchEdit, Touchpoint
from touchpoints.parsers.options import ImportOptions

PEOPLE = ("alice", "amir", "bob", "dora", "charlie", "erin", "root")
WHO = (*PEOPLE, "anonymous")
SIGN_IN = 302


@dataclass(frozen=True)
class World:
    """What the addresses are about."""

    account: Account
    contact: Contact
    touch: Touchpoint
    edit: TouchEdit
    amir: User
    batch: ImportBatch
    rejected: RejectedRow
    segment: Segment
    quiet_days: QuietDays
    view: SavedView
    removed_view: SavedView


Expected = dict[str, int]
Address = Callable[[World], list[object]]
Data = Callable[[World], dict[str, object]]


def all_of(status: int) -> Expected:
    """The same answer for whoever is signed in; the others are asked to sign in."""
    return dict.fromkeys(PEOPLE, status) | {"anonymous": SIGN_IN}


def public(status: int) -> Expected:
    return dict.fromkeys(WHO, status)


def readers(status: int) -> Expected:
    """Owner, teammates, lead, executives and administrators; to all others the account does not exist."""
    return all_of(status) | {"dora": 404, "charlie": 404}


def writers(status: int) -> Expected:
    """Owner, lead and administrators; who may only read is told so."""
    return readers(status) | {"amir": 403, "erin": 403}


def creators(status: int) -> Expected:
    """Leads and administrators."""
    return all_of(403) | {"bob": status, "dora": status, "root": status}


def administrators(status: int) -> Expected:
    return all_of(403) | {"root": status}


NOT_ALLOWED = all_of(405)


@dataclass(frozen=True)
class Row:
    """One address: the answers to GET and to POST, with `data` that would succeed (GET sends it as the query)."""

    name: str
    get: Expected
    post: Expected
    args: Address = lambda world: []
    data: Data = lambda world: {}


def of_account(world: World) -> list[object]:
    return [world.account.pk]


def of_contact(world: World) -> list[object]:
    return [world.contact.pk]


def of_touch(world: World) -> list[object]:
    return [world.touch.pk]


def of_batch(world: World) -> list[object]:
    return [world.batch.pk]


def of_rejected(world: World) -> list[object]:
    return [world.rejected.pk]


def picked(**more: object) -> Data:
    return lambda world: {"ids": world.account.pk, **more}


def touch_data(world: World) -> dict[str, object]:
    return {
        "account": world.account.pk,
        "channel": "call",
        "outcome": "talked",
        "direction": "mutual",
        "occurred_at": "2026-06-01T10:00",
        "subject": "Hello",
        "reason": "The call was a day earlier",
    }


CONTACT = {"name": "Nina Vogel", "email": "nina@cedar.example", "title": "", "level": ""}
ACCOUNT = {"name": "Cedar Mill", "status": "active"}
PERSON = {"full_name": "Amir Nasser", "email": "amir@firm.example", "role": "manager", "team": "", "is_active": "on"}
SEGMENT = {"name": "Enterprise", "position": "2"}
QUIET_DAYS = {"starts_on": "2099-12-24", "ends_on": "2099-12-31", "reason": "The holidays"}


VIEW = {"name": "Renewals ahead", "state": "?renews=90"}
OF_NORTH = {"alice": 302, "amir": 302, "bob": 302}


def savers(status: int) -> Expected:
    """Who saved the view; with whom it is shared may not change it, to all others it does not exist."""
    return all_of(404) | {"alice": status, "amir": 403, "bob": 403}


def of_view(world: World) -> list[object]:
    return [world.view.pk]


def of_amir(world: World) -> list[object]:
    return [world.amir.pk]


def of_owner(world: World) -> list[object]:
    return [world.account.owner_id]


def to_amir(world: World) -> dict[str, object]:
    return {"owner": world.amir.pk}


def of_team(world: World) -> list[object]:
    return [world.account.team_id]


def of_segment(world: World) -> list[object]:
    return [world.segment.pk]


def of_quiet_days(world: World) -> list[object]:
    return [world.quiet_days.pk]


MATRIX = [
    # People
    Row("sign-in", get=all_of(302) | {"anonymous": 200}, post=public(422), data=lambda world: {"username": "x"}),
    Row("sign-out", get=public(405), post=public(302)),
    Row("set-password", get=public(200), post=public(200), args=lambda world: ["MQ", "no-token"]),
    Row("demo-sign-in", get=public(405), post=public(404)),
    Row("settings", get=all_of(200), post=all_of(302), data=lambda world: {"theme": "dark"}),
    Row("theme", get=NOT_ALLOWED, post=all_of(302), data=lambda world: {"theme": "dark"}),
    Row("password", get=all_of(200), post=all_of(422), data=lambda world: {"old_password": "wrong"}),
    # Accounts
    Row("account-new", get=creators(200), post=creators(302), data=lambda world: ACCOUNT),
    Row("account-edit", get=writers(200), post=writers(302), args=of_account, data=lambda world: ACCOUNT),
    Row("contact-new", get=writers(200), post=writers(302), args=of_account, data=lambda world: CONTACT),
    Row("contact-edit", get=writers(200), post=writers(302), args=of_contact, data=lambda world: CONTACT),
    Row(
        "contact-left",
        get=writers(200),
        post=writers(302),
        args=of_contact,
        data=lambda world: {"left_on": "2026-06-01"},
    ),
    Row("contact-back", get=NOT_ALLOWED, post=writers(302), args=of_contact),
    # Touches
    Row("touch-log", get=writers(200), post=writers(302), data=touch_data),
    Row("touch-edit", get=writers(200), post=writers(302), args=of_touch, data=touch_data),
    Row("call-log", get=writers(200), post=writers(302), data=picked(outcome="no_answer")),
    Row("touches-take-back", get=NOT_ALLOWED, post=writers(302), data=lambda world: {"touch": world.touch.pk}),
    Row("touch-delete", get=NOT_ALLOWED, post=writers(302), args=of_touch, data=lambda world: {"reason": "Twice"}),
    Row("touch-undo-edit", get=NOT_ALLOWED, post=writers(302), args=lambda world: [world.edit.pk]),
    Row("touch-restore", get=NOT_ALLOWED, post=writers(302), args=of_touch),
    # Health
    Row("today", get=all_of(200), post=NOT_ALLOWED),
    Row("account-list", get=all_of(200), post=NOT_ALLOWED),
    Row("list-csv", get=all_of(200), post=NOT_ALLOWED, args=lambda world: ["account-list"]),
    Row("list-xlsx", get=all_of(200), post=NOT_ALLOWED, args=lambda world: ["account-list"]),
    # Views are for whoever saved them; this one is shared with the team of North, which may open it and no more.
    Row("views", get=all_of(200), post=NOT_ALLOWED),
    Row("view-save", get=NOT_ALLOWED, post=all_of(302), args=lambda world: ["today"], data=lambda world: VIEW),
    Row("view", get=all_of(404) | OF_NORTH, post=NOT_ALLOWED, args=of_view),
    Row("view-opens", get=NOT_ALLOWED, post=all_of(404) | OF_NORTH, args=of_view),
    Row("list-columns", get=NOT_ALLOWED, post=all_of(302), args=lambda world: ["today"]),
    Row("view-change", get=NOT_ALLOWED, post=savers(302), args=of_view, data=lambda world: VIEW),
    Row("view-remove", get=NOT_ALLOWED, post=savers(302), args=of_view),
    Row("view-restore", get=NOT_ALLOWED, post=savers(302), args=lambda world: [world.removed_view.pk]),
    Row("account", get=readers(200), post=NOT_ALLOWED, args=of_account),
    Row("account-csv", get=readers(200), post=NOT_ALLOWED, args=lambda world: [world.account.pk, "lanes"]),
    Row("account-brief", get=readers(200), post=writers(302), args=of_account, data=lambda world: {"note": "Ask Ada"}),
    Row("search", get=all_of(200), post=NOT_ALLOWED, data=lambda world: {"q": "Alder"}),
    Row("portfolio", get=all_of(200), post=NOT_ALLOWED),
    Row("portfolio-snapshot", get=all_of(200), post=NOT_ALLOWED),
    Row("portfolio-csv", get=all_of(200), post=NOT_ALLOWED, args=lambda world: ["quiet-share"]),
    # Everybody reads figures of the own scope; what another one gets of them, tests/health/test_trust.py tells.
    Row("trust", get=all_of(200), post=NOT_ALLOWED),
    Row("trust-csv", get=all_of(404), post=NOT_ALLOWED, args=lambda world: ["calibration"]),
    Row("trust-budget", get=NOT_ALLOWED, post=administrators(302), data=lambda world: {"budget": "3"}),
    Row("trust-run", get=NOT_ALLOWED, post=administrators(302)),
    Row("accounts-snooze", get=writers(200), post=writers(302), data=picked(length="7", reason="Away")),
    Row("accounts-wake", get=NOT_ALLOWED, post=writers(302), data=picked()),
    Row(
        "accounts-assign",
        get=writers(200),
        post=writers(302),
        data=lambda world: {"ids": world.account.pk, "owner": world.amir.pk},
    ),
    Row(
        "accounts-pause",
        get=writers(200),
        post=writers(302),
        data=picked(starts_on="2099-01-01", ends_on="2099-01-02", reason="Shutdown"),
    ),
    Row("accounts-plan", get=writers(200), post=writers(302), data=picked(what="Call Ines", due_on="")),
    Row("accounts-next-done", get=NOT_ALLOWED, post=writers(302), data=picked()),
    # What is taken back was signed for one person; tests/health/views/test_undo.py tells who may and who may not.
    Row("accounts-undo", get=NOT_ALLOWED, post=all_of(400), data=lambda world: {"step": "forged"}),
    Row("account-reasons", get=readers(302), post=NOT_ALLOWED, args=of_account),
    Row("today-changed", get=all_of(204), post=NOT_ALLOWED),
    Row("accounts-resume", get=NOT_ALLOWED, post=writers(302), data=picked()),
    # Imports
    Row("imports", get=administrators(200), post=NOT_ALLOWED),
    Row("import-new", get=administrators(200), post=administrators(422)),
    Row("import-batch", get=administrators(200), post=administrators(302), args=of_batch),
    Row("import-discard", get=NOT_ALLOWED, post=administrators(302), args=of_batch),
    Row("import-rejected", get=administrators(200), post=NOT_ALLOWED, args=of_batch),
    Row("import-retry", get=NOT_ALLOWED, post=administrators(302), args=of_batch),
    Row("rejected-mend", get=administrators(200), post=administrators(422), args=of_rejected),
    Row("rejected-dismiss", get=NOT_ALLOWED, post=administrators(302), args=of_rejected),
    # Management
    Row("manage", get=administrators(200), post=NOT_ALLOWED),
    Row("people", get=administrators(200), post=NOT_ALLOWED),
    Row("person-new", get=administrators(200), post=administrators(302), data=lambda world: PERSON),
    Row("person-edit", get=administrators(200), post=administrators(302), args=of_amir, data=lambda world: PERSON),
    Row("person-link", get=NOT_ALLOWED, post=administrators(302), args=of_amir),
    Row("person-hand-over", get=administrators(200), post=administrators(302), args=of_owner, data=to_amir),
    Row("teams", get=administrators(200), post=administrators(302), data=lambda world: {"name": "West"}),
    Row(
        "team-edit",
        get=administrators(200),
        post=administrators(302),
        args=of_team,
        data=lambda world: {"name": "West"},
    ),
    Row("team-remove", get=NOT_ALLOWED, post=administrators(302), args=of_team),
    Row("segments", get=administrators(200), post=administrators(302), data=lambda world: SEGMENT),
    Row("segment-edit", get=administrators(200), post=administrators(302), args=of_segment, data=lambda world: SEGMENT),
    Row("segment-remove", get=NOT_ALLOWED, post=administrators(302), args=of_segment),
    Row("sources", get=administrators(200), post=NOT_ALLOWED),
    Row(
        "source-edit",
        get=administrators(200),
        post=administrators(302),
        args=lambda world: [world.batch.source_id],
        data=lambda world: {"name": "Mail", "expected_every_hours": "24", "time_zone": ""},
    ),
    Row("quiet-days", get=administrators(200), post=administrators(302), data=lambda world: QUIET_DAYS),
    Row("quiet-days-end", get=NOT_ALLOWED, post=administrators(302), args=of_quiet_days),
    # Installation
    Row("healthz", get=public(200), post=public(200)),
]


def named_patterns(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from named_patterns(pattern, inner)
        else:
            yield f"{namespace}{pattern.name}", pattern


ALL_NAMES = [name for name, _ in named_patterns(get_resolver())]


@pytest.fixture
def people(
    alice: User, amir: User, bob: User, dora: User, charlie: User, erin: User, root: User
) -> dict[str, User | AnonymousUser]:
    named = zip(PEOPLE, (alice, amir, bob, dora, charlie, erin, root), strict=True)
    return {**dict(named), "anonymous": AnonymousUser()}


@pytest.fixture
def world(people: dict[str, User], account: Account) -> World:
    touch = factories.TouchpointFactory(account=account)
    contact = factories.ContactFactory(account=account)
    options = ImportOptions(kind="touchpoints", column_count=2, mapping={"account": 0, "at": 1})
    batch = factories.ImportBatchFactory(status="done", options=options.to_dict(), rejected_count=1)
    rejected = RejectedRow.objects.create(
        batch=batch, line_number=2, cells=["Alder & Quill", "someday"], reason_code="bad_date", message="No date."
    )
    segment = factories.SegmentFactory(name="Mid-market")
    root = people["root"]
    quiet_days = QuietDays.objects.create(
        author=root, reason="Shutdown", starts_on="2099-08-01", ends_on="2099-08-14", created_at=timezone.now()
    )
    edit = TouchEdit.objects.create(touch=touch, edited_at=touch.occurred_at, reason="Twice", before={"subject": "Hi"})
    shared = {"owner": people["alice"], "team": account.team, "list_name": "today", "created_at": timezone.now()}
    view = SavedView.objects.create(name="Renewals", query="?renews=90", **shared)
    removed_view = SavedView.objects.create(name="Old", query="", removed_at=timezone.now(), **shared)
    return World(
        account, contact, touch, edit, people["amir"], batch, rejected, segment, quiet_days, view, removed_view
    )


def client_of(person: User | AnonymousUser) -> Client:
    client = Client()
    if person.is_authenticated:
        client.force_login(person)
    return client


def status_undone(client: Client, method: str, address: str, data: dict[str, object]) -> int:
    """The answer's status; whatever the request changed is taken back, so that everybody meets the same world."""
    with transaction.atomic():
        status: int = getattr(client, method)(address, data).status_code
        transaction.set_rollback(True)
    return status


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("row", MATRIX, ids=lambda row: row.name)
def test_everybody_gets_the_answer_they_may_get(
    row: Row, method: str, world: World, people: dict[str, User | AnonymousUser]
) -> None:
    address = reverse(row.name, args=row.args(world))
    clients = {who: client_of(person) for who, person in people.items()}
    answers = {who: status_undone(client, method, address, row.data(world)) for who, client in clients.items()}
    assert answers == getattr(row, method)


def test_every_address_has_its_row_and_every_row_its_address() -> None:
    assert sorted(name for name in ALL_NAMES if not name.startswith("admin:")) == sorted(row.name for row in MATRIX)


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_administration_is_for_administrators(
    method: str, world: World, people: dict[str, User | AnonymousUser]
) -> None:
    patterns = {name: pattern for name, pattern in named_patterns(get_resolver()) if name.startswith("admin:")}
    del patterns["admin:None"], patterns["admin:app_list"]  # these two have no number in their address
    addresses = {reverse(name, args=[1] * str(pattern.pattern).count("<")) for name, pattern in patterns.items()}
    addresses |= {"/admin/accounts/", "/admin/nothing/here/"}
    clients = {who: client_of(person) for who, person in people.items() if who != "root"}
    answers = {
        (who, status_undone(client, method, address, {})) for address in addresses for who, client in clients.items()
    }
    assert len(addresses) > 50
    assert answers == {(who, all_of(403)[who]) for who in clients}


def scored(account: Account) -> None:
    """Everything that lists, search and charts could count."""
    day = firm_day(timezone.now())
    AccountHealth.objects.create(
        account=account,
        as_of_on=day,
        computed_at=timezone.now(),
        band=Band.SILENT,
        band_since_on=day,
        health_score=20.0,
        risk=0.8,
        arr=account.arr,
        value_at_risk=account.arr,
        last_touch_on=day,
        priority=9.0,
    )
    HealthDay.objects.create(account=account, day=day, band=Band.SILENT)
    BandChange.objects.create(account=account, changed_on=day, from_band=Band.STEADY, to_band=Band.SILENT)
    PortfolioDay.objects.create(
        day=day,
        owner=account.owner,
        team=account.team,
        segment=account.segment,
        band=Band.SILENT,
        account_count=1,
        arr=account.arr,
        value_at_risk=account.arr,
    )
    TouchMonth.objects.create(
        month=whole_months(day)[-1],
        owner=account.owner,
        team=account.team,
        segment=account.segment,
        family="any",
        touch_count=1,
        account_count=1,
        counted_on=day,
    )
    factories.ContactFactory(account=account, name="Secret Contact", email="secret@quiet.example")
    factories.TouchpointFactory(account=account)


LISTS = (
    "/?scope=mine",
    "/?scope=team",
    "/?scope=everyone",
    "/accounts/?scope=everyone",
    "/accounts/?band=silent&sort=-value",
    "/accounts/?q=secret",
    "/?q=secret&scope=team",
    "/search/?q=secret",
    "/lists/today.csv?scope=everyone",
    "/lists/account-list.csv?q=secret",
    "/today/changed/?seen=1&seen_at=1",
    "/portfolio/",
    "/portfolio/?scope=everyone",
    "/trust/",
    "/portfolio/snapshot/",
    *(f"/portfolio/{name}.csv" for name in CHARTS),
    f"/accounts/?scope=everyone&stood=silent&on={firm_day(timezone.now())}",
    "/accounts/?scope=everyone&touched=any&month=2026-06",
    "/touches/log/?q=secret",
)
# What differs between two answers to the same request, whoever asks.
_CHANGING = re.compile(rb'csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"|\d\d:\d\d(:\d\d)?|seen_at=\d+')


def pages_of(person: User) -> dict[str, bytes]:
    client = client_of(person)
    return {address: _CHANGING.sub(b"", client.get(address).getvalue()) for address in LISTS}


@pytest.mark.parametrize("who", ["alice", "amir", "bob", "charlie", "dora"])
def test_nobody_can_infer_from_any_list_or_count_what_another_team_has(
    who: str, people: dict[str, User], account: Account
) -> None:
    scored(account)
    segments = factories.SegmentFactory.create_batch(3)
    stranger = {"North": people["charlie"], "South": people["alice"]}[people[who].team.name]
    before = pages_of(people[who])
    for segment in segments:
        scored(factories.AccountFactory(name="Secret", owner=stranger, team=stranger.team, segment=segment))
    assert pages_of(people[who]) == before


@pytest.mark.parametrize("who", ["erin", "root"])
def test_whoever_sees_everything_sees_the_difference(who: str, people: dict[str, User], account: Account) -> None:
    before = pages_of(people[who])
    scored(factories.AccountFactory(name="Secret", owner=people["charlie"], team=people["charlie"].team))
    after = pages_of(people[who])
    changed = {address for address in LISTS if before[address] != after[address]}
    assert {"/?scope=everyone", "/accounts/?q=secret", "/search/?q=secret", "/portfolio/"} <= changed
    assert {"/portfolio/where.csv", "/portfolio/talk.csv", "/portfolio/snapshot/"} <= changed
