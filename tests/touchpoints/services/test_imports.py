"""Files received, started and run: the same twice, stopped ones, missing bytes, deleted batches."""

from __future__ import annotations

import datetime as dt
import errno
import unicodedata
from typing import Any

import pytest
from django.db import OperationalError
from psycopg2.errors import DiskFull

from tests import factories
from tests.touchpoints.files_on_disk import NOW, import_text, path_of, receive, run, start
from touchpoints.models import ImportBatch, Source, Touchpoint
from touchpoints.services import imports
from touchpoints.signals import activity_changed

pytestmark = pytest.mark.django_db

FILE = "account,at,channel\n" + "".join(f"Acme {n % 3},2026-05-01T09:{n:02d}:00Z,call\n" for n in range(10))


def test_the_same_bytes_again_find_the_batch_they_made() -> None:
    first = import_text(FILE)
    again = receive(FILE)
    assert (again.is_new, again.batch.pk, again.batch.status) == (False, first.pk, "done")
    assert start(again.batch) is False
    assert Touchpoint.objects.count() == 10


def test_an_empty_file_and_a_source_without_a_name_are_refused() -> None:
    with pytest.raises(ValueError, match="the file is empty"):
        receive("")
    with pytest.raises(ValueError, match="name the source"):
        receive(FILE, source="  ")
    assert not ImportBatch.objects.exists()


def test_chunks_of_any_size_give_the_same_touches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "CHUNK_ROWS", 3)
    batch = import_text(FILE)
    assert (batch.rows_read, batch.created_count, batch.lines_done) == (10, 10, 11)
    assert batch.accounts_created_count == 3


def test_a_file_that_is_missing_on_the_disk_stops_and_can_be_sent_again() -> None:
    batch = receive(FILE).batch
    start(batch)
    path_of(batch).unlink()
    stopped = run(batch)
    assert stopped.status == "failed"
    assert "Upload the same file again" in stopped.error
    again = receive(FILE)
    assert (again.is_new, again.batch.pk) == (False, batch.pk)
    assert start(again.batch)
    assert run(again.batch).created_count == 10


