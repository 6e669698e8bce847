from __future__ import annotations

import pytest

from tests.touchpoints.parsers.files import log_options, parse_all, rows
from touchpoints.parsers.options import ImportOptions
from touchpoints.parsers.parse import parse_cells, row_parser
from touchpoints.parsers.records import AccountRecord, ContactRecord, RowError, TouchpointRecord


def test_a_mended_row_reads_as_if_it_had_stood_in_the_file():
    options = log_options(column_count=4)
    data = rows("account,at,channel,subject", "K-1,2024-03-05,call,x", "K-1,soon,call,x")
    good, bad = parse_all(data, options)
    mended = [*bad.cells]
    mended[1] = "2024-03-05"
    record = parse_cells(mended, bad.line, options)
    assert isinstance(record, TouchpointRecord)
    assert (record.external_id, record.line) == (good.external_id, 3)


def test_a_row_mended_badly_is_an_error_again():
    error = parse_cells(["K-1", "later", "call", "x"], 3, log_options(column_count=4))
    assert (error.code, error.line, error.cells) == ("bad_date", 3, ("K-1", "later", "call", "x"))
    assert parse_cells(["K-1"], 3, log_options(column_count=4)).code == "wrong_columns"
    assert parse_cells(["K-1", "2024-03-05", "call", "x" * 100_001], 3, log_options()).code == "too_long"


def test_what_no_database_keeps_is_removed_from_mended_cells():
    record = parse_cells(["K\0-1", "2024-03-05", "call", "x\ud800"], 3, log_options())
    assert (record.account_ref, record.subject) == ("K-1", "x?")


@pytest.mark.parametrize(
    ("kind", "mapping", "expected"),
    [
        ("touchpoints", {"account": 0, "at": 1}, TouchpointRecord),
        ("accounts", {"name": 0, "started_on": 1}, AccountRecord),
        ("contacts", {"name": 0, "account": 0, "left_on": 1}, ContactRecord),
    ],
)
def test_each_kind_has_its_record(kind, mapping, expected):
    options = ImportOptions(kind=kind, mapping=mapping)
    assert isinstance(parse_cells(["Alder", "2024-03-05"], 2, options), expected)
    assert isinstance(parse_cells(["Alder", "soon"], 2, options), RowError)
    with pytest.raises(ValueError, match="no column is chosen"):
        row_parser(ImportOptions(kind=kind))


def test_a_short_row_is_an_error_even_when_the_number_of_columns_is_not_known():
    assert parse_cells(["K-1"], 3, log_options()).code == "wrong_columns"
