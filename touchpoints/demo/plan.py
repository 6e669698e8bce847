"""Who lives which pattern, in whose book, in which segment: the shape of the portfolio before anything happens."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from touchpoints.demo.dice import Dice
from touchpoints.demo.names import WRITTEN_FIRMS, Firm, invent_firms
from touchpoints.demo.people import MANAGERS, person_called
from touchpoints.demo.records import DemoPerson
from touchpoints.demo.truth import (
    PATTERN_COUNTS,
    QUARTERLY_VISITOR_QUIET_19_DAYS,
    WEEKLY_CALLER_QUIET_19_DAYS,
    Pattern,
)

# What the account manager of the demo meets first: one of each kind of trouble, and two who are well.
_STARRING = (
    (Firm("Alder & Quill", "british", "logistics", "alder-quill"), Pattern.FELL_SILENT, "Enterprise"),
    (Firm(WEEKLY_CALLER_QUIET_19_DAYS, "british", "food", "brightwater"), Pattern.FELL_SILENT, "Mid-market"),
    (Firm("Corvid Logistics", "british", "logistics", "corvid-logistics"), Pattern.SLOW_DRIFT, "Mid-market"),
    (Firm("Dunmore Hospitality", "british", "hospitality", "dunmore"), Pattern.CHANNEL_SHIFT, "Enterprise"),
    (Firm("Eastgate Clinics", "british", "health", "eastgate-clinics"), Pattern.STEADY_WEEKLY, "Mid-market"),
    (Firm("Fennel & Rye", "british", "food", "fennel-rye"), Pattern.BURSTY_PROJECTS, "Small business"),
    (
        Firm(QUARTERLY_VISITOR_QUIET_19_DAYS, "american", "energy", "granite-peak"),
        Pattern.STEADY_QUARTERLY,
        "Enterprise",
    ),
    (Firm("Harrow Textiles", "british", "textiles", "harrow-textiles"), Pattern.WON_BACK, "Mid-market"),
    (Firm("Juniper Freight", "british", "logistics", "juniper-freight"), Pattern.SPONSOR_LEFT, "Enterprise"),
    (Firm("Kestrel Insurance", "british", "insurance", "kestrel"), Pattern.ONE_SIDED, "Mid-market"),
)

# Silence is not spread evenly in a real firm either: one team carries more of it.
_TROUBLED = frozenset({Pattern.FELL_SILENT, Pattern.SLOW_DRIFT, Pattern.LONG_GONE, Pattern.CHANNEL_SHIFT})
_TROUBLE_WEIGHTS = {"North": 2, "South": 5, "Partners": 3}

_SEGMENTS = ("Enterprise", "Mid-market", "Small business")
_SEGMENT_WEIGHTS: dict[Pattern, tuple[int, int, int]] = {
    Pattern.STEADY_WEEKLY: (45, 40, 15),
    Pattern.STEADY_FORTNIGHTLY: (22, 50, 28),
    Pattern.STEADY_MONTHLY: (8, 38, 54),
    Pattern.STEADY_QUARTERLY: (5, 25, 70),
    Pattern.BURSTY_PROJECTS: (30, 45, 25),
    # Somebody must be left when the sponsor goes, which small firms cannot promise.
    Pattern.SPONSOR_LEFT: (30, 70, 0),
    Pattern.NEW: (5, 35, 60),
    Pattern.NO_TOUCHES: (0, 30, 70),
}
_USUAL_SEGMENT_WEIGHTS = (17, 40, 43)


@dataclass(frozen=True, slots=True)
class PlannedAccount:
    """One line of the plan."""

    firm: Firm
    pattern: Pattern
    segment: str
    owner: DemoPerson


def plan_portfolio(dice: Dice) -> list[PlannedAccount]:
    """All accounts, as many of each pattern as ``truth.PATTERN_COUNTS`` says."""
    starring_owner = person_called("Dana Whitfield")
    planned = [PlannedAccount(firm, pattern, segment, starring_owner) for firm, pattern, segment in _STARRING]
    left = Counter(PATTERN_COUNTS)
    left.subtract(plan.pattern for plan in planned)
    patterns = list(left.elements())
    starring_firms = tuple(plan.firm for plan in planned)
    firms = [*WRITTEN_FIRMS]
    firms += invent_firms(len(patterns) - len(firms), dice, taken=starring_firms + WRITTEN_FIRMS)
    books = Counter(dict.fromkeys(MANAGERS, 0))
    books[starring_owner] = len(planned)
    firms = dice.several(firms, len(firms))
    # Troubled accounts first: the others then level the books.
    for pattern in sorted(patterns, key=lambda pattern: pattern not in _TROUBLED):
        owner = _owner_for(pattern, books, dice)
        books[owner] += 1
        weights = _SEGMENT_WEIGHTS.get(pattern, _USUAL_SEGMENT_WEIGHTS)
        planned.append(PlannedAccount(firms.pop(), pattern, dice.weighted(_SEGMENTS, weights), owner))
    return planned


def _owner_for(pattern: Pattern, books: Counter[DemoPerson], dice: Dice) -> DemoPerson:
    if pattern in _TROUBLED:
        return dice.weighted(MANAGERS, [_TROUBLE_WEIGHTS[manager.team or ""] for manager in MANAGERS])
    return min(MANAGERS, key=lambda manager: (books[manager], dice.uniform()))
