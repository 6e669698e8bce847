"""The lost accounts as the report lists them."""

from __future__ import annotations

from datetime import date

from health.scoring.trust.report import lost_rows
from tests.health.scoring.trust.hand_made import outcomes, walk


def iso(day: int) -> str:
    return date.fromordinal(day).isoformat()


def test_lost_accounts_are_listed_most_recently_lost_first_with_their_days() -> None:
    """Account 1 rang on day 10,140; 3 had two touch days; nobody was told of 6."""
    rows = lost_rows(outcomes(), walk())
    assert [(row["account"], row["last_touch"], row["lost_on"]) for row in rows] == [
        (1, iso(10_100), iso(10_190)),
        (6, iso(10_020), iso(10_110)),
        (3, iso(10_010), iso(10_100)),
    ]
    assert [(row["flagged_on"], row["is_young"]) for row in rows] == [(iso(10_140), False), (None, False), (None, True)]
