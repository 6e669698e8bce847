"""The last promise: found in subject or text, among what counts and has happened, in one query."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account, User
from health.selectors.promised import last_promise
from tests import factories
from tests.conftest import AS_OF

pytestmark = pytest.mark.django_db
TODAY = AS_OF.date()


def before(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


def test_the_newest_that_speaks_of_a_promise_is_the_last(account: Account) -> None:
    factories.touches_on(account, before(30), body="Promised the old list for June.")
    (newer,) = factories.touches_on(account, before(9), body="We will send the new list.")
    factories.touches_on(account, before(2), body="Nothing of it.")
    found = last_promise(account, as_of=AS_OF)
    assert found is not None
    assert (found.touch, found.words) == (newer, "We will send the new list.")


def test_a_promise_in_the_subject_is_told_by_the_subject(account: Account) -> None:
    factories.touches_on(account, before(9), subject="Promised: the list", body="Short talk.")
    found = last_promise(account, as_of=AS_OF)
    assert found is not None
    assert found.words == "Promised: the list"


def test_what_is_booked_or_an_attempt_or_another_accounts_is_no_promise(account: Account, alice: User) -> None:
    factories.touches_on(account, before(-3), body="Promised")
    factories.touches_on(account, before(3), body="Promised to try again", outcome="no_answer")
    factories.touches_on(factories.AccountFactory(owner=alice), before(3), body="Promised")
    assert last_promise(account, as_of=AS_OF) is None


@pytest.mark.parametrize("more", [0, 40])
def test_one_query_at_any_size(account: Account, more: int, django_assert_num_queries: Any) -> None:
    factories.touches_on(account, *[before(days) for days in range(1, more + 2)], body="Promised")
    with django_assert_num_queries(1):
        last_promise(account, as_of=AS_OF)


def test_the_account_page_tells_it_at_its_head(client: Client, alice: User, account: Account) -> None:
    (touch,) = factories.touches_on(account, before(9), body="<i>Promised</i> for Friday")
    client.force_login(alice)
    page = client.get(f"/accounts/{account.pk}/").content.decode()
    assert f'?touch={touch.pk}#touch-{touch.pk}"' in page.partition("Last promised")[2][:200]
    assert "&lt;i&gt;<mark>Promised</mark>&lt;/i&gt; for Friday" in page.partition("Last promised")[2][:600]
