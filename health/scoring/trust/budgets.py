"""What another budget of false alarms would do: to today's list, to the false alarms, to how early the alarm comes."""

from typing import Any

import numpy as np

from health.scoring.arrays import BoolArray
from health.scoring.trust.facts import AccountFacts
from health.scoring.trust.figures import Outcomes, alarm_figures


def budget_effects(outcomes: Outcomes, facts: AccountFacts, is_open: BoolArray) -> dict[str, Any]:
    """For each budget what the walk would have seen, and whom it would flag on the last day.

    ``is_open`` (over ``facts``) leaves out who is on no list whatever the budget: closed and paused accounts.
    ``enter[i][j]`` counts the accounts that come onto the list when budget i gives way to budget j; those that leave it
    are ``enter[j][i]``.
    """
    walk, years = outcomes.walk, float(np.sum(outcomes.years))
    rows = walk.reviews.review_day == walk.as_of_day
    flagged = walk.reviews.is_flagged[rows] & is_open[facts.rows_of(walk.reviews.account_ids[rows])][:, None]
    budgets = []
    for place, budget in enumerate(walk.budgets):
        figures = alarm_figures(outcomes.silences, outcomes.lost, years, walk.as_of_day, place)
        names = ("false_alarms", "flagged_in_time", "days_to_alarm", "warning_days", "came_back")
        budgets.append(
            {"budget": budget, "flagged": int(flagged[:, place].sum()), **{name: figures[name] for name in names}}
        )
    enter = (~flagged).astype(np.int64).T @ flagged.astype(np.int64)
    return {"current": walk.budgets[walk.current], "budgets": budgets, "enter": enter.tolist()}
