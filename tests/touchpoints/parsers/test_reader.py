from __future__ import annotations

import csv
import gzip
import io
import tracemalloc
from functools import partial
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.touchpoints.parsers.files import rows
from touchpoints.parsers.options import ImportOptions
from touchpoints.parsers.reader import KEPT_CHARS, MAX_CELL_CHARS, read_rows
from touchpoints.parsers.records import RowError, UnreadableFileError


def read(data: bytes, *, skip_lines: int = 0, **options: object) -> list:
    return list(read_rows(io.BytesIO(data), ImportOptions(kind="touchpoints", **options), skip_lines=skip_lines))


def test_rows_carry_the_line_they_begin_on_and_blank_ones_are_left_out():
    data = rows("a,b", "1,2", "", ",", '3,"x', 'y"', "4,5")
    assert read(data) == [(2, ["1", "2"]), (5, ["3", "x\ny"]), (7, ["4", "5"])]


def test_any_line_end_will_do():
    assert read(b"a,b\r\n1,2\r3,4\n5,6") == [(2, ["1", "2"]), (3, ["3", "4"]), (4, ["5", "6"])]


def test_a_file_without_header_and_one_with_titles_above():
    assert read(rows("1,2"), has_header=False) == [(1, ["1", "2"])]
    assert read(rows("Report", "", "a,b", "1,2"), first_line=3) == [(4, ["1", "2"])]


def test_skipping_goes_on_after_the_row_that_began_on_that_line():
    data = rows("a,b", "1,2", '3,"x', 'y"', "4,5")
    assert [read(data, skip_lines=line)[0][0] for line in (0, 1, 2, 3, 4)] == [2, 2, 3, 5, 5]
    assert read(data, skip_lines=99) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_encodings(encoding):
    data = "näme;b\nZoë;2\n".encode(encoding)
    assert read(data, encoding=encoding, delimiter=";") == [(2, ["Zoë", "2"])]


def test_a_gzip_file_is_read_as_what_it_holds_and_stays_open():
    stream = io.BytesIO(gzip.compress(rows("a,b", "1,2")))
    assert list(read_rows(stream, ImportOptions(kind="touchpoints"))) == [(2, ["1", "2"])]
    assert not stream.closed


