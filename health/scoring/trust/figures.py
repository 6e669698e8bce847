"""The figures of one scope: the firm, a team, a segment, a manager's book."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from health.scoring.arrays import NO_DAY, BoolArray, FloatArray, IntArray
from health.scoring.histories import TouchHistories
from health.scoring.trust.calibration import (
    Checked,
    auc,
    base_rate_log_loss,
    brier,
    calibration_bins,
    calibration_error,
    log_loss,
    scored,
    stayed_silent_many,
)
from health.scoring.trust.facts import AccountFacts
from health.scoring.trust.intervals import Share, clustered_share, median_of, rate_of, share_of
from health.scoring.trust.listing import Listed
from health.scoring.trust.params import TrustSettings
from health.scoring.trust.silences import (
    Gaps,
    LostAccounts,
    Silences,
    gaps_seen,
    lost_accounts,
    silences_of,
    years_there,
)
from health.scoring.trust.walk import Walk


@dataclass(frozen=True, eq=False)
class Outcomes:
    """The walk with everything that came of it."""

    walk: Walk
    gaps: Gaps
    silences: Silences
    lost: LostAccounts
    years: FloatArray  # of each account of ``histories``
    account_ids: IntArray
    closed_day: IntArray  # of each review: the next touch day
    is_checked: BoolArray  # of each review: its horizon has passed
    min_touch_days: int

    @classmethod
    def of(
        cls,
        walk: Walk,
        histories_any: TouchHistories,
        histories_client: TouchHistories | None,
        trust: TrustSettings,
        *,
        min_touch_days: int,
    ) -> "Outcomes":
        """Look up what happened, by ``walk.as_of_day``, in histories cut at that day."""
        reviews = walk.reviews
        known = histories_any.as_of(walk.as_of_day)
        client = None if histories_client is None else histories_client.as_of(walk.as_of_day)
        gaps = gaps_seen(reviews, reviews.last_day, known, trust)
        client_gaps = (
            None if client is None or not len(client) else gaps_seen(reviews, reviews.client_last_day, client, trust)
        )
        silences = silences_of(walk, gaps, client_gaps, min_touch_days=min_touch_days)
        return cls(
            walk=walk,
            gaps=gaps,
            silences=silences,
            lost=lost_accounts(walk, gaps, silences, min_touch_days=min_touch_days),
            years=years_there(known, walk.review_days[0], min_touch_days=min_touch_days),
            account_ids=known.account_ids,
            closed_day=gaps.closed_day[gaps.of_review],
            is_checked=reviews.review_day + np.floor(reviews.horizon_days) <= walk.as_of_day,
            min_touch_days=min_touch_days,
        )

    @property
    def stayed_silent(self) -> BoolArray:
        """bool[R]: no touch came within the horizon of the review (known where ``is_checked``)."""
        reviews = self.walk.reviews
        return stayed_silent_many(reviews.review_day, reviews.horizon_days, self.closed_day)

    def checked(self) -> Checked:
        """The reviews whose outcome is known. Watched: three touch days, and silent for no longer than a horizon."""
        reviews = self.walk.reviews
        is_watched = (reviews.touch_days >= self.min_touch_days) & (reviews.silent_days <= reviews.horizon_days)
        everything = Checked(reviews.account_ids, reviews.risk, reviews.base_risk, self.stayed_silent, is_watched)
        return everything.take(self.is_checked)


def figures_of(outcomes: Outcomes, facts: AccountFacts, listed: Listed, in_scope: BoolArray) -> dict[str, Any]:
    """All figures of the accounts for which ``in_scope`` (over ``facts``) holds, as plain JSON values."""

    def inside(account_ids: IntArray) -> BoolArray:
        return np.asarray(in_scope[facts.rows_of(account_ids)])

    silences = outcomes.silences.take(inside(outcomes.silences.account_ids))
    lost = outcomes.lost.take(inside(outcomes.lost.account_ids))
    years = float(np.sum(outcomes.years[inside(outcomes.account_ids)]))
    checked = outcomes.checked()
    return {
        "accounts": int(np.sum(inside(outcomes.account_ids))),
        **alarm_figures(silences, lost, years, outcomes.walk.as_of_day, outcomes.walk.current),
        **list_figures(outcomes, listed, inside(outcomes.walk.reviews.account_ids)),
        **risk_figures(checked.take(inside(checked.account_ids))),
    }


def alarm_figures(silences: Silences, lost: LostAccounts, years: float, as_of_day: int, budget: int) -> dict[str, Any]:
    """How early the alarm told of the lost, and how often of others, at the budget in this place."""
    raised = silences.take(silences.is_raised[:, budget])
    came_back = int(np.sum(raised.closed_day != NO_DAY))
    stayed = int(np.sum((raised.closed_day == NO_DAY) & (raised.settled_day <= as_of_day)))
    judged = lost.take(~lost.is_young)
    alarm = judged.alarm_day[:, budget]
    in_time = (alarm != NO_DAY) & (alarm < judged.settled_day)
    days = np.where(alarm != NO_DAY, alarm - judged.opened_day, np.inf).astype(np.float64)
    return {
        "lost": len(judged),
        "lost_young": int(np.sum(lost.is_young)),
        "flagged_in_time": share_of(int(np.sum(in_time)), len(judged)).to_dict(),
        "warning_days": median_of((judged.settled_day - alarm)[in_time].astype(np.float64)).to_dict(),
        "days_to_alarm": median_of(days).to_dict(),
        "false_alarms": rate_of(came_back, years).to_dict(),
        "flags": len(raised.account_ids),
        "pending": len(raised.account_ids) - came_back - stayed,
        "came_back": share_of(came_back, came_back + stayed).to_dict(),
    }


def risk_figures(checked: Checked) -> dict[str, Any]:
    """Whether the risk is true and whether it ranks; ``base`` is the risk before its calibration, judged alike."""
    account, happened = checked.account_ids, checked.stayed_silent
    watched = checked.take(checked.is_watched)
    return {
        "checked": len(checked.risk),
        "checked_accounts": len(np.unique(account)),
        "calibration": [one.to_dict() for one in calibration_bins(checked)],
        "log_loss_of_base_rate": base_rate_log_loss(happened),
        **merits_of(checked.risk, happened, account),
        "base": merits_of(checked.base_risk, happened, account),
        "auc_watched": scored(auc, watched.risk, watched.stayed_silent, watched.account_ids, most=1.0).to_dict(),
    }


def merits_of(risk: FloatArray, happened: BoolArray, account: IntArray) -> dict[str, Any]:
    """Log-loss, calibration error, Brier score and AUC of a stated chance, each with its interval."""
    return {
        "log_loss": scored(log_loss, risk, happened, account).to_dict(),
        "calibration_error": scored(calibration_error, risk, happened, account, most=1.0).to_dict(),
        "brier": scored(brier, risk, happened, account, most=1.0).to_dict(),
        "auc": scored(auc, risk, happened, account, most=1.0).to_dict(),
    }


def list_figures(outcomes: Outcomes, listed: Listed, in_scope: BoolArray) -> dict[str, Any]:
    """Of those on the managers' lists, how many stayed silent; ``in_scope`` (bool[R]) is over the reviews.

    Only reviews whose outcome is known by now count.
    """

    def stayed(rows: BoolArray) -> Share:
        chosen = np.flatnonzero(rows & in_scope & outcomes.is_checked)
        return clustered_share(outcomes.stayed_silent[chosen], outcomes.walk.reviews.account_ids[chosen])

    return {"listed": stayed(listed.is_shown).to_dict(), "longest_first": stayed(listed.is_longest).to_dict()}
