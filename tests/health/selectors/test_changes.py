"""What changed since the working day before: exact counts, in scope, each account once."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from django.test import Client

from accounts.models import Account, User
from health.models import Band, BandChange, Snooze
from health.selectors.changes import MOST_NAMED, Changes, changes_since
from tests import factories
from tests.health.test_today import page, scored, today

DAY = dt.timedelta(days=1)


def moved(account: Account, *bands: str, first_on: dt.date) -> None:
    """Let the account go through `bands`, one a day; the last one it has now."""
    scored(account, bands[-1])
    for place, (before, after) in enumerate(itertools.pairwise(bands)):
        BandChange.objects.create(
            account=account,
            changed_on=first_on + place * DAY,
            from_band=before,
            to_band=after,
            reason=f"because {after}",
        )


def changes(user: User, since: dt.date, scope: str = "mine") -> Changes:
    return changes_since(user, scope, since=since, today=today())


@pytest.mark.parametrize(
    ("bands", "kind"),
    [
        (("steady", "silent"), "fell_silent"),
        (("drifting", "silent"), "fell_silent"),
        (("steady", "drifting", "silent"), "fell_silent"),
        (("steady", "drifting"), "started_drifting"),
        (("silent", "drifting"), "came_back"),
        (("silent", "steady"), "came_back"),
        (("drifting", "steady"), "came_back"),
        (("dormant", "steady"), "came_back"),
    ],
)
def test_an_account_counts_once_by_where_it_stood_and_stands(
    alice: User, account: Account, bands: tuple[str, ...], kind: str
) -> None:
    moved(account, *bands, first_on=today() - DAY)
    (group,) = changes(alice, today() - 2 * DAY).groups
    assert (group.kind, group.count) == (kind, 1)
    assert [(one.name, one.why) for one in group.named] == [("Alder & Quill", f"because {bands[-1]}")]


@pytest.mark.parametrize("bands", [("steady", "silent", "steady"), ("steady", "paused"), ("learning", "steady")])
def test_who_went_and_came_back_or_was_never_listed_did_not_change(
    alice: User, account: Account, bands: tuple[str, ...]
) -> None:
    moved(account, *bands, first_on=today() - DAY)
    assert changes(alice, today() - 2 * DAY).groups == ()


def test_what_happened_on_the_day_itself_was_known_then(alice: User, account: Account) -> None:
    moved(account, "steady", "silent", first_on=today() - DAY)
    assert changes(alice, today() - DAY).total == 0


@pytest.mark.parametrize(
    ("why", "count"),
    [
        ("the client got in touch", 1),
        ("the renewal is within 30 days", 1),
        ("its day has come", 1),
        ("woken by Alice Ahlgren", 0),
        ("replaced by Alice Ahlgren", 0),
        ("taken back by Alice Ahlgren", 0),
    ],
)
def test_a_snooze_woke_when_no_person_ended_it(
    alice: User, account: Account, as_of: dt.datetime, why: str, count: int
) -> None:
    scored(account)
    Snooze.objects.create(
        account=account,
        author=alice,
        reason="Away",
        created_at=as_of,
        until_on=today() + DAY,
        ended_at=dt.datetime.combine(today(), dt.time(12), tzinfo=dt.UTC),
        ended_why=why,
    )
    found = changes(alice, today() - DAY)
    assert [(group.label, group.count, group.named[0].why) for group in found.groups] == [("Woke up", 1, why)] * count


def test_a_snooze_whose_day_came_before_the_night_woke_too(alice: User, account: Account, as_of: dt.datetime) -> None:
    scored(account)
    Snooze.objects.create(account=account, author=alice, reason="Away", created_at=as_of, until_on=today())
    assert changes(alice, today() - DAY).groups[0].named[0].why == "its day has come"


def test_the_first_are_named_and_all_are_counted(alice: User) -> None:
    for number in range(MOST_NAMED + 3):
        account = factories.AccountFactory(owner=alice, name=f"Client {number:02}")
        moved(account, "steady", "silent", first_on=today())
    (group,) = changes(alice, today() - DAY).groups
    assert (len(group.named), group.count, group.more) == (MOST_NAMED, MOST_NAMED + 3, 3)


@pytest.mark.parametrize(("who", "scope", "count"), [("amir", "mine", 0), ("amir", "team", 1), ("charlie", "team", 0)])
def test_nobody_reads_or_counts_what_they_do_not_see(
    request: pytest.FixtureRequest, account: Account, who: str, scope: str, count: int
) -> None:
    moved(account, "steady", "silent", first_on=today())
    assert changes(request.getfixturevalue(who), today() - DAY, scope).total == count


def test_today_names_them_under_the_headline(client: Client, alice: User, account: Account) -> None:
    moved(account, "steady", Band.SILENT, first_on=today())
    html = page(client, alice)
    assert "What changed since" in html
    assert (
        f'<a href="/accounts/{account.pk}/"><bdi>Alder &amp; Quill</bdi></a> <span class="muted">because silent' in html
    )


def test_somebody_who_may_see_nothing_is_told_nothing(alice: User, account: Account) -> None:
    moved(account, "steady", "silent", first_on=today())
    alice.is_active = False
    assert changes(alice, today() - DAY).groups == ()
