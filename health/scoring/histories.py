"""Touch days of many accounts in two flat arrays (compressed sparse rows)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from health.scoring.arrays import DayArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class TouchHistories:
    """Sorted distinct touch days per account.

    Account ``account_ids[i]`` has the days ``days[offsets[i]:offsets[i + 1]]``, at least one of them. Ids are
    strictly increasing, so equal facts always make equal arrays.

    Parameters
    ----------
    account_ids : int64[A]
    offsets : int64[A + 1], from 0 to M
    days : int32[M], ordinals (``date.toordinal()``), strictly increasing within an account

    Raises
    ------
    ValueError
        naming the argument that breaks these rules.
    """

    account_ids: IntArray
    offsets: IntArray
    days: DayArray

    def __post_init__(self) -> None:
        if self.account_ids.ndim != 1 or np.any(np.diff(self.account_ids) <= 0):
            raise ValueError("account_ids must be one-dimensional and strictly increasing")
        if self.offsets.shape != (len(self.account_ids) + 1,):
            raise ValueError("offsets must have one entry more than account_ids")
        if self.offsets[0] != 0 or self.offsets[-1] != len(self.days):
            raise ValueError("offsets must start at 0 and end at the number of days")
        if np.any(np.diff(self.offsets) <= 0):
            raise ValueError("offsets must be strictly increasing: an account without touches has no row")
        if self.days.ndim != 1 or not np.issubdtype(self.days.dtype, np.integer):
            raise ValueError("days must be a one-dimensional array of day ordinals")
        if np.any(self.gaps < 1):
            raise ValueError("days must be strictly increasing within each account")

    @classmethod
    def from_pairs(cls, account_ids: npt.ArrayLike, days: npt.ArrayLike) -> Self:
        """From one (account, day) pair per touch, in any order and with duplicates."""
        accounts = np.asarray(account_ids, dtype=np.int64)
        ordinals = np.asarray(days, dtype=np.int64)
        if accounts.ndim != 1 or accounts.shape != ordinals.shape:
            raise ValueError("account_ids and days must be one-dimensional and of equal length")
        order = np.lexsort((ordinals, accounts))
        accounts, ordinals = accounts[order], ordinals[order]
        is_new = np.ones(len(accounts), dtype=bool)
        is_new[1:] = (np.diff(accounts) != 0) | (np.diff(ordinals) != 0)
        return cls._from_sorted(accounts[is_new], ordinals[is_new])

    @classmethod
    def of_one(cls, days: Iterable[int], account_id: int = 0) -> Self:
        """The history of a single account."""
        ordinals = list(days)
        return cls.from_pairs([account_id] * len(ordinals), ordinals)

    @classmethod
    def _from_sorted(cls, accounts: IntArray, ordinals: npt.NDArray[np.integer]) -> Self:
        ids, starts = np.unique(accounts, return_index=True)
        offsets = np.append(starts, len(accounts)).astype(np.int64)
        return cls(ids, offsets, ordinals.astype(np.int32))

    def __len__(self) -> int:
        return len(self.account_ids)

    @cached_property
    def touch_days(self) -> IntArray:
        """int64[A]: number of touch days."""
        return np.diff(self.offsets)

    @cached_property
    def n_gaps(self) -> IntArray:
        """int64[A]: number of closed gaps, one less than the touch days."""
        return self.touch_days - 1

    @property
    def first_days(self) -> DayArray:
        """int32[A]: ordinal of the first touch day."""
        return self.days[self.offsets[:-1]]

    @property
    def last_days(self) -> DayArray:
        """int32[A]: ordinal of the last touch day."""
        return self.days[self.offsets[1:] - 1]

    @cached_property
    def _closes_gap(self) -> npt.NDArray[np.bool_]:
        closes = np.ones(len(self.days), dtype=bool)
        closes[self.offsets[:-1]] = False
        return closes

    @cached_property
    def gaps(self) -> FloatArray:
        """float64[G]: days between consecutive touch days, account by account, oldest first."""
        return np.diff(self.days.astype(np.float64), prepend=0.0)[self._closes_gap]

    @cached_property
    def gap_account(self) -> IntArray:
        """int64[G]: row (not id) of the account each gap belongs to."""
        return np.repeat(np.arange(len(self), dtype=np.int64), self.n_gaps)

    @cached_property
    def gap_offsets(self) -> IntArray:
        """int64[A + 1]: where each account's gaps begin in ``gaps``."""
        return self.offsets - np.arange(len(self) + 1)

    @cached_property
    def gap_position(self) -> IntArray:
        """int64[G]: 0 for an account's oldest gap, 1 for the next..."""
        return np.arange(len(self.gaps), dtype=np.int64) - self.gap_offsets[self.gap_account]

    @property
    def gap_opened_days(self) -> DayArray:
        """int32[G]: the touch day at which each gap began."""
        return self.days[np.flatnonzero(self._closes_gap) - 1]

    @property
    def gap_closed_days(self) -> DayArray:
        """int32[G]: the touch day at which each gap ended."""
        return self.days[self._closes_gap]

    def as_of(self, day: int) -> "TouchHistories":
        """What was known on ``day``: later touch days dropped, accounts without an earlier one too."""
        known = self.days <= day
        if known.all():
            return self
        accounts = np.repeat(self.account_ids, self.touch_days)
        return TouchHistories._from_sorted(accounts[known], self.days[known])

    def subset(self, rows: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> "TouchHistories":
        """The accounts at ``rows`` (positions or a mask), kept in id order."""
        chosen = np.zeros(len(self), dtype=bool)
        chosen[rows] = True
        accounts = np.repeat(self.account_ids, self.touch_days)
        kept = np.repeat(chosen, self.touch_days)
        return TouchHistories._from_sorted(accounts[kept], self.days[kept])

    def chunks(self, max_gaps: int = 200_000) -> Iterator["TouchHistories"]:
        """Consecutive runs of accounts with about ``max_gaps`` gaps each, to bound the memory of work on gaps."""
        if len(self.gaps) <= max_gaps:
            yield self
            return
        run = self.gap_offsets[:-1] // max_gaps
        starts = np.flatnonzero(np.diff(run, prepend=-1))
        for start, stop in zip(starts, [*starts[1:], len(self)], strict=True):
            first, last = self.offsets[start], self.offsets[stop]
            yield TouchHistories(
                self.account_ids[start:stop], self.offsets[start : stop + 1] - first, self.days[first:last]
            )
