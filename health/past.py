"""Scores of past days, from the touches known by then and from nothing later. Writes nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from health.models import AccountHealth
from health.scoring.alarm import Alarms, alarm_many, worse_alarms
from health.scoring.bands import Band, BandDecisions, PreviousBands, decide_bands_many
from health.scoring.explain import SilenceFacts, spell_reason
from health.scoring.params import FittedModel
from health.scoring.past_series import PastSeries
from health.scoring.risk import AccountScore, Scores, score_many


@dataclass(frozen=True, eq=False)
class PastDay:
    """The accounts that had a touch by `day`, and what would have been said of them; parallel arrays."""

    day: dt.date
    scores: Scores
    alarms: Alarms
    decisions: BandDecisions


def score_day(
    any_touch: PastSeries, client: PastSeries, day: dt.date, fitted: FittedModel, previous: PreviousBands | None = None
) -> PastDay | None:
    """Score the accounts as of `day`; None when none of them had a touch by then.

    `previous` holds the decisions before, for exactly the accounts known by `day`.
    """
    ordinal = day.toordinal()
    stats, evidence = any_touch.rhythm_by(ordinal)
    if not len(stats):
        return None
    scores = score_many(stats, evidence, ordinal, fitted)
    alarms = alarm_many(stats, evidence, scores, fitted)
    client_stats, client_evidence = client.rhythm_by(ordinal)
    if len(client_stats):
        client_scores = score_many(client_stats, client_evidence, ordinal, fitted)
        alarms = worse_alarms(alarms, alarm_many(client_stats, client_evidence, client_scores, fitted))
    decisions = decide_bands_many(scores, alarms, ordinal, fitted.settings, previous=previous)
    return PastDay(day, scores, alarms, decisions)


def reason_on(past: PastDay, row: int, *, on: dt.date) -> str:
    """Return the main reason for the band of one account of a past day, told as of `on`.

    The same words as `explanations.reason_of(health_on(past, row))`, without a row of the model: a reconstructed year
    has a handful of changes for every account.
    """
    scores, decisions = past.scores, past.decisions
    return spell_reason(
        SilenceFacts(
            silent_days=max(0, on.toordinal() - int(scores.last_day[row])),
            usual_gap_days=float(scores.usual_gap_days[row]),
            is_usual_own=bool(scores.is_usual_own[row]),
            normal=float(scores.normal[row]),
            touch_days=int(scores.touch_days[row]),
            band=Band(str(decisions.band[row])),
            risk=float(scores.risk[row]),
            horizon_days=float(scores.horizon_days[row]),
            as_of=on,
            drift=float(scores.slowing[row]),
            is_slowing=bool(decisions.is_slowing[row]),
        )
    )


def health_on(past: PastDay, row: int) -> AccountHealth:
    """Return what is known of one account of a past day as the unsaved row that explanations are written from."""
    score: AccountScore = past.scores.row(row)
    return AccountHealth(
        account_id=score.account_ids,
        as_of_on=past.day,
        band=str(past.decisions.band[row]),
        health_score=score.health,
        risk=score.risk,
        normal=score.normal,
        gone=score.gone,
        horizon_days=score.horizon_days,
        usual_gap_days=score.usual_gap_days,
        is_usual_gap_own=score.is_usual_own,
        touch_days=score.touch_days,
        last_touch_on=dt.date.fromordinal(score.last_day),
        alarm_index=score.alarm_index,
        regularity=score.regularity,
        drift=score.slowing,
        is_slowing=bool(past.decisions.is_slowing[row]),
    )
