from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

from tests.touchpoints.parsers.files import codes, log_options, parse_all, rows
from touchpoints.parsers.options import ImportOptions
from touchpoints.parsers.records import TouchpointRecord
from touchpoints.parsers.touchpoints import parse_touchpoints

HEADER = "account,at,channel,subject"


def parse_one(fields: str, row: str, **options: object) -> TouchpointRecord:
    mapping = {name: number for number, name in enumerate(fields.split(","))}
    (parsed,) = parse_all(rows(fields, row), ImportOptions(kind="touchpoints", mapping=mapping, **options))
    return parsed


def test_a_plain_row():
    (record,) = parse_all(rows(HEADER, " K-17 ,2024-03-05 14:30,Phone,Prices"), log_options(time_zone="Europe/Berlin"))
    assert record == TouchpointRecord(
        line=2,
        account_ref="K-17",
        contact_refs=(),
        our_refs=(),
        occurred_at=datetime(2024, 3, 5, 13, 30, tzinfo=UTC),
        channel="call",
        direction="unknown",
        outcome="",
        is_automated=False,
        subject="Prices",
        body="",
        external_id=record.external_id,
    )


def test_identical_rows_have_one_id_and_any_difference_another():
    lines = ["K-17,2024-03-05 14:30,call,x"] * 2 + [
        "K-18,2024-03-05 14:30,call,x",
        "K-17,2024-03-05 14:31,call,x",
        "K-17,2024-03-05 14:30,email,x",
        "K-17,2024-03-05 14:30,call,y",
    ]
    ids = [record.external_id for record in parse_all(rows(HEADER, *lines), log_options())]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 5


def test_the_derived_id_does_not_depend_on_spelling_or_place():
    first = parse_all(rows(HEADER, "K-17,2024-03-05 14:30,Phone,x"), log_options())[0]
    second = parse_all(rows(HEADER, "", "K-17,05.03.2024 14:30, call ,x"), log_options())[0]
    assert first.external_id == second.external_id
    assert (first.line, second.line) == (2, 3)


