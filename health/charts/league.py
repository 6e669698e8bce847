"""The league of a period: whose health fell and rose most."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from config.formats import short_date
from health.charts.card import ChartCard, Link, Table
from health.charts.portfolio import BAND_NAMES


@dataclass(frozen=True, slots=True)
class LeagueRow:
    """An account, its health then and now (0 to 100, higher is healthier), and why it stands where it stands."""

    name: str
    url: str
    band: str
    health_then: int
    health_now: int
    reason: str
    arr: float

    @property
    def left(self) -> int:
        return min(self.health_then, self.health_now)

    @property
    def width(self) -> int:
        return abs(self.health_now - self.health_then)

    @property
    def is_fall(self) -> bool:
        return self.health_now < self.health_then


def league_table(
    fallers: Sequence[LeagueRow], risers: Sequence[LeagueRow], *, since: dt.date, today: dt.date, currency: str
) -> ChartCard:
    """State the biggest fall, or the biggest rise where nobody fell; the template draws the rows."""
    day = short_date(since, today)
    table = Table(
        ("Account", "Direction", "Health then", "Health now", "Band", "Why", f"Value ({currency})"),
        tuple(
            (
                Link(row.name, row.url),
                "fell" if row.is_fall else "rose",
                row.health_then,
                row.health_now,
                BAND_NAMES.get(row.band, row.band),
                row.reason,
                round(row.arr),
            )
            for row in (*fallers, *risers)
        ),
    )
    if fallers:
        worst = fallers[0]
        finding = f"Biggest fall: {worst.name}, health {worst.health_then} to {worst.health_now}"
    elif risers:
        best = risers[0]
        finding = f"Nobody fell; biggest rise: {best.name}, health {best.health_then} to {best.health_now}"
    else:
        finding = f"Nobody's health moved by 5 points or more since {day}"
    empty = f"Either nothing happened since {day}, or that day is not known."
    return ChartCard(
        "league",
        finding,
        f"Health (0-100, higher is healthier) on {day} and today; known quiet is left out",
        table,
        empty=empty,
    )
