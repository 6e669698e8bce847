"""Scoring accounts: read their standing and rhythm, score them as arrays, write the result. Idempotent for a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

import numpy as np
from django.db import transaction

from config.days import firm_day
from health import ledger
from health.models import Series
from health.rhythms import evidence_of, read_gap_ranges, read_histories, read_rhythms, rebuild_rhythms
from health.scoring.alarm import Alarms, alarm_many, worse_alarms
from health.scoring.arrays import NO_DAY, FloatArray, IntArray
from health.scoring.bands import (
    AccountFlags,
    BandDecisions,
    PreviousBands,
    band_without_history,
    decide_bands_many,
    next_change_days,
)
from health.scoring.drift import slowing_since_many
from health.scoring.rhythm import RhythmStats
from health.scoring.risk import AccountScore, score_many
from health.selectors.models import StoredModel
from health.selectors.standing import LastScore, Standing, standings
from health.services.history import newly_met, reconstruct_history, record_changes
from health.services.snoozing import end_due_snoozes

# The order of the at-risk list: value at risk times how surprising the silence is. Measured tails are honest to a few
# percent, so no silence counts as more surprising than this.
LEAST_NORMAL: Final = 0.02
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class ScoredBatch:
    """How many accounts were scored, how many of them changed their band, and of how many the past was written."""

    scored: int
    changed: int
    met: int


def score_accounts(
    *, account_ids: Sequence[int], as_of: dt.datetime, model: StoredModel | None, usual_arr: Decimal | None = None
) -> ScoredBatch:
    """Score these accounts as of now, in one transaction, and record the day and the changes of band.

    Without a model (no account has a touch yet) all of them are written as having no history. `usual_arr` stands in for
    accounts of unknown value in the order of the list.
    """
    with transaction.atomic():
        ledger.lock_buckets(account_ids)
        today = firm_day(as_of)
        standing = standings(account_ids, today=today, as_of=as_of)
        ids = [one.account_id for one in standing]
        # A night over a portfolio in which little happened reads few touches; the rhythms of the others stand.
        rebuild_rhythms([one.account_id for one in standing if one.has_new_touches(as_of)], as_of=as_of)
        new = newly_met(standing, today=today) if model is not None else []
        if model is not None and new:
            past = reconstruct_history(account_ids=new, as_of=as_of, today=today, model=model)
            standing = _going_on_from(past, standing, met=set(new))
        sheet = compute_sheet(standing, as_of=as_of, model=model)
        rows = list(_score_rows(standing, sheet, as_of=as_of, model=model, usual_arr=usual_arr or Decimal(1)))
        ledger.write_scores(rows)
        ledger.write_days(_day_rows(rows, today))
        changed = record_changes(rows, standing, today=today, now=as_of)
        end_due_snoozes(account_ids=ids, now=as_of)
    return ScoredBatch(len(rows), changed, len(new))


def _going_on_from(past: dict[int, LastScore], standing: list[Standing], *, met: set[int]) -> list[Standing]:
    """Let the accounts that were just met go on from their reconstructed past like all others from their last score."""
    return [replace(one, last=past.get(one.account_id)) if one.account_id in met else one for one in standing]


@dataclass(frozen=True)
class Sheet:
    """Everything computed for the accounts with history: parallel arrays over `stats.account_ids`."""

    stats: RhythmStats
    rows: list[AccountScore]
    alarms: Alarms
    decisions: BandDecisions
    next_change: IntArray
    slowing_since: IntArray
    gap_ranges: FloatArray
    client: dict[int, AccountScore]
    client_last: dict[int, int]


def compute_sheet(standing: Sequence[Standing], *, as_of: dt.datetime, model: StoredModel | None) -> Sheet | None:
    """Score the accounts that have history; None when there is no model or none of them has any."""
    ids = [one.account_id for one in standing]
    stats = read_rhythms(ids, Series.ANY)
    if model is None or not len(stats):
        return None
    fitted, day = model.fitted, firm_day(as_of).toordinal()
    evidence = evidence_of(stats, Series.ANY, fitted.params, model.pk, as_of=as_of)
    scores = score_many(stats, evidence, day, fitted)
    alarms = alarm_many(stats, evidence, scores, fitted)
    client_stats = read_rhythms(ids, Series.CLIENT)
    client: dict[int, AccountScore] = {}
    if len(client_stats):
        client_evidence = evidence_of(client_stats, Series.CLIENT, fitted.params, model.pk, as_of=as_of)
        client_scores = score_many(client_stats, client_evidence, day, fitted)
        alarms = worse_alarms(alarms, alarm_many(client_stats, client_evidence, client_scores, fitted))
        client = {score.account_ids: score for score in client_scores.rows()}
    known = {one.account_id: one for one in standing}
    chosen = [known[pk] for pk in stats.account_ids.tolist()]
    decisions = decide_bands_many(
        scores, alarms, day, fitted.settings, flags=_flags(chosen), previous=_previous(chosen)
    )
    return Sheet(
        stats=stats,
        rows=scores.rows(),
        alarms=alarms,
        decisions=decisions,
        next_change=next_change_days(stats, evidence, scores, alarms, decisions, as_of_day=day, model=fitted),
        slowing_since=_slowing_since(stats, decisions, as_of=as_of),
        gap_ranges=read_gap_ranges(stats.account_ids.tolist()),
        client=client,
        client_last=dict(zip(client_stats.account_ids.tolist(), client_stats.last_day.tolist(), strict=True)),
    )


def _flags(standing: Sequence[Standing]) -> AccountFlags:
    return AccountFlags(
        is_closed=np.array([one.is_closed for one in standing], dtype=bool),
        is_paused=np.array([one.is_paused for one in standing], dtype=bool),
        has_drift_signal=np.zeros(len(standing), dtype=bool),
    )


def _previous(standing: Sequence[Standing]) -> PreviousBands:
    last = [one.last for one in standing]
    return PreviousBands(
        band=np.array([one.band if one else "" for one in last], dtype="U8"),
        last_day=np.array([_ordinal(one.last_touch_on) if one else NO_DAY for one in last], dtype=np.int64),
        failing_since_day=np.array([_ordinal(one.held_since_on) if one else NO_DAY for one in last], dtype=np.int64),
    )


def _ordinal(day: dt.date | None) -> int:
    return day.toordinal() if day else NO_DAY


def _day(ordinal: int) -> dt.date | None:
    """Return the date of an ordinal; None for no day, and for one beyond the calendar."""
    return dt.date.fromordinal(ordinal) if NO_DAY < ordinal <= dt.date.max.toordinal() else None


def _slowing_since(stats: RhythmStats, decisions: BandDecisions, *, as_of: dt.datetime) -> IntArray:
    """Return since when the gaps are longer, for accounts that are slowing; only their touch days are read."""
    since = np.full(len(stats), NO_DAY, dtype=np.int64)
    slowing = stats.account_ids[decisions.is_slowing]
    if len(slowing):
        histories = read_histories(slowing.tolist(), Series.ANY, as_of=as_of)
        since[np.searchsorted(stats.account_ids, histories.account_ids)] = slowing_since_many(histories)
    return since


def _score_rows(
    standing: Sequence[Standing],
    sheet: Sheet | None,
    *,
    as_of: dt.datetime,
    model: StoredModel | None,
    usual_arr: Decimal,
) -> Iterator[tuple[Any, ...]]:
    """Yield a row in the order of `ledger.SCORE_COLUMNS` for every account."""
    place = {pk: row for row, pk in enumerate(sheet.stats.account_ids.tolist())} if sheet else {}
    for one in standing:
        row = place.get(one.account_id)
        values = _no_history(one) if sheet is None or row is None else _scored(one, sheet, row, model, usual_arr)
        values |= _since(one, values["band"], firm_day(as_of))
        values |= {
            "account_id": one.account_id,
            "as_of_on": firm_day(as_of),
            "computed_at": as_of.isoformat(),
            "activity_version": one.activity_version,
            "next_touch_at": one.next_touch_at.isoformat() if one.next_touch_at else None,
            "segment_id": one.segment_id,
            "renewal_on": one.renewal_on,
            "arr": one.arr,
        }
        edges = [day for day in (values["next_change_on"], one.pause_edge_on) if day is not None]
        values["next_change_on"] = min(edges, default=None)
        yield tuple(values[name] for name in ledger.SCORE_COLUMNS)


def _since(one: Standing, band: str, today: dt.date) -> dict[str, Any]:
    """Carry over since when the band stands and which one was before it, or begin anew today."""
    last = one.last
    if last is None:
        return {"band_since_on": today, "previous_band": ""}
    if last.band == band:
        return {"band_since_on": last.band_since_on, "previous_band": last.previous_band}
    return {"band_since_on": today, "previous_band": last.band}


_EMPTY: Final[dict[str, Any]] = dict.fromkeys(ledger.SCORE_COLUMNS)


def _no_history(one: Standing) -> dict[str, Any]:
    band = band_without_history(is_closed=one.is_closed, is_paused=one.is_paused)
    return _EMPTY | {
        "band": band.value,
        "is_usual_gap_own": False,
        "is_client_usual_gap_own": False,
        "is_slowing": False,
        "alarm_series": "",
        "touch_days": 0,
        "value_at_risk": Decimal(0),
        "priority": 0.0,
    }


def _scored(one: Standing, sheet: Sheet, row: int, model: StoredModel | None, usual_arr: Decimal) -> dict[str, Any]:
    score = sheet.rows[row]
    is_alarm = bool(sheet.alarms.is_alarm[row])
    client = sheet.client.get(one.account_id)
    by_client = is_alarm and bool(sheet.alarms.is_by_client[row])
    normal = client.normal if by_client and client else score.normal
    low, high = (None if np.isnan(value) else float(value) for value in sheet.gap_ranges[row])
    band = str(sheet.decisions.band[row])
    has_own_range = score.is_usual_own and low is not None
    return {
        "model_version_id": model.pk if model else None,
        "band": band,
        "alarm_since_on": _day(int(sheet.alarms.onset_day[row])) if is_alarm else None,
        "health_score": score.health,
        "risk": score.risk,
        "normal": score.normal,
        "gone": score.gone,
        "horizon_days": score.horizon_days,
        "usual_gap_days": score.usual_gap_days,
        "is_usual_gap_own": score.is_usual_own,
        "usual_gap_low_days": low if has_own_range else None,
        "usual_gap_high_days": high if has_own_range else None,
        "touch_days": score.touch_days,
        "last_touch_on": _day(score.last_day),
        "last_client_touch_on": _day(sheet.client_last.get(one.account_id, NO_DAY)),
        "client_touch_days": client.touch_days if client else None,
        "client_usual_gap_days": client.usual_gap_days if client else None,
        "is_client_usual_gap_own": bool(client and client.is_usual_own),
        "client_normal": client.normal if client else None,
        "due_on": _day(score.last_day + max(1, round(score.usual_gap_days))),
        "alarm_index": score.alarm_index,
        "regularity": score.regularity,
        "alarm_series": (Series.CLIENT if by_client else Series.ANY).value if is_alarm else "",
        "drift": score.slowing,
        "is_slowing": bool(sheet.decisions.is_slowing[row]),
        "slowing_since_on": _day(int(sheet.slowing_since[row])),
        "held_since_on": _day(int(sheet.decisions.failing_since_day[row])),
        "next_change_on": _day(int(sheet.next_change[row])),
        "value_at_risk": ((one.arr or Decimal(0)) * Decimal(score.risk)).quantize(_CENT),
        "priority": float(usual_arr if one.arr is None else one.arr) * score.risk * (1 - max(normal, LEAST_NORMAL)),
    }


_BAND, _HEALTH, _RISK, _NORMAL, _LAST_TOUCH, _MODEL = (
    ledger.SCORE_COLUMNS.index(name)
    for name in ("band", "health_score", "risk", "normal", "last_touch_on", "model_version_id")
)


def _day_rows(rows: Sequence[Sequence[Any]], today: dt.date) -> Iterator[tuple[Any, ...]]:
    """Yield what the history keeps of each score, in the order of `ledger.DAY_COLUMNS`."""
    for row in rows:
        last_on = row[_LAST_TOUCH]
        silent_days = (today - last_on).days if last_on else None
        yield (row[0], today, row[_BAND], row[_HEALTH], row[_RISK], row[_NORMAL], silent_days, row[_MODEL], False)
