from __future__ import annotations

import pytest

from touchpoints.parsers.dialect import detect_dialect, detect_encoding


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_that_cuts_rows_alike_wins(delimiter):
    text = "\n".join(delimiter.join(row) for row in [["account", "at", "value"], ["a", "x", "y"], ["b", "x", "y"]])
    assert detect_dialect(text).delimiter == delimiter


def test_decimal_commas_do_not_make_a_comma_file():
    assert detect_dialect("a;b;c\n1,5;2,5;3,5\n1,25;2,75;0,5\n").delimiter == ";"


def test_delimiters_inside_quotes_do_not_count():
    dialect = detect_dialect('a,b\n"x;y;z",1\n"u;v;w",2\n')
    assert (dialect.delimiter, dialect.columns) == (",", 2)


def test_a_single_column_is_a_table_too():
    assert detect_dialect("name\nAlder\nQuill\n").columns == 1


def test_single_quotes_are_seen_where_they_enclose_cells():
    assert detect_dialect("'a','b'\n'x, y','2'\n'u','3'\n").quote == "'"
    assert detect_dialect("a,b\nO'Neil,D'Arcy\nit's,x\n").quote == '"'


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"a,b\n1,2\n", "utf-8"),
        ("é,ü\n".encode(), "utf-8"),
        ("é,ü\n".encode("utf-8-sig"), "utf-8"),
        ("é,ü\n".encode("cp1252"), "cp1252"),
        ("é,ü\n".encode("utf-16"), "utf-16"),
        ("account,at\nمرحبا,2024-03-05\n".encode("utf-16-le"), "utf-16-le"),
        ("account,at\nمرحبا,2024-03-05\n".encode("utf-16-be"), "utf-16-be"),
        ("a,b\n".encode("utf-32"), "utf-32"),
        (b"a,b\n1,x\x00y\n", "utf-8"),
    ],
)
def test_encodings(data, name):
    assert detect_encoding(data).name == name


def test_a_few_broken_bytes_do_not_change_the_encoding_of_all():
    assert detect_encoding("Müller, Größe, Straße\n".encode() * 20 + b"M\xfcller\n").name == "utf-8"


def test_a_sample_cut_inside_a_character_is_still_utf8():
    assert detect_encoding("a,ü".encode()[:-1]).name == "utf-8"
