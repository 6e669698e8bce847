"""An import whose process is killed without warning ends like one that was not disturbed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.db import connection

from accounts.models import Account, Contact
from tests.touchpoints.files_on_disk import NOW, receive, run, start
from touchpoints import tasks
from touchpoints.models import AccountActivity, ImportBatch, RejectedRow, Source, Touchpoint
from touchpoints.services import imports

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 600
CHUNK = 50
KILLED_AFTER = 200

# The other process stops for good behind a checkpoint, and tells it: killed there, nothing depends on its speed.
_WORKER = """
import sys, django
django.setup()
from django.conf import settings
from django.db import connections
settings.DATABASES["default"]["NAME"] = connections["default"].settings_dict["NAME"] = sys.argv[2]
from django.utils import timezone
from touchpoints.services import imports
imports.CHUNK_ROWS = int(sys.argv[3])
plain = imports.load_chunk
def load(rows, *, batch, options, now):
    loaded = plain(rows, batch=batch, options=options, now=now)
    if batch.rows_read >= int(sys.argv[4]):
        print("in the middle of a chunk", flush=True)
        sys.stdin.read()
    return loaded
imports.load_chunk = load
imports.run_import(batch_id=int(sys.argv[1]), clock=timezone.now)
"""


def text_of_rows() -> str:
    """Write rows of 40 clients; every 97th has no date, every 50th repeats the row before it."""
    lines = ["account,at,direction,channel,contact,subject"]
    for number in range(ROWS):
        told = number - 1 if number % 50 == 49 else number
        at = (
            "" if number % 97 == 96 else f"2026-0{1 + told % 5}-{1 + told % 28:02d}T{told % 24:02d}:{told % 60:02d}:00Z"
        )
        who = f"person{told % 3}@client{told % 40}.example"
        lines.append(f"Client {told % 40},{at},inbound,email,{who},Order {told}")
    return "\n".join(lines) + "\n"


def everything() -> tuple[str, ...]:
    """Return what is stored, row by row, but for ids, moments of writing and sources."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT concat_ws('|', account.name, touch.external_id, occurred_at, channel, direction, outcome, subject,
                      body, array_to_string(array(SELECT contact.email FROM touchpoints_touchpoint_contacts AS link
                      JOIN accounts_contact AS contact ON contact.id = link.contact_id
                      WHERE link.touchpoint_id = touch.id ORDER BY 1), ','))
            FROM touchpoints_touchpoint AS touch JOIN accounts_account AS account ON account.id = account_id
            ORDER BY 1"""
        )
        return tuple(row for (row,) in cursor.fetchall())


def counts(batch: ImportBatch) -> tuple[object, ...]:
    rejected = tuple(batch.rejected_rows.order_by("line_number").values_list("line_number", "reason_code"))
    return (batch.status, batch.rows_read, batch.created_count, batch.unchanged_count, batch.rejected_count, rejected)


@pytest.fixture
def undisturbed(monkeypatch: pytest.MonkeyPatch) -> tuple[tuple[str, ...], tuple[object, ...]]:
    """Import without disturbance, remember what came of it, and empty the tables again."""
    monkeypatch.setattr(imports, "CHUNK_ROWS", CHUNK)
    batch = receive(text_of_rows()).batch
    start(batch)
    remembered = counts(run(batch)), everything()
    for model in (Touchpoint, RejectedRow, ImportBatch, AccountActivity, Contact, Account, Source):
        model.objects.all().delete()
    return remembered[1], remembered[0]


@pytest.fixture
def worker() -> Iterator[list[subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()


def test_a_killed_import_goes_on_and_ends_with_the_same_rows(
    undisturbed: tuple[tuple[str, ...], tuple[object, ...]], worker: list[subprocess.Popen[str]]
) -> None:
    batch = receive(text_of_rows()).batch
    start(batch)
    arguments = [str(batch.pk), connection.settings_dict["NAME"], str(CHUNK), str(KILLED_AFTER)]
    process = subprocess.Popen(
        [sys.executable, "-c", _WORKER, *arguments], env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    worker.append(process)
    assert process.stdout is not None
    assert process.stdout.readline() == "in the middle of a chunk\n"

    busy = imports.run_import(batch_id=batch.pk, clock=lambda: NOW)
    assert busy is not None
    assert not busy.is_mine
    process.kill()
    process.wait()
    batch.refresh_from_db()
    assert (batch.status, batch.rows_read) == ("running", KILLED_AFTER)

    wait_for_lock_of(batch)
    tasks.resume_stranded_imports()
    batch.refresh_from_db()
    assert (everything(), counts(batch)) == undisturbed
    assert imports.stranded_batches() == []


def wait_for_lock_of(batch: ImportBatch) -> None:
    """Wait until PostgreSQL has noticed that the other process is gone: its lock of the batch is free then."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [imports._LOCK_CLASS, batch.pk])
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [imports._LOCK_CLASS, batch.pk])
