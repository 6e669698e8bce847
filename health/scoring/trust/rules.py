"""Simpler rules on the same past: a fixed limit, the longest silence, BG/NBD.

A fixed rule (no touch for 30, 60, 90 days) has as many false alarms as it has. The longest silence and BG/NBD rank;
their limit is set, in hindsight, so that they raise as many false alarms within the walk as Hark did, or as few less as
ties allow. Hark's own limits were set in foresight, so this favours the rivals. All rules watch the same accounts,
those with three touch days, and see any touch, whoever took part.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from health.scoring.arrays import NO_DAY, FloatArray, IntArray
from health.scoring.trust.calibration import auc, scored
from health.scoring.trust.figures import Outcomes, alarm_figures
from health.scoring.trust.silences import LostAccounts, Silences

FIXED_DAYS = (30, 60, 90)


@dataclass(frozen=True)
class _Rule:
    key: str
    ranking: FloatArray
    limit: float | None  # None: set for equal false alarms


def rule_figures(outcomes: Outcomes) -> list[dict[str, Any]]:
    """Hark first, then each rule: alarm figures, and how well it ranks who stays silent for a horizon."""
    reviews, walk = outcomes.walk.reviews, outcomes.walk
    years = float(np.sum(outcomes.years))
    hark = alarm_figures(outcomes.silences, outcomes.lost, years, walk.as_of_day, walk.current)
    rules = [
        *(_Rule(f"fixed_{days}", (reviews.silent_days > days).astype(np.float64), 0.5) for days in FIXED_DAYS),
        _Rule("longest", reviews.silent_days, None),
        _Rule("bgnbd", reviews.bgnbd_gone, None),
    ]
    lines = [_line("hark", hark, outcomes, reviews.risk)]
    for rule in rules:
        limit = rule.limit
        if limit is None:
            limit = limit_for(rule.ranking, outcomes, hark["false_alarms"]["count"])
        silences, lost = _as_told(rule.ranking, limit, outcomes)
        lines.append(_line(rule.key, alarm_figures(silences, lost, years, walk.as_of_day, 0), outcomes, rule.ranking))
    return lines


def _line(key: str, figures: dict[str, Any], outcomes: Outcomes, ranking: FloatArray) -> dict[str, Any]:
    # BG/NBD holds everybody with a single touch day for alive, so only accounts that all rules judge are ranked
    rows = outcomes.is_checked & (outcomes.walk.reviews.touch_days >= outcomes.min_touch_days)
    happened, account = outcomes.stayed_silent[rows], outcomes.walk.reviews.account_ids[rows]
    return {"rule": key, **figures, "auc": scored(auc, ranking[rows], happened, account, most=1.0).to_dict()}


def limit_for(ranking: FloatArray, outcomes: Outcomes, false_alarms: int) -> float:
    """The limit which a ranking must exceed so that it raises at most ``false_alarms`` within the walk.

    Of all such limits the lowest below which no more false alarms would be allowed: the earliest alarms.
    """
    gaps, reviews = outcomes.gaps, outcomes.walk.reviews
    is_first = reviews.review_day == outcomes.walk.review_days[0]
    counts = (gaps.closed_day != NO_DAY) & (gaps.touch_days >= outcomes.min_touch_days)
    largest = np.full(len(counts), -np.inf)
    np.maximum.at(largest, gaps.of_review, ranking)
    standing = np.full(len(counts), -np.inf)
    np.maximum.at(standing, gaps.of_review[is_first], ranking[is_first])
    limits = np.unique(ranking)[::-1]
    raised = np.searchsorted(np.sort(-largest[counts]), -limits, side="left")
    before = np.searchsorted(np.sort(-standing[counts]), -limits, side="left")
    beyond = np.flatnonzero(raised - before > false_alarms)
    return float(limits[beyond[0] - 1 if len(beyond) and beyond[0] > 0 else -1])


def _as_told(ranking: FloatArray, limit: float, outcomes: Outcomes) -> tuple[Silences, LostAccounts]:
    """The silences and the lost accounts with the alarms of a rule, as if it were the only budget."""
    gaps, reviews = outcomes.gaps, outcomes.walk.reviews
    first: IntArray = gaps.first_review_with(ranking > limit, reviews.review_day)
    silences = Silences(
        gaps.account_ids,
        gaps.opened_day,
        gaps.closed_day,
        gaps.settled_day,
        first[:, None],
        (first == outcomes.walk.review_days[0])[:, None],
    ).take(gaps.touch_days >= outcomes.min_touch_days)
    lost = outcomes.lost
    key = gaps.account_ids * 2**22 + gaps.opened_day  # ascending, as gaps_seen leaves them
    alarm = first[np.searchsorted(key, lost.account_ids * 2**22 + lost.opened_day)] if len(lost) else first[:0]
    told = LostAccounts(lost.account_ids, lost.opened_day, lost.settled_day, lost.is_young, alarm[:, None])
    return silences, told
