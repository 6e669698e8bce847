"""The whole report as plain JSON values, from touches to figures; ``manage.py replay`` and the page read the same."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import numpy as np

from health.scoring.arrays import NO_DAY, BoolArray, IntArray
from health.scoring.histories import TouchHistories
from health.scoring.params import MODEL_CODE_VERSION, ScoringSettings
from health.scoring.trust.budgets import budget_effects
from health.scoring.trust.facts import NOBODY, AccountFacts
from health.scoring.trust.figures import Outcomes, figures_of
from health.scoring.trust.listing import listed_many
from health.scoring.trust.params import BUDGETS, TrustSettings
from health.scoring.trust.rules import rule_figures
from health.scoring.trust.walk import Walk, walk_history, walk_span

#: Bump when the same touches would give other figures, or the report another shape.
REPORT_VERSION = "2"


def code_version() -> str:
    """Names the code that a report rests on: of the score, and of the replay."""
    return f"{MODEL_CODE_VERSION}/{REPORT_VERSION}"


def build_report(
    histories_any: TouchHistories,
    histories_client: TouchHistories | None,
    *,
    as_of_day: int,
    facts: AccountFacts,
    settings: ScoringSettings,
    trust: TrustSettings,
    is_open: BoolArray | None = None,
    portfolio_accounts: int | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, Any]:
    """Walk through the past of these accounts and compare what was said with what happened.

    Parameters
    ----------
    facts : AccountFacts
        of every account of the histories.
    is_open : bool over ``facts``, optional
        accounts that may stand on a list today; all by default.
    portfolio_accounts : int, optional
        how many accounts there are, where the histories hold a sample of them.

    Returns
    -------
    dict
        with ``status`` "thin" and nothing to show where there is too little history, else "ok".
    """
    histories_any = histories_any.as_of(as_of_day)
    span = walk_span(histories_any, as_of_day, trust)
    head = {
        "code_version": code_version(),
        "as_of": _iso(as_of_day),
        "trust": trust.to_dict(),
        "accounts": len(histories_any),
        "portfolio_accounts": portfolio_accounts or len(histories_any),
        "known_since": _iso(span.known_since),
        "possible_from": _iso(span.possible_from),
    }
    if not span.review_days:
        return {**head, "status": "thin"}
    budgets = tuple(sorted({*BUDGETS, settings.false_alarms_per_account_year}))
    walk = walk_history(
        histories_any, histories_client, span.review_days, settings, trust, budgets=budgets, progress=progress
    )
    everybody = np.ones(len(facts.account_ids), dtype=bool)
    outcomes = Outcomes.of(walk, histories_any, histories_client, trust, min_touch_days=settings.alarm_min_touch_days)
    listed = listed_many(walk, facts, trust)
    return {
        **head,
        "status": "ok",
        "first_review": _iso(walk.review_days[0]),
        "reviews": len(walk.review_days),
        "fits": len(walk.families),
        "families": {family: walk.families.count(family) for family in sorted(set(walk.families))},
        "budget": settings.false_alarms_per_account_year,
        "firm": figures_of(outcomes, facts, listed, everybody),
        "groups": {
            name: {
                str(key): figures_of(outcomes, facts, listed, values == key)
                for key in np.unique(values).tolist()
                if key != NOBODY
            }
            for name, values in _groupings(facts).items()
        },
        "rules": rule_figures(outcomes),
        "effects": budget_effects(outcomes, facts, everybody if is_open is None else is_open),
        "lost": lost_rows(outcomes, walk),
    }


def _groupings(facts: AccountFacts) -> Mapping[str, IntArray]:
    return {"team": facts.team, "segment": facts.segment, "owner": facts.owner}


def lost_rows(outcomes: Outcomes, walk: Walk) -> list[dict[str, Any]]:
    """Each lost account with its days, the most recently lost first."""
    lost = outcomes.lost
    return [
        {
            "account": int(lost.account_ids[row]),
            "last_touch": _iso(int(lost.opened_day[row])),
            "lost_on": _iso(int(lost.settled_day[row])),
            "flagged_on": _iso(int(lost.alarm_day[row, walk.current])),
            "is_young": bool(lost.is_young[row]),
        }
        for row in np.lexsort((lost.account_ids, -lost.settled_day))
    ]


def _iso(ordinal: int | None) -> str | None:
    return None if ordinal is None or ordinal == NO_DAY else date.fromordinal(ordinal).isoformat()
