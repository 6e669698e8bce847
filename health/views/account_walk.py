"""The links that walk from an account to the next one of the list that the reader came from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from accounts.models import Account, User
from health.selectors.lists import PAGE_SIZE
from health.selectors.walk import Neighbour, walk_at
from health.walks import WalkedList, read_place, read_walked_list


@dataclass(frozen=True, slots=True)
class Step:
    """A link of the walk: to a neighbour, or at an end of the list back to the list."""

    url: str
    label: str
    is_end: bool


@dataclass(frozen=True, slots=True)
class WalkLinks:
    """What the head of the page shows of the list: its name and address, the place in it, and the two steps."""

    list_name: str
    list_url: str
    words: str
    previous: Step
    following: Step


_NAMES = {"today": "Today", "account-list": "Accounts"}


def walked_list(request: HttpRequest, user: User) -> WalkedList | None:
    """Return the list that the address names."""
    return read_walked_list(request.GET.get("list", ""), user)


def walk_links(request: HttpRequest, user: User, account: Account, *, today: dt.date) -> WalkLinks | None:
    """Return the links through the list that the address names; None without a list."""
    walked = walked_list(request, user)
    if walked is None:
        return None
    left_place = read_place(request.GET.get("place", ""))
    walk = walk_at(user, walked, account.pk, left_place=left_place, today=today)
    nearest = walk.place or min(left_place or 1, max(walk.count, 1))
    back = f"{reverse(walked.name)}{walked.page_query(nearest, PAGE_SIZE)}"
    if walk.place is not None:
        words = f"{walk.place} of {walk.count}"
        back = f"{back}#account-{account.pk}"
    else:
        words = f"no longer in the list of {walk.count}" if walk.count else "the list is empty now"
    return WalkLinks(
        list_name=_NAMES[walked.name],
        list_url=back,
        words=words,
        previous=_step(walked, walk.previous, back),
        following=_step(walked, walk.following, back),
    )


def _step(walked: WalkedList, neighbour: Neighbour | None, back: str) -> Step:
    if neighbour is None:
        return Step(back, "Back to the list", is_end=True)
    url = f"{reverse('account', args=[neighbour.account_id])}{walked.account_query(neighbour.place)}"
    return Step(url, neighbour.name, is_end=False)
