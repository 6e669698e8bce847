"""Columns come back as they were written, in both directions, whatever is missing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.db import connection, models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from health.columns import (
    NO_NUMBER,
    Cents,
    Column,
    Day,
    Flag,
    Moment,
    Real,
    Reals,
    Whole,
    Word,
    blank,
    column_of,
    columns_of,
    moment_number,
    read_columns,
    rows_of,
    stage_columns,
)
from health.models import AccountHealth, HealthDay, Rhythm

pytestmark = pytest.mark.django_db

NUMBERS = st.integers(-(2**63) + 1, 2**63 - 1)
FLOATS = st.floats(allow_nan=False)
DAYS = st.dates()
_CENTURIES = (dt.datetime(1901, 1, 1), dt.datetime(2199, 12, 31))  # noqa: DTZ001 - hypothesis adds the time zone
MOMENTS = st.datetimes(*_CENTURIES, timezones=st.just(dt.UTC))
MONEY = st.integers(0, 10**14 - 1).map(lambda cents: Decimal(cents).scaleb(-2))
WORDS = ("silent", "it's", "Größe")
ORDINARY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

CASES: list[tuple[Column, str, st.SearchStrategy[Any]]] = [
    (Whole("x"), "bigint", NUMBERS),
    (Real("x"), "double precision", FLOATS),
    (Day("x"), "date", DAYS),
    (Moment("x"), "timestamptz", MOMENTS),
    (Cents("x"), "numeric(14, 2)", MONEY),
    (Word("x", words=WORDS), "varchar(8)", st.sampled_from(WORDS)),
    (Reals("x", width=3), "float8[]", st.lists(FLOATS, min_size=3, max_size=3)),
]


def stored_and_read(column: Column, stored_type: str, values: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return what a reader of SQL and a reader of columns find after `values` went in as SQL and out as columns, were
    staged again and stored."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS facts, staged, copied")
        cursor.execute(f"CREATE TEMPORARY TABLE facts (place int, x {stored_type})")
        cursor.executemany("INSERT INTO facts VALUES (%s, %s)", list(enumerate(values)))
        read = read_columns(cursor, [(column, "x")], "FROM facts ORDER BY place", {})
        stage_columns(cursor, "staged", [Whole("place"), column], {"place": np.arange(len(values)), **read})
        cursor.execute(f"CREATE TEMPORARY TABLE copied (place int, x {stored_type})")
        cursor.execute(f"INSERT INTO copied SELECT place, {column.stored('x')} FROM staged")
        cursor.execute("SELECT x FROM copied ORDER BY place")
        stored = [row[0] for row in cursor.fetchall()]
    return stored, [row["x"] for row in rows_of([column], read, np.arange(len(values)))]


@pytest.mark.parametrize(("column", "stored_type", "strategy"), CASES, ids=lambda case: type(case).__name__)
@ORDINARY
@given(data=st.data())
def test_every_kind_comes_back_with_its_nulls(
    db: None, column: Column, stored_type: str, strategy: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    values = data.draw(st.lists(st.none() | strategy, max_size=8))
    stored, read = stored_and_read(column, stored_type, values)
    assert stored == values
    assert read == [("" if value is None and isinstance(column, Word) else value) for value in values]


def test_flags_come_back() -> None:
    assert stored_and_read(Flag("x"), "boolean", [True, False]) == ([True, False], [True, False])


def test_the_empty_word_is_stored_as_such_where_null_is_not_meant() -> None:
    assert stored_and_read(Word("x", False, WORDS), "varchar(8)", ["", "silent"])[0] == ["", "silent"]


def test_a_word_outside_its_choices_is_refused() -> None:
    with pytest.raises(ValueError, match="loud"):
        Word("band", words=WORDS).pack(np.array(["silent", "loud"]))


def test_a_day_beyond_the_calendar_is_no_day() -> None:
    column = Day("x")
    beyond = np.array([dt.date.max.toordinal(), dt.date.max.toordinal() + 1])
    assert column.unpack(column.pack(beyond)).tolist() == [dt.date.max.toordinal(), 0]
    assert [column.plain(value) for value in beyond] == [dt.date.max, None]


def test_an_array_of_another_width_reads_as_missing() -> None:
    assert stored_and_read(Reals("x", width=3), "float8[]", [[1.0], [1.0, 2.0, 3.0]])[1] == [None, [1.0, 2.0, 3.0]]


def test_moments_are_microseconds_of_this_millennium() -> None:
    assert moment_number(dt.datetime(2000, 1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=1)))) == 0
    assert moment_number(dt.datetime(2000, 1, 1, 0, 0, 1, tzinfo=dt.UTC)) == 1_000_000


def test_a_read_of_nothing_is_empty() -> None:
    with connection.cursor() as cursor:
        assert read_columns(cursor, [(Whole("x"), "1")], "WHERE %(no)s", {"no": False})["x"].tolist() == []


def test_a_null_that_is_not_replaced_is_told_and_not_misread() -> None:
    class Bare(Whole):
        def staged(self, expression: str) -> str:
            return expression

    with connection.cursor() as cursor, pytest.raises(ValueError, match="fixed width"):
        read_columns(cursor, [(Bare("x"), "NULLIF(n, 2)"), (Bare("y"), "n")], "FROM generate_series(1, 3) AS n", {})


@pytest.mark.parametrize(("model", "apart"), [(AccountHealth, ("signals",)), (HealthDay, ())])
def test_a_model_has_a_column_for_each_stored_field(model: type[models.Model], apart: tuple[str, ...]) -> None:
    columns = columns_of(model, without=apart)
    written = [field for field in model._meta.concrete_fields if not field.generated]
    names = [field.attname for field in written if field.attname not in apart]
    assert [column.name for column in columns] == names
    assert {name: len(values) for name, values in blank(columns, 3).items()} == dict.fromkeys(names, 3)


def test_what_is_missing_is_null_in_every_kind() -> None:
    columns = [column for column, _, _ in CASES if not isinstance(column, Word)]
    assert [next(rows_of([column], blank([column], 1), np.arange(1)))["x"] for column in columns] == [None] * len(
        columns
    )
    assert blank([Whole("x")], 1)["x"].tolist() == [NO_NUMBER]


def test_a_field_without_a_fixed_width_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match="evidence"):
        column_of(Rhythm._meta.get_field("evidence"))
