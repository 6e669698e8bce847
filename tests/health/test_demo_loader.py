"""Loading the demo portfolio: complete, once, and never beside real data."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.test import RequestFactory
from pytest_django import Settings

from accounts.models import Account, AccountDomain, Contact, Team, User
from health.demo_loader import DemoNotAllowedError, load_demo
from health.models import QuietPeriod
from tests import factories
from touchpoints.demo.personas import DEMO_PASSWORD, DEMO_PERSONAS
from touchpoints.demo.portfolio import generate_portfolio
from touchpoints.demo.records import DemoPortfolio, DemoTouch
from touchpoints.models import AccountActivity, Source, Touchpoint

AS_OF = dt.date(2026, 6, 15)
NOW = dt.datetime(2026, 6, 15, 6, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def small_portfolio() -> DemoPortfolio:
    """The first twenty accounts of the portfolio: enough to store every kind of thing."""
    whole = generate_portfolio(AS_OF)
    paused = [account for account in whole.accounts if account.quiet_periods][:2]
    return DemoPortfolio(
        whole.as_of,
        whole.seed,
        whole.time_zone,
        whole.teams,
        whole.people,
        whole.segments,
        tuple({account.external_id: account for account in [*whole.accounts[:18], *paused]}.values()),
    )


@pytest.fixture
def demo(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch, small_portfolio: DemoPortfolio) -> None:
    settings.HARK_DEMO = True
    monkeypatch.setattr("health.demo_loader.generate_portfolio", lambda *args, **kwargs: small_portfolio)


def test_everything_is_stored(demo: None, small_portfolio: DemoPortfolio) -> None:
    loaded = load_demo(as_of=AS_OF, now=NOW)

    assert loaded.is_new
    assert loaded.touches == Touchpoint.objects.count() == small_portfolio.touch_count
    assert loaded.accounts == Account.objects.count() == len(small_portfolio.accounts)
    assert loaded.people == User.objects.count() == 14
    assert Team.objects.count() == 3
    assert Contact.objects.count() == sum(len(account.contacts) for account in small_portfolio.accounts)
    assert AccountDomain.objects.count() == sum(len(account.domains) for account in small_portfolio.accounts)
    assert QuietPeriod.objects.count() == sum(len(account.quiet_periods) for account in small_portfolio.accounts) > 0
    assert set(Source.objects.values_list("name", flat=True)) == {
        "Mailbox",
        "Calendar",
        "Logged by hand",
        "Help desk",
        "Campaigns",
    }


def test_scoring_can_see_that_every_touched_account_changed(demo: None, small_portfolio: DemoPortfolio) -> None:
    load_demo(as_of=AS_OF, now=NOW)

    changed = AccountActivity.objects.filter(changed_at=NOW).values_list("account__external_id", flat=True)

    assert set(changed) == {account.external_id for account in small_portfolio.accounts if account.touches}


def test_a_touch_is_stored_as_it_was_simulated(demo: None, small_portfolio: DemoPortfolio) -> None:
    load_demo(as_of=AS_OF, now=NOW)

    for simulated in small_portfolio.accounts[0].touches:
        _assert_same(Touchpoint.objects.get(external_id=simulated.external_id), simulated)


def _assert_same(stored: Touchpoint, simulated: DemoTouch) -> None:
    assert stored.occurred_at == simulated.occurred_at
    assert (stored.channel, stored.direction, stored.outcome) == (
        simulated.channel,
        simulated.direction,
        simulated.outcome,
    )
    assert (stored.subject, stored.body) == (simulated.subject, simulated.body)
    assert stored.counts == simulated.counts
    assert {contact.external_id for contact in stored.contacts.all()} == set(simulated.contact_ids)
    assert {user.email for user in stored.colleagues.all()} == {simulated.colleague_email} - {None}


def test_new_touches_can_be_logged_afterwards(demo: None) -> None:
    load_demo(as_of=AS_OF, now=NOW)
    newest = Touchpoint.objects.latest("pk")

    logged = factories.TouchpointFactory(account=Account.objects.first())

    assert logged.pk > newest.pk


def test_loading_twice_changes_nothing_and_says_so(demo: None) -> None:
    first = load_demo(as_of=AS_OF, now=NOW)
    out = StringIO()

    call_command("load_demo", stdout=out)

    assert "already loaded" in out.getvalue()
    assert Touchpoint.objects.count() == first.touches


def test_personas_can_sign_in(demo: None) -> None:
    load_demo(as_of=AS_OF, now=NOW)
    request = RequestFactory().post("/sign-in/")

    signed_in = [authenticate(request, username=persona.email, password=DEMO_PASSWORD) for persona in DEMO_PERSONAS]

    assert [user.role for user in signed_in if isinstance(user, User)] == [persona.role for persona in DEMO_PERSONAS]


def test_refused_where_the_demo_is_off(db: None, settings: Settings) -> None:
    settings.HARK_DEMO = False

    with pytest.raises(CommandError, match="HARK_DEMO"):
        call_command("load_demo")

    assert not User.objects.exists()


def test_refused_beside_somebody_elses_account(demo: None) -> None:
    factories.AccountFactory(name="A real client")

    with pytest.raises(DemoNotAllowedError, match="empty"):
        load_demo(as_of=AS_OF, now=NOW)

    assert list(Account.objects.values_list("name", flat=True)) == ["A real client"]
    assert not User.objects.exists()


def test_refused_beside_somebody_elses_people(demo: None) -> None:
    factories.UserFactory(email="owner@firm.example")

    with pytest.raises(DemoNotAllowedError, match="empty"):
        load_demo(as_of=AS_OF, now=NOW)

    assert User.objects.count() == 1


def test_a_day_that_is_none_is_refused_with_words(demo: None) -> None:
    with pytest.raises(CommandError, match="write it like 2026-06-15"):
        call_command("load_demo", "--as-of", "yesterday")


def test_the_firms_time_zone_reaches_the_simulation(
    db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch, small_portfolio: DemoPortfolio
) -> None:
    settings.HARK_DEMO, settings.HARK_TIME_ZONE = True, "Asia/Tokyo"
    asked: dict[str, object] = {}

    def remember(as_of: dt.date, **options: object) -> DemoPortfolio:
        asked.update(options, as_of=as_of)
        return small_portfolio

    monkeypatch.setattr("health.demo_loader.generate_portfolio", remember)
    load_demo(as_of=AS_OF, now=NOW)

    assert asked["as_of"] == AS_OF
    assert ZoneInfo(str(asked["time_zone"])) == ZoneInfo("Asia/Tokyo")
