"""Importing in the browser: upload, doubts, import, report, mending; messy files get words, never a 500."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import html
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Account, User
from tests import factories
from touchpoints import tasks
from touchpoints.models import BatchStatus, ImportBatch, RejectedRow, Source, SourceKind, Touchpoint
from touchpoints.services import imports

HTMX = {"HX-Request": "true"}
CLEAN = "account,date,channel,subject\nAlder,2026-03-01,call,Hello\nAlder,2026-03-05,email,Offer\n"
AMBIGUOUS = "account,date,channel\nAlder,01/02/2026,call\nBirch,03/02/2026,email\n"

Upload = Callable[..., ImportBatch]


@pytest.fixture(autouse=True)
def own_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(autouse=True)
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What was handed to the worker, which the tests are themselves."""
    batches: list[int] = []
    monkeypatch.setattr(tasks.run_import, "delay", batches.append)
    return batches


@pytest.fixture
def as_root(client: Client, root: User) -> Client:
    client.force_login(root)
    return client


@pytest.fixture
def upload(as_root: Client) -> Upload:
    """Upload a file as a person does, and return what it became."""

    def send(content: str | bytes, *, kind: str = "touchpoints", name: str = "log.csv") -> ImportBatch:
        data = content.encode() if isinstance(content, str) else content
        fields = {"kind": kind, "source": "CRM", "file": SimpleUploadedFile(name, data)}
        response = as_root.post("/imports/new/", fields)
        assert response.status_code == 302, response.content.decode()
        return ImportBatch.objects.get(pk=int(response["Location"].split("/")[2]))

    return send


def page_of(client: Client, batch: ImportBatch, **query: str) -> str:
    response = client.get(f"/imports/{batch.pk}/", query)
    assert response.status_code == 200
    return response.content.decode()


def form_of(page: str) -> dict[str, str]:
    """Return what a browser would send of the reading form, untouched."""
    sent = {
        name: html.unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)">', page)
    }
    for name, inside in re.findall(r'<select[^>]*name="([\w-]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"\s+selected', inside)
        sent[name] = html.unescape(chosen[1] if chosen else re.findall(r'<option value="([^"]*)"', inside)[0])
    return sent | dict(re.findall(r'<input type="number" name="(\w+)" value="(\d+)"', page))


def do(client: Client, batch: ImportBatch, what: str = "import", **changes: str) -> Any:
    return client.post(f"/imports/{batch.pk}/", form_of(page_of(client, batch)) | changes | {"do": what})


def run(client: Client, batch: ImportBatch, **changes: str) -> str:
    """Press Import, let the worker work, and return the report."""
    response = do(client, batch, **changes)
    assert response.status_code == 302, response.content.decode()
    tasks.run_import(batch.pk)
    batch.refresh_from_db()
    assert batch.status == BatchStatus.DONE, batch.error
    return page_of(client, batch)


def test_a_file_is_uploaded_looked_at_imported_and_reported(
    as_root: Client, upload: Upload, enqueued: list[int]
) -> None:
    batch = upload(CLEAN)
    page = page_of(as_root, batch)
    assert "2026-03-01" in page
    assert "Not known yet: <bdi>Alder</bdi>" in page
    assert form_of(page) | {"map-account": "0", "map-at": "1", "map-channel": "2", "map-subject": "3"} == form_of(page)
    assert not Touchpoint.objects.exists()
    report = run(as_root, batch)
    assert enqueued == [batch.pk]
    assert Touchpoint.objects.count() == 2
    assert "every row of the file was taken" in report
    assert Account.objects.get().name == "Alder"


def test_the_same_file_again_is_told_and_changes_nothing(as_root: Client, upload: Upload) -> None:
    batch = upload(CLEAN)
    run(as_root, batch)
    assert upload(CLEAN, name="renamed.csv") == batch
    page = page_of(as_root, batch)
    assert "This very file came from CRM before" in page
    assert "Nothing was imported again" in page
    assert ImportBatch.objects.count() == 1


