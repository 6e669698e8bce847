from __future__ import annotations

import gzip
import io
import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.touchpoints.parsers.files import codes, parse_all, rows
from touchpoints.parsers.dates import DateOrder
from touchpoints.parsers.fields import Kind
from touchpoints.parsers.inspect import SAMPLE_BYTES, SHOWN_ROWS, Inspection, inspect_file

HEADER = "account,at,channel,subject"
BODY = [f"K-{number % 9},2024-03-{number % 28 + 1:02d} 09:{number % 60:02d},call,Prices" for number in range(40)]


def inspect(data: bytes, kind: str = "touchpoints", **arguments: object) -> Inspection:
    return inspect_file(io.BytesIO(data), kind, "list.csv", **arguments)


def problem_codes(inspection: Inspection) -> list[str]:
    return [problem.code for problem in inspection.problems]


def blocking_message(data: bytes, kind: str = "touchpoints") -> str:
    inspection = inspect(data, kind)
    assert not inspection.is_ready
    (problem,) = inspection.problems
    return problem.message


def test_a_plain_log_is_ready_as_it_is():
    inspection = inspect(rows(HEADER, *BODY), time_zone="Europe/Berlin")
    assert inspection.is_ready
    assert inspection.questions == ()
    assert dict(inspection.options.mapping) == {"account": 0, "at": 1, "channel": 2, "subject": 3}
    assert (inspection.header, inspection.row_estimate) == (("account", "at", "channel", "subject"), 40)
    assert (inspection.checked_rows, inspection.rejected_rows) == (40, 0)
    assert [record.line for record in inspection.preview] == list(range(2, 2 + SHOWN_ROWS))
    assert inspection.sample_rows[0] == tuple(BODY[0].split(","))
    assert (inspection.columns[0].values, inspection.columns[0].field) == (("K-0", "K-1", "K-2"), "account")
    assert problem_codes(inspection) == ["naive_times"]


@pytest.mark.parametrize(
    "log",
    [
        ["account,at", "1,2006-01-01", "2,2006-01-01"],
        ["account,at,value", "1,1997-01-01,11.77", "4,1997-01-01,29.33"],
        [
            "account,at,direction,channel",
            "1,2004-04-15T14:56:00,inbound,message",
            "2,2004-04-15T14:56:00,outbound,message",
        ],
        [
            "account,at,direction,channel",
            "p5-531,2004-08-01T00:05:00,outbound,call",
            "p8-1,2004-08-01T00:05:00,inbound,text",
        ],
    ],
)
def test_event_logs_are_ready_as_they_are(log):
    data = gzip.compress(rows(*log))
    inspection = inspect(data)
    assert inspection.is_ready
    assert inspection.questions == ()
    assert codes(parse_all(data, inspection.options)) == ["ok", "ok"]


def test_utf16_with_semicolons_and_arabic_names():
    lines = [
        "Kunde;Datum;Kanal;Betreff",
        "شركة النخيل;05.03.2024 14:30;Anruf;مرحبا",
        "Müller & Söhne;25.03.2024;E-Mail;Preise",
    ]
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        data = "\r\n".join(lines).encode(encoding)
        inspection = inspect(data)
        assert inspection.is_ready
        assert inspection.options.delimiter == ";"
        first, second = parse_all(data, inspection.options)
        assert (first.account_ref, first.channel, first.subject) == ("شركة النخيل", "call", "مرحبا")
        assert second.occurred_at == datetime(2024, 3, 25, tzinfo=UTC)


def test_windows_1252_is_recognised():
    inspection = inspect("Firma;Datum\nMüller;05.03.2024\nCafé „Größe“ – 5 €;06.03.2024\n".encode("cp1252"))
    assert inspection.options.encoding == "cp1252"
    assert inspection.sample_rows[1][0] == "Café „Größe“ – 5 €"
    assert "encoding_guessed" not in problem_codes(inspection)


