"""The walk knows nothing of later days, and goes through the product's own functions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from health.scoring.alarm import alarm_many, worse_alarms
from health.scoring.fit import fit_model
from health.scoring.gaps import evidence_many
from health.scoring.histories import TouchHistories
from health.scoring.params import ScoringSettings
from health.scoring.rhythm import compute_rhythm
from health.scoring.risk import score_many
from health.scoring.trust.params import TrustSettings
from health.scoring.trust.walk import Walk, walk_history, walk_span
from tests.health.scoring.portfolios import TODAY, b2b_portfolio

SETTINGS = ScoringSettings()
TRUST = TrustSettings(refit_reviews=3)
BUDGETS = (1.0, 2.0)
DAYS = tuple(range(TODAY - 70, TODAY + 1, 14))
COLUMNS = (
    "review_day", "account_ids", "last_day", "client_last_day", "touch_days", "silent_days", "horizon_days", "risk",
    "list_normal", "bgnbd_gone", "rings_any", "rings_client", "is_flagged",
)  # fmt: skip

BOTH = b2b_portfolio(np.random.default_rng(7), accounts=14)


def client_of(histories: TouchHistories) -> TouchHistories:
    """Two touches in three are the client's."""
    ids = np.repeat(histories.account_ids, histories.touch_days)
    is_client = histories.days % 3 != 0
    return TouchHistories.from_pairs(ids[is_client], histories.days[is_client])


def walked(histories: TouchHistories, days: tuple[int, ...] = DAYS) -> Walk:
    return walk_history(histories, client_of(histories), days, SETTINGS, TRUST, budgets=BUDGETS)


@pytest.fixture(scope="module")
def plain() -> Walk:
    return walked(BOTH)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    place=st.integers(0, len(DAYS) - 1),
    kept=st.floats(0, 1),
    added=st.lists(st.tuples(st.integers(0, 20), st.integers(1, 90)), max_size=40),
    seed=st.integers(0, 2**32 - 1),
)
def test_nothing_after_a_day_changes_what_the_walk_says_of_it(
    plain: Walk, place: int, kept: float, added: list[tuple[int, int]], seed: int
) -> None:
    day = DAYS[place]
    ids = np.repeat(BOTH.account_ids, BOTH.touch_days)
    stays = (day >= BOTH.days) | (np.random.default_rng(seed).random(len(ids)) < kept)
    pairs = [
        *zip(ids[stays].tolist(), BOTH.days[stays].tolist(), strict=True),
        *((a, day + ahead) for a, ahead in added),
    ]
    other = walked(TouchHistories.from_pairs(*zip(*pairs, strict=True)))
    for name in COLUMNS:
        mine, theirs = (getattr(one.reviews, name)[one.reviews.review_day <= day] for one in (plain, other))
        np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-12, err_msg=name)


def test_a_review_says_what_the_product_would_have_said_that_day(plain: Walk) -> None:
    """The first day of a stage, by the way of a night: fit, statistics, scores, the worse alarm of both series."""
    day = DAYS[3]
    known, client = BOTH.as_of(day), client_of(BOTH).as_of(day)
    model = fit_model(known, day, SETTINGS, rng=np.random.default_rng([TRUST.seed, day]), histories_client=client)
    stats, client_stats = compute_rhythm(known), compute_rhythm(client)
    evidence, client_evidence = evidence_many(known, model.params), evidence_many(client, model.params)
    scores = score_many(stats, evidence, day, model)
    client_scores = score_many(client_stats, client_evidence, day, model)
    alarms = worse_alarms(
        alarm_many(stats, evidence, scores, model), alarm_many(client_stats, client_evidence, client_scores, model)
    )
    said = plain.reviews.take(plain.reviews.review_day == day)
    np.testing.assert_allclose(said.risk, scores.risk, rtol=1e-9)
    current = BUDGETS.index(2.0)
    assert (said.rings_any | said.rings_client)[:, current].tolist() == alarms.is_alarm.tolist()


def test_a_larger_budget_never_rings_less(plain: Walk) -> None:
    assert not np.any(plain.reviews.rings_any[:, 0] & ~plain.reviews.rings_any[:, 1])


def test_the_budget_in_force_must_be_among_those_tried() -> None:
    with pytest.raises(ValueError, match="budgets"):
        walk_history(BOTH, None, DAYS, SETTINGS, TRUST, budgets=(1.0,))
    with pytest.raises(ValueError, match="review_days"):
        walk_history(BOTH, None, (), SETTINGS, TRUST, budgets=BUDGETS)


def test_progress_is_told_after_every_fit() -> None:
    told: list[tuple[int, int]] = []
    walk_history(
        BOTH, None, DAYS[:4], SETTINGS, TRUST, budgets=BUDGETS, progress=lambda done, total: told.append((done, total))
    )
    assert told == [(3, 4), (4, 4)]


def third_touch_on(day: int, accounts: int) -> TouchHistories:
    return TouchHistories.from_pairs(np.repeat(np.arange(accounts), 3), np.tile([day - 20, day - 10, day], accounts))


def test_a_long_history_is_walked_for_as_long_as_was_asked() -> None:
    span = walk_span(third_touch_on(TODAY - 2000, 10), TODAY, TrustSettings())
    assert (len(span.review_days), span.review_days[0], span.review_days[-1]) == (53, TODAY - 52 * 7, TODAY)


def test_a_short_history_is_walked_for_as_long_as_it_can_be_judged() -> None:
    span = walk_span(third_touch_on(TODAY - 91 - 14 * 7 - 3, 10), TODAY, TrustSettings())
    assert (len(span.review_days), span.review_days[0]) == (15, TODAY - 14 * 7)


def test_thirteen_weeks_are_just_enough_to_be_walked() -> None:
    span = walk_span(third_touch_on(TODAY - 91 - 13 * 7, 10), TODAY, TrustSettings())
    assert (len(span.review_days), span.review_days[0]) == (14, TODAY - 13 * 7)


def test_too_short_a_history_says_from_when_on() -> None:
    known_since = TODAY - 91 - 12 * 7
    span = walk_span(third_touch_on(known_since, 10), TODAY, TrustSettings())
    assert span.review_days == ()
    assert (span.known_since, span.possible_from) == (known_since, known_since + 91 + 13 * 7)


def test_with_too_few_accounts_nobody_can_say_from_when_on() -> None:
    span = walk_span(third_touch_on(TODAY - 2000, 9), TODAY, TrustSettings())
    assert (span.review_days, span.known_since, span.possible_from) == ((), None, None)
