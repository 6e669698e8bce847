"""The score in words, rounded no finer than it is known.

Measured tails are honest to about five percent, so nothing rarer than "less than 1 time in 50" is ever
claimed, common chances are told in tens of percent, and days are whole.
"""

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from health.scoring.bands import Band
from health.scoring.explain_signals import ToldSignal, spell_signal, spell_signal_reason
from health.scoring.spelling import spell_cadence, spell_date, spell_days

_NUMBER_WORDS = ("no", "one", "two", "three", "four", "five")

#: A multiple of the usual gap is said from here on; below it the silence is simply on time.
MIN_SPOKEN_RATIO = 1.15

#: A client whose next touch comes by pure chance has a gap of r usual ones 1/2^r of the time. The usual gap is the
#: middle one of all, the chance forgets old gaps; where they are further apart than this, the sentence says why.
MOST_APART = 0.2

#: Gaps that have grown, or shrunk, by this factor are why.
LEAST_CHANGE = 1.15


class Pace(StrEnum):
    """What stands beside the usual gap where it does not tell how rare the silence is."""

    AS_USUAL = ""
    LESS_OFTEN = "lately less often"
    MORE_OFTEN = "lately more often"
    UNEVEN = "but not evenly"


_GAP_COMES = {
    Pace.AS_USUAL: "A gap this long comes",
    Pace.LESS_OFTEN: "A gap this long now comes",
    Pace.MORE_OFTEN: "A gap this long now comes",
    Pace.UNEVEN: "A gap this long comes",
}


@dataclass(frozen=True)
class Part:
    """A piece of a sentence; ``is_figure`` marks the numbers a page may set in bold."""

    text: str
    is_figure: bool = False


@dataclass(frozen=True)
class SilenceFacts:
    """What the sentence speaks of. Days, chances in [0, 1]; ``drift`` is the log ratio of ``Scores``.

    With ``is_by_client`` the first four numbers are those of the series in which the client took part.
    ``slowing_since`` is None unless the account is slowing enough to say so. ``signals`` are those that are on, the
    ones that make an account drift first, strongest first. ``stopped_source`` is the one because of which the silence
    is not flagged, '' for none, and ``stopped_since`` its last day.
    """

    silent_days: float
    usual_gap_days: float
    is_usual_own: bool
    normal: float
    touch_days: int
    band: Band
    risk: float
    horizon_days: float
    as_of: date
    drift: float = 0.0
    is_slowing: bool = False
    slowing_since: date | None = None
    is_by_client: bool = False
    signals: tuple[ToldSignal, ...] = ()
    stopped_source: str = ""
    stopped_since: date | None = None

    @property
    def main_signal(self) -> ToldSignal | None:
        """The signal to name as the reason for drifting: the strongest of those that make an account drift."""
        return next((told for told in self.signals if told.is_of_band), None)


@dataclass(frozen=True)
class Explanation:
    """``headline`` is what ``parts`` spell; ``reason`` fits a list row (at most 12 words); ``notes`` are
    further sentences, each true on its own."""

    parts: tuple[Part, ...]
    reason: str
    notes: tuple[str, ...] = ()

    @property
    def headline(self) -> str:
        """The main sentences as plain text."""
        return "".join(part.text for part in self.parts)

    def __str__(self) -> str:
        return " ".join((self.headline, *self.notes))


def sentence(facts: SilenceFacts) -> Explanation:
    """Explain one account's silence."""
    notes = []
    if not facts.is_usual_own:
        notes.append(f"{spell_touches(facts.touch_days)}: judged by similar accounts.")
    if facts.is_slowing:
        notes.append(f"{spell_drift(facts)}.")
    notes += [spell_signal(told, facts.as_of) for told in facts.signals]
    if facts.stopped_source:
        notes.append(spell_unheard(facts))
    return Explanation((*_rhythm_parts(facts), *_chance_parts(facts)), spell_reason(facts), tuple(notes))


def no_history() -> Explanation:
    """For an account without a single touch, which has no score."""
    return Explanation((Part("No touches yet, so there is no score."),), "No touches yet")


def spell_ratio(ratio: float) -> str:
    """'3.4×', from ten on '12×'."""
    return f"{ratio:.1f}×" if ratio < 9.95 else f"{round(ratio)}×"


def spell_chance(chance: float) -> str:
    """How often, never finer than known: under 2 % 'less than 1 time in 50', to 10 % 'about 1 time in N', else tens."""
    if chance < 0.02:
        return "less than 1 time in 50"
    if chance <= 0.1:
        return f"about 1 time in {round(1 / chance)}"
    if chance > 0.95:
        return "more than 90% of the time"
    return f"about {round(chance * 10) * 10}% of the time"


