"""Why a score is what it is, in full: what the account page and `manage.py explain` show, from the stored factors.

Contributions and signals come from the score's own row; the touches behind them are counted, and what would clear the
flag is computed by the code that scores.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, Final

from health.explanations import reason_of
from health.models import AccountHealth, Band, Signal
from health.scoring.bands import Band as ScoredBand
from health.scoring.contributions import STEPS
from health.scoring.explain_contributions import LABELS, ToldStep, tell_steps
from health.scoring.explain_signals import ToldSignal, signals_from, spell_signal
from health.scoring.spelling import spell_date
from health.selectors.clearing import AfterTouch, after_touch_today
from health.selectors.evidence import Evidence, evidence_of, evidence_touches

# A contribution smaller than this share of the scale draws no bar that could be seen; it still has its figure.
_LEAST_WIDTH: Final = 0.6
_MARKS: Final = 10
# So many ids of touches, the newest, are listed for one reason: a mailbox of ten years would make a page of numbers.
MOST_IDS: Final = 1000


@dataclass(frozen=True, slots=True)
class Scale:
    """The part of 0 to 100 that holds all healths on the way, between round marks; bars are in percent of it."""

    low: int
    high: int

    @classmethod
    def around(cls, healths: Sequence[float]) -> Scale:
        """Return the narrowest scale that holds all of `healths`, cut at 0 and 100."""
        low = max(0, math.floor(min(healths) / _MARKS) * _MARKS)
        high = min(100, math.ceil(max(healths) / _MARKS) * _MARKS)
        low = min(low, 100 - _MARKS)
        return cls(low, max(high, low + _MARKS))

    def place(self, health: float) -> float:
        """Return where a health lies, in percent; beyond the scale at its end."""
        return 100 * (min(max(health, self.low), self.high) - self.low) / (self.high - self.low)

    def bar(self, before: float, after: float) -> Bar:
        """Return the bar from one health to the next."""
        start, end = sorted((self.place(before), self.place(after)))
        width = max(end - start, _LEAST_WIDTH)
        return Bar(min(start, 100 - width), width, after >= before)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar in percent of its scale."""

    start: float
    width: float
    is_gain: bool


@dataclass(frozen=True, slots=True)
class StepRow:
    """One contribution: its words and points, where its bar lies, and the touches behind it."""

    told: ToldStep
    bar: Bar
    evidence: Evidence | None
    touches: str

    @property
    def points(self) -> str:
        """The whole points with their sign, as people write it."""
        return spell_points(self.told.whole_points)


@dataclass(frozen=True, slots=True)
class SignalRow:
    """One signal in a sentence, and the touches behind it."""

    told: ToldSignal
    sentence: str
    evidence: Evidence | None
    touches: str


@dataclass(frozen=True, slots=True)
class Reasons:
    """The way from the typical account's health to this one's, the signals, and what a touch today would change."""

    reference_health: float
    health: float
    scale: Scale
    steps: tuple[StepRow, ...]
    signals: tuple[SignalRow, ...]
    clearing: str

    @property
    def reference_place(self) -> float:
        """Where the typical account's health lies on the scale, in percent."""
        return self.scale.place(self.reference_health)

    @property
    def health_place(self) -> float:
        """Where the account's own health lies on the scale, in percent."""
        return self.scale.place(self.health)

    @property
    def sum_words(self) -> str:
        """The sum in whole points: '97 − 44 + 2 − 3 = 52'; steps of no points are left out."""
        moves = [row.told.whole_points for row in self.steps if row.told.whole_points]
        parts = [f"{'+' if move > 0 else '−'} {abs(move)}" for move in moves]
        return " ".join([str(round(self.reference_health)), *parts, "=", str(round(self.health))])


def reasons_of(health: AccountHealth, *, today: dt.date, is_past: bool = False) -> Reasons | None:
    """Return the reasons for a score; None for an account without history, or scored before contributions were kept.

    Of a day that is past, what would clear a flag is left out.
    """
    points = points_of(health)
    if points is None or health.reference_health is None or health.health_score is None:
        return None
    told = tell_steps(health.reference_health, points, health.health_score)
    signals = signals_from(health.signals)
    evidence = evidence_of(health, [*(step.step.value for step in told), *(one.signal.value for one in signals)])
    way = list(accumulate(points, initial=health.reference_health))
    scale = Scale.around(way)
    steps = tuple(
        StepRow(step, scale.bar(before, after), found, spell_evidence(found, today))
        for step, (before, after), found in (
            (step, ends, evidence.get(step.step.value)) for step, ends in zip(told, pairwise(way), strict=True)
        )
    )
    rows = tuple(
        SignalRow(one, spell_signal(one, today), found, spell_evidence(found, today))
        for one, found in ((one, evidence.get(one.signal.value)) for one in signals)
    )
    clearing = "" if is_past else spell_clearing(health, after_touch_today(health, today=today), today)
    return Reasons(health.reference_health, health.health_score, scale, steps, rows, clearing)