def test_dates_that_can_be_read_two_ways_are_asked_about(as_root: Client, upload: Upload) -> None:
    batch = upload(AMBIGUOUS)
    page = page_of(as_root, batch)
    assert "can be read with the day or the month first" in page
    assert re.findall(r'type="radio" id="ask-date_order-(\w+)"', page) == ["dmy", "mdy"]
    refused = do(as_root, batch)
    assert refused.status_code == 422
    assert "Nothing was imported yet." in refused.content.decode()
    batch.refresh_from_db()
    assert batch.status == BatchStatus.RECEIVED
    run(as_root, batch, date_order="mdy")
    assert [moment.strftime("%m-%d") for moment in Touchpoint.objects.values_list("occurred_at", flat=True)] == [
        "03-01",  # midnight in Berlin
        "01-01",
    ]


def test_a_choice_stays_while_others_are_made(as_root: Client, upload: Upload) -> None:
    batch = upload(AMBIGUOUS)
    first = do(as_root, batch, "look", date_order="dmy").content.decode()
    sent = form_of(first) | {"default_direction": "inbound", "map-subject": "0"}
    second = form_of(as_root.post(f"/imports/{batch.pk}/", sent, headers=HTMX).content.decode())
    assert (second["date_order"], second["default_direction"], second["map-subject"]) == ("dmy", "inbound", "0")


def test_another_delimiter_finds_the_columns_anew(as_root: Client, upload: Upload) -> None:
    batch = upload("account;at,date;channel\nAlder;x,2026-03-01;call\nBirch;y,2026-03-02;email\n")
    wrong = do(as_root, batch, "look", delimiter=",").content.decode()
    right = as_root.post(f"/imports/{batch.pk}/", form_of(wrong) | {"delimiter": ";"}).content.decode()
    assert form_of(right)["map-account"] == "0"
    assert form_of(right)["map-channel"] == "2"


def test_over_htmx_only_the_part_is_sent(as_root: Client, upload: Upload) -> None:
    batch = upload(CLEAN)
    response = as_root.get(f"/imports/{batch.pk}/", headers=HTMX)
    assert b"<html" not in response.content
    assert b'name="map-account"' in response.content


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"first_line": "x"}, "Write a whole number"),
        ({"first_line": "0"}, "Must be a whole number from 1"),
        ({"encoding": "klingon"}, "is not a text encoding"),
        ({"delimiter": "#"}, "is not one of"),
        ({"time_zone": "Mars/Olympus"}, "is not a time zone"),
        ({"map-account": "-1"}, "Write a whole number"),
        ({"map-account": "99"}, "the file has 4 columns"),
        ({"shown": "{"}, "The form is incomplete"),
        ({"shown": '{"kind": "accounts"}'}, "belongs to another file"),
    ],
)
def test_impossible_choices_are_answered_in_words(
    as_root: Client, upload: Upload, changes: dict[str, str], message: str
) -> None:
    response = do(as_root, upload(CLEAN), **changes)
    assert response.status_code in {400, 422}
    assert message in html.unescape(response.content.decode())


MESSY: dict[str, tuple[bytes, str]] = {
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "This is a PNG picture, not a CSV."),
    "zip": (b"PK\x03\x04" + b"xl/workbook" + b"\0" * 50, "This is an Excel workbook"),
    "only blanks": (b"\n \n\n", "cannot be imported"),
    "header only": (b"account,date,channel\n", "has a header and no rows under it"),
    "cut gzip": (gzip.compress(CLEAN.encode() * 50)[:60], "damaged or cut off"),
    "web page": (b"<!doctype html><html><body>Sign in</body></html>", "web page"),
    "no date column": (b"account,channel\nAlder,call\nBirch,email\n", "No column is chosen for When"),
}


@pytest.mark.parametrize("name", MESSY)
def test_what_cannot_be_imported_is_said_in_words_and_can_be_discarded(
    as_root: Client, upload: Upload, name: str
) -> None:
    content, message = MESSY[name]
    batch = upload(content)
    assert message in html.unescape(page_of(as_root, batch))
    response = as_root.post(f"/imports/{batch.pk}/", {"do": "import"})
    assert response.status_code == 422
    assert as_root.post(f"/imports/{batch.pk}/discard/").status_code == 302
    assert not ImportBatch.objects.exists()


def test_an_empty_file_is_refused_at_once(as_root: Client) -> None:
    fields = {"kind": "accounts", "source": "CRM", "file": SimpleUploadedFile("empty.csv", b"")}
    response = as_root.post("/imports/new/", fields)
    assert response.status_code == 422
    assert "The file is empty. Export the list again" in response.content.decode()


