"""The figures of accounts that the portfolio page adds up, as arrays: read from the tables that hold them.

One of the places with raw SQL: a page needs a dozen figures of each account of a scope, and no object for any of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from django.db import connection

from health.columns import Array, Column, Day, Real, Table, Whole, Word, read_columns
from health.models import Band
from health.scoring.arrays import BoolArray, FloatArray, IntArray
from health.scoring.groups import smallest

#: Bands as numbers: places in this tuple. 0 stands for no band.
BAND_OF_CODE: Final = ("", *Band.values)
CODE_OF_BAND: Final = {band: code for code, band in enumerate(BAND_OF_CODE)}
CodeArray = npt.NDArray[np.int8]


class BandCode(Word):
    """A band as its place in `BAND_OF_CODE`, int8."""

    def unpack(self, wire: Array) -> Array:
        """See `Column`."""
        return wire.astype(np.int8)


@dataclass(frozen=True, eq=False)
class PortfolioRows:
    """Parallel arrays, one element for each account.

    Money is in cents, days are ordinals. What is missing is `columns.NO_NUMBER` in whole numbers, nan in `risk` and
    health (0 to 100), `NO_DAY` in days. `was` is the band of an account on the day `since`, 0 if it had none or has
    not moved; `health_then` its health on the day `then_on`.
    """

    account_id: IntArray
    owner_id: IntArray
    team_id: IntArray
    segment_id: IntArray
    band: CodeArray
    arr_cents: IntArray
    value_at_risk_cents: IntArray
    renewal_on: IntArray
    risk: FloatArray
    health_score: FloatArray
    was: CodeArray
    health_then: FloatArray

    def __len__(self) -> int:
        return len(self.account_id)

    def where(self, chosen: BoolArray | IntArray) -> PortfolioRows:
        """Return the rows that are chosen, by a condition on each or by their places."""
        return PortfolioRows(**{field.name: getattr(self, field.name)[chosen] for field in fields(self)})

    @property
    def known_arr_cents(self) -> IntArray:
        """Return the value of each account, 0 where it is not known."""
        return np.maximum(self.arr_cents, 0)

    @property
    def is_open(self) -> BoolArray:
        """Return which accounts are not closed."""
        return self.band != CODE_OF_BAND[Band.CLOSED]

    def renews_within(self, days: int, today: dt.date) -> BoolArray:
        """Return which accounts renew from `today` to so many days ahead."""
        first = today.toordinal()
        return (self.renewal_on >= first) & (self.renewal_on <= first + days)

    def largest(self, size: int, among: IntArray | None = None) -> IntArray:
        """Return the places of the most valuable accounts, the most valuable first; an unknown value comes last.

        `among` narrows the choice to some places.
        """
        places = np.arange(len(self)) if among is None else among
        return places[smallest(size, -np.maximum(self.arr_cents[places], -1), self.account_id[places])]


_WORDS: Final = tuple(Band.values)
#: What is read of each account whatever the days that are asked for.
FIGURES: Final[tuple[tuple[Column, str], ...]] = (
    (Whole("account_id"), "health.account_id"),
    (Whole("owner_id"), "account.owner_id"),
    (Whole("team_id"), "account.team_id"),
    (Whole("segment_id"), "health.segment_id"),
    (BandCode("band", is_nullable=False, words=_WORDS), "health.band"),
    (Whole("arr_cents"), "health.arr_cents"),
    (Whole("value_at_risk_cents"), "health.value_at_risk_cents"),
    (Day("renewal_on"), "health.renewal_on"),
    (Real("risk"), "health.risk"),
    (Real("health_score"), "health.health_score"),
)
FROM_SCORES: Final = (
    "FROM health_accounthealth AS health JOIN accounts_account AS account ON account.id = health.account_id"
)
# Who has not moved since then stands where they stood; each of the others is looked up by itself, in the index alone.
_WAS: Final = (
    "CASE WHEN health.band_since_on > %(since)s THEN (SELECT change.from_band FROM health_bandchange AS change"
    " WHERE change.account_id = health.account_id AND change.changed_on > %(since)s"
    " ORDER BY change.changed_on LIMIT 1) END"
)


def read_rows(condition: str, parameters: Mapping[str, Any], *, since: dt.date, then_on: dt.date) -> PortfolioRows:
    """Return the figures of the accounts that `condition` chooses, ids ascending; one statement.

    The condition is SQL on `health` and `account` that the program chose; only `parameters` may come from elsewhere.
    """
    columns = (
        *FIGURES,
        (BandCode("was", words=_WORDS), _WAS),
        (Real("health_then"), "past.health_score"),
    )
    source = (
        f"{FROM_SCORES} LEFT JOIN health_healthday AS past"
        " ON past.day = %(then_on)s AND past.account_id = health.account_id"
        f" WHERE {condition} ORDER BY health.account_id"
    )
    with connection.cursor() as cursor:
        return rows_of_table(read_columns(cursor, columns, source, {"since": since, "then_on": then_on, **parameters}))


def rows_of_table(table: Table) -> PortfolioRows:
    """Return a table as rows; it holds each field by its name."""
    return PortfolioRows(**{field.name: table[field.name] for field in fields(PortfolioRows)})


def joined(parts: list[PortfolioRows]) -> PortfolioRows:
    """Return the rows of all parts, one part after the other."""
    return PortfolioRows(
        **{field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(PortfolioRows)}
    )