def whole_points_of(health: AccountHealth) -> list[str] | None:
    """Return the points of each step as people write them, without a query; None where they are not stored."""
    points = points_of(health)
    if points is None or health.reference_health is None or health.health_score is None:
        return None
    return [
        spell_points(step.whole_points) for step in tell_steps(health.reference_health, points, health.health_score)
    ]


def spell_points(whole: int) -> str:
    """Write whole points with their sign: +12, −3, ±0."""
    return "±0" if whole == 0 else f"+{whole}" if whole > 0 else f"−{-whole}"


def label_of(name: str) -> str:
    """Return what a signal or contribution is called, by the name it has in an address; '' for none."""
    labels = {step.value: label for step, label in LABELS.items()} | dict(Signal.choices)
    return str(labels.get(name, ""))


def points_of(health: AccountHealth) -> list[float] | None:
    """Return the stored health points of each step, in order; None where they are not stored."""
    points = [getattr(health, f"points_{step}") for step in STEPS]
    return None if any(value is None for value in points) else points


def spell_evidence(evidence: Evidence | None, today: dt.date) -> str:
    """'4 touches: 3, 9, 14, 21 Oct', or of many days '22 touches, 14 Mar to 12 Jun'."""
    if evidence is None or evidence.first_on is None or evidence.last_on is None:
        return "no touches"
    count = f"{evidence.count} {'touch' if evidence.count == 1 else 'touches'}"
    if evidence.days and evidence.days[0] == evidence.first_on:
        return f"{count}: {_days_in_row(evidence.days, today)}"
    if evidence.first_on == evidence.last_on:
        return f"{count}, {spell_date(evidence.last_on, today)}"
    return f"{count}, {spell_date(evidence.first_on, today)} to {spell_date(evidence.last_on, today)}"


def _days_in_row(days: tuple[dt.date, ...], today: dt.date) -> str:
    """'28 Sep, 3, 9 Oct': the month once for the days in it."""
    words = []
    for day, following in zip(days, [*days[1:], None], strict=True):
        is_same_month = following is not None and (day.year, day.month) == (following.year, following.month)
        words.append(str(day.day) if is_same_month else spell_date(day, today))
    return ", ".join(words)


def spell_clearing(health: AccountHealth, after: AfterTouch | None, today: dt.date) -> str:
    """What one live talk today would change, in a sentence; '' where there is nothing to clear."""
    if after is None:
        return ""
    score, band = round(after.health.health_score or 0), Band(after.health.band).label
    if after.clears:
        return f"A live talk today would make it {band}, with health {score}."
    if after.health.band == health.band:
        return f"After a live talk today it would still be {band}, with health {score}: {_cause(after.health, today)}."
    return f"A live talk today would make it {band}, with health {score}: {_cause(after.health, today)}."


def _cause(health: AccountHealth, today: dt.date) -> str:
    reason = reason_of(health, today=today)
    return reason[:1].lower() + reason[1:] if health.band != ScoredBand.DRIFTING else reason


def as_plain(reasons: Reasons, health: AccountHealth) -> dict[str, Any]:
    """Return the reasons as plain values for `manage.py explain --json`, each with the ids of its touches."""
    return {
        "reference_health": reasons.reference_health,
        "contributions": [
            {"step": row.told.step.value, "points": row.told.points}
            | _plain_evidence(health, row.told.step.value, row.evidence)
            for row in reasons.steps
        ],
        "signals": [
            row.told.to_dict()
            | {"sentence": row.sentence}
            | _plain_evidence(health, row.told.signal.value, row.evidence)
            for row in reasons.signals
        ],
        "what_would_clear_it": reasons.clearing,
    }


def _plain_evidence(health: AccountHealth, name: str, evidence: Evidence | None) -> dict[str, Any]:
    """Count, first and last day, and ids, oldest first: of very many the newest, and how many others there are."""
    if evidence is None:
        return {"touches": None, "touch_ids": [], "touch_ids_left_out": 0}
    newest = evidence_touches(health, name).order_by("-occurred_at", "-pk").values_list("pk", flat=True)[:MOST_IDS]
    ids = list(newest)[::-1]
    touches = {"count": evidence.count, "first_on": evidence.first_on, "last_on": evidence.last_on}
    return {"touches": touches, "touch_ids": ids, "touch_ids_left_out": evidence.count - len(ids)}