def test_a_cyrillic_codepage_is_guessed_and_the_guess_is_said():
    names = ["Восточная торговая компания", "Южные перевозки", "Северное сияние", "Хлебозавод номер семь"]
    inspection = inspect("\n".join(["account,at", *(f"{name},2024-03-05" for name in names * 5)]).encode("cp1251"))
    assert inspection.sample_rows[0][0] == names[0]
    assert "encoding_guessed" in problem_codes(inspection)


def test_dates_that_can_be_read_two_ways_are_asked_about():
    data = rows("account,at", "a,03/04/2024", "b,05/06/2024")
    inspection = inspect(data)
    assert not inspection.is_ready
    (question,) = inspection.questions
    assert (question.option, [value for value, _ in question.choices]) == ("date_order", ["dmy", "mdy"])
    answered = inspect(data, options=replace(inspection.options, date_order=DateOrder.MDY))
    assert answered.is_ready
    assert answered.preview[0].occurred_at == datetime(2024, 3, 4, tzinfo=UTC)


def test_dates_in_two_orders_are_asked_about_and_the_misfits_rejected():
    data = rows("account,at", "a,25/03/2024", "b,03/26/2024", "c,2024-03-27", "d,28.03.2024")
    inspection = inspect(data)
    assert "two orders" in inspection.questions[0].message
    answered = replace(inspection.options, date_order=DateOrder.DMY)
    assert codes(parse_all(data, answered)) == ["ok", "bad_date", "ok", "ok"]


def test_a_file_without_header_is_named_by_its_cells():
    inspection = inspect(rows(*BODY))
    assert not inspection.options.has_header
    assert dict(inspection.options.mapping) == {"account": 0, "at": 1, "channel": 2}
    assert inspection.header == ("Column 1", "Column 2", "Column 3", "Column 4")
    assert len(parse_all(rows(*BODY), inspection.options)) == 40


def test_titles_above_the_table_and_the_delimiter_hint_are_stepped_over():
    titled = inspect(rows("Activity report", "", HEADER, *BODY))
    assert (titled.options.first_line, titled.is_ready, titled.preview[0].line) == (3, True, 4)
    hinted = inspect(rows("sep=;", "account;at", "a;2024-03-05"))
    assert (hinted.options.first_line, hinted.options.delimiter, hinted.is_ready) == (2, ";", True)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n \n", "empty"),
        (b"\0\0\0\0", "empty"),
        (b"account,at\n", "a header and no rows"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "This is a PNG picture, not a CSV. Export the list as CSV"),
        (b"%PDF-1.7\n1 0 obj", "a PDF document"),
        (b"PK\x03\x04 [Content_Types].xml xl/workbook.xml", "an Excel workbook"),
        (b"PK\x03\x04 list.csv", "a ZIP archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "an old Excel"),
        (gzip.compress(b"\x89PNG\r\n\x1a\n", mtime=0), "a PNG picture"),
        (gzip.compress(b"a,b\n1,2\n" * 100, mtime=0)[:30], "gzip archive is damaged"),
        (b"\x1f\x8bnonsense", "gzip archive is damaged"),
        (random.Random(7).randbytes(5000), "a binary file"),
        (b'{"rows": [1, 2]}', "a JSON file"),
        (b'[{"account": 1}]', "a JSON file"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"<?xml version='1.0'?><a/>", "an XML file"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0", "a calendar"),
    ],
)
def test_what_is_no_table_gets_a_clear_answer(data, told):
    assert told in blocking_message(data)


def test_columns_nobody_can_name_are_asked_for():
    inspection = inspect(rows("foo,bar", "x,y", "z,w"))
    assert not inspection.is_ready
    assert "No column is chosen for When. Choose the one that holds it." in [one.message for one in inspection.problems]


