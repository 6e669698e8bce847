"""The figures beside the filters are the entries that they lead to."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from accounts.models import Account, Assignment, Contact, User
from health.models import BandChange, NextAction, QuietPeriod, Snooze
from health.selectors.stream.counts import stream_counts
from health.selectors.stream.filters import StreamFilters
from health.selectors.stream.pages import stream_page
from tests import factories
from tests.conftest import AS_OF
from touchpoints.models import Touchpoint

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 6, 10)


@pytest.fixture
def contact(account: Account) -> Contact:
    return factories.ContactFactory(account=account, name="Jon Pell")


@pytest.fixture
def full(account: Account, contact: Contact, alice: User, amir: User) -> Account:
    batch = factories.ImportBatchFactory(finished_at=AS_OF, uploaded_by=amir)
    calls = factories.touches_on(account, DAY, DAY, channel="call", direction="mutual", batch=batch)
    mails = factories.touches_on(
        account, DAY, DAY, DAY, channel="email", direction="inbound", author=amir, body="Route"
    )
    factories.touches_on(account, DAY, channel="call", direction="outbound", outcome="voicemail")
    gone = factories.touches_on(account, DAY, channel="text", direction="inbound", deleted_at=AS_OF)
    for touch in (*calls, mails[0], *gone):
        touch.contacts.add(contact)
        touch.colleagues.add(alice)
    mails[1].colleagues.add(amir, alice)
    BandChange.objects.create(account=account, changed_on=DAY, from_band="steady", to_band="silent", reason="Route")
    Snooze.objects.create(account=account, author=alice, reason="Away", created_at=AS_OF, until_on=DAY)
    QuietPeriod.objects.create(account=account, author=amir, reason="Route", starts_on=DAY, ends_on=DAY)
    Assignment.objects.create(account=account, to_owner=alice, assigned_by=alice, assigned_at=AS_OF)
    NextAction.objects.create(
        account=account, author=amir, what="Route", created_at=AS_OF, ended_at=AS_OF, ended_by=alice, is_done=True
    )
    NextAction.objects.create(account=account, author=alice, what="Call", created_at=AS_OF, due_on=DAY)
    return account


def shown(account: Account, filters: StreamFilters) -> int:
    return len(stream_page(account, filters.but(text=filters.text or ""), as_of=AS_OF, size=100).entries)


FILTERS = [
    {},
    {"channel": "email"},
    {"channel": "voice"},
    {"direction": "inbound"},
    {"kind": "touch"},
    {"kind": "band"},
    {"kind": "plan"},
    {"kind": "done"},
    {"kind": "deleted"},
    {"text": "route"},
    {"since": DAY},
    {"until": DAY - dt.timedelta(days=1)},
]


@pytest.mark.parametrize("chosen", FILTERS, ids=str)
def test_each_count_is_the_number_of_entries_that_it_leads_to(full: Account, chosen: dict[str, Any]) -> None:
    filters = StreamFilters(**chosen)
    counts = stream_counts(full, filters)
    of_touches = filters.but(kind=filters.kind if filters.kind == "deleted" else "touch")
    assert {kind: shown(full, filters.but(kind=kind)) for kind in counts.kinds} == counts.kinds
    assert {name: shown(full, of_touches.but(channel=name)) for name in counts.channels} == counts.channels
    assert {name: shown(full, of_touches.but(direction=name)) for name in counts.directions} == counts.directions
    assert [shown(full, of_touches.but(contact=one.pk)) for one in counts.contacts] == [
        one.count for one in counts.contacts
    ]


def test_ours_are_counted_once_for_a_touch_they_took_part_in_and_wrote_down(
    full: Account, alice: User, amir: User
) -> None:
    counts = {one.name: one.count for one in stream_counts(full, StreamFilters(kind="touch")).authors}
    assert counts == {"Alice Ahlgren": 4, "Amir Nasser": 3}
    everything = {one.name: one.count for one in stream_counts(full, StreamFilters()).authors}
    assert everything == {"Alice Ahlgren": 8, "Amir Nasser": 5}


def test_a_guessed_number_of_a_person_names_nobody(full: Account, charlie: User) -> None:
    stranger = factories.ContactFactory(name="Secret")
    counts = stream_counts(full, StreamFilters(author=charlie.pk, contact=stranger.pk))
    assert [one.name for one in counts.authors if one.pk == charlie.pk] == ["Somebody else"]
    assert stranger.pk not in [one.pk for one in counts.contacts]


@pytest.mark.parametrize("more", [0, 30])
def test_counting_takes_the_same_queries_at_any_size(
    full: Account, contact: Contact, more: int, django_assert_num_queries: Any
) -> None:
    for touch in factories.touches_on(full, *[DAY] * more):
        touch.contacts.add(contact)
    assert Touchpoint.objects.count() == 7 + more
    # channels with directions; kinds; contacts; who took part; who wrote; what else is theirs; their names
    with django_assert_num_queries(7):
        stream_counts(full, StreamFilters())
