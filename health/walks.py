"""The list that a person walks through, as it travels in the address of an account: `list=today?band=silent`.

What is read from an address is narrowed to what the reader may list, as the list itself would be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.http import QueryDict
from django.utils.http import urlencode

from accounts.models import User
from health.filters import ListFilters, directory_defaults, read_filters, today_defaults

#: Lists that can be walked through: their name in an address (which is also that of their route), and their beginning.
LISTS: Final[dict[str, Callable[[User], ListFilters]]] = {
    "today": today_defaults,
    "account-list": directory_defaults,
}
_LONGEST: Final = 2000


@dataclass(frozen=True, slots=True)
class WalkedList:
    """A list with its filters, scope and order; the page of it does not matter."""

    name: str
    filters: ListFilters
    defaults: ListFilters

    @property
    def text(self) -> str:
        """The list as one value of a query string."""
        return f"{self.name}{self.filters.changed(is_all=False).query(self.defaults)}"

    def page_query(self, place: int, page_size: int) -> str:
        """Return the query string of the page of the list that holds its `place`-th account."""
        return self.filters.changed(is_all=False, page=max(1, -(-place // page_size))).query(self.defaults)

    def account_query(self, place: int | None = None) -> str:
        """Return the query string for an account of the list, which stands on `place` (from 1) in it."""
        pairs = [("list", self.text)] + ([("place", str(place))] if place else [])
        return f"?{urlencode(pairs)}"


def read_walked_list(text: str, user: User) -> WalkedList | None:
    """Read a list from an address; None when there is none, or no such list."""
    name, _, query = text[:_LONGEST].replace("\0", "").partition("?")
    beginning = LISTS.get(name)
    if beginning is None:
        return None
    defaults = beginning(user)
    return WalkedList(name, read_filters(QueryDict(query), user=user, defaults=defaults).filters, defaults)


def read_place(text: str) -> int | None:
    """Read a place in a list, from 1; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 8 and int(text) else None