def test_a_cut_off_gzip_file_is_not_taken_for_a_short_one():
    data = gzip.compress(rows("a,b", *(f"{number},{number * 7919 % 10007}" for number in range(5000))))
    found = []
    with pytest.raises(UnreadableFileError, match="damaged or cut off"):
        found.extend(read_rows(io.BytesIO(data[: len(data) // 2]), ImportOptions(kind="touchpoints")))


def test_a_file_that_is_not_in_the_chosen_encoding_is_refused():
    with pytest.raises(UnreadableFileError, match="cannot be read as utf-16"):
        read(b"a,b\n1,2\n", encoding="utf-16")


def test_rows_with_too_few_or_too_many_cells_are_kept_as_errors():
    found = read(rows("a,b,c", "1,2", "1,2,3", "1,2,3,4", "1,2,3,,"))
    assert found[0] == RowError(2, ("1", "2"), "wrong_columns", found[0].message)
    assert found[0].message.startswith("This row has 2 cells, the file has 3 columns.")
    assert found[1] == (3, ["1", "2", "3"])
    assert found[2].code == "wrong_columns"
    assert found[3] == (5, ["1", "2", "3"])


def test_three_hundred_columns():
    header = ",".join(f"c{number}" for number in range(300))
    row = [str(number) for number in range(300)]
    assert read(rows(header, ",".join(row))) == [(2, row)]


@pytest.mark.parametrize("quoted", ["", '"'])
def test_a_cell_of_a_megabyte_is_an_error_with_a_shortened_copy(quoted):
    found = read(rows("a,b", f"1,{quoted}{'x' * 1_000_000}{quoted}", "3,4"))
    assert (found[0].line, found[0].code) == (2, "too_long")
    assert found[0].cells == ("1", "x" * KEPT_CHARS)
    assert "1,000,000 characters" in found[0].message
    assert found[1:] == [(3, ["3", "4"])]


def test_a_long_cell_of_many_lines_is_one_error():
    found = read(rows("a,b", '1,"' + "line\n" * 50_000 + '"', "3,4"))
    assert [one.code for one in found[:1]] == ["too_long"]
    assert found[1:] == [(50_003, ["3", "4"])]


def test_the_longest_cell_that_fits_is_taken():
    assert read(rows("a,b", f"1,{'x' * MAX_CELL_CHARS}")) == [(2, ["1", "x" * MAX_CELL_CHARS])]


def test_a_line_without_end_costs_bounded_memory():
    data = b"a,b\n1," + b"x" * 40_000_000 + b"\n3,4\n"
    tracemalloc.start()
    found = read(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [one.code for one in found[:1]] == ["too_long"]
    assert found[1:] == [(3, ["3", "4"])]
    assert peak < 40_000_000


def test_an_unclosed_quote_costs_one_row_not_the_rest_of_the_file():
    found = read(rows("a,b", '1,"oops', "3,4", "5,6"))
    assert (found[0].line, found[0].code, found[0].cells) == (2, "unclosed_quote", ("1", '"oops'))
    assert found[1:] == [(3, ["3", "4"]), (4, ["5", "6"])]


def test_an_unclosed_quote_before_a_quoted_cell_costs_one_row():
    found = read(rows("a,b", '1,"oops', "3,4", '5,"six"', "7,8"))
    assert [(found[0].line, found[0].code)] == [(2, "unclosed_quote")]
    assert found[1:] == [(3, ["3", "4"]), (4, ["5", "six"]), (5, ["7", "8"])]


def test_an_unclosed_quote_far_from_the_next_one_gives_every_row_back():
    body = [f"{number},{'y' * 90}" for number in range(60_000)]
    found = read(rows("a,b", '1,"oops', *body))
    assert found[0].code == "unclosed_quote"
    assert len(found) == 60_001
    assert found[-1] == (60_002, ["59999", "y" * 90])


def test_many_unclosed_quotes_each_cost_their_own_row():
    found = read(rows("a,b", *['1,"oops'] * 1_000))
    assert {one.code for one in found} == {"unclosed_quote"}
    assert [one.line for one in found] == list(range(2, 1_002))


def test_a_file_that_ends_inside_a_quote_says_so():
    found = read(b'a,b\n1,2\n3,"cut o')
    assert found[0] == (2, ["1", "2"])
    assert (found[1].line, found[1].code) == (3, "unclosed_quote")


def test_a_quotation_mark_inside_an_unquoted_cell_is_a_character():
    assert read(rows("a,b", '1,5" pipe')) == [(2, ["1", '5" pipe'])]


def test_nul_bytes_reject_their_row_and_are_removed_from_what_is_kept():
    found = read(b"a,b\n1,x\0y\n3,4\n")
    assert (found[0].code, found[0].cells) == ("nul_byte", ("1", "xy"))
    assert found[1:] == [(3, ["3", "4"])]


def test_nul_padding_at_the_end_is_no_row():
    assert read(b"a,b\n1,2\n" + bytes(512)) == [(2, ["1", "2"])]


def test_bytes_that_are_no_text_reject_their_row_only():
    found = read(b"a,b\n1,M\xfcller\n3,M\xc3\xbcller\n")
    assert (found[0].code, found[0].cells) == ("bad_encoding", ("1", "M\ufffdller"))
    assert found[1:] == [(3, ["3", "Müller"])]


def test_a_replacement_character_that_stood_in_the_file_is_kept():
    assert read("a,b\n1,M\ufffdller\n".encode()) == [(2, ["1", "M\ufffdller"])]


def test_without_a_quote_character_quotes_are_text():
    assert read(rows("a,b", '"1,"2'), quote="") == [(2, ['"1', '"2'])]


# the reader hands on the one form of Unicode in which a letter is always the same
cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12).map(partial(normalize, "NFC"))


@given(
    table=st.lists(st.lists(cells, min_size=3, max_size=3).filter(any), max_size=8),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
)
def test_what_the_csv_module_writes_comes_back(table, delimiter, encoding):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([["a", "b", "c"], *table])
    found = read(text.getvalue().encode(encoding), delimiter=delimiter, encoding=encoding)
    assert [row[1] for row in found] == table


@given(
    st.binary(max_size=400).filter(lambda data: not data.startswith(b"\x1f\x8b")),
    st.sampled_from(["utf-8", "cp1252", "utf-16-le"]),
)
def test_any_bytes_become_rows_and_errors_with_rising_lines(data, encoding):
    found = read(data, encoding=encoding, has_header=False, column_count=2)
    lines = [one.line if isinstance(one, RowError) else one[0] for one in found]
    assert lines == sorted(set(lines))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "shift_jis", "gb18030", "cp1252"])
def test_bytes_that_are_no_text_are_told_in_every_encoding(encoding):
    bad = {"utf-16": b"\x00\xd8", "utf-16-le": b"\x00\xd8", "shift_jis": b"\x80", "gb18030": b"\xff", "cp1252": b"\x81"}
    start, end = (
        "a,b\n1,x".encode(encoding),
        "\n3,4\n".encode(encoding.removesuffix("-le").replace("utf-16", "utf-16-le")),
    )
    found = read(start + bad[encoding] + end, encoding=encoding)
    assert (found[0].code, found[0].cells) == ("bad_encoding", ("1", "x\ufffd"))
    assert found[1:] == [(3, ["3", "4"])]


def test_a_wide_file_cut_inside_a_character_loses_one_row_only():
    found = read("a,b\n1,2\n3,4".encode("utf-16")[:-1], encoding="utf-16")
    assert found[0] == (2, ["1", "2"])
    assert found[1].code == "bad_encoding"
