from __future__ import annotations

from decimal import Decimal

import pytest

from touchpoints.parsers.export import csv_safe


@pytest.mark.parametrize(
    "cell", ["=1+1", "+SUM(A1)", "-2+3", "@x", "\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1", "+49 30 123", "-inf"]
)
def test_what_a_spreadsheet_would_run_is_guarded(cell):
    assert csv_safe(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "Alder", "12", "-12.5", "+4", "a=b", "5 - 3", "'x", "שלום"])
def test_plain_texts_and_numbers_stay_as_they_are(cell):
    assert csv_safe(cell) == cell


def test_other_values_become_text():
    assert [csv_safe(value) for value in (None, -3, 2.5, Decimal("-7.50"), True)] == ["", "-3", "2.5", "-7.50", "True"]
    assert csv_safe("a\0b") == "ab"
