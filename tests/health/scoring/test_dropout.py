import numpy as np
import pytest

from health.scoring.dropout import dead_chance, dropout_odds, log_survival
from tests.health.scoring.portfolios import log_normal


def test_the_first_touch_has_its_own_chance_and_survivors_are_trusted_more() -> None:
    params = log_normal(a=0.5, b=4.0, phi=0.4)
    dead = dead_chance(np.array([0, 1, 2, 10]), params)
    np.testing.assert_allclose(dead, [0.4, 0.5 / 4.5, 0.5 / 5.5, 0.5 / 13.5])
    np.testing.assert_allclose(dropout_odds(np.array([0, 1]), params), [0.4 / 0.6, 0.5 / 4.0])


def test_outliving_draws_is_the_product_of_outliving_each() -> None:
    a, b, phi = 0.5, 4.0, 0.4
    params = log_normal(a=a, b=b, phi=phi)
    steps = 1 - dead_chance(np.arange(5), params)
    assert log_survival(np.array([5]), a, b, phi)[0] == pytest.approx(np.log(np.prod(steps)))
    assert log_survival(np.array([0]), a, b, phi)[0] == 0
