"""Every account of a list, whatever its pages, with its reasons in words: what a spreadsheet of the list holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from accounts.models import User
from health.explanations import explain_score
from health.filters import ListFilters
from health.models import AccountHealth
from health.selectors.facets import scope_condition
from health.selectors.lists import ROW_FIELDS, ListRow, ordered_ids, read_noted, read_row, with_notes

# So many accounts are read by one query and held at a time.
AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class ExportedAccount:
    """An account as its row shows it, and what a spreadsheet has room for beside that."""

    row: ListRow
    external_id: str
    band_since_on: dt.date
    reasons: str
    scored_on: dt.date


def exported_accounts(user: User, filters: ListFilters, *, today: dt.date) -> Iterator[ExportedAccount]:
    """Yield the accounts of the whole list in its order. One query for the order, one for each thousand accounts.

    The list is fixed when the first is asked for; an account that `user` may not see any more by the time it is read is
    left out.
    """
    order = ordered_ids(user, filters, today=today)
    for start in range(0, len(order), AT_ONCE):
        ids = order[start : start + AT_ONCE]
        found = AccountHealth.objects.filter(scope_condition(user, filters.scope), pk__in=ids)
        noted = with_notes(found, filters, today).only(*ROW_FIELDS, "account__external_id")
        by_id = {health.pk: health for health in read_noted(noted)}
        for pk in ids:
            if pk in by_id:
                yield _exported(user, by_id[pk], today)


def _exported(user: User, health: AccountHealth, today: dt.date) -> ExportedAccount:
    told = explain_score(health, today=today)
    return ExportedAccount(
        row=read_row(user, health, None, today),
        external_id=health.account.external_id or "",
        band_since_on=health.band_since_on,
        reasons=" ".join((told.headline, *told.notes)),
        scored_on=health.as_of_on,
    )
