"""How figures are written for people: money, days, shares, dates. Pure; the template filters are thin wrappers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import lru_cache

_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CHF": "CHF ", "SEK": "SEK ", "NOK": "NOK ", "DKK": "DKK "}
_STEPS = ((Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "k"))


def short_money(amount: Decimal | float | None, currency: str) -> str:
    """Write an amount as one glance takes it in: three figures and a unit, such as €1.24M, €603k, €85.

    `currency` is an ISO 4217 code; None is written as a dash.
    """
    if amount is None:
        return "–"
    value = Decimal(str(amount))
    sign = "−" if value < 0 else ""
    value = abs(value)
    symbol = currency_sign(currency)
    # The next unit begins where rounding would print 1000 of this one.
    for step, unit in _STEPS:
        if value >= step * Decimal("0.9995"):
            return f"{sign}{symbol}{_three_figures(value / step)}{unit}"
    return f"{sign}{symbol}{value:.0f}"


def currency_sign(currency: str) -> str:
    """Return what stands before an amount: € for EUR, and the ISO 4217 code with a space where no sign is known."""
    return _SYMBOLS.get(currency, f"{currency} ")


def _three_figures(value: Decimal) -> str:
    if value >= Decimal("99.95"):
        return f"{value:.0f}"
    text = f"{value:.1f}" if value >= Decimal("9.995") else f"{value:.2f}"
    return text.rstrip("0").rstrip(".")


def full_money(amount: Decimal | float | None, currency: str) -> str:
    """Write an amount exactly to the unit, with thin spaces between thousands: €182 000."""
    if amount is None:
        return "–"
    symbol = currency_sign(currency)
    return f"{symbol}{amount:,.0f}".replace(",", "\u202f")


def count_of(count: int, singular: str, plural: str = "") -> str:
    """Write a count with its noun: 1 day, 2 days, 1 204 accounts."""
    noun = singular if count == 1 else (plural or f"{singular}s")
    return f"{whole_number(count)} {noun}"


def whole_number(value: float) -> str:
    """Write a whole number with thin spaces between thousands."""
    return f"{value:,.0f}".replace(",", "\u202f")


def share(part: float, whole: float) -> str:
    """Write part of whole in percent; under 1 % but not nothing says so, and only the whole is 100 %."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    if part and percent < 1:
        return "under 1%"
    if part < whole and percent > 99:
        return "over 99%"
    return f"{percent:.0f}%"


@lru_cache(maxsize=4096)  # a chart of a thousand marks writes each of its days many times
def short_date(day: dt.date | None, today: dt.date) -> str:
    """Write a date as 12 Aug, with the year when it is not within half a year of `today`."""
    if day is None:
        return "–"
    text = f"{day.day} {day:%b}"
    return text if abs((day - today).days) <= 182 else f"{text} {day.year}"


def relative_days(day: dt.date | None, today: dt.date) -> str:
    """Write how far a day is, up to a week in words and as a date beyond: today, yesterday, 3 days ago, in 2 days."""
    if day is None:
        return "–"
    days = (day - today).days
    near = {0: "today", -1: "yesterday", 1: "tomorrow"}
    if days in near:
        return near[days]
    if abs(days) > 7:
        return short_date(day, today)
    return f"{-days} days ago" if days < 0 else f"in {days} days"


def exact_moment(moment: dt.datetime) -> str:
    """Write a moment in full, in the time zone it is given in: Tue 24 Nov 2026, 12:03 CET."""
    return f"{moment:%a} {moment.day} {moment:%b %Y, %H:%M} {moment.tzname() or ''}".rstrip()


def exact_day(day: dt.date) -> str:
    """Write a day in full: Tue 24 Nov 2026."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def duration(length: dt.timedelta | None) -> str:
    """Write a length of time in its one or two leading words: 3 days, 5 hours, under an hour."""
    if length is None:
        return "–"
    hours = length.total_seconds() / 3600
    if hours < 1:
        return "under an hour"
    return count_of(round(hours), "hour") if hours < 36 else count_of(round(hours / 24), "day")
