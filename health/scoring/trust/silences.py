"""What became of each silence that the walk saw: ended by a touch, lost, or not decided yet.

A silence is lost when it began within the walk, nothing ended it by today, and it has outlasted the account's own
horizon (as of its first review) and ``lost_min_days``. A flag is counted once for a silence: where one touch ended a
gap of both series, or both are still open, they are one silence, as in ``scoring.replay``.
"""

from dataclasses import dataclass, fields

import numpy as np

from health.scoring.arrays import NO_DAY, BoolArray, FloatArray, IntArray
from health.scoring.histories import TouchHistories
from health.scoring.trust.params import TrustSettings
from health.scoring.trust.walk import Reviews, Walk

#: day ordinals stay below this, so that an account and a day fit into one sortable key
_DAYS = 2**22


@dataclass(frozen=True, eq=False)
class Silences:
    """Silences of accounts with three touch days or more that at least one review saw; arrays of length K.

    ``closed_day`` is the touch day that ended it, ``NO_DAY`` while it lasts; ``settled_day`` the day on which it counts
    as lost if nothing ended it by then. ``first_alarm`` (int64[K, B]) is the first review at which the alarm was on,
    for each budget, ``NO_DAY`` for never; ``is_standing``: that was the walk's first review, so it may have begun
    before.
    """

    account_ids: IntArray
    opened_day: IntArray
    closed_day: IntArray
    settled_day: IntArray
    first_alarm: IntArray
    is_standing: BoolArray

    def __len__(self) -> int:
        return len(self.account_ids)

    @property
    def is_raised(self) -> BoolArray:
        """bool[K, B]: flagged within the walk."""
        return (self.first_alarm != NO_DAY) & ~self.is_standing

    def take(self, rows: IntArray | BoolArray) -> "Silences":
        """The silences at these positions, or where the mask is true."""
        return Silences(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})


@dataclass(frozen=True, eq=False)
class LostAccounts:
    """Accounts lost within the walk; arrays of length L. ``is_young``: fewer than three touch days, so never judged.

    ``alarm_day`` (int64[L, B]) is the day on which the account stood flagged for the first time in this silence, not
    before it began, ``NO_DAY`` for never.
    """

    account_ids: IntArray
    opened_day: IntArray
    settled_day: IntArray
    is_young: BoolArray
    alarm_day: IntArray

    def __len__(self) -> int:
        return len(self.account_ids)

    def take(self, rows: IntArray | BoolArray) -> "LostAccounts":
        """The accounts at these positions, or where the mask is true."""
        return LostAccounts(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})


@dataclass(frozen=True, eq=False)
class Gaps:
    """The gaps of one series that reviews saw, arrays of length K.

    ``of_review`` (int64[R]) names the gap that was open at each review, -1 for none.
    """

    account_ids: IntArray
    opened_day: IntArray
    closed_day: IntArray
    settled_day: IntArray
    touch_days: IntArray
    of_review: IntArray

    def first_review_with(self, is_on: BoolArray, review_day: IntArray) -> IntArray:
        """int64[K]: the first review of each gap for which ``is_on`` (bool[R]) holds, ``NO_DAY`` for none."""
        rows = np.flatnonzero(is_on & (self.of_review >= 0))
        first = np.full(len(self.account_ids), np.iinfo(np.int64).max)
        np.minimum.at(first, self.of_review[rows], review_day[rows])
        return np.where(first == np.iinfo(np.int64).max, NO_DAY, first)