def test_a_given_id_is_kept_and_a_very_long_one_made_to_fit():
    assert parse_one("account,at,external_id", "a,2024-03-05,C-1").external_id == "C-1"
    long_ids = [parse_one("account,at,external_id", f"a,2024-03-05,{'z' * 300}{end}").external_id for end in "xy"]
    assert [len(one) for one in long_ids] == [200, 200]
    assert long_ids[0] != long_ids[1]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (",2024-03-05,call,x", "no_account"),
        ("a,,call,x", "no_date"),
        ("a,soon,call,x", "bad_date"),
        ("a,03/04/2024,call,x", "ambiguous_date"),
        ("a,1066-10-14,call,x", "impossible_year"),
        ("a,2024-03-05,pigeon,x", "unknown_channel"),
        ("a,2024-03-05,call", "wrong_columns"),
        (f"{'n' * 201},2024-03-05,call,x", "too_long"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_and_its_cells_kept(row, code):
    (error,) = parse_all(rows(HEADER, row), log_options())
    assert (error.code, error.line, error.cells) == (code, 2, tuple(row.split(",")))
    assert error.message.endswith(".")


def test_formulas_are_data():
    (record,) = parse_all(rows(HEADER, '=1+1,2024-03-05,call,"=HYPERLINK(""http://x"")"'), log_options())
    assert (record.account_ref, record.subject) == ("=1+1", '=HYPERLINK("http://x")')


def test_unknown_channels_and_outcomes_may_be_let_through():
    assert parse_one("account,at,channel", "a,2024-03-05,pigeon", unknown_channel="other").channel == "other"
    assert parse_one("account,at,outcome", "a,2024-03-05,was keen", unknown_outcome="plain").outcome == ""


def test_defaults_fill_what_the_file_does_not_say():
    record = parse_one("account,at", "a,2024-03-05", default_channel="email", default_direction="inbound")
    assert (record.channel, record.direction) == ("email", "inbound")


@pytest.mark.parametrize(
    ("channel", "direction", "expected"),
    [
        ("Incoming call", "", ("call", "inbound", "")),
        ("Incoming call", "out", ("call", "outbound", "")),
        ("voicemail", "out", ("call", "outbound", "voicemail")),
        ("Meeting", "", ("meeting", "mutual", "")),
        ("Visit", "in", ("visit", "inbound", "")),
        ("Call", "", ("call", "unknown", "")),
    ],
)
def test_what_a_channel_word_says_besides_counts_only_where_nothing_else_speaks(channel, direction, expected):
    record = parse_one("account,at,channel,direction", f"a,2024-03-05,{channel},{direction}")
    assert (record.channel, record.direction, record.outcome) == expected


def test_newsletters_and_flagged_rows_are_automated():
    assert parse_one("account,at,channel", "a,2024-03-05,newsletter").is_automated
    assert parse_one("account,at,automated", "a,2024-03-05,yes").is_automated
    assert not parse_one("account,at,automated", "a,2024-03-05,").is_automated


def test_date_and_time_in_two_columns():
    record = parse_one("account,at,time", "a,05.03.2024,2:30 pm", time_zone="America/New_York")
    assert record.occurred_at == datetime(2024, 3, 5, 19, 30, tzinfo=UTC)


def test_people_on_both_sides():
    record = parse_one("account,at,contact,our_person", "a,2024-03-05,Ana <ana@x.example>; Bo,Dana Whitfield")
    assert (record.contact_refs, record.our_refs) == (("ana@x.example",), ("Dana Whitfield",))


def test_a_touch_may_name_its_account_by_an_address():
    assert parse_one("contact,at", "Ana@X.example,2024-03-05").account_ref == "ana@x.example"
    assert parse_one("account_name,at", "Alder & Quill,2024-03-05").account_ref == "Alder & Quill"


def test_a_name_beside_the_id_is_kept_for_creating_the_account():
    record = parse_one("account,account_name,at", "K-17,Alder & Quill,2024-03-05")
    assert (record.account_ref, record.account_name) == ("K-17", "Alder & Quill")


@pytest.mark.parametrize(
    ("sender", "recipient", "direction", "contacts", "ours"),
    [
        ("ana@x.example", "me@us.example", "inbound", ("ana@x.example",), ("me@us.example",)),
        ("me@mail.us.example", "ana@x.example", "outbound", ("ana@x.example",), ("me@mail.us.example",)),
    ],
)
def test_our_domains_tell_direction_and_sides(sender, recipient, direction, contacts, ours):
    record = parse_one("from,to,at", f"{sender},{recipient},2024-03-05", our_domains=("us.example",))
    assert (record.direction, record.contact_refs, record.our_refs) == (direction, contacts, ours)
    assert record.account_ref == "ana@x.example"


def test_mail_among_ourselves_is_no_touch():
    error = parse_one("from,to,at", "a@us.example,b@us.example,2024-03-05", our_domains=("us.example",))
    assert error.code == "only_our_side"


def test_without_our_domains_the_direction_column_tells_the_sides():
    record = parse_one("from,to,at,direction", "me@us.example,ana@x.example,2024-03-05,sent")
    assert (record.contact_refs, record.our_refs) == (("ana@x.example",), ("me@us.example",))


def test_a_subject_too_long_for_its_field_opens_the_text():
    record = parse_one("account,at,subject,body", f"a,2024-03-05,{'s' * 600},text")
    assert record.subject == "s" * 499 + "…"
    assert record.body == "s" * 600 + "\n\ntext"


def test_skipped_lines_give_the_rest_exactly():
    data = rows(HEADER, *(f"a{number},2024-03-05,call,x" for number in range(20)))
    whole = parse_all(data, log_options())
    assert whole[7:] == parse_all(data, log_options(), skip_lines=whole[6].line)


def test_a_mapping_without_a_date_is_refused():
    with pytest.raises(ValueError, match="no column is chosen for When"):
        next(parse_touchpoints(io.BytesIO(b""), ImportOptions(kind="touchpoints", mapping={"account": 0})))


def test_names_in_other_scripts_come_through():
    lines = ["شركة النخيل,2024-03-05,call,مرحبا", "株式会社さくら,2024-03-05,email,見積", "Ωμέγα,2024-03-05,email,τιμή"]
    data = "\r\n".join([HEADER, *lines]).replace(",", ";").encode("utf-16")
    parsed = parse_all(data, log_options(encoding="utf-16", delimiter=";"))
    assert codes(parsed) == ["ok"] * 3
    assert [(one.account_ref, one.subject) for one in parsed[:2]] == [
        ("شركة النخيل", "مرحبا"),
        ("株式会社さくら", "見積"),
    ]
