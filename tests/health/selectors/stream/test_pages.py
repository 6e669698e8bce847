import datetime as dt

import pytest

from accounts.models import Account, Assignment
from health.models import BandChange, NextAction, QuietPeriod, Snooze
from health.selectors.stream.filters import StreamFilters
from health.selectors.stream.pages import stream_page
from health.selectors.stream.places import Place
from tests import factories
from tests.conftest import AS_OF
from touchpoints.models import Touchpoint

pytestmark = pytest.mark.django_db


def day(n: int) -> dt.date:
    return dt.date(2026, 6, 15) - dt.timedelta(days=n)


def walk(account: Account, filters: StreamFilters, size: int) -> list[tuple[str, int]]:
    seen, place = [], None
    for _ in range(50):
        page = stream_page(account, filters, as_of=AS_OF, before=place, size=size)
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
    kinds = [entry.kind for entry in stream_page(full, StreamFilters(), as_of=AS_OF).entries]
    assert kinds == ["touch"] * 3 + ["band", "snooze", "band", "quiet", "touch", "touch", "touch", "touch"]


@pytest.fixture
def planned(account, alice, amir):
    """A call planned on Wednesday and done on Friday by a colleague, and an offer that is still to be sent."""
    wednesday, friday = (dt.datetime(2026, 6, n, 9, tzinfo=dt.UTC) for n in (10, 12))
    call = {"account": account, "author": alice, "what": "Call about the depot", "created_at": wednesday}
    NextAction.objects.create(**call, ended_at=friday, ended_by=amir, is_done=True)
    NextAction.objects.create(account=account, author=alice, what="Send the offer", created_at=friday, due_on=day(-3))
    return account


@pytest.mark.parametrize("size", [1, 2, 50])
def test_a_next_action_stands_where_it_was_planned_and_where_it_was_done(planned, amir, size):
    factories.touches_on(planned, day(4))
    kinds = [kind for kind, _ in walk(planned, StreamFilters(), size)]
    assert kinds == ["done", "plan", "touch", "plan"]
    assert [kind for kind, _ in walk(planned, StreamFilters(text="depot"), size)] == ["done", "plan"]
    assert [kind for kind, _ in walk(planned, StreamFilters(author=amir.pk), size)] == ["done"]
    assert [kind for kind, _ in walk(planned, StreamFilters(kind="plan"), size)] == ["plan", "plan"]
    assert walk(planned, StreamFilters(kind="done", since=day(2)), size) == []


def test_a_filter_on_touches_leaves_out_the_other_kinds(full):
    factories.touches_on(full, day(2), channel="email", direction="inbound", subject="Route file")
    page = stream_page(full, StreamFilters.from_query({"channel": "email"}), as_of=AS_OF)
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
    page = stream_page(account, StreamFilters.from_query(query), as_of=AS_OF)
    assert [entry.item.subject for entry in page.entries] == subjects


def test_a_filter_on_a_person_finds_their_touches_only(account):
    contact = factories.ContactFactory(account=account)
    first, _ = factories.touches_on(account, day(2), day(3))
    first.contacts.add(contact)
    page = stream_page(account, StreamFilters.from_query({"contact": str(contact.pk)}), as_of=AS_OF)
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
    page = stream_page(account, StreamFilters(), as_of=AS_OF, long_gap_days=20)
    assert [entry.silence_days for entry in page.entries] == [None, 40, None]


def test_an_attempt_does_not_end_a_silence(account):
    factories.touches_on(account, day(1), day(45))
    factories.touches_on(account, day(20), outcome="voicemail")
    page = stream_page(account, StreamFilters(), as_of=AS_OF, long_gap_days=20)
    assert [entry.silence_days for entry in page.entries] == [44, None, None]


def test_a_silence_that_goes_over_the_end_of_a_page_is_noted_all_the_same(account):
    factories.touches_on(account, day(1), day(45))
    BandChange.objects.create(account=account, changed_on=day(20), from_band="steady", to_band="silent")
    page = stream_page(account, StreamFilters(), as_of=AS_OF, long_gap_days=20, size=1)
    assert [entry.silence_days for entry in page.entries] == [44]


def test_a_silence_is_noted_between_dates_and_never_where_touches_are_left_out(account):
    factories.touches_on(account, day(1), day(45))
    dates = StreamFilters(since=day(10))
    assert stream_page(account, dates, as_of=AS_OF, long_gap_days=20).entries[0].silence_days == 44
    calls = StreamFilters(channel="call")
    assert stream_page(account, calls, as_of=AS_OF, long_gap_days=20).entries[0].silence_days is None


@pytest.mark.parametrize(("until", "expected"), [(None, 30), (day(0), 30), (day(5), None)])
def test_the_open_silence_stands_on_the_newest_touch_where_the_stream_ends_today(account, until, expected):
    factories.touches_on(account, day(-7), day(30), day(35))
    page = stream_page(account, StreamFilters(until=until), as_of=AS_OF, long_gap_days=20)
    assert [entry.open_silence_days for entry in page.entries if entry.at <= AS_OF] == [expected, None]


def test_a_booked_touch_ends_no_silence(account):
    factories.touches_on(account, day(-7), day(30))
    page = stream_page(account, StreamFilters(), as_of=AS_OF, long_gap_days=20)
    assert [entry.silence_days for entry in page.entries] == [None, None]


