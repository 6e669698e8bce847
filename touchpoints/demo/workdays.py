"""When people work: weeks, holidays, office hours, leave, and how long they take to answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from touchpoints.demo.dice import Dice

ONE_DAY = timedelta(days=1)
MONDAY_TO_FRIDAY = frozenset(range(5))
SUNDAY_TO_THURSDAY = frozenset({6, 0, 1, 2, 3})

_CHRISTMAS_BREAK = frozenset({(12, day) for day in range(24, 32)} | {(1, 1)})
_MAY_DAY = frozenset({(5, 1)})
_JAPAN = frozenset(
    {(12, day) for day in range(29, 32)}
    | {(1, day) for day in range(1, 4)}
    | {(5, 3), (5, 4), (5, 5)}
    | {(8, day) for day in range(13, 17)}
)
_UNITED_STATES = frozenset({(12, 24), (12, 25), (12, 26), (12, 31), (1, 1), (7, 4)})

FREE_DAYS: dict[str, frozenset[tuple[int, int]]] = {
    "europe": _CHRISTMAS_BREAK | _MAY_DAY,
    "orthodox": _CHRISTMAS_BREAK | _MAY_DAY | {(1, 6), (1, 7)},
    "japan": _JAPAN,
    "united_states": _UNITED_STATES,
    "middle_east": frozenset({(1, 1)}),
}


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """One side's working time. ``closures`` are first and last days of leave or shutdown, both included."""

    zone: ZoneInfo
    weekdays: frozenset[int]
    free_days: frozenset[tuple[int, int]]
    closures: tuple[tuple[date, date], ...] = ()

    def is_open(self, day: date) -> bool:
        if day.weekday() not in self.weekdays or (day.month, day.day) in self.free_days:
            return False
        return not any(first <= day <= last for first, last in self.closures)

    def next_open(self, day: date) -> date:
        """``day`` itself or the first working day after it."""
        while not self.is_open(day):
            day += ONE_DAY
        return day

    def last_open(self, day: date) -> date:
        """``day`` itself or the last working day before it."""
        while not self.is_open(day):
            day -= ONE_DAY
        return day

    def at(self, day: date, hour: float) -> datetime:
        """That hour of that day on this side's clock, in UTC."""
        minutes = int(hour * 60)
        local = datetime.combine(day, time(minutes // 60, minutes % 60), tzinfo=self.zone)
        return local.astimezone(UTC)

    def office_moment(self, day: date, dice: Dice) -> datetime:
        """Some moment of the working day; mornings and early afternoons are busiest."""
        hour = dice.between(8.5, 12.2) if dice.chance(0.52) else dice.between(13.2, 17.6)
        return self.at(day, hour)

    def answer_after(self, asked_at: datetime, dice: Dice, pace: float) -> datetime:
        """When somebody here answers a message that came at ``asked_at``.

        ``pace`` 1 is usual; larger is slower. Some hours later on the same day, else on one of the next working
        days; never outside office hours.
        """
        roll = dice.uniform() / pace
        local = asked_at.astimezone(self.zone)
        hour = local.hour + local.minute / 60
        if roll > 0.42 and self.is_open(local.date()) and hour < 16.5:
            return self.at(local.date(), min(max(hour, 8.2) + dice.between(0.2, 3.5), 18.4))
        wait_days = 1 if roll > 0.16 else dice.whole(2, 4)
        return self.office_moment(self.next_open(local.date() + timedelta(days=wait_days)), dice)


def mutual_open(first: WorkCalendar, second: WorkCalendar, day: date) -> date:
    """``day`` or the first day after it on which both sides work."""
    while not (first.is_open(day) and second.is_open(day)):
        day += ONE_DAY
    return day


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from ``first`` up to, and without, ``last``."""
    for offset in range((last - first).days):
        yield first + timedelta(days=offset)


def summer_leave(year: int, dice: Dice, weeks: int) -> tuple[date, date]:
    """Leave of some weeks that begins on a Monday of July or August."""
    start = date(year, 7, 1) + timedelta(days=dice.whole(0, 45))
    start -= timedelta(days=start.weekday())
    return start, start + timedelta(days=7 * weeks - 1)