def log(*lines: str) -> str:
    return "\n".join(["account,date,channel,subject", "Alder,2026-03-01,call,Hello", *lines]) + "\n"


IMPORTED: dict[str, tuple[bytes, int, int, str]] = {
    "utf-16": (CLEAN.encode("utf-16"), 2, 0, ""),
    "semicolons": (CLEAN.replace(",", ";").encode(), 2, 0, ""),
    "cp1252": (CLEAN.replace("Alder", "Müller & Söhne").encode("cp1252"), 2, 0, ""),
    "gzip": (gzip.compress(CLEAN.encode()), 2, 0, ""),
    "blank lines": (CLEAN.replace("\n", "\n\n").encode(), 2, 0, ""),
    "no header": ("\n".join(CLEAN.splitlines()[1:]).encode(), 2, 0, ""),
    "mixed dates": (log("Birch,5 March 2026,call,x", "Birch,2026-13-45,call,x").encode(), 2, 1, "2026-13-45"),
    "huge cell": (log(f"Birch,2026-03-02,call,{'x' * 1_100_000}").encode(), 1, 1, "characters long"),
    "nul": (log("Birch,2026-03-02,call,a\0b").encode(), 1, 1, "NUL bytes"),
    "formula": (log("=1+1,2026-03-02,call,=cmd|calc").encode(), 2, 0, ""),
    "too many cells": (log("Birch,2026-03-02,call,a,b,c").encode(), 1, 1, "6 cells"),
    "300 columns": (
        "\n".join(
            ",".join([*start, *(f"{word}{n}" for n in range(296))])
            for start, word in (
                (("account", "date", "channel", "subject"), "c"),
                (("A", "2026-03-01", "call", "x"), "v"),
            )
        ).encode(),
        1,
        0,
        "",
    ),
}


@pytest.mark.parametrize("name", IMPORTED)
def test_messy_files_import_what_can_be_and_keep_the_rest(as_root: Client, upload: Upload, name: str) -> None:
    content, taken, rejected, reason = IMPORTED[name]
    batch = upload(content)
    report = html.unescape(run(as_root, batch))
    assert (Touchpoint.objects.count(), RejectedRow.objects.count()) == (taken, rejected)
    assert reason in report
    assert as_root.get(f"/imports/{batch.pk}/rejected.csv").status_code == 200


@pytest.fixture
def with_rejected(as_root: Client, upload: Upload) -> ImportBatch:
    batch = upload(log("=Birch,never,call,+49 221", "Cedar,tomorrow,call,Hello"))
    run(as_root, batch)
    return batch


def downloaded(client: Client, batch: ImportBatch) -> list[list[str]]:
    response = client.get(f"/imports/{batch.pk}/rejected.csv")
    assert "attachment" in response["Content-Disposition"]
    content: Iterator[bytes] = response.streaming_content  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(b"".join(content).decode("utf-8-sig"))))


def test_many_rejected_rows_are_summed_up_by_their_reasons(as_root: Client, upload: Upload) -> None:
    lines = [f"Alder,never{n},call,x" for n in range(40)] + [
        f"Alder,2026-03-0{n % 9 + 1},pigeon{n},x" for n in range(20)
    ]
    report = run(as_root, upload(log(*lines)))
    assert [re.sub(r"\D", "", rows) for rows in re.findall(r"(\d+) rows like this", report)] == ["40", "20"]
    assert report.count(">Mend</a>") == 50
    assert 'href="?page=2#rejected"' in report


def test_rejected_rows_are_downloaded_with_their_reasons_and_run_nothing(
    as_root: Client, with_rejected: ImportBatch
) -> None:
    head, *rows = downloaded(as_root, with_rejected)
    assert head == ["Line", "Reason", "account", "date", "channel", "subject"]
    assert [(row[0], row[2], row[5]) for row in rows] == [("3", "'=Birch", "'+49 221"), ("4", "Cedar", "Hello")]
    assert "“never” is not a date" in rows[0][1]


