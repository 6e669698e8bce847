"""The planted patterns of the demo portfolio are found and named, early, and who is well is left in peace.

The generator knows nothing of scores; several portfolios, ending in different seasons, are walked week by week.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from health.scoring.drift import drift_many, drift_noise_many, is_drifting_many, slowing_many
from health.scoring.fit import prior_params
from health.scoring.params import ScoringSettings
from health.scoring.rhythm import compute_rhythm
from health.scoring.signals.found import SIGNALS, Signal
from tests.health.scoring.signals.talks import DemoTalk
from touchpoints.demo.portfolio import generate_portfolio

WEEKS = 26
PORTFOLIOS = ((20240229, dt.date(2026, 6, 15)), (1, dt.date(2026, 11, 24)), (2, dt.date(2027, 1, 20)))
SETTINGS = ScoringSettings()
CALM = {"steady_weekly", "steady_fortnightly", "steady_monthly", "steady_quarterly", "seasonal", "known_pause"}


class Walk:
    """A portfolio with everything seen in it in the last half year: signals and slowing, week by week."""

    def __init__(self, seed: int, as_of: dt.date) -> None:
        self.talk = DemoTalk(generate_portfolio(as_of, seed=seed))
        self.params = prior_params(self.talk.histories, SETTINGS)
        self.days = [as_of - dt.timedelta(weeks=week) for week in reversed(range(WEEKS))]
        accounts = len(self.talk.patterns)
        self.signal = np.zeros((WEEKS, accounts, len(SIGNALS)))
        self.has_signal = np.zeros((WEEKS, accounts), dtype=bool)
        self.is_slowing = np.zeros((WEEKS, accounts), dtype=bool)
        self.main = np.full(accounts, "", dtype="U16")
        for week, day in enumerate(self.days):
            found = self.talk.signals_on(day)
            self.signal[week, found.account_ids] = found.strength
            self.has_signal[week, found.account_ids] = found.has_drift_signal
            self.main[found.account_ids] = found.main
            self.is_slowing[week, found.account_ids] = self._slowing(day)

    def _slowing(self, day: dt.date) -> np.ndarray:
        stats = compute_rhythm(self.talk.histories.as_of(day.toordinal()))
        slowing = slowing_many(drift_many(stats, self.params, SETTINGS), stats, SETTINGS)
        return is_drifting_many(slowing, drift_noise_many(stats, SETTINGS), stats.n_gaps, SETTINGS)

    def of(self, *patterns: str) -> np.ndarray:
        return np.flatnonzero(np.isin(self.talk.patterns, patterns))


@pytest.fixture(scope="module", params=PORTFOLIOS, ids=lambda one: f"seed {one[0]}, {one[1]}")
def walk(request: pytest.FixtureRequest) -> Walk:
    return Walk(*request.param)


@pytest.mark.parametrize(
    ("pattern", "signals"),
    [
        ("channel_shift", {Signal.TALK_FELL}),
        ("one_sided", {Signal.UNANSWERED, Signal.ONE_SIDED}),
        ("sponsor_left", {Signal.SPONSOR_LEFT}),
        ("cadence_missed", {Signal.CADENCE_MISSED}),
    ],
)
def test_each_planted_pattern_is_named_as_the_reason(walk: Walk, pattern: str, signals: set[Signal]) -> None:
    assert set(walk.main[walk.of(pattern)].tolist()) <= {signal.value for signal in signals}


def test_who_is_well_shows_no_signal_in_half_a_year(walk: Walk) -> None:
    disturbed = walk.of(*CALM)[walk.has_signal[:, walk.of(*CALM)].any(axis=0)]
    assert [(walk.talk.portfolio.accounts[n].name, walk.talk.patterns[n]) for n in disturbed] == []


def test_who_is_well_is_not_called_slowing_today(walk: Walk) -> None:
    assert walk.is_slowing[-1, walk.of(*CALM)].sum() == 0


def test_and_hardly_ever_within_half_a_year(walk: Walk) -> None:
    assert walk.is_slowing[:, walk.of(*CALM)].any(axis=0).mean() < 0.03


def test_drifters_are_flagged_long_before_they_fall_silent(walk: Walk) -> None:
    drifters = walk.of("slow_drift")
    is_flagged = (walk.is_slowing | walk.has_signal)[:, drifters]
    last_days = walk.talk.histories.last_days[np.searchsorted(walk.talk.histories.account_ids, drifters)]
    first = np.array([day.toordinal() for day in walk.days])[np.argmax(is_flagged, axis=0)]
    # One who was never flagged was flagged too late.
    lead_days = np.where(is_flagged.any(axis=0), last_days - first, -np.inf)
    assert np.median(lead_days) >= 14


def test_a_pattern_does_not_pass_for_another(walk: Walk) -> None:
    """Of those who fell silent at once nothing is said but, where more was agreed than they ever had, just that."""
    assert set(walk.main[walk.of("fell_silent", "closed", "new")].tolist()) <= {"", Signal.CADENCE_MISSED.value}
