"""All reasons in the row: each with its touches, and their days with links to them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Account, User
from config.days import firm_day
from config.formats import short_date
from tests import factories
from tests.health.test_today import scored

HTMX = {"HX-Request": "true"}
STEPS = ("silence", "rhythm", "slowing", "activity", "history", "calibration")


@pytest.fixture
def unanswered(account: Account) -> list[dt.date]:
    """The days of four e-mails to which the client has not answered."""
    day = firm_day(timezone.now())
    days = [day - dt.timedelta(days=n) for n in (33, 24, 15, 3)]
    factories.touches_on(account, day - dt.timedelta(days=60))
    factories.touches_on(account, *days, channel="email", direction="outbound")
    figures = {"unanswered_days": 4, "longest_unanswered_days": 2, "since_on": days[0].isoformat()}
    points = {f"points_{step}": 0.0 for step in STEPS}
    scored(
        account,
        "drifting",
        last_touch_on=days[-1],
        signals=[{"signal": "unanswered", "strength": 2.0, **figures}],
        reference_health=90.0,
        **(points | {"points_silence": -50.0}),
    )
    return days


def test_each_reason_has_its_touches_and_each_day_its_link(
    client: Client, alice: User, account: Account, unanswered: list[dt.date]
) -> None:
    client.force_login(alice)
    html = client.get(f"/accounts/{account.pk}/reasons/", headers=HTMX).content.decode()
    assert f'<a href="/accounts/{account.pk}/?because=unanswered#stream">4 touches</a>' in html
    for day in unanswered:
        address = f"/accounts/{account.pk}/?from={day}&amp;to={day}#stream"
        assert f'<a href="{address}">{short_date(day, firm_day(timezone.now()))}</a>' in html
    assert "−50 health" in html
    assert "<html" not in html


def test_without_javascript_they_are_on_the_account_page(client: Client, alice: User, account: Account) -> None:
    client.force_login(alice)
    response = client.get(f"/accounts/{account.pk}/reasons/")
    assert response["Location"] == f"/accounts/{account.pk}/#why-title"


def test_an_account_without_a_score_has_none(client: Client, alice: User, account: Account) -> None:
    client.force_login(alice)
    assert client.get(f"/accounts/{account.pk}/reasons/", headers=HTMX).status_code == 200


def test_they_cost_the_same_for_few_and_many_touches(
    client: Client, alice: User, account: Account, unanswered: list[dt.date], django_assert_num_queries
) -> None:
    client.force_login(alice)
    # 1 session, 2 user, 3 account, 4 score, 5 sums of the evidence, 6 the days of the signal,
    # 7 the model, for what a talk today would change
    with django_assert_num_queries(7):
        client.get(f"/accounts/{account.pk}/reasons/", headers=HTMX)
    day = firm_day(timezone.now())
    factories.touches_on(account, *(day - dt.timedelta(days=n) for n in range(70, 400, 3)))
    with django_assert_num_queries(7):
        client.get(f"/accounts/{account.pk}/reasons/", headers=HTMX)
