"""Runs over the whole portfolio: complete, resumable, and begun when beat was down."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest
from django.db import connection

from accounts.models import Account
from health import tasks
from health.models import AccountHealth, HealthDay, PortfolioDay, Rhythm, ScoreRun, TalkPattern
from health.selectors.models import StoredModel
from health.services import runs
from tests import factories
from touchpoints.models import Source, SourceKind

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 6, 15)
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def accounts(north: object, model: StoredModel, as_of: dt.datetime, monkeypatch: pytest.MonkeyPatch) -> list[Account]:
    """Six weekly callers, two to a shard."""
    made = [factories.AccountFactory(arr=Decimal(1000 * (n + 1))) for n in range(6)]
    for account in made:
        factories.touches_on(account, *[MONDAY - dt.timedelta(days=n) for n in range(1, 100, 7)])
    Account.objects.update(updated_at=as_of - DAY)
    Source.objects.update(kind=SourceKind.MANUAL)  # logged by hand: no import that stopped when all of them fall silent
    first = made[0].pk
    monkeypatch.setattr(runs, "shards_of", lambda ids: [ids[(ids - first) // 2 == n] for n in range(3)])
    return made


def test_a_run_is_finished_by_whichever_shard_is_last(accounts: list[Account], model: StoredModel, as_of: dt.datetime):
    run = runs.open_run(kind="nightly", as_of=as_of)
    for number, shard in enumerate(runs.begin_run(run=run, as_of=as_of), start=1):
        runs.score_shard(account_ids=shard, as_of=as_of, model=model)
        assert runs.finish_run_if_done(run=run, now=as_of) == (number == 3)
    run.refresh_from_db()
    assert (run.scored_count, run.account_count, run.finished_at) == (6, 6, as_of)


def test_a_second_run_of_the_day_waits_for_its_own_shards(accounts: list[Account], as_of: dt.datetime):
    runs.run_now(kind="nightly", as_of=as_of)
    run = runs.open_run(kind="manual", as_of=as_of + MINUTE)
    assert not runs.finish_run_if_done(run=run, now=as_of + MINUTE)


def test_the_sweep_does_what_a_killed_worker_left(accounts: list[Account], model: StoredModel, as_of: dt.datetime):
    runs.run_now(kind="nightly", as_of=as_of - DAY)
    run = runs.open_run(kind="nightly", as_of=as_of)
    shards = runs.begin_run(run=run, as_of=as_of)
    runs.score_shard(account_ids=shards[0], as_of=as_of, model=model)
    assert runs.sweep(now=as_of + 5 * MINUTE) == 0  # the worker may still be at it
    assert runs.sweep(now=as_of + 11 * MINUTE) == 4
    run.refresh_from_db()
    assert run.finished_at == as_of + 11 * MINUTE
    assert HealthDay.objects.filter(day=MONDAY).count() == 6


def test_a_nightly_run_that_never_began_is_overdue_after_a_while(accounts: list[Account], as_of: dt.datetime):
    runs.run_now(kind="nightly", as_of=as_of - DAY)
    night = as_of.replace(hour=2)  # half past four in Berlin is half past two here
    assert not runs.nightly_is_overdue(now=night + 59 * MINUTE)
    assert runs.nightly_is_overdue(now=night + 61 * MINUTE)
    runs.open_run(kind="nightly", as_of=night + 61 * MINUTE)
    assert not runs.nightly_is_overdue(now=night + 62 * MINUTE)


def test_nothing_is_overdue_before_the_first_score(model: StoredModel, as_of: dt.datetime):
    assert not runs.nightly_is_overdue(now=as_of)


def test_an_account_of_unknown_value_is_ordered_as_the_median_one(accounts: list[Account], as_of: dt.datetime):
    Account.objects.filter(pk=accounts[5].pk).update(arr=None, updated_at=as_of - DAY)
    runs.run_now(kind="manual", as_of=as_of)
    of = dict(AccountHealth.objects.values_list("account_id", "priority"))
    assert of[accounts[5].pk] == of[accounts[2].pk] > of[accounts[1].pk]
    assert AccountHealth.objects.get(pk=accounts[5].pk).value_at_risk == 0


def test_rebuilding_mends_what_was_changed_by_hand(accounts: list[Account], as_of: dt.datetime):
    runs.run_now(kind="manual", as_of=as_of)
    Rhythm.objects.filter(account=accounts[0], series="any").update(touch_days=99)
    TalkPattern.objects.filter(account__in=accounts[:2]).update(client_days=99)
    assert runs.rebuild_all(as_of=as_of) == runs.Rebuilt(accounts=6, changed=1, changed_talk=2)
    assert runs.rebuild_all(as_of=as_of) == runs.Rebuilt(accounts=6, changed=0, changed_talk=0)


def test_the_tasks_do_a_whole_run(accounts: list[Account], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tasks.score_shard, "delay", tasks.score_shard)
    tasks.score_portfolio()
    run = ScoreRun.objects.get()
    assert (run.kind, run.scored_count) == ("nightly", 6)
    assert run.finished_at is not None


def test_a_sweep_that_took_its_fill_goes_on(accounts: list[Account], monkeypatch: pytest.MonkeyPatch):
    begun: list[bool] = []
    monkeypatch.setattr(runs, "SWEEP_LIMIT", 4)
    monkeypatch.setattr(tasks.sweep_stale, "delay", lambda: begun.append(True))
    tasks.sweep_stale()
    assert (AccountHealth.objects.count(), begun) == (4, [True])
    tasks.sweep_stale()
    assert (AccountHealth.objects.count(), begun) == (6, [True])


def test_shards_end_where_locks_do() -> None:
    size = runs.SHARD_SIZE
    ids = np.array([1, size - 1, size, 3 * size + 1])
    assert [shard.tolist() for shard in runs.shards_of(ids)] == [[1, size - 1], [size], [3 * size + 1]]
    assert list(runs.shards_of(ids[:0])) == []


def counted(day: dt.date) -> dict[tuple[int | None, str], int]:
    rows = PortfolioDay.objects.filter(day=day).values_list("owner", "band", "account_count")
    return {(owner, band): count for owner, band, count in rows}


def test_a_touch_recounts_the_book_it_belongs_to(accounts: list[Account], as_of: dt.datetime):
    owner = factories.UserFactory(full_name="Olga")
    Account.objects.filter(pk__in=[one.pk for one in accounts[:3]]).update(owner=owner)
    before = as_of + 30 * DAY
    runs.run_now(kind="nightly", as_of=before)
    factories.touches_on(accounts[0], before.date())
    runs.score_touched(account_ids=[accounts[0].pk], now=before + MINUTE)
    band = AccountHealth.objects.get(pk=accounts[0].pk).band
    assert band != "silent"
    assert counted(before.date())[owner.pk, band] == 1
    assert counted(before.date())[owner.pk, "silent"] == 2
    assert sum(counted(before.date()).values()) == 6


def test_an_account_that_changed_hands_is_counted_once(accounts: list[Account], as_of: dt.datetime):
    before = as_of + 30 * DAY
    runs.run_now(kind="nightly", as_of=before)
    Account.objects.filter(pk=accounts[0].pk).update(owner=factories.UserFactory(full_name="Olga"))
    factories.touches_on(accounts[0], before.date())
    runs.score_touched(account_ids=[accounts[0].pk], now=before + MINUTE)
    assert sum(counted(before.date()).values()) == 6


def test_progress_is_added_up_and_the_end_is_counted(accounts: list[Account], model: StoredModel, as_of: dt.datetime):
    run = runs.open_run(kind="nightly", as_of=as_of)
    shards = runs.begin_run(run=run, as_of=as_of)
    for shard in (shards[0], shards[0], shards[1]):  # one of them was delivered twice
        runs.score_shard(account_ids=shard, as_of=as_of, model=model)
        assert not runs.finish_run_if_done(run=run, now=as_of, scored=len(shard))
    run.refresh_from_db()
    assert (run.scored_count, run.finished_at) == (4, None)
    runs.score_shard(account_ids=shards[2], as_of=as_of, model=model)
    assert runs.finish_run_if_done(run=run, now=as_of, scored=len(shards[2]))


@pytest.mark.django_db(transaction=True)
def test_lists_count_from_their_index_alone_after_a_run(as_of: dt.datetime):
    account = factories.AccountFactory()
    AccountHealth.objects.create(
        account=account, as_of_on=MONDAY, computed_at=as_of, band="learning", band_since_on=MONDAY
    )

    run = runs.open_run(kind="nightly", as_of=as_of)

    assert runs.finish_run_if_done(run=run, now=as_of)
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpages, relallvisible FROM pg_class WHERE relname = 'health_accounthealth'")
        pages, visible_to_all = cursor.fetchone()
    assert 0 < pages == visible_to_all
