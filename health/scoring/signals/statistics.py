"""The statistics of the signals, computed from who took part on which day."""

from typing import Any

import numpy as np

from health.scoring.arrays import NO_DAY, BoolArray, FloatArray, IntArray
from health.scoring.signals.talk_days import TalkDays, TalkStats

RECENT_DAYS = 90
EARLIER_DAYS = 365
#: a sponsor is known by the last two years, and remembered for a year after leaving
SPONSOR_DAYS = 730
SPONSOR_GONE_DAYS = 365
#: the lived cadence is that of the gaps closed in so many days, and of the newest four whenever they closed
CADENCE_DAYS = 120
CADENCE_GAPS = 4

#: rows and contact ids, or rows and days, are told apart as one number
_ID_SPAN = 2**40


def compute_talk_stats(talk: TalkDays) -> TalkStats:
    """The statistics of every account's whole history. O(touch days)."""
    last = talk.last_day.astype(np.int64)
    columns: dict[str, Any] = {
        "account_ids": talk.account_ids,
        "first_day": talk.first_day,
        "last_day": talk.last_day,
    }
    columns |= _channels(talk, last) | _answers(talk) | _client(talk) | _cadence(talk)
    return TalkStats(**columns, **_people(talk, last), **_sponsor(talk, last))


def _count(rows: IntArray, accounts: int, mask: BoolArray) -> IntArray:
    return np.bincount(rows[mask], minlength=accounts).astype(np.int64)


def _latest(rows: IntArray, days: np.ndarray, accounts: int) -> IntArray:
    """int64[A]: the largest day of each account, ``NO_DAY`` without any."""
    latest = np.full(accounts, NO_DAY, dtype=np.int64)
    np.maximum.at(latest, rows, days.astype(np.int64))
    return latest


def _channels(talk: TalkDays, last: IntArray) -> dict[str, Any]:
    age = last[talk.row] - talk.day
    recent, earlier = age < RECENT_DAYS, (age >= RECENT_DAYS) & (age < RECENT_DAYS + EARLIER_DAYS)
    return {
        "recent_days": _count(talk.row, len(talk), recent),
        "recent_talk_days": _count(talk.row, len(talk), recent & talk.has_voice),
        "earlier_days": _count(talk.row, len(talk), earlier),
        "earlier_talk_days": _count(talk.row, len(talk), earlier & talk.has_voice),
    }


def _answers(talk: TalkDays) -> dict[str, Any]:
    """A run begins anew after each answer day and with each account."""
    accounts = len(talk)
    begins = ~talk.is_ours
    is_first = np.diff(talk.row, prepend=-1) != 0
    run = np.cumsum(begins | is_first) - 1
    length = np.bincount(run[talk.is_ours], minlength=int(run[-1]) + 1 if len(run) else 0)
    last_answer = _latest(talk.row[begins], talk.day[begins], accounts)
    is_open = talk.is_ours & (talk.day > last_answer[talk.row])
    since = np.full(accounts, np.iinfo(np.int64).max)
    np.minimum.at(since, talk.row[is_open], talk.day[is_open].astype(np.int64))
    longest = np.zeros(accounts, dtype=np.int64)
    is_closed = talk.is_ours & ~is_open
    np.maximum.at(longest, talk.row[is_closed], length[run[is_closed]])
    unanswered = _count(talk.row, accounts, is_open)
    return {
        "our_days": _count(talk.row, accounts, talk.is_ours),
        "answer_days": _count(talk.row, accounts, begins),
        "unanswered_days": unanswered,
        "unanswered_since_day": np.where(unanswered > 0, since, NO_DAY),
        "longest_unanswered_days": longest,
    }


def _client(talk: TalkDays) -> dict[str, Any]:
    rows, days = talk.row[talk.has_client], talk.day[talk.has_client].astype(np.int64)
    is_gap = np.diff(rows, prepend=-1) == 0
    gap_rows, gaps = rows[is_gap], np.diff(days, prepend=0)[is_gap].astype(np.float64)
    return {
        "client_days": np.bincount(rows, minlength=len(talk)).astype(np.int64),
        "client_last_day": _latest(rows, days, len(talk)),
        "client_median_gap": _quantiles(gap_rows, gaps, len(talk), 0.5),
        "client_high_gap": _quantiles(gap_rows, gaps, len(talk), 0.9),
    }


def _quantiles(rows: IntArray, values: FloatArray, accounts: int, share: float) -> FloatArray:
    """float64[A]: the linearly interpolated quantile of each account's values, nan without any."""
    ordered = values[np.lexsort((values, rows))]
    count = np.bincount(rows, minlength=accounts)
    first = np.cumsum(count) - count
    place = share * np.maximum(count - 1, 0)
    low, high = np.floor(place).astype(np.int64), np.ceil(place).astype(np.int64)
    padded = np.append(ordered, np.nan)
    index = np.minimum(first, len(ordered))
    below = padded[np.minimum(index + low, len(ordered))]
    above = padded[np.minimum(index + high, len(ordered))]
    return np.where(count > 0, below + (above - below) * (place - low), np.nan)


