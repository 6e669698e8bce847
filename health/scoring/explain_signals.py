"""The signals in words, each from the figures that are stored with the score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from health.scoring.arrays import NO_DAY
from health.scoring.signals.found import BAND_SIGNALS, FoundSignals, Signal
from health.scoring.signals.statistics import RECENT_DAYS
from health.scoring.signals.talk_days import TalkStats
from health.scoring.spelling import spell_cadence, spell_date

#: Stands where a person's name is not known any more.
SOMEBODY = "Somebody of rank"


@dataclass(frozen=True)
class ToldSignal:
    """A signal that is on, with the figures it is told with: whole numbers, days as ISO dates, names."""

    signal: Signal
    strength: float
    figures: Mapping[str, Any]

    @property
    def is_of_band(self) -> bool:
        """Whether it makes the account drift; else it is only shown."""
        return self.signal in BAND_SIGNALS

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"signal": self.signal.value, "strength": round(self.strength, 3), **self.figures}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """From ``to_dict``."""
        figures = {name: value for name, value in data.items() if name not in {"signal", "strength"}}
        return cls(Signal(data["signal"]), data["strength"], figures)

    def day(self, name: str) -> date:
        """The figure of that name, which is a day."""
        return date.fromisoformat(self.figures[name])


def people_of_signals(stats: TalkStats, found: FoundSignals) -> set[int]:
    """The ids of the contacts whose names the signals that are on are told with."""
    rows = found.has_any
    return {int(pk) for column in (stats.sponsor, stats.lone_contact) for pk in column[rows] if pk}


def tell_signals(
    stats: TalkStats, found: FoundSignals, row: int, *, agreed_days: float, names: Mapping[int, str]
) -> tuple[ToldSignal, ...]:
    """The signals of one account that are on, those of the band first, strongest first.

    ``agreed_days`` is nan where no cadence is agreed; ``names`` are those of ``people_of_signals``.
    """
    return tuple(
        ToldSignal(signal, strength, _figures(signal, stats, row, agreed_days, names))
        for signal, strength in found.on(row)
    )


def _figures(
    signal: Signal, stats: TalkStats, row: int, agreed_days: float, names: Mapping[int, str]
) -> dict[str, Any]:
    def number(name: str) -> int:
        return int(getattr(stats, name)[row])

    def day(name: str) -> str:
        ordinal = number(name)
        return date.fromordinal(ordinal).isoformat() if ordinal != NO_DAY else ""

    match signal:
        case Signal.UNANSWERED:
            counts = {name: number(name) for name in ("unanswered_days", "longest_unanswered_days")}
            return counts | {"since_on": day("unanswered_since_day")}
        case Signal.ONE_SIDED:
            usual = round(float(stats.client_median_gap[row]), 1)
            return {"since_on": day("client_last_day"), "our_days": number("unanswered_days"), "usual_gap_days": usual}
        case Signal.CADENCE_MISSED:
            return {"agreed_days": round(agreed_days), "lived_days": round(float(stats.lived_gap[row]), 1)} | {
                "last_on": day("last_day")
            }
        case Signal.TALK_FELL:
            columns = ("recent_talk_days", "recent_days", "earlier_talk_days", "earlier_days")
            return {name: number(name) for name in columns} | {"last_on": day("last_day")}
        case Signal.SPONSOR_LEFT:
            return _person(number("sponsor"), names) | {
                "left_on": day("sponsor_left_day"),
                "days": number("sponsor_days"),
            }
        case Signal.SPONSOR_SILENT:
            span = number("sponsor_last_day") - number("sponsor_first_day")
            usual = round(span / max(number("sponsor_days") - 1, 1), 1)
            return _person(number("sponsor"), names) | {"since_on": day("sponsor_last_day"), "usual_gap_days": usual}
        case Signal.SINGLE_THREADED:
            counts = {name: number(name) for name in ("named_days", "lone_earlier_days", "earlier_named_days")}
            return _person(number("lone_contact"), names) | counts | {"last_on": day("last_day")}


def _person(contact_id: int, names: Mapping[int, str]) -> dict[str, Any]:
    return {"contact_id": contact_id, "name": names.get(contact_id, SOMEBODY)}


def spell_signal(told: ToldSignal, as_of: date) -> str:
    """One sentence with the figures, true on its own."""
    figures = told.figures

    def day(name: str) -> str:
        return spell_date(told.day(name), as_of)

    match told.signal:
        case Signal.UNANSWERED:
            before = figures["longest_unanswered_days"]
            usual = f"before, on {before} in a row at most" if before else "before, every one was answered"
            return f"We wrote on {figures['unanswered_days']} days since {day('since_on')} without an answer; {usual}."
        case Signal.ONE_SIDED:
            return (
                f"The client last took part on {day('since_on')}, usually {spell_cadence(figures['usual_gap_days'])};"
                f" since then we wrote on {figures['our_days']} days."
            )
        case Signal.CADENCE_MISSED:
            lived = spell_cadence(figures["lived_days"])
            return f"A touch {spell_cadence(figures['agreed_days'])} is agreed; lately it is one {lived}."
        case Signal.TALK_FELL:
            return (
                f"Live talk fell: on {figures['recent_talk_days']} of {figures['recent_days']} touch days in the"
                f" {RECENT_DAYS} days to {day('last_on')}, on {figures['earlier_talk_days']} of"
                f" {figures['earlier_days']} in the year before."
            )
        case Signal.SPONSOR_LEFT:
            return (
                f"{figures['name']}, the director or executive whom we met most, left on {day('left_on')};"
                " nobody of that rank has stepped in."
            )
        case Signal.SPONSOR_SILENT:
            return (
                f"{figures['name']}, the director or executive whom we met most, last took part on"
                f" {day('since_on')}, usually {spell_cadence(figures['usual_gap_days'])}."
            )
        case Signal.SINGLE_THREADED:
            without = figures["earlier_named_days"] - figures["lone_earlier_days"]
            return (
                f"Only {figures['name']} took part in the {RECENT_DAYS} days to {day('last_on')}; in the year before,"
                f" {without} of {figures['earlier_named_days']} days went without this person."
            )


def spell_signal_reason(told: ToldSignal, as_of: date) -> str:
    """The signal as the main reason of a row, at most twelve words."""
    figures = told.figures
    match told.signal:
        case Signal.UNANSWERED:
            since = spell_date(told.day("since_on"), as_of)
            return f"Unanswered since {since}: we wrote on {figures['unanswered_days']} days"
        case Signal.ONE_SIDED:
            return f"One-sided: the client last took part on {spell_date(told.day('since_on'), as_of)}"
        case Signal.CADENCE_MISSED:
            agreed, lived = figures["agreed_days"], figures["lived_days"]
            return f"Agreed {spell_cadence(agreed)}, lately {spell_cadence(lived)}"
        case Signal.TALK_FELL:
            recent = f"{figures['recent_talk_days']} of {figures['recent_days']}"
            return (
                f"Live talk on {recent} touch days, before {figures['earlier_talk_days']} of {figures['earlier_days']}"
            )
        case Signal.SPONSOR_LEFT:
            return f"Sponsor left on {spell_date(told.day('left_on'), as_of)}, nobody of rank since"
        case Signal.SPONSOR_SILENT:
            return f"Sponsor last took part on {spell_date(told.day('since_on'), as_of)}"
        case Signal.SINGLE_THREADED:
            return f"Only one person took part in the last {RECENT_DAYS} days"


def signals_from(stored: Sequence[Mapping[str, Any]]) -> tuple[ToldSignal, ...]:
    """The signals as they are stored with a score."""
    return tuple(ToldSignal.from_dict(one) for one in stored)