def test_a_megabyte_in_a_cell_a_nul_byte_and_formulas_leave_the_rest_readable():
    long_cell = b"K-1,2024-03-05,call," + b"x" * 1_000_000
    data = (
        rows(HEADER, *BODY, "K-1,2024-03-05,call,=1+1")
        + b"K-2,2024-03-05,call,a\0b\n"
        + long_cell
        + b"\n"
        + rows(*BODY)
    )
    inspection = inspect(data)
    assert inspection.is_ready
    found = codes(parse_all(data, inspection.options))
    assert found == ["ok"] * 41 + ["nul_byte", "too_long"] + ["ok"] * 40


def test_three_hundred_columns_are_no_problem():
    header = ",".join(["account", "at", *(f"extra {number}" for number in range(298))])
    inspection = inspect(rows(header, ",".join(["a", "2024-03-05", *["x"] * 298])))
    assert inspection.is_ready
    assert len(inspection.columns) == 300


def test_words_that_are_not_understood_are_told_before_importing():
    inspection = inspect(rows("account,at,channel", "a,2024-03-05,call", "b,2024-03-05,pigeon", "c,2024-03-05,pigeon"))
    (problem,) = inspection.problems
    assert problem.code == "unknown_channel"
    assert problem.message.startswith("2 of the first 3 rows would be rejected, line 3 first: “pigeon”")
    assert (inspection.checked_rows, inspection.rejected_rows) == (3, 2)


def test_our_own_domain_is_seen_in_mail_logs():
    mail = [f"me@us.example,ana@x{number}.example,2024-03-05" for number in range(5)]
    inspection = inspect(rows("from,to,date", *mail, "ana@x1.example,me@us.example,2024-03-06"))
    assert inspection.options.our_domains == ("us.example",)
    assert [record.direction for record in inspection.preview] == ["outbound"] * 5 + ["inbound"]


def test_mail_logs_without_an_own_domain_ask_for_it():
    inspection = inspect(
        rows("from,to,date", "a@x.example,b@y.example,2024-03-05", "c@z.example,d@w.example,2024-03-05")
    )
    assert [question.option for question in inspection.questions] == ["our_domains"]
    assert not inspection.is_ready


def test_a_chosen_delimiter_or_encoding_is_kept_and_the_rest_guessed_to_go_with_it():
    data = "Kunde;Datum|Zeit\nMüller;2024-03-05|x\n".encode("cp1252")
    inspection = inspect(data, fixed={"delimiter": "|", "encoding": "cp850"})
    assert (inspection.options.delimiter, inspection.options.encoding) == ("|", "cp850")
    assert inspection.options.column_count == 2
    without_header = inspect(rows("account,at", "a,2024-03-05"), fixed={"has_header": False})
    assert (without_header.options.has_header, without_header.row_estimate) == (False, 2)
    with pytest.raises(ValueError, match="delimiter"):
        inspect(data, fixed={"delimiter": "%"})


@pytest.mark.parametrize("encoding", ["utf-16", "idna", "utf-7", "shift_jis"])
def test_an_encoding_that_does_not_fit_is_a_problem_not_a_crash(encoding):
    inspection = inspect(b"account,at\nM\xfcller,2024-03-05\n\x00", fixed={"encoding": encoding})
    assert not inspection.is_ready
    assert inspection.problems[0].code in {"unreadable", "bad_encoding"}


def test_a_channel_column_with_unknown_words_stays_the_channel():
    inspection = inspect(rows("account,at,channel", *["a,2024-03-05,pigeon", "a,2024-03-06,raven"]))
    assert inspection.options.mapping["channel"] == 2
    assert "unknown_channel" in problem_codes(inspection)


def test_a_file_whose_only_row_is_unreadable_is_not_called_empty():
    inspection = inspect(rows("account,at", "a," + "x" * 200_000))
    assert "too_long" in problem_codes(inspection)


def test_dates_far_down_a_sorted_file_decide_the_order_of_its_first_ones():
    days = [f"{day:02d}/{month:02d}/2024" for month in (1, 2) for day in range(1, 29) for _ in range(300)]
    inspection = inspect(rows("account,at", *(f"a,{day}" for day in days)))
    assert inspection.options.date_order == DateOrder.DMY


