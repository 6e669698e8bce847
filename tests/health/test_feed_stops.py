"""A feed that died is not taken for clients who went quiet, from the night on which it is noticed until it is back."""

from __future__ import annotations

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, User
from config.days import firm_day
from health.models import AccountHealth, Band, BandChange, FeedStop
from health.selectors.feed_stops import read_feed_counts
from health.selectors.models import StoredModel
from health.selectors.past_account import account_as_of
from health.services.feeds import note_stops, refresh_feeds
from health.services.runs import run_now, sweep
from tests import factories
from touchpoints.models import Source

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def mail(db: None) -> Source:
    return factories.SourceFactory(name="Mail archive", kind="file")


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now().replace(hour=9)


def weekly(source: Source, now: dt.datetime, *, ended_days: int, **about: object) -> Account:
    """An account in touch every week through one source, until so many days ago."""
    made = factories.AccountFactory(**about)
    last = firm_day(now) - ended_days * DAY
    factories.touches_on(made, *(last - n * 7 * DAY for n in range(30)), source=source)
    return made


@pytest.fixture
def feed(mail: Source, model: StoredModel, alice: User, now: dt.datetime) -> list[Account]:
    """Seven weekly clients heard through one source, which stopped 30 days ago; each weekday had its client."""
    made = [weekly(mail, now, ended_days=30 + n, owner=alice, team=alice.team) for n in range(7)]
    Account.objects.update(updated_at=now - 90 * DAY)
    return made


def night(now: dt.datetime) -> None:
    run_now(kind="nightly", as_of=now)


def bands(accounts: list[Account]) -> set[str]:
    return set(AccountHealth.objects.filter(account__in=accounts).values_list("band", flat=True))


def test_clients_heard_through_a_stopped_source_are_not_flagged(
    feed: list[Account], mail: Source, now: dt.datetime
) -> None:
    night(now)
    stop = FeedStop.objects.get()
    assert (stop.source, stop.last_touch_on, stop.ended_on) == (mail, firm_day(now) - 30 * DAY, None)
    assert bands(feed) == {Band.STEADY}
    assert set(AccountHealth.objects.values_list("feed_stop", "alarm_series", "alarm_since_on")) == {
        (stop.pk, "", None)
    }


def test_a_client_heard_through_another_source_is_flagged(feed: list[Account], mail: Source, now: dt.datetime) -> None:
    calls = factories.SourceFactory(name="Telephone", kind="file")
    other = weekly(calls, now, ended_days=30)
    weekly(calls, now, ended_days=0)
    mixed = weekly(calls, now, ended_days=31)
    factories.touches_on(mixed, *(firm_day(now) - (33 + n * 7) * DAY for n in range(29)), source=mail)
    night(now)
    assert bands([other, mixed]) == {Band.SILENT}
    assert bands(feed) == {Band.STEADY}


def test_a_client_silent_before_the_source_stopped_stays_flagged(
    feed: list[Account], mail: Source, now: dt.datetime
) -> None:
    quiet = weekly(mail, now, ended_days=75)
    night(now)
    assert bands([quiet]) == {Band.SILENT}
    assert AccountHealth.objects.get(account=quiet).feed_stop is None


def test_flags_raised_before_the_stop_was_noticed_are_taken_back_with_the_reason(
    feed: list[Account], mail: Source, now: dt.datetime
) -> None:
    night(now)
    AccountHealth.objects.update(band=Band.SILENT, feed_stop=None)
    night(now + DAY)
    since = firm_day(now) - 30 * DAY
    assert bands(feed) == {Band.STEADY}
    reasons = set(BandChange.objects.filter(changed_on=firm_day(now) + DAY).values_list("reason", flat=True))
    assert reasons == {f"Not flagged: nothing from “Mail archive” since {since.day} {since:%b}"}


def test_a_source_of_four_clients_may_well_be_four_clients(feed: list[Account], now: dt.datetime) -> None:
    Account.objects.filter(pk__in=[account.pk for account in feed[4:]]).delete()
    night(now)
    assert not FeedStop.objects.exists()
    assert bands(feed[:4]) == {Band.SILENT}


def test_it_ends_by_itself_when_the_source_is_back(feed: list[Account], mail: Source, now: dt.datetime) -> None:
    night(now)
    back = now + dt.timedelta(hours=2)
    factories.touches_on(feed[0], firm_day(now), source=mail)
    Source.objects.filter(pk=mail.pk).update(last_received_at=back)
    assert refresh_feeds(now=back + dt.timedelta(minutes=1))
    assert FeedStop.objects.get().ended_on == firm_day(now)
    assert sweep(now=back + dt.timedelta(minutes=2)) == 7
    assert bands(feed[1:]) == {Band.SILENT}
    assert not AccountHealth.objects.filter(feed_stop__isnull=False).exists()
    assert sweep(now=back + dt.timedelta(minutes=3)) == 0


