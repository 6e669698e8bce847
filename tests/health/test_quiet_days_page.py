"""The administrator's page of quiet days."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Account, User
from health.models import QuietDays, QuietPeriod

SENT = {"starts_on": "2099-12-24", "ends_on": "2099-12-31", "reason": "The holidays"}


@pytest.fixture
def as_root(client: Client, root: User) -> Client:
    client.force_login(root)
    return client


def test_days_are_added_and_ended(as_root: Client, account: Account) -> None:
    page = as_root.post("/manage/quiet-days/", SENT, follow=True).content.decode()
    assert "The holidays" in page
    assert "Ahead" in page
    days = QuietDays.objects.get()
    assert "Ended" in as_root.post(f"/manage/quiet-days/{days.pk}/end/", follow=True).content.decode()
    assert QuietPeriod.objects.get(account=account).ended_at is not None


def test_more_than_a_month_is_too_long(as_root: Client) -> None:
    answer = as_root.post("/manage/quiet-days/", SENT | {"ends_on": "2100-02-01"})
    assert answer.status_code == 422
    assert "At most 31 days" in answer.content.decode()


@pytest.mark.parametrize("count", [1, 7])
def test_the_page_asks_as_much_for_many_as_for_few(
    as_root: Client, count: int, django_assert_num_queries: object
) -> None:
    for _ in range(count):
        as_root.post("/manage/quiet-days/", SENT)
    as_root.get("/manage/quiet-days/")
    # session, user, the days with who recorded them
    with django_assert_num_queries(3):  # type: ignore[operator]
        as_root.get("/manage/quiet-days/")
