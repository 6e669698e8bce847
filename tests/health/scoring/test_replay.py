"""Thresholds from the firm's past: within the budget, from what was known, once per silence."""

import math
from dataclasses import replace

import numpy as np
import pytest

from health.scoring.alarm import alarm_many, default_thresholds
from health.scoring.histories import TouchHistories
from health.scoring.params import AlarmThresholds, FittedModel, ScoringSettings
from health.scoring.replay import last_review_before, replay_gaps, replay_thresholds
from tests.health.scoring.portfolios import TODAY, b2b_portfolio, example_params, regular_days, scored

PARAMS = example_params("lognormal")
SETTINGS = ScoringSettings()
#: the regularity arm rings at gaps that come less than 1 time in 50
FLOOR = math.log(50)


def thresholds(histories: TouchHistories, budget: float = 2.0, client: TouchHistories | None = None) -> AlarmThresholds:
    return replay_thresholds(histories, client, PARAMS, TODAY, budget=budget, settings=SETTINGS)


def weekly_walk(histories: TouchHistories, chosen: AlarmThresholds) -> int:
    """False alarms by brute force: score the book as of every review of the year; count closed gaps that rang."""
    model = FittedModel(PARAMS, chosen, 0.0, 0, 0)
    rang = set()
    for review in range(TODAY, TODAY - 365, -7):
        known = histories.as_of(review)
        stats, evidence, scores = scored(known, model, review)
        alarms = alarm_many(stats, evidence, scores, model)
        rang |= set(zip(stats.account_ids[alarms.is_alarm], stats.last_day[alarms.is_alarm], strict=True))
    last = dict(zip(histories.account_ids, histories.last_days, strict=True))
    return sum(1 for account, opened in rang if opened != last[account])


@pytest.mark.parametrize("budget", [0.25, 0.5, 1.0])
def test_a_weekly_walk_over_the_year_raises_the_budgeted_false_alarms(budget: float) -> None:
    book = b2b_portfolio(np.random.default_rng(11), accounts=60)
    chosen = thresholds(book, budget)
    assert chosen.is_replayed
    assert chosen.account_years == pytest.approx(60, rel=0.15)
    allowed = budget * chosen.account_years
    assert allowed - 2 <= weekly_walk(book, chosen) <= allowed


def test_a_budget_that_regular_clients_cannot_spend_is_a_ceiling() -> None:
    book = b2b_portfolio(np.random.default_rng(11), accounts=60)
    chosen = thresholds(book, 2.0)
    assert chosen.index == SETTINGS.replay_min_index
    assert chosen.regularity >= FLOOR
    assert weekly_walk(book, chosen) < 2.0 * chosen.account_years


def test_a_larger_budget_never_rings_later() -> None:
    book = b2b_portfolio(np.random.default_rng(12), accounts=60)
    chosen = [thresholds(book, budget) for budget in (0.5, 1.0, 2.0, 3.0)]
    assert np.all(np.diff([c.index for c in chosen]) <= 0)
    assert np.all(np.diff([c.regularity for c in chosen]) <= 0)


def test_reviews_are_weekly_and_strictly_before_the_touch() -> None:
    days = np.array([TODAY, TODAY - 1, TODAY - 7, TODAY - 8])
    assert last_review_before(days, TODAY, 7).tolist() == [TODAY - 7, TODAY - 7, TODAY - 14, TODAY - 14]


def test_only_gaps_that_closed_within_the_year_and_saw_a_review_are_replayed() -> None:
    days = [TODAY - 600, TODAY - 590, TODAY - 580, TODAY - 450, TODAY - 200, TODAY - 199, TODAY - 50]
    replayed = replay_gaps(TouchHistories.of_one(days), PARAMS, TODAY, 10.0, SETTINGS)
    # the first two gaps came before the third touch day, 130 days closed too long ago, 1 day saw no review, 50 is open
    assert (replayed.closed_day - replayed.opened_day).tolist() == [250, 149]
    assert replayed.index[0] > replayed.index[1]
    assert replayed.regularity.tolist() == [-np.inf, -np.inf]  # fewer than six gaps before


def test_a_gap_is_judged_by_what_was_known_before_it() -> None:
    days = regular_days(7, 30, TODAY - 100)
    later = [TODAY - 60, TODAY - 59, TODAY - 58, TODAY - 57]
    short = replay_gaps(TouchHistories.of_one([*days, later[0]]), PARAMS, TODAY, 10.0, SETTINGS)
    long = replay_gaps(TouchHistories.of_one([*days, *later]), PARAMS, TODAY, 10.0, SETTINGS)
    at = np.flatnonzero(long.closed_day == later[0])
    assert long.index[at] == short.index[-1]
    assert long.regularity[at] == short.regularity[-1]


def test_too_little_history_leaves_the_defaults() -> None:
    book = TouchHistories.of_one(regular_days(7, 20, TODAY))
    assert thresholds(book) == default_thresholds(book, 2.0)


def test_a_budget_that_cannot_be_spent_does_not_ring_on_everything() -> None:
    book = b2b_portfolio(np.random.default_rng(13), accounts=20)
    generous = thresholds(book, budget=300.0)
    assert (generous.index, generous.regularity) == (SETTINGS.replay_min_index, pytest.approx(FLOOR))


def test_the_regularity_arm_rings_only_at_gaps_that_come_less_than_1_time_in_50() -> None:
    book, budget = b2b_portfolio(np.random.default_rng(16), accounts=60), 8.0
    unbound = replace(SETTINGS, replay_max_normal=1.0)
    loose = replay_thresholds(book, None, PARAMS, TODAY, budget=budget, settings=unbound)
    assert math.log(1 / 0.02) > loose.regularity > 0
    assert thresholds(book, budget).regularity == pytest.approx(FLOOR)


def test_one_silence_seen_in_two_series_counts_once() -> None:
    book = b2b_portfolio(np.random.default_rng(14), accounts=40)
    assert thresholds(book, client=book) == thresholds(book)


def test_unanswered_mails_that_were_answered_in_the_end_raise_the_thresholds() -> None:
    book = b2b_portfolio(np.random.default_rng(15), accounts=40)
    answered = np.ones(len(book.days), dtype=bool)
    answered[np.arange(len(book.days)) % 4 != 0] = False  # the client takes part in every fourth touch
    ids = np.repeat(book.account_ids, book.touch_days)
    client = TouchHistories.from_pairs(ids[answered], book.days[answered])
    alone, both = thresholds(book, 0.5), thresholds(book, 0.5, client=client)
    assert both.index > alone.index
    assert both.regularity >= alone.regularity


def test_a_budget_must_be_positive() -> None:
    with pytest.raises(ValueError, match="budget must be positive"):
        thresholds(b2b_portfolio(np.random.default_rng(1), accounts=2), budget=0.0)
