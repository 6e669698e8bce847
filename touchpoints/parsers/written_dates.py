"""Dates with the month in words: 5 March 2024, März 5, 2024, Tue, 5 Mar 2024 14:05:00 +0100, 5 de marzo de 2024."""

from __future__ import annotations

import re
import warnings
from datetime import UTC, datetime, time, tzinfo
from functools import lru_cache

from dateutil.parser import ParserError, UnknownTimezoneWarning, parser, parserinfo

from touchpoints.parsers.clock import TIME_PATTERN, read_time
from touchpoints.parsers.records import CellError
from touchpoints.parsers.words import fold

# One set of words per month: English, German, French, Spanish, Dutch, folded (no accents, lower case).
_MONTHS = (
    ("jan", "january", "januar", "janner", "jaenner", "janvier", "janv", "enero", "ene", "januari"),
    ("feb", "february", "februar", "fevrier", "fevr", "fev", "febrero", "februari"),
    ("mar", "march", "marz", "maerz", "mrz", "mars", "marzo", "maart", "mrt"),
    ("apr", "april", "avril", "avr", "abril", "abr"),
    ("may", "mai", "mayo", "mei"),
    ("jun", "june", "juni", "juin", "junio"),
    ("jul", "july", "juli", "juillet", "juil", "julio"),
    ("aug", "august", "aout", "agosto", "ago", "augustus"),
    ("sep", "sept", "september", "septembre", "septiembre", "setiembre"),
    ("oct", "october", "oktober", "okt", "octobre", "octubre"),
    ("nov", "november", "novembre", "noviembre"),
    ("dec", "december", "dezember", "dez", "decembre", "diciembre", "dic"),
)
_MONTH_WORDS = {word for words in _MONTHS for word in words}
_LETTERS = re.compile(r"[^\W\d_]+")
_ZONES: dict[str, tzinfo] = {"utc": UTC, "gmt": UTC, "z": UTC}


_WEEKDAYS = (
    ("mon", "monday", "mo", "montag", "lun", "lundi", "lunes", "ma", "maandag"),
    ("tue", "tuesday", "tues", "dienstag", "di", "mardi", "martes", "dinsdag"),
    ("wed", "wednesday", "mi", "mittwoch", "mer", "mercredi", "mie", "miercoles", "wo", "woensdag"),
    ("thu", "thursday", "thur", "thurs", "do", "donnerstag", "jeu", "jeudi", "jue", "jueves", "donderdag"),
    ("fri", "friday", "fr", "freitag", "ven", "vendredi", "vie", "viernes", "vr", "vrijdag"),
    ("sat", "saturday", "sa", "samstag", "sam", "samedi", "sab", "sabado", "za", "zaterdag"),
    ("sun", "sunday", "so", "sonntag", "dim", "dimanche", "dom", "domingo", "zo", "zondag"),
)
# "5 de marzo a las 14:05", "am 5. März um 14:05 Uhr": words between the parts that say nothing.
_CONNECTORS = re.compile(r"^am\b|\b(?:a las|a|at|um|op|om|uhr|de|del|der|den|er|el|le|on)\b(?!\.)")
_WITH_TIME = re.compile(rf"(?P<date>.+?)(?:[.,]?\s|,)(?P<time>{TIME_PATTERN})", re.IGNORECASE)


class _ManyLanguages(parserinfo):
    MONTHS = list(_MONTHS)  # type: ignore[arg-type] # noqa: RUF012 - dateutil takes any number of words
    WEEKDAYS = list(_WEEKDAYS)  # type: ignore[arg-type] # noqa: RUF012

    def convertyear(self, year: int, century_specified: bool = False) -> int:
        """Two-digit years by a fixed rule; dateutil's own depends on the year it runs in."""
        if year >= 100 or century_specified:
            return year
        return year + (1900 if year >= 70 else 2000)


_PARSER = parser(_ManyLanguages())
# A field the text leaves out is filled from the default: two defaults that differ in all of them show it.
_DEFAULTS = (datetime(2001, 1, 1), datetime(2002, 2, 2))  # noqa: DTZ001 - only carriers of date fields


def _zone_named(name: str | None, offset: int | None) -> tzinfo | int | None:
    if offset is not None:
        return offset
    if name is None:
        return None
    try:
        return _ZONES[name.casefold()]
    except KeyError:
        raise ValueError(f"the time zone {name} is not known") from None


def read_written(text: str) -> datetime | None:
    """The date (naive, or aware where the text has an offset) of a text with a month in words.

    None when no month is named, when day or year is missing, or when the text is no date.
    """
    if len(text) > 80:
        return None
    folded = _LETTERS.sub(lambda word: fold(word[0]), text)
    if not _MONTH_WORDS.intersection(_LETTERS.findall(folded)):
        return None
    folded = " ".join(_CONNECTORS.sub(" ", folded).split())
    timed = _WITH_TIME.fullmatch(folded)
    if timed and (timed["minute"] or timed["half"]):
        # Days repeat and times do not: with the time cut off, the slow reading of the day is done once per day.
        day = _parse(timed["date"])
        if day is not None and day.tzinfo is None and day.time() == time():
            try:
                return datetime.combine(day.date(), read_time(timed["time"]))
            except CellError:
                return None
    return _parse(folded)


@lru_cache(maxsize=4096)
def _parse(folded: str) -> datetime | None:
    shouted = re.sub(r"\b(utc|gmt|z)\b", lambda zone: zone[0].upper(), folded)  # as dateutil knows them
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UnknownTimezoneWarning)
            first, second = (
                _PARSER.parse(shouted, default=default, tzinfos=_zone_named, dayfirst=True) for default in _DEFAULTS
            )
    except (ParserError, ValueError, OverflowError, UnknownTimezoneWarning):
        return None
    return first if first == second else None
