"""Where an account stands in a list, and who stands before and after it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from accounts.access import accounts_visible_to
from accounts.models import User
from health.selectors.lists import ordered_ids
from health.walks import WalkedList


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The account before or after, with its own place in the list, from 1."""

    account_id: int
    name: str
    place: int


@dataclass(frozen=True, slots=True)
class Walk:
    """A place in a list. `place` is None when the account is not, or no longer, in it."""

    place: int | None
    count: int
    previous: Neighbour | None
    following: Neighbour | None


def walk_at(user: User, walked: WalkedList, account_id: int, *, left_place: int | None, today: dt.date) -> Walk:
    """Return the account's place in the list and its neighbours. Two queries.

    An account that has left the list, as one does that was just called, is walked on from `left_place`, where it stood:
    the account that has moved up to its place comes next.
    """
    ids = ordered_ids(user, walked.filters, today=today)
    place = ids.index(account_id) + 1 if account_id in ids else None
    if place is not None:
        before, after = place - 1, place + 1
    else:
        after = min(left_place or 1, len(ids) + 1)
        before = after - 1
    wanted = {number: ids[number - 1] for number in (before, after) if 1 <= number <= len(ids)}
    names = dict(accounts_visible_to(user).filter(pk__in=wanted.values()).values_list("pk", "name")) if wanted else {}

    def neighbour(number: int) -> Neighbour | None:
        pk = wanted.get(number)
        return Neighbour(pk, names[pk], number) if pk in names and pk is not None else None

    return Walk(place, len(ids), neighbour(before), neighbour(after))
