"""Who took part: contacts on the client's side, colleagues on ours, linked to the touches of a chunk."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import Contact, User
from touchpoints.models import Touchpoint
from touchpoints.parsers.records import TouchpointRecord

# Touch id, account id, and the record with the people as the source names them.
Taken = tuple[int, int, TouchpointRecord]


def link_people(taken: Sequence[Taken], *, create: bool) -> None:
    """Link the people in the records; unknown contacts are created if `create`, unknown colleagues kept by name."""
    _link_contacts(taken, create=create)
    _link_colleagues(taken)


def _link_contacts(taken: Sequence[Taken], *, create: bool) -> None:
    wanted = {(account_id, ref.lower()): ref for _, account_id, record in taken for ref in record.contact_refs}
    if not wanted:
        return
    known = _known_contacts({account_id for account_id, _ in wanted})
    missing = {key: ref for key, ref in wanted.items() if key not in known}
    if create and missing:
        made = [
            Contact(
                account_id=account_id,
                name=(_name_from_address(ref) if "@" in ref else ref)[:200],
                email=ref if "@" in ref and len(ref) <= 254 else "",
            )
            for (account_id, _), ref in missing.items()
        ]
        Contact.objects.bulk_create(made, ignore_conflicts=True, batch_size=2000)
        known = _known_contacts({account_id for account_id, _ in wanted})
    link = Touchpoint.contacts.through
    link.objects.bulk_create(
        (
            link(touchpoint_id=touch_id, contact_id=known[account_id, ref.lower()])
            for touch_id, account_id, record in taken
            for ref in record.contact_refs
            if (account_id, ref.lower()) in known
        ),
        ignore_conflicts=True,
        batch_size=5000,
    )


def _known_contacts(account_ids: set[int]) -> dict[tuple[int, str], int]:
    """Return the contacts of these accounts by address and by name; an address wins over an equal name."""
    rows = list(Contact.objects.filter(account__in=account_ids).values_list("pk", "account_id", "name", "email"))
    known = {(account_id, name.lower()): pk for pk, account_id, name, _ in rows}
    return known | {(account_id, email.lower()): pk for pk, account_id, _, email in rows if email}


def _name_from_address(address: str) -> str:
    """Write jon.pell@client.example as Jon Pell, until somebody enters the real name."""
    words = address.partition("@")[0].replace(".", " ").replace("_", " ").replace("-", " ").split()
    return " ".join(word.capitalize() for word in words) or address


def _link_colleagues(taken: Sequence[Taken]) -> None:
    refs = {ref.lower() for _, _, record in taken for ref in record.our_refs}
    if not refs:
        return
    people = User.objects.annotate(low_email=Lower("email"), low_name=Lower("full_name")).filter(
        Q(low_email__in=refs) | Q(low_name__in=refs)
    )
    known: dict[str, int] = {}
    for pk, email, name in people.values_list("pk", "low_email", "low_name"):
        known.setdefault(name, pk)
        known[email] = pk
    link = Touchpoint.colleagues.through
    link.objects.bulk_create(
        (
            link(touchpoint_id=touch_id, user_id=known[ref.lower()])
            for touch_id, _, record in taken
            for ref in record.our_refs
            if ref.lower() in known
        ),
        ignore_conflicts=True,
        batch_size=5000,
    )
    strangers = [
        Touchpoint(pk=touch_id, our_names=", ".join(others)[:300])
        for touch_id, _, record in taken
        if (others := [ref for ref in record.our_refs if ref.lower() not in known])
    ]
    if strangers:
        Touchpoint.objects.bulk_update(strangers, ["our_names"], batch_size=2000)
