import datetime as dt

import pytest

from accounts.models import Account
from health.models import BandChange, QuietPeriod, Snooze
from health.selectors.stream import Place, StreamFilters, stream_page
from tests import factories

pytestmark = pytest.mark.django_db


def day(n: int) -> dt.date:
    return dt.date(2026, 6, 15) - dt.timedelta(days=n)


def walk(account: Account, filters: StreamFilters, size: int) -> list[tuple[str, int]]:
    seen, place = [], None
    for _ in range(50):
        page = stream_page(account, filters, before=place, size=size)
        seen += [(entry.kind, entry.place.pk) for entry in page.entries]
        place = Place.from_text(str(page.next_place)) if page.next_place else None
        if place is None:
            return seen
    raise AssertionError("the stream has no end")


@pytest.fixture
def full(account, alice):
    factories.touches_on(account, *[day(n) for n in (1, 1, 1, 3, 10, 40, 41)])
    for n, (was, now) in enumerate([("steady", "drifting"), ("drifting", "silent")]):
        BandChange.objects.create(account=account, changed_on=day(3 - n), from_band=was, to_band=now)
    moment = dt.datetime(2026, 6, 13, 9, tzinfo=dt.UTC)
    Snooze.objects.create(
        account=account, author=alice, reason="On holiday", created_at=moment, until_on=day(-3), ended_at=moment
    )
    QuietPeriod.objects.create(account=account, author=alice, reason="Shutdown", starts_on=day(3), ends_on=day(1))
    return account


@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_walking_page_by_page_shows_each_entry_once_whatever_the_page_size(full, size):
    whole = walk(full, StreamFilters(), 100)
    assert len(whole) == 11
    assert walk(full, StreamFilters(), size) == whole


def test_a_band_change_stands_above_the_touches_of_its_day(full):
    kinds = [entry.kind for entry in stream_page(full, StreamFilters()).entries]
    assert kinds == ["touch"] * 3 + ["band", "snooze", "band", "quiet", "touch", "touch", "touch", "touch"]


def test_a_filter_on_touches_leaves_out_the_other_kinds(full):
    factories.touches_on(full, day(2), channel="email", direction="inbound", subject="Route file")
    page = stream_page(full, StreamFilters.from_query({"channel": "email"}))
    assert [entry.item.subject for entry in page.entries] == ["Route file"]


@pytest.mark.parametrize(
    ("query", "subjects"),
    [
        ({"q": "ROUTE"}, ["Route file"]),
        ({"q": "depot"}, ["Route file"]),
        ({"channel": "voice"}, ["Weekly call"]),
        ({"direction": "inbound"}, ["Route file"]),
        ({"from": "2026-06-10"}, ["Route file"]),
        ({"to": "2026-06-09"}, ["Weekly call"]),
        ({"kind": "touch"}, ["Route file", "Weekly call"]),
        ({"kind": "band"}, []),
    ],
)
def test_filters_narrow_the_touches(account, query, subjects):
    factories.touches_on(account, day(2), channel="email", direction="inbound", subject="Route file", body="The depot")
    factories.touches_on(account, day(9), channel="call", direction="mutual", subject="Weekly call")
    page = stream_page(account, StreamFilters.from_query(query))
    assert [entry.item.subject for entry in page.entries] == subjects


def test_a_filter_on_a_person_finds_their_touches_only(account):
    contact = factories.ContactFactory(account=account)
    first, _ = factories.touches_on(account, day(2), day(3))
    first.contacts.add(contact)
    page = stream_page(account, StreamFilters.from_query({"contact": str(contact.pk)}))
    assert [entry.item.pk for entry in page.entries] == [first.pk]


@pytest.mark.parametrize("text", ["", "x", "20260101T000000.000000Z_1", "20260101T000000.000000Z_a_1", "1_2_3_4"])
def test_a_broken_place_in_the_address_begins_at_the_top(text):
    assert Place.from_text(text) is None


def test_unknown_filter_values_are_left_out():
    query = {"kind": "x", "channel": "fax", "direction": "up", "contact": "1;drop", "from": "soon", "q": "a\0b"}
    assert StreamFilters.from_query(query) == StreamFilters(text="ab")


def test_filters_survive_the_way_through_the_address():
    query = {
        "kind": "touch",
        "channel": "voice",
        "direction": "inbound",
        "contact": "7",
        "q": "route",
        "from": "2026-01-02",
    }
    assert StreamFilters.from_query(query).query() == query


def test_a_silence_beyond_the_usual_range_is_noted_below_the_touch_that_ended_it(account):
    factories.touches_on(account, day(1), day(5), day(45))
    page = stream_page(account, StreamFilters(), long_gap_days=20)
    assert [entry.silence_days for entry in page.entries] == [None, 40, None]


def test_an_attempt_does_not_end_a_silence(account):
    factories.touches_on(account, day(1), day(45))
    factories.touches_on(account, day(20), outcome="voicemail")
    page = stream_page(account, StreamFilters(), long_gap_days=20)
    assert [entry.silence_days for entry in page.entries] == [44, None, None]


def test_deleted_touches_are_not_shown(account):
    factories.touches_on(account, day(1), deleted_at=dt.datetime(2026, 6, 15, tzinfo=dt.UTC))
    assert stream_page(account, StreamFilters()).entries == []


def test_the_stream_takes_the_same_queries_for_one_touch_and_for_many(account, django_assert_num_queries):
    contact = factories.ContactFactory(account=account)
    for touch in factories.touches_on(account, *[day(n) for n in range(30)]):
        touch.contacts.add(contact)
    # touches with source and author; their contacts; their colleagues; band changes; snoozes; quiet periods
    with django_assert_num_queries(6):
        stream_page(account, StreamFilters())
