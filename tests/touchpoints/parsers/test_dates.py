# ruff: noqa: DTZ001 - times without a zone are what is tested here
from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchpoints.parsers.dates import DateOrder, DateReader, infer_date_order, looks_like_date
from touchpoints.parsers.records import CellError

HALF_PAST_TWO = datetime(2024, 3, 5, 14, 30, tzinfo=UTC)
MIDNIGHT = datetime(2024, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "cell",
    [
        "2024-03-05T14:30:00Z",
        "2024-03-05 14:30",
        "2024-03-05T15:30+01:00",
        "2024-03-05 15:30:00 +0100",
        "2024-03-05 14:30:00 UTC",
        "2024/3/5 2:30 PM",
        "2024/3/5 2:30\u202fPM",
        "2024.03.05 14:30",
        "5.3.2024 14:30",
        "5.3.24, 14.30 Uhr",
        "05/03/24 14h30",
        "20240305143000",
        "202403051430",
        "1709649000",
        "1709649000.0",
        "1709649000000",
        "1709649000000000",
        "45356.604166667",
        "45356,604166667",
        "Tue, 5 Mar 2024 15:30:00 +0100 (CET)",
        "Tue Mar  5 14:30:00 2024",
        "Tue Mar  5 14:30:00 UTC 2024",
        "March 5th, 2024 at 2:30 PM",
        "05-MAR-24 02.30.00 PM",
        "am 5. März 2024 um 14:30 Uhr",
        "5 mars 2024 à 14h30",
        "5 de marzo de 2024 a las 14:30",
        "5 maart 2024 om 14:30",
        "٢٠٢٤/٠٣/٠٥ ١٤:٣٠",
    ],
)
def test_one_moment_in_many_spellings(cell):
    assert DateReader("UTC", DateOrder.DMY).moment(cell) == HALF_PAST_TWO


@pytest.mark.parametrize("cell", ["2024-03-05", "20240305", "5.3.2024", "45356", "5 Mar 2024", "5 mars 2024", "24-3-5"])
def test_a_date_without_time_is_the_first_moment_of_the_day(cell):
    order = DateOrder.YMD if cell == "24-3-5" else DateOrder.DMY
    assert DateReader("UTC", order).moment(cell) == MIDNIGHT
    assert DateReader("Europe/Berlin", order).moment(cell) == MIDNIGHT - timedelta(hours=1)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "bad_date"),
        ("soon", "bad_date"),
        ("2024", "bad_date"),
        ("Mar 2024", "bad_date"),
        ("5 March", "bad_date"),
        ("14:30", "bad_date"),
        ("2.3.4", "bad_date"),
        ("123456", "bad_date"),
        ("19999", "bad_date"),
        ("2024-02-30", "bad_date"),
        ("31.02.2024", "bad_date"),
        ("25/13/2024", "bad_date"),
        ("0000-00-00", "bad_date"),
        ("2024-03-05 25:00", "bad_date"),
        ("5.3.2024 25:00", "bad_time"),
        ("Mar 5 2024 2pm EST", "bad_date"),
        ("1969-12-31", "impossible_year"),
        ("1.1.1899", "impossible_year"),
        ("2101-01-01", "impossible_year"),
        ("03/04/2024", "ambiguous_date"),
        ("03-04-24 10:00", "ambiguous_date"),
    ],
)
def test_unreadable_dates_are_refused_with_a_code_and_the_cell(cell, code):
    with pytest.raises(CellError) as caught:
        DateReader("UTC").moment(cell)
    assert (caught.value.code, cell in caught.value.message) in [(code, True), ("bad_time", False)]


def test_the_order_of_day_and_month_decides_and_is_never_swapped_to_fit():
    assert DateReader("UTC", DateOrder.DMY).moment("03/04/2024") == datetime(2024, 4, 3, tzinfo=UTC)
    assert DateReader("UTC", DateOrder.MDY).moment("03/04/2024") == datetime(2024, 3, 4, tzinfo=UTC)
    with pytest.raises(CellError, match="no month 25"):
        DateReader("UTC", DateOrder.DMY).moment("03/25/2024")


def test_without_an_order_only_dates_with_one_reading_are_taken():
    reader = DateReader("UTC", DateOrder.AMBIGUOUS)
    assert reader.moment("25/03/2024") == datetime(2024, 3, 25, tzinfo=UTC)
    assert reader.moment("03/25/2024") == datetime(2024, 3, 25, tzinfo=UTC)
    assert reader.moment("03/03/2024") == datetime(2024, 3, 3, tzinfo=UTC)


def test_two_digit_years_turn_at_seventy():
    reader = DateReader("UTC")
    assert reader.moment("1.1.70").year == 1970
    assert reader.moment("1.1.69").year == 2069
    assert reader.moment("1 Jan 70").year == 1970
    assert reader.moment("1 Jan 69").year == 2069


