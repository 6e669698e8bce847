"""The columns of a list: every name that an address may hold is described, and the spreadsheet follows them."""

from __future__ import annotations

import pytest

from health.filters import COLUMN_KEYS, USUAL_COLUMNS
from health.list_columns import ALWAYS_FIRST, ALWAYS_LAST, COLUMNS, fields_of


def test_every_name_has_its_column_in_the_same_order() -> None:
    assert tuple(column.key for column in COLUMNS) == COLUMN_KEYS
    assert set(USUAL_COLUMNS) <= set(COLUMN_KEYS)


@pytest.mark.parametrize(
    ("keys", "labels"),
    [
        ((), []),
        (("risk",), ["Value at risk"]),
        (("risk", "silent"), ["Last touch", "Silent days", "Usual days between touches", "Value at risk"]),
    ],
)
def test_a_spreadsheet_has_the_chosen_columns_in_the_lists_order(keys: tuple[str, ...], labels: list[str]) -> None:
    found = [field.head.label for field in fields_of(keys)]
    assert found[len(ALWAYS_FIRST) : -len(ALWAYS_LAST)] == labels
    assert found[0] == "Account"
    assert "All reasons" in found
