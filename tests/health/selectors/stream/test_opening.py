"""Where the timeline begins when it is opened at one touch."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.models import Account, User
from health.selectors.stream.filters import StreamFilters
from health.selectors.stream.opening import place_of_touch
from health.selectors.stream.pages import stream_page
from tests import factories

pytestmark = pytest.mark.django_db

AS_OF = dt.datetime(2026, 6, 16, tzinfo=dt.UTC)
DAYS = [dt.date(2026, 6, 15) - dt.timedelta(days=age) for age in range(60)]


def test_a_touch_far_down_stands_near_the_top_with_what_came_of_it_above(account: Account) -> None:
    touches = factories.touches_on(account, *DAYS)
    place = place_of_touch(account, touches[50].pk)
    page = stream_page(account, StreamFilters(), as_of=AS_OF, before=place)
    assert [entry.item.pk for entry in page.entries[:5]] == [touch.pk for touch in touches[47:52]]


def test_touches_of_one_moment_are_told_apart(account: Account) -> None:
    touches = factories.touches_on(account, *[DAYS[3]] * 9)
    place = place_of_touch(account, touches[0].pk)
    page = stream_page(account, StreamFilters(), as_of=AS_OF, before=place)
    assert touches[0].pk in [entry.item.pk for entry in page.entries]


def test_a_touch_of_the_first_page_needs_no_place(account: Account) -> None:
    touches = factories.touches_on(account, *DAYS)
    assert place_of_touch(account, touches[2].pk) is None


def test_a_touch_of_another_account_or_a_deleted_one_has_no_place(account: Account, alice: User) -> None:
    other = factories.touches_on(factories.AccountFactory(owner=alice), *DAYS)
    gone = factories.touches_on(account, *DAYS)[50]
    gone.deleted_at = dt.datetime(2026, 6, 15, tzinfo=dt.UTC)
    gone.save()
    assert place_of_touch(account, other[50].pk) is None
    assert place_of_touch(account, gone.pk) is None