def test_a_rejected_row_is_mended_in_place(as_root: Client, with_rejected: ImportBatch) -> None:
    row = RejectedRow.objects.get(line_number=4)
    address = f"/imports/rejected/{row.pk}/"
    page = as_root.get(address).content.decode()
    assert 'value="tomorrow"' in page
    cells = {"cell-0": "Cedar", "cell-1": "soon", "cell-2": "call", "cell-3": "Hello"}
    refused = as_root.post(address, cells)
    assert refused.status_code == 422
    assert "“soon” is not a date" in refused.content.decode()
    assert as_root.post(address, cells | {"cell-1": "2026-04-01"}).status_code == 302
    assert Touchpoint.objects.filter(account__name="Cedar").count() == 1
    assert as_root.get(address).status_code == 302
    report = page_of(as_root, with_rejected)
    assert "Open 1" in report
    assert "Mended and imported by Ruth Root" in page_of(as_root, with_rejected, rows="all")


def test_a_dismissed_row_stays_to_be_seen(as_root: Client, with_rejected: ImportBatch, root: User) -> None:
    row = RejectedRow.objects.get(line_number=3)
    assert as_root.post(f"/imports/rejected/{row.pk}/dismiss/").status_code == 302
    row.refresh_from_db()
    assert (row.status, row.resolved_by) == ("dismissed", root)
    assert len(downloaded(as_root, with_rejected)) == 2


def test_rows_of_missing_accounts_are_taken_once_these_exist(as_root: Client, upload: Upload) -> None:
    batch = upload(CLEAN)
    report = run(as_root, batch, create_unknown_accounts="no")
    assert "No account is called “Alder”" in report
    factories.AccountFactory(name="Alder")
    response = as_root.post(f"/imports/{batch.pk}/retry/", follow=True)
    assert "2 rows imported, 0 rows rejected again." in response.content.decode()
    assert Touchpoint.objects.count() == 2


def test_many_rejected_rows_are_tried_again_by_the_worker(
    as_root: Client, with_rejected: ImportBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, ...]] = []
    monkeypatch.setattr("touchpoints.views.rejected.MOST_AT_ONCE", 1)
    monkeypatch.setattr(tasks.retry_rejected, "delay", lambda *args: asked.append(args))
    response = as_root.post(f"/imports/{with_rejected.pk}/retry/", follow=True)
    assert "in the background" in response.content.decode()
    ((batch_id, user_id),) = asked
    RejectedRow.objects.filter(line_number=4).update(cells=["Cedar", "2026-04-01", "call", "Hello"])
    tasks.retry_rejected(batch_id, user_id)
    assert RejectedRow.objects.filter(status="open").count() == 1


def test_a_dead_broker_loses_no_import(as_root: Client, upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: int) -> None:
        raise ConnectionRefusedError("no broker")

    monkeypatch.setattr(tasks.run_import, "delay", refuse)
    batch = upload(CLEAN)
    do(as_root, batch)
    assert "cannot be reached" in page_of(as_root, batch)
    tasks.resume_stranded_imports()
    assert Touchpoint.objects.count() == 2


def test_a_running_import_shows_how_far_it_is_and_asks_again(as_root: Client, upload: Upload) -> None:
    batch = upload(CLEAN)
    ImportBatch.objects.update(
        status="running", bytes_done=batch.size_bytes // 2, rows_read=500, started_at=timezone.now()
    )
    page = page_of(as_root, batch)
    assert 'http-equiv="refresh"' in page
    part = as_root.get(f"/imports/{batch.pk}/", headers=HTMX).content.decode()
    assert f'hx-get="/imports/{batch.pk}/" hx-trigger="load delay:1s, every 20s"' in part
    assert re.search(r'<progress max="100" value="(49|50)"', part)
    assert "Nothing has moved" not in part
    ImportBatch.objects.update(started_at="2026-01-01T00:00Z", last_progress_at="2026-01-01T00:01Z")
    assert "Nothing has moved for a while." in page_of(as_root, batch)


def test_a_stopped_import_tells_why_and_can_be_tried_again(as_root: Client, upload: Upload) -> None:
    batch = upload(CLEAN)
    do(as_root, batch, default_direction="inbound")
    ImportBatch.objects.update(status="failed", error="The disk is full.")
    page = page_of(as_root, batch)
    assert "The disk is full." in page
    assert form_of(page)["default_direction"] == "inbound"
    run(as_root, batch)
    assert set(Touchpoint.objects.values_list("direction", flat=True)) == {"inbound"}


