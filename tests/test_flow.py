"""The way of a touch through a real worker: logged in a page, scored seconds later; and a night over the portfolio."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import Account, User
from config.days import firm_day
from health import tasks
from health.models import AccountHealth, ScoreRun
from health.services import runs
from health.services.runs import run_now
from tests import factories
from tests.workers import running_worker, wait_until
from touchpoints import tasks as import_tasks
from touchpoints.models import BatchStatus, ImportBatch
from touchpoints.services import imports

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def worker(tmp_path: Path) -> Iterator[None]:
    """A Celery worker as in production, on the database of this test process."""
    with running_worker(tmp_path / "worker.log"):
        yield


@pytest.fixture
def scored(alice: User, account: Account) -> Account:
    """An account called every week until two months ago, among others that still are, all of them scored."""
    now = timezone.now()
    today = firm_day(now)
    factories.touches_on(account, *(today - dt.timedelta(days=60 + 7 * week) for week in range(30)))
    for number in range(4):
        other = factories.AccountFactory(name=f"Birch {number}", owner=alice, team=alice.team)
        factories.touches_on(other, *(today - dt.timedelta(days=1 + number + 7 * week) for week in range(40)))
    run_now(kind=ScoreRun.Kind.MANUAL, as_of=now)
    assert AccountHealth.objects.get(account=account).band == "silent"
    return account


def test_a_touch_logged_in_a_page_is_scored_by_the_worker(client: Client, scored: Account, alice: User) -> None:
    client.force_login(alice)
    before = AccountHealth.objects.get(account=scored)
    now = timezone.now()
    moment = timezone.localtime(now, ZoneInfo(settings.HARK_TIME_ZONE))
    response = client.post(
        "/touches/log/",
        {
            "account": scored.pk,
            "channel": "call",
            "outcome": "talked",
            "direction": "mutual",
            "occurred_at": f"{moment:%Y-%m-%dT%H:%M}",
            "body": "They are well.",
            "key": "flow",
        },
    )
    assert response.status_code == 302
    wait_until(lambda: AccountHealth.objects.get(account=scored).computed_at > before.computed_at)
    after = AccountHealth.objects.get(account=scored)
    assert after.last_touch_on == firm_day(now)
    assert after.band != "silent"
    assert f"{scored.name}" not in client.get("/?band=silent").content.decode()


def test_a_night_over_several_shards_scores_every_account(scored: Account, alice: User) -> None:
    far = factories.AccountFactory(pk=scored.pk + 3 * runs.SHARD_SIZE, name="Cedar", owner=alice, team=alice.team)
    factories.touches_on(far, *(firm_day(timezone.now()) - dt.timedelta(days=7 * week) for week in range(1, 20)))
    begun_at = timezone.now()
    tasks.score_portfolio.delay()
    wait_until(lambda: ScoreRun.objects.filter(kind=ScoreRun.Kind.NIGHTLY, finished_at__isnull=False).exists())
    run = ScoreRun.objects.get(kind=ScoreRun.Kind.NIGHTLY)
    assert run.scored_count == run.account_count == Account.objects.count()
    assert not AccountHealth.objects.filter(computed_at__lt=begun_at).exists()
    assert AccountHealth.objects.get(account=far).band == "steady"


def test_a_file_is_imported_and_its_account_scored_by_the_worker(scored: Account, root: User, client: Client) -> None:
    today = firm_day(timezone.now())
    lines = [f"Dogwood,{today - dt.timedelta(days=2 + 7 * week)} 09:00,call" for week in range(20)]
    log = SimpleUploadedFile("calls.csv", "\n".join(["account,date,channel", *lines]).encode())
    client.force_login(root)
    response = client.post("/imports/new/", {"kind": "touchpoints", "source": "Phone", "file": log})
    batch = ImportBatch.objects.get()
    assert response["Location"] == f"/imports/{batch.pk}/"
    inspection = imports.inspect_batch(batch)
    imports.start_import(batch=batch, options=inspection.options, now=timezone.now())
    import_tasks.run_import.delay(batch.pk)
    wait_until(lambda: ImportBatch.objects.get(pk=batch.pk).status == BatchStatus.DONE)
    assert ImportBatch.objects.get(pk=batch.pk).created_count == 20
    wait_until(lambda: AccountHealth.objects.filter(account__name="Dogwood", band="steady").exists())
