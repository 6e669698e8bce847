"""What the replay needs to know of accounts beside their touches."""

from dataclasses import dataclass

import numpy as np

from health.scoring.arrays import FloatArray, IntArray

#: stands for "no owner", "no team", "no segment"
NOBODY = 0


@dataclass(frozen=True, eq=False)
class AccountFacts:
    """Who looks after each account, today, and what it is worth; arrays over ascending ``account_ids``.

    ``owner``, ``team`` and ``segment`` are ids, ``NOBODY`` for none; ``value`` orders the list; ``capacity`` is how
    many accounts the owner can look after at a time.
    """

    account_ids: IntArray
    owner: IntArray
    team: IntArray
    segment: IntArray
    value: FloatArray
    capacity: IntArray

    @classmethod
    def alike(cls, account_ids: IntArray, capacity: int) -> "AccountFacts":
        """All in one book, of the same value: for a log of touches that comes without accounts."""
        same = np.ones(len(account_ids), dtype=np.int64)
        nobody = np.full(len(account_ids), NOBODY, dtype=np.int64)
        return cls(account_ids, same, nobody, nobody, np.ones(len(account_ids)), same * capacity)

    def rows_of(self, account_ids: IntArray) -> IntArray:
        """int64[N]: where each account stands; ValueError for one that does not."""
        rows = np.minimum(np.searchsorted(self.account_ids, account_ids), max(len(self.account_ids) - 1, 0))
        if len(account_ids) and not np.array_equal(self.account_ids[rows], account_ids):
            raise ValueError("facts must hold every account of the walk")
        return rows
