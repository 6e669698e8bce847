"""Days, dates and paces as people write them."""

from datetime import date

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def spell_days(days: float) -> str:
    """'1 day', '31 days'."""
    whole = round(days)
    return f"{whole} day" if whole == 1 else f"{whole} days"


def spell_cadence(days: float) -> str:
    """'every day', 'every 9 days'."""
    return "every day" if round(days) <= 1 else f"every {round(days)} days"


def spell_date(day: date, as_of: date) -> str:
    """'12 Aug', with the year when it is not clear which August: '12 Aug 2024'."""
    text = f"{day.day} {_MONTHS[day.month - 1]}"
    return text if (as_of - day).days < 330 else f"{text} {day.year}"
