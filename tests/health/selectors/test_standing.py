"""Staleness is a question to the data: each thing that a score rests on makes it stale when it changes."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.models import Account, User
from health.models import AccountHealth, QuietPeriod
from health.scoring.arrays import NO_DAY
from health.selectors.models import StoredModel
from health.selectors.standing import stale_accounts, standings
from health.services.quiet import end_quiet_period, pause_account
from health.services.runs import score_shard
from tests import factories
from tests.health.stored_models import stored_model

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
MONDAY = dt.date(2026, 6, 15)


@pytest.fixture
def scored(account: Account, model: StoredModel, as_of: dt.datetime) -> Account:
    """An account with a weekly rhythm, scored at `as_of`; nothing has changed since."""
    factories.touches_on(account, *[MONDAY - dt.timedelta(days=n) for n in range(1, 200, 7)])
    Account.objects.update(updated_at=as_of - DAY)
    score_shard(account_ids=[account.pk], as_of=as_of, model=model)
    return account


def stale(model: StoredModel, now: dt.datetime, behind: dt.datetime | None = None) -> list[int]:
    return stale_accounts(today=now.date(), now=now, model_id=model.pk, limit=10, behind=behind)


def test_a_fresh_score_is_not_stale(scored: Account, model: StoredModel, as_of: dt.datetime) -> None:
    assert stale(model, as_of + HOUR) == []


def test_an_account_without_a_score_is(scored: Account, model: StoredModel, as_of: dt.datetime) -> None:
    AccountHealth.objects.all().delete()
    assert stale(model, as_of + HOUR) == [scored.pk]


def test_touches_that_changed_make_it_stale(scored: Account, model: StoredModel, as_of: dt.datetime) -> None:
    factories.activity(scored, version=2)
    assert stale(model, as_of + HOUR) == [scored.pk]


def test_an_edited_account_is(scored: Account, model: StoredModel, as_of: dt.datetime) -> None:
    Account.objects.update(updated_at=as_of + HOUR)
    assert stale(model, as_of + 2 * HOUR) == [scored.pk]


def test_known_quiet_is_when_it_is_said_and_when_it_is_taken_back(
    scored: Account, alice: User, model: StoredModel, as_of: dt.datetime
) -> None:
    pause_account(account=scored, author=alice, reason="Fair", starts_on=MONDAY, ends_on=MONDAY + DAY, now=as_of + HOUR)
    assert stale(model, as_of + 2 * HOUR) == [scored.pk]
    score_shard(account_ids=[scored.pk], as_of=as_of + 2 * HOUR, model=model)
    assert stale(model, as_of + 3 * HOUR) == []
    end_quiet_period(account=scored, now=as_of + 4 * HOUR)
    assert stale(model, as_of + 5 * HOUR) == [scored.pk]


def test_a_booked_meeting_is_when_it_has_taken_place(scored: Account, model: StoredModel, as_of: dt.datetime) -> None:
    factories.TouchpointFactory(account=scored, occurred_at=as_of + 5 * HOUR, channel="meeting")
    factories.activity(scored, 2)
    score_shard(account_ids=[scored.pk], as_of=as_of + HOUR, model=model)
    assert AccountHealth.objects.get(pk=scored.pk).last_touch_on == MONDAY - DAY
    assert stale(model, as_of + 4 * HOUR) == []
    score_shard(account_ids=[scored.pk], as_of=as_of + 4 * HOUR, model=model)  # nothing new, and still booked
    assert stale(model, as_of + 4.9 * HOUR) == []
    assert stale(model, as_of + 6 * HOUR) == [scored.pk]
    score_shard(account_ids=[scored.pk], as_of=as_of + 6 * HOUR, model=model)
    assert AccountHealth.objects.get(pk=scored.pk).last_touch_on == MONDAY
    assert stale(model, as_of + 7 * HOUR) == []


def test_the_predicted_day_is(scored: Account, model: StoredModel, as_of: dt.datetime) -> None:
    predicted = AccountHealth.objects.get(pk=scored.pk).next_change_on
    assert predicted is not None
    before = dt.datetime.combine(predicted - DAY, as_of.timetz())
    assert stale(model, before) == []
    assert stale(model, before + DAY) == [scored.pk]


def test_another_model_is(scored: Account, model: StoredModel, as_of: dt.datetime) -> None:
    assert stale(stored_model(as_of + HOUR), as_of + HOUR) == [scored.pk]


def test_a_run_that_stopped_half_way_leaves_what_is_older_than_it(
    scored: Account, model: StoredModel, as_of: dt.datetime
) -> None:
    assert stale(model, as_of + HOUR, behind=as_of) == []
    assert stale(model, as_of + HOUR, behind=as_of + HOUR) == [scored.pk]


@pytest.mark.parametrize(
    ("days_on", "is_paused", "edge_in"),
    [(-1, False, 1), (0, True, 5), (5, True, 5), (10, False, 10), (26, False, None)],
)
def test_a_pause_is_looked_at_again_on_its_first_day_and_after_its_last(
    account: Account, alice: User, as_of: dt.datetime, days_on: int, is_paused: bool, edge_in: int | None
) -> None:
    for first, last in ((0, 4), (3, 9), (20, 25)):
        QuietPeriod.objects.create(
            account=account, author=alice, reason="Quiet", starts_on=MONDAY + first * DAY, ends_on=MONDAY + last * DAY
        )
    today = MONDAY + days_on * DAY
    standing = standings([account.pk], today=today, as_of=as_of)
    assert standing.is_paused.tolist() == [is_paused]
    assert standing.pause_edge_on.tolist() == [NO_DAY if edge_in is None else today.toordinal() + edge_in]


def test_standings_take_as_many_queries_for_one_account_as_for_many(
    account: Account, as_of: dt.datetime, django_assert_num_queries: object
) -> None:
    ids = [account.pk, *(factories.AccountFactory().pk for _ in range(20))]
    with django_assert_num_queries(3):  # type: ignore[operator]  # standing, pauses, booked touches
        assert len(standings(ids, today=MONDAY, as_of=as_of)) == 21
