import numpy as np

from health.scoring.gaps import evidence_many
from health.scoring.past_series import PastSeries
from health.scoring.rhythm import RhythmStats, compute_rhythm
from tests.health.scoring.portfolios import TODAY, b2b_portfolio, example_params


def test_a_past_day_has_the_evidence_of_the_gaps_closed_by_then() -> None:
    book, params = b2b_portfolio(np.random.default_rng(2), accounts=12), example_params("gamma")
    series = PastSeries(book, params)
    for day in (TODAY, TODAY - 200, TODAY - 720):
        known, evidence = series.known_by(day)
        np.testing.assert_array_equal(known.account_ids, book.as_of(day).account_ids)
        np.testing.assert_allclose(evidence, evidence_many(book.as_of(day), params), atol=1e-8)


def test_a_past_day_has_the_rhythm_of_the_touches_known_by_then() -> None:
    book, params = b2b_portfolio(np.random.default_rng(3), accounts=12), example_params("lognormal")
    series = PastSeries(book, params)
    for day in (TODAY, TODAY - 200, TODAY - 720, TODAY - 5000):
        stats, evidence = series.rhythm_by(day)
        known, expected = compute_rhythm(book.as_of(day)), evidence_many(book.as_of(day), params)
        for column in RhythmStats.__dataclass_fields__:
            np.testing.assert_allclose(getattr(stats, column), getattr(known, column), rtol=1e-12, err_msg=column)
        np.testing.assert_allclose(evidence, expected, rtol=1e-12)
