"""Puts the phrases together: one writer per account, who knows its sites, its people and its trade."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from touchpoints.demo import phrases_short, phrases_talk
from touchpoints.demo.dice import Dice
from touchpoints.demo.industries import Industry
from touchpoints.demo.phrases_mail import Topic

_PARTNERS = (
    "Norden Parcel",
    "Rapid Kurier",
    "TransAlba",
    "Swift & Sons",
    "Vía Directa",
    "Blauwe Lijn",
    "Eastline Couriers",
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_HOURS = ("8:30", "9:00", "9:30", "10:00", "10:30", "11:00", "13:30", "14:00", "15:00", "15:30", "16:00")


def spoken_day(day: date) -> str:
    """``12 March``."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class Voice:
    """Who writes to whom: names as people use them in a mail."""

    me: str
    to: str
    other: str
    mate: str


class Writer:
    """Writes subjects and bodies for one account."""

    def __init__(self, dice: Dice, industry: Industry, towns: tuple[str, ...], culture: str) -> None:
        self._dice = dice
        self._industry = industry
        towns_here = dice.several(towns, 3)
        kinds = dice.several(industry.sites, 3)
        self._town = towns_here[0]
        self._sites = [f"the {kind} in {town}" for kind in kinds for town in towns_here[:2]]
        self._short_sites = towns_here
        self._partner = dice.pick(_PARTNERS)
        self._native = phrases_short.NATIVE_LINES.get(culture, ())

    def _slots(self, day: date, voice: Voice) -> dict[str, str | int]:
        dice = self._dice
        file, plan = dice.pick(self._industry.files), dice.pick(self._industry.plans)
        site = dice.pick(self._short_sites) if dice.chance(0.6) else dice.pick(self._sites)
        site2 = dice.pick(self._sites)
        soon = day + timedelta(days=dice.whole(3, 24))
        return {
            "me": voice.me,
            "to": voice.to,
            "other": voice.other,
            "mate": voice.mate,
            "file": file,
            "File": _capital(file),
            "plan": plan,
            "Plan": _capital(plan),
            "site": site,
            "Site": _capital(site),
            "site2": site2,
            "town": self._town,
            "trouble": dice.pick(self._industry.troubles),
            "partner": self._partner,
            "day": spoken_day(soon),
            "weekday": dice.pick(_WEEKDAYS),
            "month": _MONTHS[(soon.month - dice.whole(1, 2)) % 12],
            "year": day.year + 1,
            "hour": dice.pick(_HOURS),
            "n": dice.whole(2, 9),
            "count": dice.whole(21, 480),
            "number": dice.whole(1040, 9870),
            "pct": dice.whole(2, 14),
            "score": dice.whole(7, 10),
        }

    def line(self, options: tuple[str, ...], day: date, voice: Voice) -> str:
        """One filled phrase, beginning with a capital."""
        return _capital(self._dice.pick(options).format_map(self._slots(day, voice)))

    def pair(self, options: tuple[tuple[str, str], ...], day: date, voice: Voice, **more: str) -> tuple[str, str]:
        """A filled subject and body that belong together."""
        subject, body = self._dice.pick(options)
        slots = {**self._slots(day, voice), **more}
        return _capital(subject.format_map(slots)), _capital(body.format_map(slots))

    def subject(self, topic: Topic, day: date, voice: Voice) -> str:
        return self.line(topic.subjects, day, voice)

    def mail(self, options: tuple[str, ...], day: date, voice: Voice, *, by_us: bool) -> str:
        """A whole mail: sometimes a greeting, one or two thoughts, mostly a name below."""
        dice = self._dice
        parts = [self.line(options, day, voice)]
        if dice.chance(0.4):
            parts.append(self.line(phrases_short.SECOND_LINES, day, voice))
        text = " ".join(parts)
        slots = {"to": voice.to, "me": voice.me, "town": self._town}
        if dice.chance(0.75):
            text = dice.pick(phrases_short.GREETINGS).format_map(slots) + "\n\n" + text
        if dice.chance(0.85):
            ends = phrases_short.OUR_SIGN_OFFS if by_us else phrases_short.SIGN_OFFS
            text += "\n\n" + dice.pick(ends).format_map(slots)
        return text

    def native_mail(self, day: date, voice: Voice) -> tuple[str, str] | None:
        """A subject and body in the client's own script, where there is one and they feel like it."""
        if not self._native or not self._dice.chance(0.55):
            return None
        return self.pair(self._native, day, voice)

    def note(self, day: date, voice: Voice, options: tuple[str, ...] = phrases_talk.NOTES) -> str:
        """What somebody writes down after a talk: one to three sentences."""
        count = self._dice.weighted((1, 2, 3), (5, 4, 1))
        slots = self._slots(day, voice)
        return " ".join(_capital(option.format_map(slots)) for option in self._dice.several(options, count))
