"""Who took part on which day: what the signals are computed from, in flat arrays, as touches come from the facts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from health.scoring.arrays import NO_DAY, BoolArray, DayArray, FloatArray, IntArray

Columns = Mapping[str, npt.NDArray[Any]]
#: more than any day ordinal, so that account and day make one sortable key
_DAY_SPAN = 2**22


class TouchFact(NamedTuple):
    """One touch that counts. ``day`` is an ordinal; ``contact_ids`` are the people at the client it names."""

    account_id: int
    day: int
    is_voice: bool
    is_by_client: bool
    is_by_us: bool
    contact_ids: tuple[int, ...] = ()


class ContactFact(NamedTuple):
    """One person at a client. ``is_ranked``: director or above; ``left_day`` is ``NO_DAY`` for who is still there."""

    account_id: int
    contact_id: int
    is_ranked: bool
    left_day: int = NO_DAY


@dataclass(frozen=True, eq=False)
class TalkDays:
    """The touch days of A accounts with who took part, the days on which a named person did, and the people.

    Attributes
    ----------
    account_ids : int64[A], strictly increasing; every account has at least one day
    row, day : int64[M] and int32[M], sorted; one entry per account (its place in ``account_ids``) and touch day
    has_voice, has_client : bool[M]: a live talk that day; the client took part
    is_ours : bool[M]: all that day was written or said by us (an unknown direction may be the client's)
    person_row, person, person_day : int64[P], int64[P] and int32[P], sorted; one entry per account, contact and day
        on which both sides took part and the contact is named
    contact_row, contact, contact_left_day : int64[K] each; the accounts' contacts, ``NO_DAY`` for who is there
    is_ranked : bool[K]: director or above
    """

    account_ids: IntArray
    row: IntArray
    day: DayArray
    has_voice: BoolArray
    has_client: BoolArray
    is_ours: BoolArray
    person_row: IntArray
    person: IntArray
    person_day: DayArray
    contact_row: IntArray
    contact: IntArray
    contact_left_day: IntArray
    is_ranked: BoolArray

    def __len__(self) -> int:
        return len(self.account_ids)

    @classmethod
    def of(cls, touches: Iterable[TouchFact], contacts: Iterable[ContactFact] = ()) -> "TalkDays":
        """From the facts, in any order; contacts of accounts without a touch are left out."""
        facts, people = list(touches), list(contacts)
        met = [(one.account_id, pk, one.day) for one in facts if one.is_by_client for pk in one.contact_ids]
        return cls.from_columns(
            touches=_columns([one[:5] for one in facts], ("account_id", "day", "voice", "client", "ours")),
            meetings=_columns(met, ("account_id", "contact", "day")),
            contacts=_columns(people, ("account_id", "contact", "ranked", "left")),
        )

    @classmethod
    def from_columns(cls, *, touches: Columns, meetings: Columns, contacts: Columns) -> "TalkDays":
        """From one row per touch, per person met at a touch, and per contact, each in any order.

        Parameters
        ----------
        touches : ``account_id``, ``day`` (ordinals), and whether it was ``voice``, by the ``client``, by us (``ours``)
        meetings : ``account_id``, ``contact``, ``day``
        contacts : ``account_id``, ``contact``, ``ranked``, ``left`` (``NO_DAY`` for who is there)
        """
        ids = np.unique(touches["account_id"])
        keys = np.searchsorted(ids, touches["account_id"]) * _DAY_SPAN + touches["day"]
        days, place = np.unique(keys, return_inverse=True)
        has = {name: np.bincount(place[touches[name]], minlength=len(days)) for name in ("voice", "client")}
        others = np.bincount(place[~touches["ours"]], minlength=len(days))
        meetings = _known(meetings, ids)
        order = np.lexsort((meetings["day"], meetings["contact"], meetings["account_id"]))
        met = np.column_stack([meetings[name][order] for name in ("account_id", "contact", "day")])
        is_new = np.ones(len(met), dtype=bool)
        is_new[1:] = np.any(met[1:] != met[:-1], axis=1)
        met = met[is_new]
        contacts = _known(contacts, ids)
        by_account = np.lexsort((contacts["contact"], contacts["account_id"]))
        return cls(
            account_ids=ids,
            row=days // _DAY_SPAN,
            day=(days % _DAY_SPAN).astype(np.int32),
            has_voice=has["voice"] > 0,
            has_client=has["client"] > 0,
            is_ours=others == 0,
            person_row=np.searchsorted(ids, met[:, 0]),
            person=met[:, 1],
            person_day=met[:, 2].astype(np.int32),
            contact_row=np.searchsorted(ids, contacts["account_id"][by_account]),
            contact=contacts["contact"][by_account],
            contact_left_day=contacts["left"][by_account],
            is_ranked=contacts["ranked"][by_account],
        )

    @property
    def first_day(self) -> DayArray:
        """int32[A]: the first touch day."""
        return self.day[np.flatnonzero(np.diff(self.row, prepend=-1) != 0)]

    @property
    def last_day(self) -> DayArray:
        """int32[A]: the last touch day."""
        return self.day[np.flatnonzero(np.diff(self.row, append=len(self)) != 0)]

    def as_of(self, day: int) -> "TalkDays":
        """What was known on ``day``: later days dropped, accounts without an earlier one too."""
        is_known = self.day <= day
        rows = np.unique(self.row[is_known])
        met = self.person_day <= day
        here = np.isin(self.contact_row, rows)
        kept = {"day": is_known, "has_voice": is_known, "has_client": is_known, "is_ours": is_known}
        kept |= {"person": met, "person_day": met, "contact": here, "contact_left_day": here, "is_ranked": here}
        columns = {name: getattr(self, name)[mask] for name, mask in kept.items()}
        moved = {"row": is_known, "person_row": met, "contact_row": here}
        columns |= {name: np.searchsorted(rows, getattr(self, name)[mask]) for name, mask in moved.items()}
        return TalkDays(account_ids=self.account_ids[rows], **columns)

    def with_talk_on(self, day: int) -> "TalkDays":
        """The days of a single account with a live talk on ``day``, its last, in which both sides take part."""
        if len(self) != 1:
            raise ValueError(f"a talk can be added to the days of one account, not of {len(self)}")
        if int(self.day[-1]) > day:
            raise ValueError("day must not come before the last touch day")
        before = self.day < day
        columns = {name: np.append(getattr(self, name)[before], True) for name in ("has_voice", "has_client")}
        columns["is_ours"] = np.append(self.is_ours[before], False)
        days = np.append(self.day[before], day).astype(np.int32)
        return replace(self, row=np.zeros(len(days), dtype=np.int64), day=days, **columns)


def _known(columns: Columns, ids: IntArray) -> dict[str, npt.NDArray[Any]]:
    """The rows of these accounts."""
    is_known = np.isin(columns["account_id"], ids)
    return {name: np.asarray(values)[is_known] for name, values in columns.items() if name != "at"}


_FLAGS = frozenset({"voice", "client", "ours", "ranked"})


def _columns(rows: Sequence[Sequence[Any]], names: tuple[str, ...]) -> dict[str, npt.NDArray[Any]]:
    values = zip(*rows, strict=True) if rows else ((),) * len(names)
    return {
        name: np.array(column, dtype=bool if name in _FLAGS else np.int64)
        for name, column in zip(names, values, strict=True)
    }


@dataclass(frozen=True, eq=False)
class TalkStats:
    """What the signals need of an account's past, one row per account; every column an array of length A.

    All of it is relative to the last touch day L or a day itself, so that it stands while nothing happens. Days are
    ordinals, ``NO_DAY`` for none; contacts are ids, 0 for none::

        recent_*            days of (L - 90, L]; earlier_* those of (L - 455, L - 90]
        *_days, *_talk_days touch days, and those with a live talk
        our_days            days on which only we wrote or spoke; answer_days: all others
        unanswered_days     our_days after the last answer day, the first of them ``unanswered_since_day``
        longest_unanswered_days  the most of them in a row before that
        client_*            days on which the client took part: how many, the last, median and 90 % quantile of the gaps
        cadence_gaps        gaps closed in (L - 120, L], and the newest four whenever they closed
        lived_gap           of these without the longest: the largest g such that half of the time lies in gaps >= g
        people              persons met in the recent days who had not left by L; named_days: days on which one was met
        lone_contact        the one person when there is only one; lone_earlier_days: of ``earlier_named_days``
        sponsor             the ranked contact met on most days of (L - 730, L], among those there or gone since L - 365
        sponsor_*           days met, first, last, longest gap, the day on which they left
        others_since_days   days on which anybody was met after ``sponsor_last_day``
        ranked_since_days   days on which another ranked contact, who had not left by L, was met after it
    """

    account_ids: IntArray
    first_day: DayArray
    last_day: DayArray
    recent_days: IntArray
    recent_talk_days: IntArray
    earlier_days: IntArray
    earlier_talk_days: IntArray
    our_days: IntArray
    answer_days: IntArray
    unanswered_days: IntArray
    unanswered_since_day: IntArray
    longest_unanswered_days: IntArray
    client_days: IntArray
    client_last_day: IntArray
    client_median_gap: FloatArray
    client_high_gap: FloatArray
    cadence_gaps: IntArray
    lived_gap: FloatArray
    people: IntArray
    named_days: IntArray
    lone_contact: IntArray
    lone_earlier_days: IntArray
    earlier_named_days: IntArray
    sponsor: IntArray
    sponsor_days: IntArray
    sponsor_first_day: IntArray
    sponsor_last_day: IntArray
    sponsor_longest_gap_days: IntArray
    sponsor_left_day: IntArray
    others_since_days: IntArray
    ranked_since_days: IntArray

    def __post_init__(self) -> None:
        for column in fields(self):
            if getattr(self, column.name).shape != self.account_ids.shape:
                raise ValueError(f"{column.name} must have one entry per account")

    def __len__(self) -> int:
        return len(self.account_ids)

    def take(self, rows: IntArray | BoolArray) -> "TalkStats":
        """The rows at these positions, or where the mask is true."""
        return TalkStats(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})
