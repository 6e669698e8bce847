"""Scoring accounts: read their standing and rhythm, score them as arrays, write the result. Idempotent for a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from django.db import transaction

from config.days import firm_day
from health import ledger
from health.columns import NO_NUMBER
from health.models import Series
from health.rhythms import EvidenceModel, read_histories, rebuild_rhythms, scored_rhythms
from health.scoring.alarm import Alarms, alarm_many, worse_alarms
from health.scoring.arrays import NO_DAY, IntArray
from health.scoring.bands import AccountFlags, BandDecisions, PreviousBands
from health.scoring.contributions import contributions_many
from health.scoring.drift import slowing_since_many
from health.scoring.risk import Scores, score_many
from health.scoring.unheard import decide_heard_many
from health.selectors.feed_stops import Resting, resting_on, stops_on
from health.selectors.models import StoredModel
from health.selectors.signals import ToldSignals, signals_of
from health.selectors.standing import Standing, has_new_touches, standings
from health.services.history import newly_met, reconstruct_history, reconstructed_days, record_changes
from health.services.predicting import next_changes
from health.services.snoozing import end_due_snoozes
from health.sheet import Sheet, score_table
from health.talk_patterns import read_talk_patterns, rebuild_talk_patterns


@dataclass(frozen=True, slots=True)
class ScoredBatch:
    """How many accounts were scored, how many of them changed their band, and of how many the past was written."""

    scored: int
    changed: int
    met: int


def score_accounts(
    *,
    account_ids: Sequence[int] | IntArray,
    as_of: dt.datetime,
    model: StoredModel | None,
    usual_arr: Decimal | None = None,
    is_recounted: bool = False,
) -> ScoredBatch:
    """Score these accounts as of now, in one transaction, and record the day and the changes of band.

    Without a model (no account has a touch yet) all of them are written as having no history. `usual_arr` stands in for
    accounts of unknown value in the order of the list. When the past of accounts was written, the counts of the
    portfolio on those days are dropped, so that they are made again, unless the caller says that it recounts them.
    """
    with transaction.atomic():
        ledger.lock_buckets(account_ids)
        today = firm_day(as_of)
        standing = standings(account_ids, today=today, as_of=as_of)
        ids = standing.account_ids
        evidence_model = EvidenceModel(model.pk, model.fitted.params) if model else None
        # A night over a portfolio in which little happened reads few touches; the rhythms of the others stand.
        changed_ids = ids[has_new_touches(standing.last, standing.activity_version, as_of)]
        if len(changed_ids):
            rebuild_rhythms(changed_ids, as_of=as_of, model=evidence_model)
        _rebuild_talk_patterns(standing, changed_ids, as_of=as_of)
        new = newly_met(standing, today=today) if model is not None else ids[:0]
        if model is not None and len(new):
            left = reconstruct_history(account_ids=new, as_of=as_of, today=today, model=model)
            standing = replace(standing, last=left.going_on_from(standing))
            if not is_recounted:
                ledger.forget_portfolio_days(reconstructed_days(today))
        sheet = compute_sheet(standing, as_of=as_of, model=model)
        scores = score_table(standing, sheet, today=today, as_of=as_of, usual_arr=float(usual_arr or 1))
        ledger.write_scores(scores)
        told = sheet.signals.by_account if sheet else {}
        ledger.write_signals(ids, told)
        changed = record_changes(scores, standing, told, today=today, now=as_of)
        end_due_snoozes(account_ids=ids.tolist(), now=as_of)
    return ScoredBatch(len(ids), changed, len(new))


def _rebuild_talk_patterns(standing: Standing, changed_ids: IntArray, *, as_of: dt.datetime) -> None:
    """Recompute who took part in the touches, of accounts whose touches or people have changed."""
    stale = np.union1d(changed_ids, standing.account_ids[standing.is_edited])
    if len(stale):
        rebuild_talk_patterns(stale, as_of=as_of)


def compute_sheet(standing: Standing, *, as_of: dt.datetime, model: StoredModel | None) -> Sheet | None:
    """Score the accounts that have history; None when there is no model or none of them has any."""
    if model is None:
        return None
    fitted, day = model.fitted, firm_day(as_of).toordinal()
    any_touch, client = scored_rhythms(standing.account_ids, EvidenceModel(model.pk, fitted.params), as_of=as_of)
    stats, evidence = any_touch.stats, any_touch.evidence
    if not len(stats):
        return None
    scores = score_many(stats, evidence, day, fitted)
    alarms = alarm_many(stats, evidence, scores, fitted)
    client_scores = None
    if len(client.stats):
        client_scores = score_many(client.stats, client.evidence, day, fitted)
        alarms = worse_alarms(alarms, alarm_many(client.stats, client.evidence, client_scores, fitted))
    known = standing.at(np.searchsorted(standing.account_ids, stats.account_ids))
    signals = signals_of(
        stats.account_ids,
        read_talk_patterns(stats.account_ids),
        known.agreed_days,
        as_of_day=day,
        settings=fitted.settings.signals,
    )
    resting = _resting_on_stopped_feeds(known, scores, alarms, as_of=as_of, model=model)
    heard = decide_heard_many(
        stats,
        evidence,
        scores,
        alarms,
        as_of_day=day,
        model=fitted,
        heard_until_day=resting.heard_until_day if resting else None,
        flags=_flags(known, signals),
        previous=_previous(known),
    )
    alarms, decisions = heard.alarms, heard.decisions
    return Sheet(
        model_id=model.pk,
        any_touch=any_touch,
        scores=scores,
        alarms=alarms,
        decisions=decisions,
        signals=signals,
        contributions=contributions_many(stats, evidence, scores, fitted),
        next_change=next_changes(
            known,
            any_touch=any_touch,
            client=client,
            scores=scores,
            alarms=alarms,
            decisions=decisions,
            day=day,
            model=model,
        ),
        slowing_since=_slowing_since(stats.account_ids, decisions, as_of=as_of),
        feed_stop_id=np.where(heard.is_unheard, resting.stop_id if resting else NO_NUMBER, NO_NUMBER),
        client_scores=client_scores,
        client_rows=np.searchsorted(stats.account_ids, client.stats.account_ids),
    )


def _resting_on_stopped_feeds(
    known: Standing, scores: Scores, alarms: Alarms, *, as_of: dt.datetime, model: StoredModel
) -> Resting | None:
    """Return which accounts whose silence matters rest on sources that have stopped; None while every source goes on.

    What was found for an account stands while no touch of it comes.
    """
    stops = stops_on(firm_day(as_of))
    if not stops:
        return None
    first = min(stop.last_day for stop in stops)
    is_low = scores.health < model.fitted.settings.low_health
    has_same_touches = ~has_new_touches(known.last, known.activity_version, as_of)
    return resting_on(
        stops,
        known.account_ids,
        asked=is_low | (alarms.is_alarm & (alarms.onset_day > first)),
        as_of=as_of,
        known_stop_ids=np.where(has_same_touches, known.last.feed_stop_id, NO_NUMBER),
    )


def _flags(standing: Standing, signals: ToldSignals) -> AccountFlags:
    return AccountFlags(
        is_closed=standing.is_closed,
        is_paused=standing.is_paused,
        has_drift_signal=signals.found.has_drift_signal,
    )


def _previous(standing: Standing) -> PreviousBands:
    last = standing.last
    return PreviousBands(band=last.band, last_day=last.last_touch_on, failing_since_day=last.held_since_on)


def _slowing_since(account_ids: IntArray, decisions: BandDecisions, *, as_of: dt.datetime) -> IntArray:
    """Return since when the gaps are longer, for accounts that are slowing; only their touch days are read."""
    since = np.full(len(account_ids), NO_DAY, dtype=np.int64)
    slowing = account_ids[decisions.is_slowing]
    if len(slowing):
        histories = read_histories(slowing, Series.ANY, as_of=as_of)
        since[np.searchsorted(account_ids, histories.account_ids)] = slowing_since_many(histories)
    return since