def test_a_time_skipped_by_the_clocks_lands_after_the_change():
    assert DateReader("Europe/Berlin").moment("2024-03-31 02:30") == datetime(2024, 3, 31, 1, 30, tzinfo=UTC)


def test_a_time_that_happens_twice_is_its_first():
    assert DateReader("Europe/Berlin").moment("2024-10-27 02:30") == datetime(2024, 10, 27, 0, 30, tzinfo=UTC)


def test_a_day_whose_midnight_does_not_exist_still_has_a_first_moment():
    # Clocks in Beirut went from 24:00 straight to 01:00 that night.
    assert DateReader("Asia/Beirut").moment("2022-03-27") == datetime(2022, 3, 26, 22, tzinfo=UTC)


def test_date_and_time_in_two_cells():
    reader = DateReader("Europe/Berlin", DateOrder.DMY)
    assert reader.moment_of("05/03/2024", "2:30 pm") == HALF_PAST_TWO - timedelta(hours=1)
    assert reader.moment_of("45356", "0.604166667") == HALF_PAST_TWO - timedelta(hours=1)
    assert reader.moment_of("2024-03-05", "14:30Z") == HALF_PAST_TWO
    assert reader.moment_of("2024-03-05", "") == reader.moment("2024-03-05")


def test_days_are_taken_as_written_and_epochs_in_the_time_zone():
    reader = DateReader("Asia/Tokyo", DateOrder.MDY, first_year=1890)
    assert reader.day("1899-05-06") == date(1899, 5, 6)
    assert reader.day("2024-03-05T23:00:00Z") == date(2024, 3, 5)
    assert reader.day("1709649000") == date(2024, 3, 5)
    assert reader.day(str(1709649000 + 3600)) == date(2024, 3, 6)


@given(
    st.datetimes(
        datetime(1970, 1, 2), datetime(2100, 12, 30), timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5))])
    ),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC"]),
)
def test_iso_times_with_an_offset_come_back_exactly(moment, zone):
    assert DateReader(zone).moment(moment.isoformat()) == moment


@given(
    st.datetimes(datetime(1970, 1, 2), datetime(2100, 12, 30)),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "UTC"]),
    st.sampled_from(
        ["%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%Y%m%d%H%M%S", "%d %B %Y %I:%M:%S %p"]
    ),
)
def test_local_times_agree_with_the_time_zone_database(moment, zone, form):
    # %Y does not pad years below 1000 everywhere; the years here all have four digits.
    whole = moment.replace(microsecond=0)
    expected = whole.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert DateReader(zone, DateOrder.DMY).moment(whole.strftime(form)) == expected


@given(st.text(max_size=40))
def test_any_text_is_a_moment_in_range_or_a_cell_error(cell):
    try:
        moment = DateReader("Europe/Berlin").moment(cell)
    except CellError:
        return
    assert datetime(1969, 12, 30, tzinfo=UTC) < moment < datetime(2101, 1, 2, tzinfo=UTC)


def test_one_certain_date_decides_the_order_of_all():
    assert infer_date_order(["03/04/2024", "", "25/03/2024"]).order is DateOrder.DMY
    assert infer_date_order(["03/04/2024", "03/25/2024"]).order is DateOrder.MDY
    assert infer_date_order(["99/12/31", "01/02/03"]).order is DateOrder.YMD


def test_ambiguous_dates_name_an_example():
    evidence = infer_date_order(["03/03/2024", "03/04/2024"])
    assert (evidence.order, evidence.ambiguous) == (DateOrder.AMBIGUOUS, "03/04/2024")


def test_contradicting_dates_name_one_of_each():
    evidence = infer_date_order(["25/03/2024", "03/26/2024"])
    assert evidence.order is DateOrder.AMBIGUOUS
    assert evidence.contradiction == ("25/03/2024", "03/26/2024")


def test_dotted_dates_are_day_first_unless_they_cannot_be():
    assert infer_date_order(["03.04.2024"]).dotted_order is DateOrder.DMY
    assert infer_date_order(["03.04.2024", "03.25.2024"]).dotted_order is DateOrder.MDY
    assert infer_date_order(["03.04.2024", "03/25/2024"]).order is DateOrder.MDY
    assert infer_date_order(["03.04.2024"]).ambiguous == ""


def test_evidence_counts_what_must_be_mentioned():
    evidence = infer_date_order(
        ["45356", "2024-03-05 10:00", "2024-03-05T10:00:00Z", "2024-03-05", "10:00 CET", "soon"]
    )
    assert (evidence.numbers, evidence.without_offset, evidence.unreadable) == (1, 2, ("10:00 CET", "soon"))


def test_what_looks_like_a_date():
    assert all(map(looks_like_date, ["2024-03-05", "03/25/2024", "25/03/2024", "1709649000", "5 Mar 2024"]))
    assert not any(map(looks_like_date, ["45356", "12", "call", "", "p5-531"]))
