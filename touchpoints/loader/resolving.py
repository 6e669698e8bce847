"""Which account a row names: by external id, by name, by a contact's e-mail address, by its domain, in that order."""

from __future__ import annotations

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


_FIND: Final = """
WITH refs AS (SELECT DISTINCT unnest(%s::text[]) AS ref), found AS (
    SELECT ref, 1 AS rank, account.id FROM refs JOIN accounts_account AS account ON account.external_id = ref
    UNION ALL
    SELECT ref, 2, account.id FROM refs JOIN accounts_account AS account ON lower(account.name) = lower(ref)
    UNION ALL
    SELECT ref, 3, contact.account_id FROM refs
    JOIN accounts_contact AS contact ON lower(contact.email) = lower(ref) AND contact.email <> ''
    WHERE position('@' IN ref) > 1
    UNION ALL
    SELECT ref, 4, known.account_id FROM refs
    JOIN accounts_accountdomain AS known ON known.domain = lower(split_part(ref, '@', 2))
    WHERE position('@' IN ref) > 1
    UNION ALL
    SELECT ref, 5, known.account_id FROM refs JOIN accounts_accountdomain AS known ON known.domain = lower(ref)
    WHERE position('@' IN ref) = 0 AND position('.' IN ref) > 1
), best AS (SELECT ref, min(rank) AS rank FROM found GROUP BY ref)
SELECT ref, rank, min(id), count(DISTINCT id) FROM found JOIN best USING (ref, rank) GROUP BY ref, rank
"""
_RANK_WORDS: Final = {
    1: "external id",
    2: "name",
    3: "contact's e-mail address",
    4: "e-mail domain",
    5: "e-mail domain",
}


def find_accounts(refs: Iterable[str]) -> Resolution:
    """Look up references in one query; those that name several accounts are problems, unknown ones are in neither."""
    wanted = sorted(set(refs))
    if not wanted:
        return Resolution({}, {})
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [wanted])
        rows = cursor.fetchall()
    ids = {ref: pk for ref, _, pk, count in rows if count == 1}
    problems = {ref: _ambiguous(ref, rank, count) for ref, rank, _, count in rows if count > 1}
    return Resolution(ids, problems)


def _ambiguous(ref: str, rank: int, count: int) -> tuple[str, str]:
    what = _RANK_WORDS[rank]
    return "ambiguous_account", f"{count} accounts have the {what} “{ref}”. Name the account by its external id."


def _unknown(ref: str) -> tuple[str, str]:
    message = f"No account is called “{ref}”, and none has it as external id, contact or domain. "
    return "unknown_account", message + "Import the account first, correct the name, or allow new accounts."


def resolve_accounts(names: Mapping[str, str], *, create: bool) -> Resolution:
    """Resolve references; `names` maps each to the name beside it in the file, or ''. Unknown ones are created or not.

    One process creates at a time, so that two imports that meet the same new client make one account of it.
    """
    found = find_accounts(names)
    unknown = [ref for ref in names if ref not in found.ids and ref not in found.problems]
    if not unknown:
        return found
    if not create:
        problems = found.problems | {ref: _unknown(ref) for ref in unknown}
        return Resolution(found.ids, problems)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", _CREATION_LOCK)
    known_by_now = find_accounts(unknown)
    missing = [ref for ref in unknown if ref not in known_by_now.ids and ref not in known_by_now.problems]
    created = _create_accounts({ref: names[ref] for ref in missing})
    return Resolution(
        found.ids | known_by_now.ids | created,
        found.problems | known_by_now.problems,
        len(set(created.values())),
    )


def _create_accounts(names: Mapping[str, str]) -> dict[str, int]:
    """Create an account for each reference; addresses of one company domain share one."""
    keys = {ref: _company_of(ref) for ref in names}
    accounts: dict[str, Account] = {}
    for ref, key in keys.items():
        if key.lower() not in accounts:
            external_id = key if _IDENTIFIER.fullmatch(key) and "@" not in ref else None
            accounts[key.lower()] = Account(name=(names[ref] or key)[:200], external_id=external_id)
    Account.objects.bulk_create(accounts.values(), batch_size=2000)
    AccountDomain.objects.bulk_create(
        AccountDomain(account=accounts[domain], domain=domain)
        for domain in {keys[ref].lower(): None for ref in names if "@" in ref and "@" not in keys[ref]}
    )
    return {ref: accounts[key.lower()].pk for ref, key in keys.items()}


def _company_of(ref: str) -> str:
    """Return what a reference's account is called: a company's domain for an e-mail address, else the reference."""
    local, at, domain = ref.rpartition("@")
    return domain.lower() if at and local and domain.lower() not in FREE_MAIL else ref
