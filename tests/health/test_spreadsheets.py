"""Spreadsheets: what stands in the files, and that nothing in them runs."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
from collections.abc import Iterator
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from health.spreadsheets import Cell, Head, Kind, csv_parts, xlsx_file

HEADS = (
    Head("Account", Kind.TEXT, 20),
    Head("Last touch", Kind.DAY, 12),
    Head("Silent days", Kind.WHOLE, 8),
    Head("Value", Kind.MONEY, 12),
)
ROW: list[Cell] = ['Żółć, "Sons" & Co', dt.date(2026, 6, 1), 41, Decimal("12000.50")]
EMPTY: list[Cell] = ["", None, None, None]
FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", " =1", '=HYPERLINK("http://x.example")', "\r=1"]


def test_a_csv_is_utf8_that_a_spreadsheet_recognises_with_plain_days_and_numbers() -> None:
    text = b"".join(csv_parts(HEADS, [ROW, EMPTY])).decode("utf-8")
    assert text[0] == "\ufeff"
    assert list(csv.reader(io.StringIO(text[1:]))) == [
        ["Account", "Last touch", "Silent days", "Value"],
        ['Żółć, "Sons" & Co', "2026-06-01", "41", "12000.50"],
        ["", "", "", ""],
    ]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_is_no_formula_in_a_csv(formula: str) -> None:
    text = b"".join(csv_parts(HEADS[:1], [[formula]])).decode()
    assert list(csv.reader(io.StringIO(text, newline="")))[1] == [f"'{formula}"]


def test_a_csv_is_sent_before_its_last_row_is_read() -> None:
    read: list[int] = []

    def rows() -> Iterator[list[Cell]]:
        for number in itertools.count():
            read.append(number)
            yield [str(number)]

    assert next(csv_parts(HEADS[:1], rows())).startswith("\ufeffAccount\r\n0\r\n1\r\n".encode())
    assert len(read) == 500


def test_in_an_xlsx_days_are_days_and_numbers_numbers() -> None:
    with xlsx_file(HEADS, [ROW, EMPTY], title="Today") as file:
        sheet = load_workbook(file).active
    head, row, empty = sheet.iter_rows(max_row=3)
    assert [cell.value for cell in head] == ["Account", "Last touch", "Silent days", "Value"]
    assert [cell.value for cell in row] == [ROW[0], dt.datetime.combine(dt.date(2026, 6, 1), dt.time()), 41, 12000.5]
    assert [cell.data_type for cell in row] == ["s", "d", "n", "n"]
    assert row[1].number_format == "yyyy-mm-dd"
    assert {cell.value for cell in empty} == {None}


@pytest.mark.parametrize("formula", [*FORMULAS, "http://x.example/", "12", "a\x0bb\nc"])
def test_text_is_nothing_but_text_in_an_xlsx(formula: str) -> None:
    with xlsx_file(HEADS[:1], [[formula]], title="Today") as file:
        cell = load_workbook(file).active["A2"]
    assert cell.data_type in {"s", "inlineStr"}
    assert cell.hyperlink is None
    assert str(cell.value).split() == formula.replace("\x0b", "").split()


def test_an_xlsx_without_rows_has_its_heads() -> None:
    with xlsx_file(HEADS, [], title="Today") as file:
        assert [cell.value for cell in load_workbook(file).active[1]] == [head.label for head in HEADS]
