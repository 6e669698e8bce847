"""Working time: weekends, holidays, leave, and answers within office hours."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from touchpoints.demo.dice import Dice
from touchpoints.demo.workdays import (
    FREE_DAYS,
    MONDAY_TO_FRIDAY,
    SUNDAY_TO_THURSDAY,
    WorkCalendar,
    mutual_open,
    summer_leave,
)

LEAVE = (dt.date(2026, 7, 6), dt.date(2026, 7, 17))
BERLIN = WorkCalendar(ZoneInfo("Europe/Berlin"), MONDAY_TO_FRIDAY, FREE_DAYS["europe"], (LEAVE,))
AMMAN = WorkCalendar(ZoneInfo("Asia/Amman"), SUNDAY_TO_THURSDAY, FREE_DAYS["middle_east"])


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (dt.date(2026, 6, 12), dt.date(2026, 6, 12)),
        (dt.date(2026, 6, 13), dt.date(2026, 6, 15)),
        (dt.date(2026, 12, 24), dt.date(2027, 1, 4)),
        (dt.date(2026, 7, 6), dt.date(2026, 7, 20)),
    ],
    ids=["friday", "saturday", "christmas", "leave"],
)
def test_next_open(day: dt.date, expected: dt.date) -> None:
    assert BERLIN.next_open(day) == expected


def test_two_working_weeks_meet_from_monday_to_thursday() -> None:
    assert mutual_open(BERLIN, AMMAN, dt.date(2026, 6, 12)) == dt.date(2026, 6, 15)


def test_answers_come_later_and_in_office_hours() -> None:
    dice = Dice(np.random.default_rng(1))
    asked_at = dt.datetime(2026, 6, 12, 14, 50, tzinfo=dt.UTC)
    for _ in range(300):
        answered_at = BERLIN.answer_after(asked_at, dice, 1.0)
        local = answered_at.astimezone(BERLIN.zone)
        assert answered_at > asked_at
        assert BERLIN.is_open(local.date())
        assert dt.time(8, 0) <= local.time() < dt.time(20, 30)


def test_summer_leave_begins_on_a_monday_and_lasts_whole_weeks() -> None:
    dice = Dice(np.random.default_rng(2))
    for _ in range(50):
        first, last = summer_leave(2026, dice, 3)
        assert first.weekday() == 0
        assert (last - first).days == 20
        assert dt.date(2026, 6, 24) <= first <= dt.date(2026, 8, 15)
