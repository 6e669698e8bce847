"""Scores of past days, from the touches known by then and from nothing later. Writes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from health.models import AccountHealth, Series
from health.rhythms import read_touch_days
from health.scoring.alarm import Alarms, alarm_many, worse_alarms
from health.scoring.arrays import NO_DAY, BoolArray, FloatArray, IntArray
from health.scoring.bands import AccountFlags, Band, BandDecisions, PreviousBands
from health.scoring.contributions import STEPS, contributions_many
from health.scoring.drift import slowing_since_many
from health.scoring.explain import SilenceFacts, spell_reason
from health.scoring.explain_signals import signals_from
from health.scoring.histories import TouchHistories
from health.scoring.params import FittedModel, GapParams
from health.scoring.past_series import PastSeries
from health.scoring.rhythm import RhythmStats
from health.scoring.risk import AccountScore, Scores, score_many
from health.scoring.signals.settings import SignalSettings
from health.scoring.signals.statistics import compute_talk_stats
from health.scoring.signals.talk_days import TalkDays
from health.scoring.unheard import decide_heard_many
from health.selectors.signals import ToldSignals, signals_of
from health.selectors.standing import agreed_cadences
from health.talk_patterns import read_talk_days


@dataclass(frozen=True, eq=False)
class PastDay:
    """The accounts that had a touch by `day`, and what would have been said of them; parallel arrays."""

    day: dt.date
    stats: RhythmStats
    evidence: FloatArray
    scores: Scores
    client_scores: Scores | None
    alarms: Alarms
    signals: ToldSignals
    decisions: BandDecisions
    is_unheard: BoolArray


@dataclass(frozen=True, eq=False)
class PastTalk:
    """Who took part in the touches of some accounts, and the cadences agreed with them, ready for any past day."""

    days: TalkDays
    agreed_days: Mapping[int, int]

    def signals_on(self, account_ids: IntArray, day: int, settings: SignalSettings) -> ToldSignals:
        """Return the signals of these accounts, who had a touch by `day`, an ordinal."""
        agreed = np.array([self.agreed_days.get(pk, np.nan) for pk in account_ids.tolist()], dtype=np.float64)
        stats = compute_talk_stats(self.days.as_of(day))
        return signals_of(account_ids, stats, agreed, as_of_day=day, settings=settings)


@dataclass(frozen=True, eq=False)
class Past:
    """What the scores of some accounts rest on, ready for any past day: both series, and who took part."""

    any_touch: PastSeries
    client: PastSeries
    talk: PastTalk


def read_past(account_ids: Sequence[int] | IntArray, *, as_of: dt.datetime, params: GapParams) -> Past:
    """Return the past of these accounts as known at `as_of`."""
    days = read_touch_days(account_ids, as_of=as_of)
    return past_of(days.any_touch, days.client, as_of=as_of, params=params)


def past_of(any_touch: TouchHistories, client: TouchHistories, *, as_of: dt.datetime, params: GapParams) -> Past:
    """Return the past of the accounts of `any_touch`; `client` may know others too."""
    ids = any_touch.account_ids
    talk = PastTalk(read_talk_days(ids, as_of=as_of), agreed_cadences(ids))
    client = client.subset(np.isin(client.account_ids, ids))
    return Past(PastSeries(any_touch, params), PastSeries(client, params), talk)


def score_day(
    past: Past,
    day: dt.date,
    fitted: FittedModel,
    previous: PreviousBands | None = None,
    decided: AccountFlags | None = None,
    *,
    heard_until_day: IntArray | None = None,
) -> PastDay | None:
    """Score the accounts as of `day`; None when none of them had a touch by then.

    `previous` holds the decisions before, `decided` what people had decided, `heard_until_day` after which day a
    stopped source left an account unheard (`unheard.decide_heard_many`), all for exactly the accounts known by `day`.
    """
    ordinal = day.toordinal()
    stats, evidence = past.any_touch.rhythm_by(ordinal)
    if not len(stats):
        return None
    scores = score_many(stats, evidence, ordinal, fitted)
    alarms = alarm_many(stats, evidence, scores, fitted)
    client_scores = None
    client_stats, client_evidence = past.client.rhythm_by(ordinal)
    if len(client_stats):
        client_scores = score_many(client_stats, client_evidence, ordinal, fitted)
        alarms = worse_alarms(alarms, alarm_many(client_stats, client_evidence, client_scores, fitted))
    signals = past.talk.signals_on(stats.account_ids, ordinal, fitted.settings.signals)
    decided = decided or AccountFlags.none(len(scores))
    flags = replace(decided, has_drift_signal=signals.found.has_drift_signal)
    heard = decide_heard_many(
        stats,
        evidence,
        scores,
        alarms,
        as_of_day=ordinal,
        model=fitted,
        heard_until_day=heard_until_day,
        flags=flags,
        previous=previous,
    )
    return PastDay(
        day, stats, evidence, scores, client_scores, heard.alarms, signals, heard.decisions, heard.is_unheard
    )


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
            signals=signals_from(past.signals.of(int(scores.account_ids[row]))),
        )
    )


def health_on(past: PastDay, row: int) -> AccountHealth:
    """Return what is known of one account of a past day as the unsaved row that explanations are written from."""
    score: AccountScore = past.scores.row(row)
    is_alarm = bool(past.alarms.is_alarm[row])
    is_by_client = is_alarm and bool(past.alarms.is_by_client[row])
    health = AccountHealth(
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
        due_on=_date(score.last_day + max(1, round(score.usual_gap_days))),
        alarm_since_on=_date(int(past.alarms.onset_day[row])) if is_alarm else None,
        alarm_series=(Series.CLIENT if is_by_client else Series.ANY).value if is_alarm else "",
        alarm_index=score.alarm_index,
        regularity=score.regularity,
        drift=score.slowing,
        is_slowing=bool(past.decisions.is_slowing[row]),
        held_since_on=_date(int(past.decisions.failing_since_day[row])),
        main_signal=str(past.signals.found.main[row]),
        signals=past.signals.of(score.account_ids),
    )
    return _with_client(health, past)


def _with_client(health: AccountHealth, past: PastDay) -> AccountHealth:
    """Add the figures of the series in which the client took part, where the account has it."""
    client = past.client_scores
    place = -1 if client is None else int(np.searchsorted(client.account_ids, health.account_id))
    if client is None or place >= len(client) or client.account_ids[place] != health.account_id:
        return health
    score = client.row(place)
    health.last_client_touch_on = dt.date.fromordinal(score.last_day)
    health.client_touch_days = score.touch_days
    health.client_usual_gap_days = score.usual_gap_days
    health.is_client_usual_gap_own = score.is_usual_own
    health.client_normal = score.normal
    return health


def with_reasons(health: AccountHealth, past: Past, scored: PastDay, row: int, fitted: FittedModel) -> AccountHealth:
    """Add to one account of a past day the contributions to its score, and since when it is slowing."""
    rows = np.array([row])
    why = contributions_many(scored.stats.take(rows), scored.evidence[rows], scored.scores.take(rows), fitted)
    health.reference_health = why.reference_health
    for place, step in enumerate(STEPS):
        setattr(health, f"points_{step}", float(why.points[0, place]))
    if health.is_slowing:
        histories, _ = past.any_touch.known_by(scored.day.toordinal())
        health.slowing_since_on = _date(int(slowing_since_many(histories.subset(rows))[0]))
    return health


def _date(ordinal: int) -> dt.date | None:
    """Return the date of an ordinal; None for no day, and for one beyond the calendar."""
    return dt.date.fromordinal(ordinal) if NO_DAY < ordinal <= dt.date.max.toordinal() else None
