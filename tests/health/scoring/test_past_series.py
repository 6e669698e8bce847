import numpy as np

from health.scoring.gaps import evidence_many
from health.scoring.past_series import PastSeries
from tests.health.scoring.portfolios import TODAY, b2b_portfolio, example_params


def test_a_past_day_has_the_evidence_of_the_gaps_closed_by_then() -> None:
    book, params = b2b_portfolio(np.random.default_rng(2), accounts=12), example_params("gamma")
    series = PastSeries(book, params)
    for day in (TODAY, TODAY - 200, TODAY - 720):
        known, evidence = series.known_by(day)
        np.testing.assert_array_equal(known.account_ids, book.as_of(day).account_ids)
        np.testing.assert_allclose(evidence, evidence_many(book.as_of(day), params), atol=1e-8)
