"""A worker killed in the middle of a night loses nothing and repeats nothing visible."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Account
from config.days import firm_day
from health import ledger, tasks
from health.models import AccountHealth, BandChange, HealthDay, PortfolioDay, Rhythm, ScoreRun
from health.services import runs
from tests import factories
from tests.workers import kill, running_worker, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

DAY = dt.timedelta(days=1)
LATER = runs.RUN_PATIENCE + dt.timedelta(minutes=1)
TABLES = {AccountHealth: ["account"], HealthDay: ["day", "account"], BandChange: ["changed_on", "account"],
          Rhythm: ["account", "series"], PortfolioDay: ["day", "owner", "band"]}  # fmt: skip
NOT_COMPARED = {"id", "computed_at", "created_at"}


@pytest.fixture
def portfolio(db: None) -> list[Account]:
    """Callers in three shards, scored yesterday; one was flagged then, one was called since."""
    now = timezone.now()
    today = firm_day(now)
    made = [factories.AccountFactory(pk=1000 + shard * runs.SHARD_SIZE + n) for shard in range(3) for n in range(3)]
    for n, account in enumerate(made):
        factories.touches_on(account, *(today - (2 + n % 3 + 7 * week) * DAY for week in range(40)))
    flagged = factories.AccountFactory(pk=1005)
    factories.touches_on(flagged, *(today - (5 + 7 * week) * DAY for week in range(30)))
    runs.run_now(kind="nightly", as_of=now - DAY)
    AccountHealth.objects.filter(account=flagged).update(band="silent", last_touch_on=today - 12 * DAY)
    factories.touches_on(made[4], today - DAY)
    return made


def state() -> dict[str, list[dict[str, Any]]]:
    """Every stored row of scoring, but for when it was computed."""
    return {
        model.__name__: [
            {name: value for name, value in row.items() if name not in NOT_COMPARED}
            for row in model.objects.order_by(*order).values()
        ]
        for model, order in TABLES.items()
    }


def blocked(what: str) -> psycopg2.extensions.connection:
    """Return a connection of somebody who holds what the second shard needs: its lock, or a row it writes."""
    database = connection.settings_dict
    other = psycopg2.connect(dbname=database["NAME"], user=database["USER"], host=database["HOST"])
    cursor = other.cursor()
    if what == "lock":
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 1)", [ledger.LOCK_CLASS])
    else:
        cursor.execute("SELECT FROM health_accounthealth WHERE account_id = %s FOR UPDATE", [1000 + runs.SHARD_SIZE])
    return other


def is_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return cursor.fetchone()[0] > 0


@pytest.mark.parametrize("what", ["lock", "row"])
def test_a_night_whose_worker_was_killed_ends_as_an_undisturbed_one(
    portfolio: list[Account], tmp_path: Path, what: str
) -> None:
    other = blocked(what)
    with running_worker(tmp_path / "worker.log") as worker:
        tasks.score_portfolio.delay()
        wait_until(is_waiting, (tmp_path / "worker.log").read_text)
        kill(worker)
    other.close()
    run = ScoreRun.objects.get(finished_at__isnull=True)
    fresh = AccountHealth.objects.filter(computed_at__gte=run.started_at)
    assert set(fresh.values_list("pk", flat=True)) == {1000, 1001, 1002, 1005}  # the first shard, whole
    now = timezone.now()
    assert runs.sweep(now=now + LATER) == 6
    run.refresh_from_db()
    assert (run.scored_count, run.finished_at is not None) == (10, True)
    healed = state()
    runs.run_now(kind="manual", as_of=now)
    assert state() == healed
