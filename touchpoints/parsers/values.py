"""Reading the single cells that are not dates: vocabulary words, flags, money, cadences, domains, people.

Every reader takes the cell's text and raises `CellError` with a message that says what would be understood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from touchpoints.parsers.records import CellError
from touchpoints.parsers.vocabulary import (
    AUTOMATED_WORDS,
    CADENCE_WORDS,
    CHANNEL_WORDS,
    DIRECTION_WORDS,
    FALSE_WORDS,
    LEVEL_WORDS,
    OUTCOME_WORDS,
    STATUS_WORDS,
    TRUE_WORDS,
)
from touchpoints.parsers.words import fold

CHANNELS = ("call", "visit", "meeting", "email", "text", "ticket", "survey", "event", "other")
DIRECTIONS = ("inbound", "outbound", "mutual", "unknown")
OUTCOMES = ("", "talked", "voicemail", "no_answer", "bounced", "cancelled")
LEVELS = ("analyst", "manager", "director", "executive")
STATUSES = ("active", "closed")

MAX_ARR = Decimal(10) ** 12
MAX_CADENCE_DAYS = 3650

_EMAIL = re.compile(r"[^\s<>()\[\],;:|\"']+@[^\s<>()\[\],;:|\"']+\.[^\s<>()\[\],;:|\"'.]+")
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{1,59})")
_MONEY = re.compile(r"([+-]?)([\d.,]*\d)\s?(k|tsd|m|mio|mn|million)?([+-]?)", re.IGNORECASE)
_CURRENCY = re.compile(
    r"(?i:us|au?|ca?|hk|nz)?\$|[€£¥₹₽₺₩₪]|,-+$|\.-+$"
    r"|(?i:(?<![a-jln-z])(?:eur|usd|gbp|chf|sek|nok|dkk|pln|czk|huf|jpy|cad|aud|kr|fr|sfr|zł)\.?(?![a-z]))"
)
_CADENCE = re.compile(r"(?:every |each |alle |tous les |cada |elke )?(\d{1,4}) ?([a-z]*)")
_UNIT_DAYS = {
    1: "d day days tag tage tagen jour jours dia dias dag dagen",
    7: "w week weeks woche wochen semaine semaines semana semanas weken",
    30: "month months monat monate monaten mois mes meses maand maanden",
    91: "quarter quarters quartal quartale trimestre trimestres kwartaal kwartalen",
    365: "y year years jahr jahre jahren an ans ano anos jaar jaren",
}
_DAYS_OF_UNIT = {"": 1, **{word: days for days, words in _UNIT_DAYS.items() for word in words.split()}}


@dataclass(frozen=True, slots=True)
class ChannelReading:
    """A channel word and what else it says: "incoming call", "voicemail", "newsletter". Empty: it does not say."""

    channel: str
    direction: str = ""
    outcome: str = ""
    is_automated: bool = False


def _shown(cell: str) -> str:
    return cell if len(cell) <= 60 else cell[:60] + "…"


def read_channel(cell: str) -> ChannelReading:
    """The channel of a word or phrase; CellError (unknown_channel) when no word of it is understood."""
    folded = fold(cell)
    outcome = OUTCOME_WORDS.get(folded, "")
    automated = folded in AUTOMATED_WORDS
    if folded in CHANNEL_WORDS:
        return ChannelReading(CHANNEL_WORDS[folded], "", outcome, automated)
    words = folded.split()
    direction = next((DIRECTION_WORDS[word] for word in words if word in DIRECTION_WORDS), "")
    rest = " ".join(word for word in words if word not in DIRECTION_WORDS)
    if direction and rest in CHANNEL_WORDS:
        return ChannelReading(CHANNEL_WORDS[rest], direction, OUTCOME_WORDS.get(rest, ""), rest in AUTOMATED_WORDS)
    raise CellError(
        "unknown_channel",
        f"“{_shown(cell)}” is not a channel Hark knows; use call, visit, meeting, email, text, ticket, survey, event"
        " or other.",
    )


def _read_word(cell: str, words: Mapping[str, str], code: str, message: str) -> str:
    try:
        return words[fold(cell)]
    except KeyError:
        raise CellError(code, f"“{_shown(cell)}” {message}") from None


def read_direction(cell: str) -> str:
    return _read_word(
        cell,
        DIRECTION_WORDS,
        "unknown_direction",
        "is not a direction Hark knows; use inbound (from the client), outbound (from us), mutual or unknown.",
    )


def read_outcome(cell: str) -> str:
    return _read_word(
        cell,
        OUTCOME_WORDS,
        "unknown_outcome",
        "is not an outcome Hark knows; use talked, voicemail, no answer, bounced or cancelled, or leave it empty.",
    )


def read_level(cell: str) -> str:
    return _read_word(
        cell, LEVEL_WORDS, "unknown_level", "is not a level Hark knows; use analyst, manager, director or executive."
    )


def read_status(cell: str) -> str:
    return _read_word(cell, STATUS_WORDS, "unknown_status", "is not a status Hark knows; use active or closed.")


def read_flag(cell: str) -> bool:
    """Yes or no; an empty cell is no. Raises CellError (bad_flag)."""
    folded = fold(cell)
    if folded in TRUE_WORDS:
        return True
    if folded in FALSE_WORDS:
        return False
    raise CellError("bad_flag", f"“{_shown(cell)}” is neither yes nor no.")


def read_money(cell: str) -> Decimal:
    """An amount, not negative, rounded to two decimals: 1,234.56 or 1.234,56, € 12 000, CHF 1'234.50, 12k.

    A single mark followed by exactly three digits groups thousands (1.234 and 1,234 are both 1234), unless it stands
    after a leading zero. Raises CellError (bad_amount).
    """
    bare = _CURRENCY.sub("", re.sub(r"[\s'’_]", "", cell))
    match = _MONEY.fullmatch(bare)
    if match is None:
        raise CellError("bad_amount", f"“{_shown(cell)}” is not an amount; write it like 12500 or 12500.50.")
    if "-" in match[1] + match[4]:
        raise CellError("bad_amount", f"“{_shown(cell)}” is below zero; a yearly value is zero or more.")
    unit = {"k": 1000, "tsd": 1000}.get((match[3] or "").casefold(), 1_000_000 if match[3] else 1)
    amount = (_read_decimal(match[2], cell) * unit).quantize(Decimal("0.01"), ROUND_HALF_UP)
    if amount >= MAX_ARR:
        raise CellError("bad_amount", f"“{_shown(cell)}” is too large for a yearly value.")
    return amount


def _read_decimal(digits: str, cell: str) -> Decimal:
    marks = [character for character in digits if character in ".,"]
    decimal_mark = ""
    if marks:
        last = marks[-1]
        tail = len(digits) - digits.rindex(last) - 1
        is_only_kind = len(set(marks)) == 1
        groups = is_only_kind and tail == 3 and (len(marks) > 1 or not digits.startswith(("0", last)))
        if not groups:
            decimal_mark = last
    whole, _, fraction = digits.rpartition(decimal_mark) if decimal_mark else (digits, "", "")
    if (decimal_mark and decimal_mark in whole) or not re.fullmatch(r"\d*|\d{1,3}([.,]\d{2,3})+", whole):
        raise CellError("bad_amount", f"“{_shown(cell)}” is not an amount; write it like 12500 or 12500.50.")
    return Decimal(re.sub(r"[.,]", "", whole or "0") + "." + (fraction or "0"))


def read_cadence_days(cell: str) -> int:
    """Days between contacts: 14, "2 weeks", "every 30 days", "monthly", "quarterly". Raises CellError (bad_cadence)."""
    folded = "" if cell.strip().startswith("-") else re.sub(r"(\d) 0+$", r"\1", fold(cell))
    days = CADENCE_WORDS.get(folded)
    match = _CADENCE.fullmatch(folded)
    if days is None and match and match[2] in _DAYS_OF_UNIT:
        days = int(match[1]) * _DAYS_OF_UNIT[match[2]]
    if days is None or not 1 <= days <= MAX_CADENCE_DAYS:
        raise CellError(
            "bad_cadence",
            f"“{_shown(cell)}” is not a cadence; write days, such as 14, or a word such as weekly.",
        )
    return days


def read_email(cell: str) -> str:
    """One address, lower case, out of `a@b.example` or `Name <a@b.example>`. Raises CellError (bad_email)."""
    found = _EMAIL.findall(cell)
    if len(found) != 1 or len(found[0]) > 254:
        raise CellError("bad_email", f"“{_shown(cell)}” is not one e-mail address.")
    return str(found[0]).lower()


def split_people(cell: str) -> tuple[str, ...]:
    """The people a cell names, once each: its e-mail addresses (lower case), or names parted by semicolons or bars."""
    if "@" in cell:
        found = _EMAIL.findall(cell)
        if found:
            return tuple(dict.fromkeys(address.lower().removeprefix("mailto:") for address in found))
    if ";" not in cell and "|" not in cell:
        return (cell,) if cell else ()
    return tuple(dict.fromkeys(name for part in re.split(r"[;|]", cell) if (name := part.strip())))


def split_domains(cell: str) -> tuple[str, ...]:
    """The e-mail domains a cell names, lower case, IDNA, once each; out of web addresses too. Raises CellError."""
    return tuple(dict.fromkeys(_read_domain(part) for part in re.split(r"[\s,;|]+", cell) if part))


def _read_domain(part: str) -> str:
    host = (
        re.sub(r"^[a-z]+://", "", part.lower())
        .split("/")[0]
        .split(":")[0]
        .split("@")[-1]
        .removeprefix("www.")
        .strip(".")
    )
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            host = ""
    if not _DOMAIN.fullmatch(host):
        raise CellError("bad_domain", f"“{_shown(part)}” is not a domain; write it like example.com.")
    return host


def domain_of(address: str) -> str:
    return address.rpartition("@")[2]