def fail_on_second_chunk(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let chunks of four rows be written, the first as ever, the second with `error`."""
    plain, calls = imports.load_chunk, []

    def load(*args: Any, **fields: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise error
        return plain(*args, **fields)

    monkeypatch.setattr(imports, "CHUNK_ROWS", 4)
    monkeypatch.setattr(imports, "load_chunk", load)


def test_a_full_disk_stops_the_import_which_then_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    full = OperationalError("no space")
    full.__cause__ = DiskFull()
    fail_on_second_chunk(monkeypatch, full)
    stopped = import_text(FILE)
    assert (stopped.status, stopped.rows_read) == ("failed", 4)
    assert "disk is full" in stopped.error
    assert Source.objects.get().last_received_at is None
    assert start(stopped)
    done = run(stopped)
    assert (done.status, done.rows_read, done.created_count, done.error) == ("done", 10, 10, "")
    assert Source.objects.get().last_received_at == NOW


def test_a_lost_connection_leaves_the_batch_to_be_resumed(monkeypatch: pytest.MonkeyPatch) -> None:
    fail_on_second_chunk(monkeypatch, OperationalError("server closed the connection"))
    batch = receive(FILE).batch
    start(batch)
    with pytest.raises(OperationalError):
        run(batch)
    assert imports.stranded_batches() == [batch.pk]
    assert run(batch).created_count == 10


def test_other_options_begin_a_stopped_import_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    full = OSError(errno.ENOSPC, "full")
    fail_on_second_chunk(monkeypatch, full)
    stopped = import_text(FILE, default_direction="outbound")
    factories.SourceFactory()
    stopped.rejected_rows.create(line_number=2, cells=["x"], reason_code="no_date", message="No date")
    assert start(stopped, default_direction="inbound")
    done = run(stopped)
    assert (done.rows_read, done.rejected_rows.count()) == (10, 0)
    assert set(Touchpoint.objects.filter(batch=done, created_at=NOW).values_list("direction", flat=True)) >= {"inbound"}


def test_a_batch_deleted_while_it_runs_does_not_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "CHUNK_ROWS", 4)
    batch = receive(FILE).batch
    start(batch)
    seen: list[int] = []

    def delete(state: ImportBatch) -> None:
        seen.append(state.rows_read)
        ImportBatch.objects.filter(pk=state.pk).delete()

    assert imports.run_import(batch_id=batch.pk, clock=lambda: NOW, progress=delete) is None
    assert seen == [4]
    assert not ImportBatch.objects.exists()
    assert Touchpoint.objects.count() == 4
    assert imports.run_import(batch_id=batch.pk, clock=lambda: NOW) is None


def test_a_large_file_is_loaded_in_slices_that_give_way_to_other_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "CHUNK_ROWS", 4)
    batch = receive(FILE).batch
    start(batch)
    done = [
        imports.run_import(batch_id=batch.pk, clock=lambda: NOW, slice_=dt.timedelta(microseconds=-1)) for _ in range(4)
    ]
    seen = [(one.batch.status, one.batch.rows_read) for one in done if one]
    assert seen == [("running", 4), ("running", 8), ("running", 10), ("done", 10)]
    assert Touchpoint.objects.count() == 10


def test_the_end_of_an_import_is_told_once() -> None:
    heard: list[Any] = []

    def hear(sender: object, account_ids: Any, **_: Any) -> None:
        heard.append(account_ids)

    activity_changed.connect(hear)
    try:
        import_text(FILE)
    finally:
        activity_changed.disconnect(hear)
    assert heard == [None]


def test_what_brought_touches_cannot_be_discarded() -> None:
    batch = import_text(FILE)
    ImportBatch.objects.filter(pk=batch.pk).update(status="failed", rows_read=0)
    assert imports.discard_batch(batch=batch) is False
    waiting = receive(FILE + "Birch,2026-05-02T09:00:00Z,call\n").batch
    assert imports.discard_batch(batch=waiting) is True


def test_times_without_an_offset_are_those_of_the_source() -> None:
    Source.objects.create(name="CRM", time_zone="America/New_York", created_at=NOW)
    import_text("account,at,channel\nAcme,2026-05-01 09:00:00,call\n")
    assert Touchpoint.objects.get().occurred_at == dt.datetime(2026, 5, 1, 13, 0, tzinfo=dt.UTC)


def test_an_account_known_by_an_id_only_is_called_by_it_until_it_is_named() -> None:
    import_text("external id,account name,status\nC-7,,closed\n", kind="accounts")
    account = factories.AccountFactory._meta.model.objects.get()
    assert (account.name, account.closed_on) == ("C-7", dt.date(2026, 6, 15))
    import_text("external id,account name,status\nC-7,Acme,active\n", kind="accounts")
    account.refresh_from_db()
    assert (account.name, account.closed_on) == ("Acme", None)


def test_one_new_id_twice_in_a_file_of_accounts_is_one_account() -> None:
    factories.AccountFactory(name="Acme")
    batch = import_text("external id,account name\nC-7,Acme\nC-7,ACME GmbH\n", kind="accounts")
    assert (batch.created_count, batch.updated_count, batch.rejected_count) == (0, 2, 0)


def test_an_address_of_two_contacts_rejects_its_row_in_words() -> None:
    acme = factories.AccountFactory(name="Acme")
    factories.ContactFactory(account=acme, name="Jo", email="jo@acme.example", external_id="P-1")
    factories.ContactFactory(account=acme, name="Kim", email="kim@acme.example", external_id="P-2")
    batch = import_text(
        "contact id,name,email,account\nP-1,Jo,kim@acme.example,Acme\nP-3,Lee,lee@acme.example,Acme\n", kind="contacts"
    )
    assert (batch.created_count, batch.rejected_count) == (1, 1)
    assert "Another contact of this account has this e-mail address" in batch.rejected_rows.get().message


def test_a_letter_written_as_two_characters_is_the_same_letter() -> None:
    cafe = factories.AccountFactory(name="Café Süd")
    spelt = unicodedata.normalize("NFD", "Café Süd")
    batch = import_text(f"account,at,channel\n{spelt},2026-05-01T09:00:00Z,call\n", create_unknown_accounts=False)
    assert (len(spelt), batch.created_count) == (10, 1)
    assert Touchpoint.objects.get().account == cafe
