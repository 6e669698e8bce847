"""Early warning: how long after the last touch of a client who never came back does each method ring?

The log is walked week by week from a first day on, each review knowing what was known by then. Every method has one
index that rises with the silence and a threshold at which it raises the same number of false alarms as all others: so
many per account and year. A false alarm is an alarm on a silence that later ended by itself; account-years are the
lengths of such silences within the walk, of accounts with at least three touch days. So the thresholds come from the
walk itself, for every method alike; in the product they come from the twelve months before.

Hark's parameters and those of BG/NBD are fitted on what was known when the walk began.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from benchmarks._logs import EventLog
from benchmarks._peers import Known, bg_nbd_gone, bg_nbd_parameters, rule_level
from health.scoring.alarm import alarm_many, worse_alarms
from health.scoring.arrays import NO_DAY, BoolArray, FloatArray, IntArray
from health.scoring.fit import fit_model
from health.scoring.gaps import evidence_many
from health.scoring.histories import TouchHistories
from health.scoring.params import FittedModel, ScoringSettings
from health.scoring.replay import last_review_before, replay_thresholds
from health.scoring.rhythm import compute_rhythm
from health.scoring.risk import score_many

BUDGETS = (0.5, 1.0, 2.0)
STEP_DAYS = 7
#: lost: no touch in the last this many days of the log
LOST_DAYS = 180
#: from here on both arms of the alarm can ring; the rhythm of a younger account is still being learned
RHYTHM_TOUCH_DAYS = 7

#: index of an account after some gaps, the last of which is open: (gaps before, first day, opened day, silence)
_Index = Callable[[IntArray, IntArray, IntArray, FloatArray], FloatArray]


@dataclass(frozen=True, eq=False)
class Walk:
    """The reviews of a log from ``first_day`` to ``last_review``, every seven days, and the clients lost on the way."""

    histories: TouchHistories
    first_day: int
    last_review: int
    is_lost: BoolArray

    @classmethod
    def of(cls, log: EventLog, first_day: int) -> Walk:
        """The last review is the first one on or after the last day of the log."""
        histories = log.any_touch
        weeks = -((first_day - log.last_day) // STEP_DAYS)
        is_lost = (
            (histories.touch_days >= 3)
            & (histories.last_days >= first_day)
            & (log.last_day - histories.last_days >= LOST_DAYS)
        )
        return cls(histories, first_day, first_day + STEP_DAYS * weeks, is_lost)

    def review_on_or_after(self, days: FloatArray) -> FloatArray:
        """float64[K]: the first review that sees each day, infinite after the walk."""
        review = self.first_day + STEP_DAYS * np.ceil((np.maximum(days, self.first_day) - self.first_day) / STEP_DAYS)
        return np.where(review <= self.last_review, review, np.inf)


@dataclass(frozen=True)
class EarlyFigures:
    """Median days from the true last touch to the alarm, infinite for never, at each of ``BUDGETS``.

    ``rhythm_days`` over lost clients with at least seven touch days, ``all_days`` over those with at least three;
    ``rung`` is the share of the former that any review rang for.
    """

    method: str
    rhythm_days: tuple[float, ...]
    all_days: tuple[float, ...]
    rung: tuple[float, ...]


@dataclass(frozen=True)
class EarlyReport:
    """Figures of all methods, and what they rest on."""

    first_day: int
    account_years: float
    lost_with_rhythm: int
    lost: int
    figures: tuple[EarlyFigures, ...]


def measure_early(log: EventLog, first_day: int, settings: ScoringSettings, *, seed: int, peers: bool) -> EarlyReport:
    """Walk the log with Hark and, if wanted, the others."""
    walk = Walk.of(log, first_day)
    known = log.any_touch.as_of(first_day)
    model = fit_model(known, first_day, settings, rng=np.random.default_rng(seed), histories_client=None)
    figures = [_hark(walk, log, model, with_client=False)]
    if log.client is not None:
        figures.append(_hark(walk, log, model, with_client=True))
    if peers:
        parameters = bg_nbd_parameters(Known.of(known, log.touches_by(first_day), first_day, np.zeros(len(known))))
        figures += [
            _by_index(walk, "recency", lambda _n, _first, _opened, silent: silent),
            _by_index(walk, "recency / mean gap", _over_mean_gap),
            _by_index(walk, "30/60/90 days", lambda _n, _first, _opened, silent: rule_level(silent)),
            _by_index(walk, "BG/NBD", lambda *state: _gone(parameters, *state)),
        ]
    return EarlyReport(
        first_day,
        _account_years(walk),
        int(np.sum(walk.is_lost & (walk.histories.touch_days >= RHYTHM_TOUCH_DAYS))),
        int(walk.is_lost.sum()),
        tuple(figures),
    )


def _hark(walk: Walk, log: EventLog, model: FittedModel, *, with_client: bool) -> EarlyFigures:
    """The product's own replay and alarm, over the walk in place of the last twelve months."""
    days = []
    for budget in BUDGETS:
        settings = replace(
            model.settings,
            false_alarms_per_account_year=budget,
            replay_days=walk.last_review - walk.first_day,
            replay_step_days=STEP_DAYS,
        )
        client = log.client if with_client else None
        thresholds = replay_thresholds(
            log.any_touch, client, model.params, walk.last_review, budget=budget, settings=settings
        )
        chosen = replace(model, thresholds=thresholds, settings=settings)
        alarms = _alarms(log.any_touch, walk.last_review, chosen)
        if client is not None:
            alarms = worse_alarms(alarms, _alarms(client, walk.last_review, chosen))
        onset = np.where(alarms.onset_day == NO_DAY, np.inf, alarms.onset_day.astype(np.float64))
        # a silence towards us may have begun before the last touch of all: it still ends with that touch
        onset = np.maximum(onset, walk.histories.last_days)
        days.append(walk.review_on_or_after(onset) - walk.histories.last_days)
    return _figures(walk, "Hark, client series too" if with_client else "Hark", days)


