"""The ground truth: which pattern each account lives, and what a good score says about it.

The score is tested against this table, so it is written from what the people do, never from what a model
computes. Where honest readers may differ (a project client between two projects), more than one band is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

WEEKLY_CALLER_QUIET_19_DAYS = "Brightwater Foods"
"""A call every week without fail, then nothing for exactly 19 days: this one has gone quiet."""

QUARTERLY_VISITOR_QUIET_19_DAYS = "Granite Peak Energy"
"""A visit every quarter, the last exactly 19 days ago: nothing is the matter."""

NAMED_SILENCE_DAYS = 19


class Pattern(StrEnum):
    """How the client and we live together."""

    STEADY_WEEKLY = "steady_weekly"
    STEADY_FORTNIGHTLY = "steady_fortnightly"
    STEADY_MONTHLY = "steady_monthly"
    STEADY_QUARTERLY = "steady_quarterly"
    BURSTY_PROJECTS = "bursty_projects"
    SEASONAL = "seasonal"
    KNOWN_PAUSE = "known_pause"
    SLOW_DRIFT = "slow_drift"
    CHANNEL_SHIFT = "channel_shift"
    SPONSOR_LEFT = "sponsor_left"
    ONE_SIDED = "one_sided"
    CADENCE_MISSED = "cadence_missed"
    FELL_SILENT = "fell_silent"
    LONG_GONE = "long_gone"
    WON_BACK = "won_back"
    CLOSED = "closed"
    NEW = "new"
    NO_TOUCHES = "no_touches"


PATTERN_COUNTS: dict[Pattern, int] = {
    Pattern.STEADY_WEEKLY: 28,
    Pattern.STEADY_FORTNIGHTLY: 43,
    Pattern.STEADY_MONTHLY: 40,
    Pattern.STEADY_QUARTERLY: 22,
    Pattern.BURSTY_PROJECTS: 20,
    Pattern.SEASONAL: 10,
    Pattern.KNOWN_PAUSE: 6,
    Pattern.SLOW_DRIFT: 9,
    Pattern.CHANNEL_SHIFT: 6,
    Pattern.SPONSOR_LEFT: 4,
    Pattern.ONE_SIDED: 3,
    Pattern.CADENCE_MISSED: 4,
    Pattern.FELL_SILENT: 9,
    Pattern.LONG_GONE: 9,
    Pattern.WON_BACK: 7,
    Pattern.CLOSED: 6,
    Pattern.NEW: 10,
    Pattern.NO_TOUCHES: 4,
}
"""A book that is mostly in order: 4 % newly silent, 11 % slipping, 4 % lost long ago; 240 accounts in all."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a good reader of the history would say on the morning of ``as_of``.

    ``bands`` are the bands that are right; ``is_flagged`` says whether the account belongs on the list of clients to
    call today (None: a matter of taste); ``silent_days`` is the open silence the story was written with, where the
    story is about one.
    """

    pattern: Pattern
    bands: frozenset[str]
    is_flagged: bool | None
    silent_days: int | None
    story: str


_STEADY = frozenset({"steady"})
_STEADY_OR_DRIFTING = frozenset({"steady", "drifting"})
_SLIPPING = frozenset({"drifting", "silent"})

_TRUTH: dict[Pattern, tuple[frozenset[str], bool | None]] = {
    Pattern.STEADY_WEEKLY: (_STEADY, False),
    Pattern.STEADY_FORTNIGHTLY: (_STEADY, False),
    Pattern.STEADY_MONTHLY: (_STEADY, False),
    Pattern.STEADY_QUARTERLY: (_STEADY, False),
    Pattern.BURSTY_PROJECTS: (_STEADY_OR_DRIFTING, False),
    Pattern.SEASONAL: (_STEADY_OR_DRIFTING, False),
    Pattern.KNOWN_PAUSE: (frozenset({"paused"}), False),
    Pattern.SLOW_DRIFT: (_SLIPPING, None),
    Pattern.CHANNEL_SHIFT: (frozenset({"drifting"}), None),
    Pattern.SPONSOR_LEFT: (frozenset({"drifting", "steady"}), None),
    Pattern.ONE_SIDED: (_SLIPPING, True),
    Pattern.CADENCE_MISSED: (frozenset({"drifting", "steady"}), None),
    Pattern.FELL_SILENT: (frozenset({"silent"}), True),
    Pattern.LONG_GONE: (frozenset({"dormant"}), False),
    Pattern.WON_BACK: (_STEADY_OR_DRIFTING, False),
    Pattern.CLOSED: (frozenset({"closed"}), False),
    Pattern.NEW: (frozenset({"learning"}), False),
    Pattern.NO_TOUCHES: (frozenset({"learning"}), False),
}


def expected_for(pattern: Pattern, story: str, *, silent_days: int | None = None, is_paused: bool = False) -> Expected:
    """The truth of one account. ``is_paused``: a quiet period is in force today, whatever the pattern."""
    bands, is_flagged = _TRUTH[pattern]
    if is_paused:
        bands, is_flagged = frozenset({"paused"}), False
    return Expected(pattern, bands, is_flagged, silent_days, story)
