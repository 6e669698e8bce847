"""Is each feed alive?"""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from accounts.models import User
from tests import factories
from touchpoints.models import ImportBatch, Source
from touchpoints.selectors.sources import Feed, feeds

NOW = dt.datetime(2026, 6, 15, 10, tzinfo=dt.UTC)


def delivered(source: Source, *days_ago: float) -> list[ImportBatch]:
    batches = []
    for days in days_ago:
        moment = NOW - dt.timedelta(days=days)
        batches.append(factories.ImportBatchFactory(source=source, status="done", created_at=moment))
        Source.objects.filter(pk=source.pk).update(last_received_at=moment)
    return batches


def the_feed() -> Feed:
    (feed,) = feeds(now=NOW)
    return feed


@pytest.fixture
def crm(db: None) -> Source:
    return factories.SourceFactory(name="CRM", created_at=NOW - dt.timedelta(days=90))


def test_a_weekly_feed_is_in_time_for_three_weeks(crm: Source) -> None:
    delivered(crm, 48, 41, 34, 27, 20)
    assert (the_feed().usual_gap, the_feed().is_late) == (dt.timedelta(days=7), False)


def test_a_weekly_feed_is_late_after_three_weeks(crm: Source) -> None:
    delivered(crm, 51, 44, 37, 30, 23)
    assert the_feed().late_by == dt.timedelta(days=2)


def test_what_is_expected_counts_before_the_own_rhythm(crm: Source) -> None:
    delivered(crm, 30, 23, 16, 9, 2)
    Source.objects.update(expected_every_hours=24)
    assert (the_feed().is_expected, the_feed().late_by) == (True, dt.timedelta(days=1))


def test_from_three_deliveries_no_rhythm_is_read(crm: Source) -> None:
    delivered(crm, 90, 89, 88)
    assert (the_feed().usual_gap, the_feed().is_late) == (None, False)


def test_what_is_expected_and_never_came_is_late(crm: Source) -> None:
    Source.objects.update(expected_every_hours=24)
    assert the_feed().late_by == dt.timedelta(days=89)


def test_the_latest_touch_is_that_of_the_last_delivery_and_not_a_booked_one(crm: Source) -> None:
    (batch,) = delivered(crm, 1)
    for day in (9, 10, 29):
        factories.TouchpointFactory(source=crm, batch=batch, occurred_at=dt.datetime(2026, 6, day, 9, tzinfo=dt.UTC))
    assert the_feed().last_touch_at == dt.datetime(2026, 6, 10, 9, tzinfo=dt.UTC)


@pytest.mark.parametrize("count", [1, 8])
def test_the_page_asks_as_much_for_many_sources_as_for_few(
    client: Client, root: User, count: int, django_assert_num_queries: object
) -> None:
    for number in range(count):
        delivered(factories.SourceFactory(name=f"Feed {number}"), 4, 3, 2, 1)
    client.force_login(root)
    # session, user, deliveries, their newest touches, sources
    with django_assert_num_queries(5):  # type: ignore[operator]
        assert client.get("/manage/sources/").status_code == 200


def test_an_expectation_is_stored_and_shown(client: Client, root: User, crm: Source) -> None:
    client.force_login(root)
    sent = {"name": "CRM export", "expected_every_hours": "24", "time_zone": "Asia/Tokyo"}
    page = client.post(f"/manage/sources/{crm.pk}/", sent, follow=True)
    crm.refresh_from_db()
    assert (crm.name, crm.expected_every_hours, crm.time_zone) == ("CRM export", 24, "Asia/Tokyo")
    assert "1 feed is late" in page.content.decode()
    assert client.post(f"/manage/sources/{crm.pk}/", sent | {"expected_every_hours": "0"}).status_code == 422