def _alarms(histories: TouchHistories, day: int, model: FittedModel):
    stats, evidence = compute_rhythm(histories), evidence_many(histories, model.params)
    return alarm_many(stats, evidence, score_many(stats, evidence, day, model), model)


def _by_index(walk: Walk, method: str, index: _Index) -> EarlyFigures:
    """An index that rises with the silence: its threshold from the closed gaps, then the lost accounts week by week."""
    histories = walk.histories
    opened, closed = histories.gap_opened_days.astype(np.int64), histories.gap_closed_days.astype(np.int64)
    review = last_review_before(closed, walk.last_review, STEP_DAYS)
    seen = np.flatnonzero((histories.gap_position >= 2) & (review >= opened) & (review >= walk.first_day))
    first = histories.first_days[histories.gap_account].astype(np.int64)
    largest = np.sort(
        index(histories.gap_position[seen], first[seen], opened[seen], (review - opened)[seen].astype(np.float64))
    )[::-1]
    last = histories.last_days.astype(np.int64)
    days = []
    for budget in BUDGETS:
        allowed = int(budget * _account_years(walk))
        threshold = largest[allowed] if allowed < len(largest) else -np.inf
        rung = np.full(len(histories), np.inf)
        for day in range(walk.first_day, walk.last_review + 1, STEP_DAYS):
            rows = np.flatnonzero(walk.is_lost & np.isinf(rung) & (last <= day))
            silent = (day - last[rows]).astype(np.float64)
            value = index(histories.n_gaps[rows], histories.first_days[rows].astype(np.int64), last[rows], silent)
            rung[rows[value > threshold]] = day
        days.append(rung - last)
    return _figures(walk, method, days)


def _account_years(walk: Walk) -> float:
    histories = walk.histories
    counts = histories.gap_position >= 2
    opened = np.maximum(histories.gap_opened_days[counts], walk.first_day)
    return float(np.sum(np.maximum(histories.gap_closed_days[counts] - opened, 0))) / 365.25


def _over_mean_gap(gaps: IntArray, first: IntArray, opened: IntArray, silent: FloatArray) -> FloatArray:
    return silent / np.maximum((opened - first) / np.maximum(gaps, 1), 0.5)


def _gone(
    parameters: tuple[float, ...], gaps: IntArray, first: IntArray, opened: IntArray, silent: FloatArray
) -> FloatArray:
    spell = (opened - first).astype(np.float64)
    nothing = TouchHistories.from_pairs([], [])
    state = Known(nothing, gaps, gaps.astype(np.float64), spell, spell + silent, np.zeros(len(gaps)))
    return bg_nbd_gone(state, parameters)


def _figures(walk: Walk, method: str, days: list[FloatArray]) -> EarlyFigures:
    has_rhythm = walk.is_lost & (walk.histories.touch_days >= RHYTHM_TOUCH_DAYS)
    return EarlyFigures(
        method,
        tuple(_median(one[has_rhythm]) for one in days),
        tuple(_median(one[walk.is_lost]) for one in days),
        tuple(float(np.mean(np.isfinite(one[has_rhythm]))) if has_rhythm.any() else float("nan") for one in days),
    )


def _median(days: FloatArray) -> float:
    return float(np.median(days)) if len(days) else float("nan")
