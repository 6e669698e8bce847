"""Who took part: contacts on the client's side, colleagues on ours, linked to the touches of a chunk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import Contact, User
from touchpoints.loader.resolving import hold_creation_lock
from touchpoints.parsers.records import TouchpointRecord

# Touch id, account id, and the record with the people as the source names them.
Taken = tuple[int, int, TouchpointRecord]
MAX_OUR_NAMES: Final = 300

# An address wins over an equal name, somebody who is still there over somebody who left.
_FIND_CONTACTS: Final = """
WITH refs AS (SELECT * FROM unnest(%s::bigint[], %s::text[]) AS refs (account_id, ref)), found AS (
    SELECT refs.account_id, ref, contact.id, 1 AS rank FROM refs JOIN accounts_contact AS contact
    ON lower(contact.email) = lower(ref) AND contact.account_id = refs.account_id AND contact.email <> ''
    UNION ALL
    SELECT refs.account_id, ref, contact.id, CASE WHEN contact.left_on IS NULL THEN 2 ELSE 3 END
    FROM refs JOIN accounts_contact AS contact
    ON contact.account_id = refs.account_id AND lower(contact.name) = lower(ref)
)
SELECT DISTINCT ON (account_id, ref) account_id, ref, id FROM found ORDER BY account_id, ref, rank, id
"""

# The links of a touch become those that its row names; the touches for which that changed anything come back.
_LINK: Final = """
WITH wanted AS MATERIALIZED (
    SELECT DISTINCT touch, person FROM unnest(%s::bigint[], %s::bigint[]) AS wanted (touch, person)
), gone AS (
    DELETE FROM {table} AS link USING (SELECT DISTINCT touch FROM wanted) AS named
    WHERE link.touchpoint_id = named.touch
      AND NOT EXISTS (SELECT FROM wanted WHERE touch = link.touchpoint_id AND person = link.{person})
    RETURNING touchpoint_id
), come AS (
    INSERT INTO {table} (touchpoint_id, {person}) SELECT touch, person FROM wanted
    ON CONFLICT DO NOTHING RETURNING touchpoint_id
)
SELECT touchpoint_id FROM gone UNION SELECT touchpoint_id FROM come
"""
_LINK_CONTACTS: Final = _LINK.format(table="touchpoints_touchpoint_contacts", person="contact_id")
_LINK_COLLEAGUES: Final = _LINK.format(table="touchpoints_touchpoint_colleagues", person="user_id")


@dataclass(frozen=True, slots=True)
class Colleagues:
    """Users of Hark by lower-case address and name, as far as the records of a chunk name them."""

    ids: dict[str, int]

    def names_of_others(self, refs: Iterable[str]) -> str:
        """Return those of `refs` that are not users, as they are kept beside the touch."""
        return ", ".join(ref for ref in refs if ref.lower() not in self.ids)[:MAX_OUR_NAMES]


def find_colleagues(records: Iterable[TouchpointRecord]) -> Colleagues:
    """Look up the people on our side; an address wins over an equal name."""
    refs = {ref.lower() for record in records for ref in record.our_refs}
    if not refs:
        return Colleagues({})
    people = User.objects.annotate(low_email=Lower("email"), low_name=Lower("full_name")).filter(
        Q(low_email__in=refs) | Q(low_name__in=refs)
    )
    known: dict[str, int] = {}
    by_email: dict[str, int] = {}
    for pk, email, name in people.order_by("pk").values_list("pk", "low_email", "low_name"):
        known.setdefault(name, pk)
        by_email[email] = pk
    return Colleagues(known | by_email)


def link_people(taken: Sequence[Taken], colleagues: Colleagues, *, create: bool) -> set[int]:
    """Link exactly the people whom the records name; unknown contacts are created if `create`.

    A record that names nobody on one side leaves that side as it is. Returns the touches whose people changed.
    """
    contacts = _contacts({(pk, ref) for _, pk, record in taken for ref in record.contact_refs}, create=create)
    with_contacts = [
        (touch_id, contacts[account_id, ref])
        for touch_id, account_id, record in taken
        for ref in record.contact_refs
        if (account_id, ref) in contacts
    ]
    with_colleagues = [
        (touch_id, colleagues.ids[ref.lower()])
        for touch_id, _, record in taken
        for ref in record.our_refs
        if ref.lower() in colleagues.ids
    ]
    return _link(_LINK_CONTACTS, with_contacts) | _link(_LINK_COLLEAGUES, with_colleagues)


def _link(statement: str, links: Sequence[tuple[int, int]]) -> set[int]:
    if not links:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(statement, [[touch for touch, _ in links], [person for _, person in links]])
        return {touch for (touch,) in cursor.fetchall()}


_Ref = tuple[int, str]


def _contacts(refs: set[_Ref], *, create: bool) -> dict[_Ref, int]:
    """Return the contact of each (account, address or name); two imports that meet a new one make one of them."""
    known = _find_contacts(refs)
    missing = refs - known.keys()
    if not (create and missing):
        return known
    hold_creation_lock()
    missing -= _find_contacts(missing).keys()
    made = {
        (account_id, ref.lower()): Contact(
            account_id=account_id,
            name=(_name_from_address(ref) if "@" in ref else ref)[:200],
            email=ref if "@" in ref and len(ref) <= 254 else "",
        )
        for account_id, ref in sorted(missing)
    }
    Contact.objects.bulk_create(made.values(), ignore_conflicts=True, batch_size=2000)
    return _find_contacts(refs)


def _find_contacts(refs: set[_Ref]) -> dict[_Ref, int]:
    if not refs:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_FIND_CONTACTS, [[account_id for account_id, _ in refs], [ref for _, ref in refs]])
        return {(account_id, ref): pk for account_id, ref, pk in cursor.fetchall()}


def _name_from_address(address: str) -> str:
    """Write jon.pell@client.example as Jon Pell, until somebody enters the real name."""
    words = address.partition("@")[0].replace(".", " ").replace("_", " ").replace("-", " ").split()
    return " ".join(word.capitalize() for word in words) or address