def pace_of(facts: SilenceFacts) -> Pace:
    """Whether the usual gap and the chance of the silence speak of one rhythm, and if not, why.

    Gaps have grown or shrunk, and most of those that the usual gap is the middle of lie far back; or they come
    unevenly, many short ones and some long. ``drift`` is that of any touch, so of the client's nothing is said.
    """
    ratio = facts.silent_days / max(facts.usual_gap_days, 0.5)
    by_chance = 0.5**ratio
    change = 1.0 if facts.is_by_client else math.exp(facts.drift)
    if ratio >= MIN_SPOKEN_RATIO and facts.normal > by_chance + MOST_APART:
        return Pace.LESS_OFTEN if change >= LEAST_CHANGE else Pace.UNEVEN
    if ratio <= 1 / MIN_SPOKEN_RATIO and facts.normal < by_chance - MOST_APART:
        return Pace.MORE_OFTEN if change <= 1 / LEAST_CHANGE else Pace.UNEVEN
    return Pace.AS_USUAL


def spell_gap_comes(facts: SilenceFacts) -> str:
    """'A gap this long comes', in the words that go with the usual gap; a chance follows."""
    return _GAP_COMES[pace_of(facts)]


def spell_touches(touch_days: int) -> str:
    """'Only two touches so far'."""
    count = _NUMBER_WORDS[touch_days] if touch_days < len(_NUMBER_WORDS) else str(touch_days)
    return f"Only {count} {'touch' if touch_days == 1 else 'touches'} so far"


def spell_drift(facts: SilenceFacts) -> str:
    """'Gaps have grown 1.6× since 12 Aug'."""
    factor = math.exp(facts.drift)
    since = "" if facts.slowing_since is None else f" since {spell_date(facts.slowing_since, facts.as_of)}"
    return f"Gaps have grown {factor:.1f}×{since}"


def spell_reason(facts: SilenceFacts) -> str:
    """The main reason for the band, at most 12 words."""
    silent, cadence = spell_days(facts.silent_days), spell_cadence(facts.usual_gap_days)
    match facts.band:
        case Band.CLOSED:
            return "Account closed"
        case Band.PAUSED:
            return "Known quiet"
        case Band.LEARNING:
            return spell_touches(facts.touch_days)
        case Band.SILENT | Band.DORMANT if facts.is_by_client:
            return f"Nothing from the client for {silent}, usually {cadence}"
        case Band.SILENT | Band.DORMANT:
            return f"Silent for {silent}, usually {cadence}"
        case Band.DRIFTING if drifting := _drifting_reason(facts):
            return drifting
        case _ if facts.stopped_source:
            return f"Not flagged: {_nothing_since(facts)}"
        case _:
            return f"{'Today' if round(facts.silent_days) == 0 else silent + ' ago'}, usually {cadence}"


def spell_unheard(facts: SilenceFacts) -> str:
    """Why the silence is not flagged: a source that stopped is no client who went quiet."""
    return f"The silence is not flagged: most touches came from one source, and there is {_nothing_since(facts)}."


def _nothing_since(facts: SilenceFacts) -> str:
    since = "" if facts.stopped_since is None else f" since {spell_date(facts.stopped_since, facts.as_of)}"
    return f"nothing from “{facts.stopped_source}”{since}"


def _drifting_reason(facts: SilenceFacts) -> str:
    """A signal says more than that the gaps have grown, which it often explains; that more than a bare chance."""
    if facts.main_signal is not None:
        return spell_signal_reason(facts.main_signal, facts.as_of)
    if facts.is_slowing:
        return spell_drift(facts)
    if facts.risk > 0.5:
        return f"{_likely(facts.risk)} to stay silent for {spell_days(facts.horizon_days)} more"
    return ""


def _likely(risk: float) -> str:
    tens = round(risk * 10) * 10
    return "Almost certain" if tens >= 100 else f"About {tens}% likely"


def _rhythm_parts(facts: SilenceFacts) -> tuple[Part, ...]:
    cadence = Part(spell_cadence(facts.usual_gap_days), is_figure=True)
    if facts.is_by_client:
        opening = Part("The client usually takes part ")
    elif facts.is_usual_own:
        opening = Part("Usually ")
    else:
        opening = Part("Accounts like this one usually have a touch ")
    if round(facts.silent_days) <= 0:
        return (opening, cadence, Part("; last touch "), Part("today", is_figure=True), Part("."))
    silence = Part(spell_days(facts.silent_days), is_figure=True)
    if pace := pace_of(facts):
        return (opening, cadence, Part(f", {pace}; silent for "), silence, Part("."))
    ratio = facts.silent_days / max(facts.usual_gap_days, 0.5)
    if ratio < MIN_SPOKEN_RATIO:
        return (opening, cadence, Part("; silent for "), silence, Part("."))
    multiple = Part(spell_ratio(ratio), is_figure=True)
    return (opening, cadence, Part("; silent for "), silence, Part(" ("), multiple, Part(")."))


def _chance_parts(facts: SilenceFacts) -> tuple[Part, ...]:
    if round(facts.silent_days) <= 0:
        return ()
    return (Part(f" {spell_gap_comes(facts)} "), Part(spell_chance(facts.normal), is_figure=True), Part("."))