def test_an_account_that_is_known_to_rest_on_a_stopped_source_is_not_read_again(
    feed: list[Account], now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def counting(account_ids, *args, **named):
        asked.append(len(account_ids))
        return read_feed_counts(account_ids, *args, **named)

    monkeypatch.setattr("health.selectors.feed_stops.read_feed_counts", counting)
    night(now)
    night(now + DAY)
    assert asked == [7]
    assert bands(feed) == {Band.STEADY}


def test_a_stop_is_noticed_once_and_again_with_another_last_day(mail: Source, feed: list[Account], now: dt.datetime):
    night(now)
    note_stops(today=firm_day(now) + DAY)
    assert FeedStop.objects.count() == 1
    factories.touches_on(feed[0], firm_day(now) - 29 * DAY, source=mail)
    night(now + DAY)
    ended, again = FeedStop.objects.order_by("pk")
    assert (ended.ended_on, again.ended_on) == (firm_day(now) + DAY, None)
    assert again.last_touch_on == firm_day(now) - 29 * DAY


def test_a_past_day_is_read_as_it_was_while_the_source_had_stopped(
    feed: list[Account], mail: Source, now: dt.datetime
) -> None:
    night(now)
    FeedStop.objects.update(noticed_on=firm_day(now) - 3 * DAY, ended_on=firm_day(now) - DAY)
    flagged, unheard, ended = (account_as_of(feed[0].pk, firm_day(now) - n * DAY).health for n in (4, 2, 1))
    assert (flagged.band, flagged.feed_stop) == (Band.SILENT, None)
    assert (unheard.band, unheard.feed_stop) == (Band.STEADY, FeedStop.objects.get())
    assert (ended.band, ended.feed_stop) == (Band.SILENT, None)


def test_today_counts_them_and_leads_to_exactly_these(
    client: Client, alice: User, charlie: User, feed: list[Account], mail: Source, now: dt.datetime
) -> None:
    weekly(mail, now, ended_days=32, owner=charlie)
    night(now)
    client.force_login(alice)
    html = client.get(reverse("today")).content.decode()
    assert "7 accounts are not flagged because of it" in html
    address = f"{reverse('account-list')}?scope=team&amp;unheard={mail.pk}"
    assert f'href="{address}"' in html
    response = client.get(address.replace("&amp;", "&"))
    assert {row.account_id for row in response.context["rows"]} == {account.pk for account in feed}
    row = response.context["rows"][0]
    assert row.words.reason.startswith("Not flagged: nothing from “Mail archive” since")
    assert "most touches came from one source" in row.words.note
    assert "Not flagged: its source stopped" in response.content.decode()


def test_the_account_page_the_row_and_the_command_say_why(
    client: Client, alice: User, feed: list[Account], now: dt.datetime
) -> None:
    night(now)
    client.force_login(alice)
    said = "The silence is not flagged: most touches came from one source, and there is nothing from “Mail archive”"
    assert said in client.get(feed[0].get_absolute_url()).content.decode()
    reasons = client.get(reverse("account-reasons", args=[feed[0].pk]), headers={"HX-Request": "true"})
    assert said in reasons.content.decode()
    out = StringIO()
    call_command("explain", str(feed[0].pk), stdout=out)
    assert said in out.getvalue()


def test_a_list_takes_no_more_queries_with_more_of_them(
    client: Client, alice: User, feed: list[Account], mail: Source, now: dt.datetime
) -> None:
    night(now)
    client.force_login(alice)
    address = f"{reverse('account-list')}?unheard={mail.pk}"
    client.get(address)
    with CaptureQueriesContext(connection) as seven:
        client.get(address)
    AccountHealth.objects.filter(account__in=[account.pk for account in feed[1:]]).update(feed_stop=None)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    assert len(one) == len(seven)


def test_while_every_source_goes_on_no_touch_is_counted_by_source(
    model: StoredModel, mail: Source, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("health.selectors.feed_stops.read_feed_counts")
    weekly(mail, now, ended_days=1)
    weekly(mail, now, ended_days=40)
    night(now)
    assert set(AccountHealth.objects.values_list("band", "feed_stop")) == {(Band.STEADY, None), (Band.SILENT, None)}
