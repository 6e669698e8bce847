"""What each manager would have seen first, week by week, and whom "longest silence first" would have shown instead."""

from dataclasses import dataclass

import numpy as np

from health.scoring.arrays import BoolArray, FloatArray, IntArray
from health.scoring.trust.facts import NOBODY, AccountFacts
from health.scoring.trust.params import TrustSettings
from health.scoring.trust.walk import Walk


@dataclass(frozen=True, eq=False)
class Listed:
    """Of each review (bool[R]): whether the account stood among the first of its manager's list, as many as the manager
    can look after; and whether it would have stood among as many by the longest silence.
    """

    is_shown: BoolArray
    is_longest: BoolArray


def listed_many(walk: Walk, facts: AccountFacts, trust: TrustSettings) -> Listed:
    """The lists of every review, in the product's order: value at risk times how surprising the silence is.

    Whoever is dormant is on no list, and is no candidate of the longest silence either: they would win every time and
    no call can save them. Owners, values and capacities are today's.
    """
    reviews, current = walk.reviews, walk.current
    row = facts.rows_of(reviews.account_ids)
    is_flagged = reviews.is_flagged[:, current]
    is_dormant = (reviews.rings_any[:, current] | reviews.rings_client[:, current]) & ~is_flagged
    candidates = np.flatnonzero((facts.owner[row] != NOBODY) & (reviews.touch_days >= 3) & ~is_dormant)
    pairs = np.column_stack([reviews.review_day[candidates], facts.owner[row[candidates]]])
    _, list_of = np.unique(pairs, axis=0, return_inverse=True)
    list_of = list_of.reshape(-1)
    surprise = 1 - np.maximum(reviews.list_normal[candidates], trust.least_normal)
    urgency = np.where(
        is_flagged[candidates], facts.value[row[candidates]] * reviews.risk[candidates] * surprise, -np.inf
    )
    shown = (_place_in_list(urgency, list_of) < facts.capacity[row[candidates]]) & is_flagged[candidates]
    sizes = np.bincount(list_of, weights=shown, minlength=int(list_of.max(initial=-1)) + 1)
    longest = _place_in_list(reviews.silent_days[candidates], list_of) < sizes[list_of]
    return Listed(_spread(shown, candidates, len(reviews)), _spread(longest, candidates, len(reviews)))


def _place_in_list(order: FloatArray, list_of: IntArray) -> IntArray:
    """int64[N]: 0 for the largest ``order`` of each list, 1 for the next; of equals the earlier row comes first."""
    sorted_rows = np.lexsort((-order, list_of))
    starts = np.flatnonzero(np.diff(list_of[sorted_rows], prepend=-1))
    sizes = np.diff(np.append(starts, len(sorted_rows)))
    places = np.empty(len(order), dtype=np.int64)
    places[sorted_rows] = np.arange(len(sorted_rows)) - np.repeat(starts, sizes)
    return places


def _spread(chosen: BoolArray, rows: IntArray, length: int) -> BoolArray:
    result = np.zeros(length, dtype=bool)
    result[rows[chosen]] = True
    return result