def _cadence(talk: TalkDays) -> dict[str, Any]:
    """The gap that half of the time of the newest gaps is spent in, the longest of them left out."""
    accounts = len(talk)
    is_gap = np.diff(talk.row, prepend=-1) == 0
    gaps, rows = np.diff(talk.day.astype(np.int64), prepend=0)[is_gap], talk.row[is_gap]
    rank = (np.cumsum(np.bincount(rows, minlength=accounts)) - 1)[rows] - np.arange(len(rows))
    age = talk.last_day[rows].astype(np.int64) - talk.day[is_gap]
    is_new = (age < CADENCE_DAYS) | (rank < CADENCE_GAPS)
    gaps, rows = gaps[is_new], rows[is_new]
    order = np.lexsort((-gaps, rows))
    gaps, rows = gaps[order], rows[order]
    count = np.bincount(rows, minlength=accounts).astype(np.int64)
    is_longest = np.diff(rows, prepend=-1) != 0
    kept = np.where(is_longest & (count[rows] > 1), 0, gaps)
    half = np.bincount(rows, weights=kept, minlength=accounts) / 2
    total = np.cumsum(kept)
    before = (total - kept) - (total - kept)[np.flatnonzero(is_longest)][np.cumsum(is_longest) - 1]
    lived = np.full(accounts, np.inf)
    is_above = (kept > 0) & (before < half[rows])
    np.minimum.at(lived, rows[is_above], gaps[is_above].astype(np.float64))
    return {"cadence_gaps": count, "lived_gap": np.where(count > 0, lived, np.nan)}


def _distinct(rows: IntArray, values: np.ndarray, accounts: int) -> IntArray:
    """int64[A]: how many different values each account has."""
    pairs = np.unique(rows * _ID_SPAN + values.astype(np.int64))
    return np.bincount(pairs // _ID_SPAN, minlength=accounts).astype(np.int64)


def _people(talk: TalkDays, last: IntArray) -> dict[str, Any]:
    accounts, rows = len(talk), talk.person_row
    age = last[rows] - talk.person_day
    recent, earlier = age < RECENT_DAYS, (age >= RECENT_DAYS) & (age < RECENT_DAYS + EARLIER_DAYS)
    # Who has left can be reached no more: what hangs on one person hangs on one of those who are there.
    _, left, _ = _contact_of_each_meeting(talk)
    recent &= (left == NO_DAY) | (left > last[rows])
    people = _distinct(rows[recent], talk.person[recent], accounts)
    lone = np.where(people == 1, _latest(rows[recent], talk.person[recent], accounts), 0)
    return {
        "people": people,
        "named_days": _distinct(rows[recent], talk.person_day[recent], accounts),
        "lone_contact": lone,
        "lone_earlier_days": _count(rows, accounts, earlier & (talk.person == lone[rows])),
        "earlier_named_days": _distinct(rows[earlier], talk.person_day[earlier], accounts),
    }


def _sponsor(talk: TalkDays, last: IntArray) -> dict[str, Any]:
    accounts = len(talk)
    found = {name: np.zeros(accounts, dtype=np.int64) for name in _SPONSOR_COLUMNS}
    place, left, is_ranked = _contact_of_each_meeting(talk)
    rows, days = talk.person_row, talk.person_day.astype(np.int64)
    is_recent = last[rows] - days < SPONSOR_DAYS
    is_there = (left == NO_DAY) | (left > last[rows] - SPONSOR_GONE_DAYS)
    may_be = np.flatnonzero(is_ranked & is_recent & is_there)
    if not len(may_be):
        return found
    met = np.bincount(place[may_be])
    counts = met[place[may_be]]
    order = may_be[np.lexsort((-talk.person[may_be], counts, rows[may_be]))]
    chosen = order[np.diff(rows[order], append=-1) != 0]
    found["sponsor"][rows[chosen]] = talk.person[chosen]
    found["sponsor_left_day"][rows[chosen]] = left[chosen]
    is_theirs = is_recent & (talk.person == found["sponsor"][rows])
    found |= _meetings(rows[is_theirs], days[is_theirs], accounts)
    since = (days > found["sponsor_last_day"][rows]) & (found["sponsor"][rows] > 0)
    found["others_since_days"] = _distinct(rows[since], days[since], accounts)
    other_ranked = since & is_ranked & ((left == NO_DAY) | (left > last[rows]))
    found["ranked_since_days"] = _distinct(rows[other_ranked], days[other_ranked], accounts)
    return found


_SPONSOR_COLUMNS = (
    "sponsor", "sponsor_days", "sponsor_first_day", "sponsor_last_day", "sponsor_longest_gap_days",
    "sponsor_left_day", "others_since_days", "ranked_since_days",
)  # fmt: skip


def _contact_of_each_meeting(talk: TalkDays) -> tuple[IntArray, IntArray, BoolArray]:
    """Place in a list of contacts, leaving day and rank of the person of each meeting; unknown people have no rank."""
    if not len(talk.contact):
        none = np.zeros(len(talk.person), dtype=np.int64)
        return none, none, none.astype(bool)
    order = np.argsort(talk.contact, kind="stable")
    place = np.minimum(np.searchsorted(talk.contact[order], talk.person), len(order) - 1)
    place = order[place]
    is_known = (talk.contact[place] == talk.person) & (talk.contact_row[place] == talk.person_row)
    return place, np.where(is_known, talk.contact_left_day[place], NO_DAY), is_known & talk.is_ranked[place]


def _meetings(rows: IntArray, days: IntArray, accounts: int) -> dict[str, Any]:
    """How often, from when to when and with which longest gap each account's sponsor was met."""
    order = np.lexsort((days, rows))
    rows, days = rows[order], days[order]
    is_gap = np.diff(rows, prepend=-1) == 0
    longest, first = np.zeros(accounts, dtype=np.int64), np.zeros(accounts, dtype=np.int64)
    np.maximum.at(longest, rows[is_gap], np.diff(days, prepend=0)[is_gap])
    first[rows[~is_gap]] = days[~is_gap]
    return {
        "sponsor_days": np.bincount(rows, minlength=accounts).astype(np.int64),
        "sponsor_first_day": first,
        "sponsor_last_day": _latest(rows, days, accounts),
        "sponsor_longest_gap_days": longest,
    }
