"""Which account a row names: by external id, name, a contact's e-mail address, its domain, in that order."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import connection

from accounts.models import Account, AccountDomain

# Everybody's domains say nothing about which client somebody belongs to.
FREE_MAIL: Final = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "icloud.com",
    "me.com", "aol.com", "gmx.de", "gmx.net", "web.de", "t-online.de", "proton.me", "protonmail.com", "mail.ru",
    "yandex.ru", "qq.com", "163.com", "free.fr", "orange.fr",
})  # fmt: skip
_IDENTIFIER: Final = re.compile(r"(?=\S*\d)\S{1,200}")
_CREATION_LOCK: Final = (0x4841524B, -2)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What the references of a chunk mean: ids of accounts, and for the others the reason why not."""

    ids: dict[str, int]
    problems: dict[str, tuple[str, str]]
    created: int = 0


# References are compared as the file writes them and with single spaces. Rank 6: the address of a company that was
# created under the name of its domain; 7: the name beside an id that is new, of an account that has no id yet.
_FIND: Final = """
WITH refs AS (
    SELECT ref, name, regexp_replace(ref, '\\s+', ' ', 'g') AS tidy,
           CASE WHEN position('@' IN ref) > 1 THEN lower(split_part(ref, '@', 2))
                WHEN position('.' IN ref) > 1 THEN lower(ref) END AS domain
    FROM unnest(%(refs)s::text[], %(names)s::text[]) AS refs (ref, name)
), found AS (
    SELECT ref, 1 AS rank, account.id FROM refs JOIN accounts_account AS account ON account.external_id = ref
    UNION ALL
    SELECT ref, 2, account.id FROM refs JOIN accounts_account AS account ON lower(account.name) = lower(ref)
    UNION ALL
    SELECT ref, 2, account.id FROM refs JOIN accounts_account AS account ON lower(account.name) = lower(tidy)
    WHERE tidy <> ref
    UNION ALL
    SELECT ref, 3, contact.account_id FROM refs
    JOIN accounts_contact AS contact ON lower(contact.email) = lower(ref) AND contact.email <> ''
    WHERE position('@' IN ref) > 1
    UNION ALL
    SELECT ref, 5, known.account_id FROM refs JOIN accounts_accountdomain AS known ON known.domain = refs.domain
    WHERE refs.domain <> ALL (%(free_mail)s)
    UNION ALL
    SELECT ref, 6, account.id FROM refs JOIN accounts_account AS account ON lower(account.name) = refs.domain
    WHERE position('@' IN ref) > 1 AND refs.domain <> ALL (%(free_mail)s)
    UNION ALL
    SELECT ref, 7, account.id FROM refs JOIN accounts_account AS account ON lower(account.name) = lower(refs.name)
    WHERE refs.name <> '' AND account.external_id IS NULL
), best AS (SELECT ref, min(rank) AS rank FROM found GROUP BY ref)
SELECT ref, rank, min(id), count(DISTINCT id) FROM found JOIN best USING (ref, rank) GROUP BY ref, rank
"""
_NAME_BESIDE: Final = 7
_RANK_WORDS: Final = {
    1: "external id",
    2: "name",
    3: "contact's e-mail address",
    5: "e-mail domain",
    6: "name of the domain of",
    _NAME_BESIDE: "name beside the id",
}

_FIND_BY_NAME: Final = """
SELECT wanted.name, account.id FROM unnest(%s::text[]) AS wanted (name)
JOIN accounts_account AS account ON lower(account.name) = lower(wanted.name) ORDER BY account.id
"""

# An account that was known by its name alone takes the id under which a file names it now.
_ADOPT_IDS: Final = """
UPDATE accounts_account AS account SET external_id = adopted.ref, updated_at = %s
FROM unnest(%s::bigint[], %s::text[]) AS adopted (id, ref)
WHERE account.id = adopted.id AND account.external_id IS NULL
"""