def gaps_seen(reviews: Reviews, last_day: IntArray, histories: TouchHistories, trust: TrustSettings) -> Gaps:
    """The gaps that were open at the reviews; ``last_day`` (int64[R]) is when they opened, ``NO_DAY`` for none."""
    rows = np.flatnonzero(last_day != NO_DAY)
    keys, first, inverse = np.unique(
        reviews.account_ids[rows] * _DAYS + last_day[rows], return_index=True, return_inverse=True
    )
    account_ids, opened = keys // _DAYS, keys % _DAYS
    touched = np.repeat(histories.account_ids, histories.touch_days) * _DAYS + histories.days
    place = np.searchsorted(touched, keys)
    following = np.minimum(place + 1, len(touched) - 1)
    is_closed = (place + 1 < len(touched)) & (touched[following] // _DAYS == account_ids)
    wait = np.maximum(np.ceil(reviews.horizon_days[rows][first]).astype(np.int64), trust.lost_min_days)
    of_review = np.full(len(reviews), -1, dtype=np.int64)
    of_review[rows] = inverse
    known = place - histories.offsets[np.searchsorted(histories.account_ids, account_ids)] + 1
    return Gaps(
        account_ids=account_ids,
        opened_day=opened,
        closed_day=np.where(is_closed, touched[following] % _DAYS, NO_DAY),
        settled_day=opened + wait,
        touch_days=known,
        of_review=of_review,
    )


def silences_of(walk: Walk, any_gaps: Gaps, client_gaps: Gaps | None, *, min_touch_days: int) -> Silences:
    """The silences of both series, each counted once, with the first alarm for every budget."""
    reviews, first_review = walk.reviews, walk.review_days[0]

    def of(gaps: Gaps, rings: BoolArray) -> Silences:
        first = np.column_stack(
            [gaps.first_review_with(rings[:, b], reviews.review_day) for b in range(rings.shape[1])]
        )
        return Silences(
            gaps.account_ids, gaps.opened_day, gaps.closed_day, gaps.settled_day, first, first == first_review
        ).take(gaps.touch_days >= min_touch_days)

    mine = of(any_gaps, reviews.rings_any)
    return mine if client_gaps is None else _merged(mine, of(client_gaps, reviews.rings_client))


def _merged(mine: Silences, theirs: Silences) -> Silences:
    """One silence where one touch ended both, or both last; the longer of the two waits decides when it is lost."""
    keys = np.concatenate([part.account_ids * _DAYS + part.closed_day for part in (mine, theirs)])
    _, inverse = np.unique(keys, return_inverse=True)
    count = int(inverse.max()) + 1 if len(inverse) else 0
    never = np.iinfo(np.int64).max

    def joined(name: str, *, earliest: bool) -> IntArray:
        values = np.concatenate([getattr(mine, name), getattr(theirs, name)])
        if name == "first_alarm":
            values = np.where(values == NO_DAY, never, values)
        result = np.full((count, *values.shape[1:]), never if earliest else NO_DAY)
        (np.minimum if earliest else np.maximum).at(result, inverse, values)
        return np.where(result == never, NO_DAY, result)

    first = joined("first_alarm", earliest=True)
    is_standing = np.zeros(first.shape, dtype=bool)
    np.logical_or.at(is_standing, inverse, np.concatenate([mine.is_standing, theirs.is_standing]))
    return Silences(
        account_ids=joined("account_ids", earliest=False),
        opened_day=joined("opened_day", earliest=True),
        closed_day=joined("closed_day", earliest=False),
        settled_day=joined("settled_day", earliest=False),
        first_alarm=first,
        is_standing=is_standing,
    )


def lost_accounts(walk: Walk, any_gaps: Gaps, silences: Silences, *, min_touch_days: int) -> LostAccounts:
    """Whom the firm lost within the walk, and when each budget would have told."""
    is_lost = (
        (any_gaps.closed_day == NO_DAY)
        & (any_gaps.opened_day >= walk.review_days[0])
        & (any_gaps.settled_day <= walk.as_of_day)
    )
    account_ids, opened = any_gaps.account_ids[is_lost], any_gaps.opened_day[is_lost]
    lasting = np.flatnonzero(silences.closed_day == NO_DAY)
    lasting = lasting[np.argsort(silences.account_ids[lasting])]
    place = np.searchsorted(silences.account_ids[lasting], account_ids)
    alarm = np.full((len(account_ids), len(walk.budgets)), NO_DAY, dtype=np.int64)
    if len(lasting):
        found = lasting[np.minimum(place, len(lasting) - 1)]
        is_known = silences.account_ids[found] == account_ids
        first = silences.first_alarm[found]
        # the client may have been silent for long while we still wrote: then the account stood flagged on its last day
        alarm = np.where(is_known[:, None] & (first != NO_DAY), np.maximum(first, opened[:, None]), NO_DAY)
    return LostAccounts(
        account_ids=account_ids,
        opened_day=opened,
        settled_day=any_gaps.settled_day[is_lost],
        is_young=any_gaps.touch_days[is_lost] < min_touch_days,
        alarm_day=alarm,
    )


def years_there(histories: TouchHistories, first_day: int, *, min_touch_days: int) -> FloatArray:
    """float64[A]: years since ``first_day`` in which each account could be judged and was demonstrably still there.

    These are its closed gaps, as in ``scoring.replay``: a silence that lasts is no source of false alarms.
    """
    counts = histories.gap_position >= min_touch_days - 1
    days = histories.gap_closed_days - np.maximum(histories.gap_opened_days, first_day)
    days = np.where(counts, np.maximum(days, 0), 0)
    return np.bincount(histories.gap_account, weights=days, minlength=len(histories)).astype(np.float64) / 365.25
