"""Search over accounts and contacts, by what people remember: a part of a name, an address, a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from accounts.access import accounts_visible_to, visibility
from accounts.models import Contact, User
from health.models import Band

MOST_SHOWN: Final = 25
SHORTEST: Final = 2


@dataclass(frozen=True, slots=True)
class FoundAccount:
    account_id: int
    name: str
    segment: str
    owner: str
    band: str
    band_label: str


@dataclass(frozen=True, slots=True)
class FoundContact:
    name: str
    title: str
    email: str
    has_left: bool
    account_id: int
    account_name: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found; `has_more_*` says that only the first are shown."""

    accounts: list[FoundAccount]
    contacts: list[FoundContact]
    has_more_accounts: bool
    has_more_contacts: bool


def search(user: User, text: str) -> SearchResult:
    """Find accounts and contacts that `user` may see; two queries, both served by trigram or exact indexes."""
    accounts = [
        FoundAccount(pk, name, segment or "", owner or "", band or "", Band(band).label if band else "Not scored yet")
        for pk, name, segment, owner, band in accounts_visible_to(user)
        .filter(Q(name__icontains=text) | Q(external_id=text) | Q(domains__domain=text.lower().rpartition("@")[2]))
        .order_by("name", "pk")
        .distinct()
        .values_list("pk", "name", "segment__name", "owner__full_name", "health__band")[: MOST_SHOWN + 1]
    ]
    contacts = [
        FoundContact(name, title, email, left_on is not None, account_id, account_name)
        for name, title, email, left_on, account_id, account_name in Contact.objects.filter(
            visibility(user, prefix="account__")
        )
        .filter(Q(name__icontains=text) | Q(email__iexact=text))
        .order_by("name", "pk")
        .values_list("name", "title", "email", "left_on", "account", "account__name")[: MOST_SHOWN + 1]
    ]
    return SearchResult(
        accounts[:MOST_SHOWN], contacts[:MOST_SHOWN], len(accounts) > MOST_SHOWN, len(contacts) > MOST_SHOWN
    )