def texts(account, count, on):
    start = dt.datetime.combine(on, dt.time(8), tzinfo=dt.UTC)
    for minute in range(count):
        at = start + dt.timedelta(minutes=minute)
        factories.TouchpointFactory(account=account, occurred_at=at, channel="text", direction="inbound")


def test_texts_of_one_day_are_one_entry(account):
    texts(account, 14, day(3))
    texts(account, 2, day(4))
    page = stream_page(account, StreamFilters(), as_of=AS_OF)
    assert [entry.kind for entry in page.entries] == ["fold", "touch", "touch"]
    fold = page.entries[0].item
    assert (len(fold.entries), fold.day, fold.from_client, fold.from_us) == (14, day(3), 14, 0)


def test_the_end_of_a_page_does_not_cut_a_run_of_texts(account):
    texts(account, 14, day(3))
    factories.touches_on(account, day(8))
    first = stream_page(account, StreamFilters(), as_of=AS_OF, size=5)
    assert [len(entry.item.entries) for entry in first.entries] == [14]
    rest = stream_page(account, StreamFilters(), as_of=AS_OF, size=5, before=first.next_place)
    assert [entry.kind for entry in rest.entries] == ["touch"]
    assert rest.next_place is None


def test_a_text_that_is_looked_for_does_not_hide_in_a_fold(account):
    texts(account, 14, day(3))
    factories.touches_on(account, day(3), day(3), day(3), channel="text", body="The route file")
    page = stream_page(account, StreamFilters(text="route"), as_of=AS_OF)
    assert [entry.kind for entry in page.entries] == ["touch"] * 3


def test_all_words_must_stand_somewhere_in_subject_or_note(account):
    factories.touches_on(account, day(1), subject="Route file", body="Promised for Friday")
    factories.touches_on(account, day(2), subject="Route file")
    page = stream_page(account, StreamFilters(text="friday ROUTE"), as_of=AS_OF)
    assert [entry.item.body for entry in page.entries] == ["Promised for Friday"]


def test_assignments_and_imports_stand_in_the_stream(account, alice, amir):
    moment = dt.datetime(2026, 6, 10, 9, tzinfo=dt.UTC)
    Assignment.objects.create(account=account, from_owner=amir, to_owner=alice, assigned_by=alice, assigned_at=moment)
    batch = factories.ImportBatchFactory(file_name="crm.csv", finished_at=moment)
    foreign = factories.ImportBatchFactory(finished_at=moment)
    factories.touches_on(account, day(40), day(41), batch=batch)
    factories.touches_on(factories.AccountFactory(), day(40), batch=foreign)
    page = stream_page(account, StreamFilters(), as_of=AS_OF)
    assert [entry.kind for entry in page.entries] == ["import", "assignment", "touch", "touch"]
    assert (page.entries[0].item.file_name, page.entries[0].item.touches) == ("crm.csv", 2)
    assert walk(account, StreamFilters(), 1) == walk(account, StreamFilters(), 50)


def test_one_of_ours_finds_what_they_took_part_in_wrote_down_and_decided(account, alice, amir):
    took_part, _, wrote = factories.touches_on(account, day(1), day(2), day(3))
    took_part.colleagues.add(amir)
    Touchpoint.objects.filter(pk=wrote.pk).update(author=amir)
    moment = dt.datetime(2026, 6, 13, 9, tzinfo=dt.UTC)
    for author, ended_at in ((alice, moment), (amir, None)):
        Snooze.objects.create(
            account=account, author=author, reason="Away", created_at=moment, until_on=day(-3), ended_at=ended_at
        )
    page = stream_page(account, StreamFilters(author=amir.pk), as_of=AS_OF)
    assert [(entry.kind, entry.place.pk) for entry in page.entries if entry.kind == "touch"] == [
        ("touch", took_part.pk),
        ("touch", wrote.pk),
    ]
    assert [entry.item.author for entry in page.entries if entry.kind == "snooze"] == [amir]


def test_deleted_touches_are_shown_by_name_only(account):
    gone, _ = factories.touches_on(account, day(1), day(2))
    Touchpoint.objects.filter(pk=gone.pk).update(deleted_at=AS_OF)
    page = stream_page(account, StreamFilters(kind="deleted"), as_of=AS_OF)
    assert [(entry.kind, entry.place.pk) for entry in page.entries] == [("deleted", gone.pk)]


def test_deleted_touches_are_not_shown(account):
    factories.touches_on(account, day(1), deleted_at=dt.datetime(2026, 6, 15, tzinfo=dt.UTC))
    assert stream_page(account, StreamFilters(), as_of=AS_OF).entries == []


def test_the_stream_takes_the_same_queries_for_one_touch_and_for_many(account, django_assert_num_queries):
    contact = factories.ContactFactory(account=account)
    for touch in factories.touches_on(account, *[day(n) for n in range(30)]):
        touch.contacts.add(contact)
    # four of the touches with their contacts, colleagues and edits, and one each of band changes, snoozes,
    # times of known quiet, assignments, next actions planned and done, and imports
    with django_assert_num_queries(11):
        stream_page(account, StreamFilters(), as_of=AS_OF)
