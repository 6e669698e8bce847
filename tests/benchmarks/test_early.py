"""The walk, on a log whose answer is known."""

import numpy as np
import pytest

from benchmarks._early import STEP_DAYS, Walk, _by_index, measure_early
from benchmarks._logs import EventLog
from health.scoring.histories import TouchHistories
from health.scoring.params import ScoringSettings
from tests.health.scoring.portfolios import TODAY

START = TODAY - 400


def log_of(histories: TouchHistories) -> EventLog:
    ids = np.repeat(histories.account_ids, histories.touch_days)
    return EventLog([str(i) for i in histories.account_ids], histories, None, ids, histories.days.astype(np.int64))


def firm() -> EventLog:
    """Forty clients with cadences of 7, 14 and 30 days, give or take two; every fourth is not heard of after spring."""
    rng, pairs = np.random.default_rng(5), []
    for account in range(40):
        cadence = (7, 14, 30)[account % 3]
        days = TODAY - 900 + np.cumsum(rng.integers(cadence - 2, cadence + 3, 150))
        end = TODAY - 300 if account % 4 == 0 else TODAY
        pairs += [(account, int(day)) for day in days[days <= end]]
    return log_of(TouchHistories.from_pairs(*zip(*pairs, strict=True)))


def test_lost_are_those_with_a_rhythm_who_never_came_back() -> None:
    walk = Walk.of(firm(), START)
    lost = walk.histories.account_ids[walk.is_lost]
    assert lost.tolist() == list(range(0, 40, 4))


def test_recency_rings_at_its_threshold_on_a_weekly_review() -> None:
    walk = Walk.of(firm(), START)
    figures = _by_index(walk, "recency", lambda _gaps, _first, _opened, silent: silent)
    lost = walk.histories.last_days[walk.is_lost]
    assert list(figures.all_days) == sorted(figures.all_days, reverse=True)
    assert all(days <= TODAY - lost.min() for days in figures.all_days)
    constant = _by_index(walk, "nothing", lambda _gaps, _first, _opened, silent: np.zeros_like(silent))
    assert constant.all_days == (np.inf,) * 3
    assert constant.rung == (0.0,) * 3


def test_reviews_come_weekly_from_the_first_day_on() -> None:
    walk = Walk.of(firm(), START)
    found = walk.review_on_or_after(np.array([START - 50, START, START + 1, START + 7, walk.last_review + 1]))
    assert found.tolist() == [START, START, START + STEP_DAYS, START + 7, np.inf]


def test_hark_is_walked_with_its_own_replay_and_alarm() -> None:
    report = measure_early(firm(), START, ScoringSettings(), seed=1, peers=False)
    assert (report.lost, [one.method for one in report.figures]) == (10, ["Hark"])
    hark = report.figures[0]
    assert hark.rung == pytest.approx((1.0, 1.0, 1.0))
    assert hark.rhythm_days[0] >= hark.rhythm_days[1] >= hark.rhythm_days[2] > 0


def test_a_touch_after_the_walk_began_does_not_change_the_model_that_it_began_with() -> None:
    log = firm()
    ids = np.append(log.touch_accounts, 1)
    later = log_of(TouchHistories.from_pairs(ids, np.append(log.touch_days, TODAY)))
    before = measure_early(log, START, ScoringSettings(), seed=1, peers=False)
    after = measure_early(later, START, ScoringSettings(), seed=1, peers=False)
    assert before.figures[0].rung == after.figures[0].rung