PIECES = st.sampled_from(
    [
        b"account",
        b"at",
        b"2024-03-05",
        b"03/04/2024",
        b"call",
        b",",
        b";",
        b"\n",
        b"\r\n",
        b'"',
        b"'",
        b"\0",
        b"\xff",
        b"x",
    ]
)


@given(st.one_of(st.binary(max_size=300), st.lists(PIECES, max_size=60).map(b"".join)), st.sampled_from(list(Kind)))
def test_no_file_whatever_breaks_the_inspection_or_the_import_it_declares_ready(data, kind):
    inspection = inspect(data, kind)
    if inspection.is_ready:
        assert len(parse_all(data, inspection.options)) == inspection.row_estimate


def test_only_the_beginning_of_a_large_file_is_read():
    class Counting(io.BytesIO):
        taken = 0

        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            self.taken += len(data)
            return data

    stream = Counting(rows(HEADER, *BODY * 5_000))
    inspection = inspect_file(stream, "touchpoints")
    assert stream.taken < 2 * SAMPLE_BYTES
    assert stream.tell() == 0
    assert inspection.is_ready
    assert inspection.row_estimate == pytest.approx(200_000, rel=0.01)


def test_a_sample_that_ends_inside_a_row_does_not_blame_the_file():
    body = [f'K-{number},2024-03-05,call,"{"y" * 997}"' for number in range(3_000)]
    assert problem_codes(inspect(rows(HEADER, *body))) == []


def test_the_path_of_a_file_will_do(tmp_path):
    path = tmp_path / "log.csv"
    path.write_bytes(rows(HEADER, *BODY))
    assert inspect_file(path, "touchpoints").file_name == "log.csv"


def test_accounts_as_a_german_spreadsheet_lists_them():
    lines = [
        "Kundennr;Firma;Betreuer;Segment;Jahresumsatz;Vertragsende;Kunde seit;Webseite;Status",
        "1001;Müller & Söhne;dana@us.example;A;12.500,00 €;31.12.2026;01.04.1998;www.mueller.example;aktiv",
        "1002;Café Größe;dana@us.example;B;;;;;inaktiv",
    ]
    data = "\r\n".join(lines).encode("cp1252")
    inspection = inspect(data, "accounts")
    assert inspection.is_ready
    first, second = parse_all(data, inspection.options)
    assert (first.external_id, first.name, first.arr, first.status) == ("1001", "Müller & Söhne", 12500, "active")
    assert (first.renewal_on.year, first.started_on.year, first.domains) == (2026, 1998, ("mueller.example",))
    assert (second.arr, second.renewal_on, second.status) == (None, None, "closed")


def test_contacts_as_a_crm_exports_them():
    data = rows(
        "Record ID,First Name,Last Name,Email,Job Title,Company name,Seniority",
        "1,Ana,Ruiz,Ana@Alder.example,COO,Alder,Executive",
        "2,Bo,Ek,,,Quill,",
    )
    inspection = inspect(data, "contacts")
    assert inspection.is_ready
    first, second = parse_all(data, inspection.options)
    assert (first.name, first.email, first.title, first.level) == ("Ana Ruiz", "ana@alder.example", "COO", "executive")
    assert (second.account_ref, second.name, second.level) == ("Quill", "Bo Ek", "")


def test_a_first_row_longer_than_the_sample_does_not_hide_the_rows_under_it() -> None:
    long_row = b'Acme,2026-05-01,"' + b"y" * SAMPLE_BYTES + b'"\n'
    data = b"account,at,subject\n" + long_row + b"Acme,2026-05-02,Hello\nBirch,2026-05-03,Hello\n"
    found = inspect_file(io.BytesIO(data), "touchpoints")
    assert found.is_ready
    assert (found.checked_rows, found.rejected_rows, found.row_estimate) == (3, 1, 3)
    assert found.sample_rows == (("Acme", "2026-05-02", "Hello"), ("Birch", "2026-05-03", "Hello"))
