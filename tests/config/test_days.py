import datetime as dt

import pytest

from config import days


@pytest.fixture(autouse=True)
def _berlin(settings):
    settings.HARK_TIME_ZONE = "Europe/Berlin"


def test_a_late_evening_in_utc_is_the_next_day_at_the_firm():
    assert days.firm_day(dt.datetime(2026, 6, 15, 22, 30, tzinfo=dt.UTC)) == dt.date(2026, 6, 16)


def test_days_begin_right_on_both_sides_of_a_clock_change():
    before, after = days.day_start(dt.date(2026, 3, 29)), days.day_start(dt.date(2026, 3, 30))
    assert (after.astimezone(dt.UTC) - before.astimezone(dt.UTC)) == dt.timedelta(hours=23)


@pytest.mark.parametrize(
    ("day", "before", "words"),
    [
        ("2026-06-15", "2026-06-12", "Friday"),  # a Monday
        ("2026-06-16", "2026-06-15", "yesterday"),
        ("2026-06-14", "2026-06-12", "Friday"),  # a Sunday
        ("2026-06-13", "2026-06-12", "yesterday"),
    ],
)
def test_a_monday_looks_back_to_friday(day: str, before: str, words: str) -> None:
    today, since = dt.date.fromisoformat(day), dt.date.fromisoformat(before)
    assert days.working_day_before(today) == since
    assert days.spell_since(since, today) == words