def hold_creation_lock() -> None:
    """Wait until nobody else creates accounts or people by import, and keep it so to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", _CREATION_LOCK)


def find_by_name(names: Iterable[str]) -> dict[str, list[int]]:
    """Return the accounts of each name, whatever the case, in the order in which they were made."""
    found: dict[str, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_FIND_BY_NAME, [sorted(set(names))])
        for name, pk in cursor.fetchall():
            found.setdefault(name, []).append(pk)
    return found


def find_accounts(refs: Iterable[str]) -> Resolution:
    """Look up references in one query; those that mean several accounts are problems, unknown ones are in neither."""
    return _found(_look_up(dict.fromkeys(refs, "")))


_Hit = tuple[str, int, int, int]


def _look_up(names: Mapping[str, str]) -> list[_Hit]:
    """Return reference, rank of the best match, lowest account id at that rank, and how many accounts match there."""
    if not names:
        return []
    # An id and the name beside it are tried as a pair; a name that stands for itself needs no second try.
    beside = [tidy(name) if name != ref else "" for ref, name in names.items()]
    with connection.cursor() as cursor:
        cursor.execute(_FIND, {"refs": list(names), "names": beside, "free_mail": sorted(FREE_MAIL)})
        return cursor.fetchall()


def _found(hits: Iterable[_Hit]) -> Resolution:
    ids: dict[str, int] = {}
    problems: dict[str, tuple[str, str]] = {}
    for ref, rank, pk, count in hits:
        if count == 1:
            ids[ref] = pk
        else:
            problems[ref] = _ambiguous(ref, rank, count)
    return Resolution(ids, problems)


def _ambiguous(ref: str, rank: int, count: int) -> tuple[str, str]:
    what = _RANK_WORDS[rank]
    return "ambiguous_account", f"{count} accounts have the {what} “{ref}”. Name the account by its external id."


def _unknown(ref: str) -> tuple[str, str]:
    message = f"No account is called “{ref}”, and none has it as external id, contact or domain. "
    return "unknown_account", message + "Import the account first, correct the name, or allow new accounts."


def tidy(name: str) -> str:
    """Write a name with single spaces between its words, as people mean it."""
    return " ".join(name.split())


def resolve_accounts(names: Mapping[str, str], *, create: bool, now: dt.datetime) -> Resolution:
    """Resolve references; `names` maps each to the name beside it in the file, or ''. Unknown ones are created or not.

    One process creates at a time, so that two imports that meet the same new client make one account of it.
    """
    hits = _look_up(names)
    known = {ref for ref, *_ in hits}
    unknown = {ref: name for ref, name in names.items() if ref not in known}
    created: dict[str, int] = {}
    if unknown and create:
        hold_creation_lock()
        late = _look_up(unknown)
        hits += late
        for ref, *_ in late:
            del unknown[ref]
        created = _create_accounts(unknown, now=now)
        unknown.clear()
    _adopt_ids(hits, now=now)
    resolution = _found(hits)
    problems = resolution.problems | {ref: _unknown(ref) for ref in unknown}
    return Resolution(resolution.ids | created, problems, len(set(created.values())))


def _adopt_ids(hits: Iterable[_Hit], *, now: dt.datetime) -> None:
    """Keep the ids of accounts that were found by the name beside them; of two ids for one account the first stays."""
    adopted: dict[int, str] = {}
    for ref, rank, pk, count in hits:
        if rank == _NAME_BESIDE and count == 1:
            adopted.setdefault(pk, ref)
    if adopted:
        with connection.cursor() as cursor:
            cursor.execute(_ADOPT_IDS, [now, list(adopted), list(adopted.values())])


def _create_accounts(names: Mapping[str, str], *, now: dt.datetime) -> dict[str, int]:
    """Create an account for each reference; addresses of one company domain share one."""
    keys = {ref: _company_of(ref) for ref in names}
    accounts: dict[str, Account] = {}
    for ref, key in keys.items():
        if key.lower() not in accounts:
            accounts[key.lower()] = Account(
                name=(tidy(names[ref]) or key)[:200],
                external_id=ref if _is_identifier(ref, names[ref]) else None,
                created_at=now,
                updated_at=now,
            )
    Account.objects.bulk_create(accounts.values(), batch_size=2000)
    AccountDomain.objects.bulk_create(
        AccountDomain(account=accounts[domain], domain=domain)
        for domain in {keys[ref].lower(): None for ref in names if "@" in ref and "@" not in keys[ref]}
    )
    return {ref: accounts[key.lower()].pk for ref, key in keys.items()}


def _is_identifier(ref: str, name: str) -> bool:
    """Whether a reference is an id: it looks like one, or the file has a name beside it."""
    return "@" not in ref and (bool(_IDENTIFIER.fullmatch(ref)) or (bool(name) and tidy(name) != tidy(ref)))


def _company_of(ref: str) -> str:
    """Return what a reference's account is called: a company's domain for an e-mail address, else the reference."""
    local, at, domain = ref.rpartition("@")
    return domain.lower() if at and local and domain.lower() not in FREE_MAIL else tidy(ref)
