"""BG/NBD by its published figures, and the way back from simulated accounts."""

from __future__ import annotations

import numpy as np
import pytest

from health.scoring.histories import TouchHistories
from health.scoring.trust.bgnbd import (
    BgNbdParams,
    RepeatCounts,
    fit_bgnbd,
    gone_chance_many,
    log_likelihood_many,
)

CDNOW = BgNbdParams(r=0.2426, alpha=4.4136, a=0.7929, b=2.4259)


def counts(*rows: tuple[float, float, float]) -> RepeatCounts:
    return RepeatCounts(*(np.array(column, dtype=np.float64) for column in zip(*rows, strict=True)))


def simulated(params: BgNbdParams, accounts: int, rng: np.random.Generator) -> RepeatCounts:
    rows = []
    for rate, chance, age in zip(
        rng.gamma(params.r, 1 / params.alpha, accounts),
        rng.beta(params.a, params.b, accounts),
        rng.uniform(30, 60, accounts),
        strict=True,
    ):
        times = np.cumsum(rng.exponential(1 / max(rate, 1e-9), rng.geometric(max(chance, 1e-6))))
        times = times[times <= age]
        rows.append((len(times), times.max(initial=0.0), age))
    return counts(*rows)


def test_p_alive_of_cdnow_customer_1_is_the_published_one() -> None:
    """Fader & Hardie's note on P(alive): x = 2, t_x = 30.43, T = 38.86 weeks gives .7266."""
    assert 1 - gone_chance_many(counts((2, 30.43, 38.86)), CDNOW) == pytest.approx([0.7266], abs=5e-5)


def test_the_likelihood_of_cdnow_customer_1_is_the_published_one() -> None:
    """Fader & Hardie's spreadsheet for the same customer: ln L = -9.4596."""
    assert log_likelihood_many(counts((2, 30.43, 38.86)), CDNOW) == pytest.approx([-9.4596], abs=5e-4)


def test_whoever_never_came_again_is_held_for_alive() -> None:
    assert gone_chance_many(counts((0, 0, 38.86)), CDNOW).tolist() == [0.0]


def test_the_parameters_of_simulated_accounts_are_found_again() -> None:
    truth = BgNbdParams(r=0.8, alpha=6.0, a=0.8, b=2.5)
    sample = simulated(truth, 4000, np.random.default_rng(3))
    found = fit_bgnbd(sample)
    assert found.r == pytest.approx(truth.r, rel=0.15)
    assert found.alpha == pytest.approx(truth.alpha, rel=0.15)
    assert found.a / (found.a + found.b) == pytest.approx(truth.a / (truth.a + truth.b), rel=0.15)
    assert log_likelihood_many(sample, found).sum() >= log_likelihood_many(sample, truth).sum()


def test_the_unit_of_time_does_not_matter() -> None:
    weeks = simulated(BgNbdParams(r=0.8, alpha=6.0, a=0.8, b=2.5), 500, np.random.default_rng(4))
    days = RepeatCounts(weeks.repeats, weeks.last_time * 7, weeks.age * 7)
    assert fit_bgnbd(days).alpha == pytest.approx(7 * fit_bgnbd(weeks).alpha, rel=1e-3)


def test_counts_come_from_touch_days() -> None:
    found = RepeatCounts.of(TouchHistories.from_pairs([1, 1, 1, 2], [100, 107, 120, 110]), 130)
    assert (found.repeats.tolist(), found.last_time.tolist(), found.age.tolist()) == ([2, 0], [20, 0], [30, 20])


@pytest.mark.parametrize("name", ["r", "alpha", "a", "b"])
def test_parameters_must_be_positive(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        BgNbdParams(**{"r": 1.0, "alpha": 1.0, "a": 1.0, "b": 1.0, name: 0.0})
