"""The chance that a touch was the last one.

After the first touch the relationship ends with probability ``phi``; after the j-th repeat touch with a
probability drawn once per account from Beta(a, b) (the BG/NBD idea of Fader, Hardie & Lee 2005). Surviving
teaches: an account with many repeat touches is less likely to have ended with its last one. With
``phi = a / (a + b')`` and ``b = b' + 1`` the first touch takes part in the same draw, which is MBG/NBD(a, b')
(Batislam et al. 2007).
"""

import numpy as np
from scipy.special import gammaln

from health.scoring.arrays import FloatArray, IntArray
from health.scoring.params import GapParams


def dead_chance(n_gaps: IntArray, params: GapParams) -> FloatArray:
    """float64[R]: probability that the relationship ended with the last touch, whatever the silence."""
    repeat = params.a / (params.a + params.b + np.maximum(n_gaps - 1, 0))
    return np.where(n_gaps > 0, repeat, params.phi)


def dropout_odds(n_gaps: IntArray, params: GapParams) -> FloatArray:
    """float64[R]: ``q = dead / (1 - dead)``."""
    dead = dead_chance(n_gaps, params)
    return dead / (1 - dead)


def log_survival(n_gaps: IntArray, a: float, b: float, phi: float) -> FloatArray:
    """float64[R]: log probability that the account outlived every dropout draw before its last touch."""
    draws = np.maximum(n_gaps - 1, 0)
    repeats = gammaln(b + draws) - gammaln(b) - gammaln(a + b + draws) + gammaln(a + b)
    return np.where(n_gaps > 0, np.log1p(-phi) + repeats, 0.0)