def test_a_file_that_vanished_is_no_riddle(as_root: Client, upload: Upload) -> None:
    batch = upload(CLEAN)
    Path(batch.file.path).unlink()
    assert "not where Hark stored it" in page_of(as_root, batch)


def test_what_was_imported_cannot_be_discarded(as_root: Client, with_rejected: ImportBatch) -> None:
    response = as_root.post(f"/imports/{with_rejected.pk}/discard/", follow=True)
    assert "so that it is kept" in response.content.decode()
    assert ImportBatch.objects.exists()


def test_accounts_and_contacts_are_imported_too(as_root: Client, upload: Upload) -> None:
    batch = upload("name,external id,value,renewal\nAlder,A-1,12000,2026-12-31\n", kind="accounts")
    assert "2026-12-31" in page_of(as_root, batch)
    run(as_root, batch)
    batch = upload("account,name,email\nA-1,Ann Ash,ann@alder.example\n", kind="contacts", name="people.csv")
    run(as_root, batch)
    assert Account.objects.get(external_id="A-1").contacts.get().email == "ann@alder.example"


def test_touches_in_the_future_are_pointed_out(as_root: Client, upload: Upload) -> None:
    ahead = (timezone.now() + dt.timedelta(days=30)).date()
    report = run(as_root, upload(log(f"Alder,{ahead},meeting,Review")))
    assert "In the future: 1 touch." in report


def test_the_list_tells_what_came_in(as_root: Client, with_rejected: ImportBatch) -> None:
    page = as_root.get("/imports/").content.decode()
    assert "log.csv" in page
    assert "Ruth Root" in page


def test_an_empty_list_says_where_to_begin(as_root: Client) -> None:
    assert "No file was imported yet." in as_root.get("/imports/").content.decode()


def test_the_name_of_what_is_logged_by_hand_is_taken(as_root: Client) -> None:
    factories.SourceFactory(name="Logged by hand", kind=SourceKind.MANUAL)
    fields = {"kind": "accounts", "source": "Logged by hand", "file": SimpleUploadedFile("a.csv", b"name\nA\n")}
    response = as_root.post("/imports/new/", fields)
    assert response.status_code == 422
    assert "Name the system the file comes from." in response.content.decode()
    assert not Source.objects.filter(kind="file").exists()


def test_a_file_beyond_the_limit_is_refused(as_root: Client, settings: Settings) -> None:
    settings.HARK_MAX_UPLOAD_MB = 0
    fields = {"kind": "accounts", "source": "CRM", "file": SimpleUploadedFile("a.csv", b"name\nA\n")}
    assert "larger than 0 MB" in as_root.post("/imports/new/", fields).content.decode()


@pytest.mark.parametrize("who", ["alice", "bob", "erin"])
@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("get", "/imports/"),
        ("get", "/imports/new/"),
        ("get", "/imports/{batch}/"),
        ("post", "/imports/{batch}/"),
        ("post", "/imports/{batch}/discard/"),
        ("post", "/imports/{batch}/retry/"),
        ("get", "/imports/{batch}/rejected.csv"),
        ("get", "/imports/rejected/{row}/"),
        ("post", "/imports/rejected/{row}/"),
        ("post", "/imports/rejected/{row}/dismiss/"),
    ],
)
def test_only_administrators_import(
    db: None, client: Client, request: pytest.FixtureRequest, who: str, method: str, address: str
) -> None:
    batch = factories.ImportBatchFactory()
    row = RejectedRow.objects.create(batch=batch, line_number=2, cells=["a"], reason_code="x", message="x")
    client.force_login(request.getfixturevalue(who))
    assert getattr(client, method)(address.format(batch=batch.pk, row=row.pk)).status_code == 403
    row.refresh_from_db()
    assert row.status == "open"


def test_choices_survive_their_way_through_the_form(as_root: Client, upload: Upload) -> None:
    batch = upload(CLEAN)
    options = imports.inspect_batch(batch).options
    assert json.loads(form_of(page_of(as_root, batch))["shown"]) == options.to_dict()
