"""An import that stopped is told from clients gone quiet."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Account, User
from config.days import firm_day
from health.models import FeedRhythm, ScoreRun
from health.selectors.feeds import Footing, footing
from health.services.feeds import refresh_feeds
from tests import factories
from tests.health.test_today import page, scored
from touchpoints.models import Source, SourceKind

DAY = dt.timedelta(days=1)


@pytest.fixture
def run(db: None, as_of: dt.datetime) -> ScoreRun:
    return ScoreRun.objects.create(kind="nightly", as_of_on=firm_day(as_of), started_at=as_of, finished_at=as_of)


def feed(
    name: str,
    account: Account,
    as_of: dt.datetime,
    *,
    ended_days: int,
    every: int = 2,
    count: int = 20,
    kind: str = "file",
) -> Source:
    source = factories.SourceFactory(name=name, kind=kind)
    last = firm_day(as_of) - ended_days * DAY
    factories.touches_on(account, *(last - n * every * DAY for n in range(count)), source=source)
    return source


def told(user: User, as_of: dt.datetime) -> Footing:
    refresh_feeds(now=as_of)
    return footing(user, today=firm_day(as_of))


@pytest.mark.parametrize(
    ("every", "ended_days", "is_stopped"),
    [(2, 10, False), (2, 11, True), (7, 21, False), (7, 22, True), (30, 89, False)],
)
def test_a_source_has_stopped_after_three_of_its_long_gaps_and_ten_days(
    alice: User, account: Account, as_of: dt.datetime, run: ScoreRun, every: int, ended_days: int, is_stopped: bool
) -> None:
    feed("CRM", account, as_of, ended_days=ended_days, every=every, count=12)
    said = told(alice, as_of)
    assert [one.name for one in said.stopped] == ["CRM"] * is_stopped
    assert (said.all_stopped_on == firm_day(as_of) - ended_days * DAY) == is_stopped


@pytest.mark.parametrize(("kind", "count"), [(SourceKind.MANUAL, 20), (SourceKind.FILE, 9)])
def test_notes_by_hand_and_a_file_imported_once_have_no_import_that_could_stop(
    alice: User, account: Account, as_of: dt.datetime, run: ScoreRun, kind: str, count: int
) -> None:
    feed("Notes", account, as_of, ended_days=60, kind=kind, count=count)
    assert told(alice, as_of).stopped == ()


def test_while_another_source_goes_on_not_everything_has_stopped(
    alice: User, account: Account, as_of: dt.datetime, run: ScoreRun
) -> None:
    feed("CRM", account, as_of, ended_days=60)
    feed("Mail", factories.AccountFactory(owner=alice), as_of, ended_days=0)
    said = told(alice, as_of)
    assert [one.name for one in said.stopped] == ["CRM"]
    assert said.all_stopped_on is None


def test_a_source_that_was_given_up_is_not_asked_after(
    alice: User, account: Account, as_of: dt.datetime, run: ScoreRun
) -> None:
    feed("Old CRM", account, as_of, ended_days=60)
    feed("New CRM", account, as_of, ended_days=0)
    assert told(alice, as_of).stopped == ()


def test_nobody_learns_of_sources_of_accounts_they_do_not_see(
    alice: User, charlie: User, erin: User, account: Account, as_of: dt.datetime, run: ScoreRun
) -> None:
    feed("CRM", account, as_of, ended_days=60)
    assert told(alice, as_of).stopped
    assert told(charlie, as_of) == Footing(run.finished_at)
    assert told(erin, as_of).stopped


def test_it_is_looked_at_once_a_day_and_after_an_import(account: Account, as_of: dt.datetime) -> None:
    source = feed("CRM", account, as_of, ended_days=1)
    assert [refresh_feeds(now=as_of + n * dt.timedelta(minutes=1)) for n in range(2)] == [True, False]
    Source.objects.filter(pk=source.pk).update(last_received_at=as_of + dt.timedelta(hours=1))
    batch = factories.ImportBatchFactory(source=source, status="running")
    assert not refresh_feeds(now=as_of + dt.timedelta(hours=2))
    batch.status = "done"
    batch.save()
    assert refresh_feeds(now=as_of + dt.timedelta(hours=2))
    assert not refresh_feeds(now=as_of + dt.timedelta(hours=3))
    assert refresh_feeds(now=as_of + DAY)
    assert FeedRhythm.objects.get(source=source).touch_days == 20


def test_today_says_so_instead_of_nobody_has_gone_quiet(client: Client, alice: User, account: Account) -> None:
    now = timezone.now()
    ScoreRun.objects.create(kind="nightly", as_of_on=firm_day(now), started_at=now, finished_at=now)
    feed("CRM", account, now, ended_days=60)
    refresh_feeds(now=now)
    scored(account, "steady")
    last = firm_day(now) - 60 * DAY
    html = page(client, alice)
    assert f"<h1>Nothing has come in since {last.day} {last:%B %Y}.</h1>" in html
    assert (
        f"No touch has come from “<bdi>CRM</bdi>” since {last.day} {last:%B %Y}. Is its import still running?" in html
    )
    assert "Nobody has gone quiet." not in html
