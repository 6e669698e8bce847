"""What is stored of a score, as columns: figures of the rhythms and decisions of the firm put side by side.

Arrays in, arrays out: nothing here reads the database or knows the time. To store something new with each score, add
the field to `AccountHealth` and set its column here; `health.columns` does the rest.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import numpy as np

from health import ledger
from health.columns import NO_NUMBER, Table, blank, moment_number
from health.models import Band, Series
from health.rhythms import RhythmRows
from health.scoring.alarm import Alarms
from health.scoring.arrays import NO_DAY, BoolArray, FloatArray, IntArray
from health.scoring.bands import BandArray, BandDecisions
from health.scoring.contributions import STEPS, Contributions
from health.scoring.risk import Scores
from health.selectors.signals import ToldSignals
from health.selectors.standing import Standing

# The order of the at-risk list: value at risk times how surprising the silence is. Measured tails are honest to a few
# percent, so no silence counts as more surprising than this.
LEAST_NORMAL: Final = 0.02
_CENTS: Final = 100


@dataclass(frozen=True, eq=False)
class Sheet:
    """Everything computed for the accounts with history: parallel arrays over `any_touch.stats.account_ids`.

    The client series knows fewer accounts; `client_rows` says which rows they are.
    """

    model_id: int
    any_touch: RhythmRows
    scores: Scores
    alarms: Alarms
    decisions: BandDecisions
    signals: ToldSignals
    contributions: Contributions
    next_change: IntArray
    slowing_since: IntArray
    feed_stop_id: IntArray
    client_scores: Scores | None
    client_rows: IntArray


def score_table(
    standing: Standing, sheet: Sheet | None, *, today: dt.date, as_of: dt.datetime, usual_arr: float
) -> Table:
    """Return a row for every account of `standing`, columns as in `ledger.SCORES`."""
    table = _without_history(standing)
    table["as_of_on"][:] = today.toordinal()
    table["computed_at"][:] = moment_number(as_of)
    if sheet is not None:
        rows = np.searchsorted(standing.account_ids, sheet.scores.account_ids)
        for columns in (
            _figures(sheet),
            _reasons(sheet),
            _alarm(sheet),
            _client(sheet),
            _value(sheet, standing.arr_cents[rows], usual_arr),
        ):
            for name, values in columns.items():
                table[name][rows] = values
    table["next_change_on"] = _earlier(table["next_change_on"], standing.pause_edge_on)
    return table | _since(standing, table["band"], today.toordinal())


def _without_history(standing: Standing) -> Table:
    table = blank(ledger.SCORES, len(standing))
    band = np.where(standing.is_paused, Band.PAUSED.value, Band.LEARNING.value)
    table |= {
        "account_id": standing.account_ids,
        "activity_version": standing.activity_version,
        "next_touch_at": standing.next_touch_at,
        "segment_id": standing.segment_id,
        "renewal_on": standing.renewal_on,
        "arr": standing.arr_cents,
    }
    table["band"][:] = np.where(standing.is_closed, Band.CLOSED.value, band)
    for name in ("touch_days", "value_at_risk", "priority"):
        table[name][:] = 0
    return table


def _figures(sheet: Sheet) -> Table:
    scores, decisions = sheet.scores, sheet.decisions
    has_own_range = scores.is_usual_own
    due_in = np.maximum(1, np.rint(scores.usual_gap_days)).astype(np.int64)
    return {
        "model_version_id": np.full(len(scores), sheet.model_id),
        "band": decisions.band,
        "health_score": scores.health,
        "risk": scores.risk,
        "gone": scores.gone,
        "normal": scores.normal,
        "horizon_days": scores.horizon_days,
        "usual_gap_days": scores.usual_gap_days,
        "is_usual_gap_own": scores.is_usual_own,
        "usual_gap_low_days": np.where(has_own_range, sheet.any_touch.low_gap_days, np.nan),
        "usual_gap_high_days": np.where(has_own_range, sheet.any_touch.high_gap_days, np.nan),
        "touch_days": scores.touch_days,
        "last_touch_on": scores.last_day,
        "due_on": scores.last_day + due_in,
        "alarm_index": scores.alarm_index,
        "regularity": scores.regularity,
        "drift": scores.slowing,
        "is_slowing": decisions.is_slowing,
        "slowing_since_on": sheet.slowing_since,
        "held_since_on": decisions.failing_since_day,
        "next_change_on": sheet.next_change,
        "feed_stop_id": sheet.feed_stop_id,
    }


def _reasons(sheet: Sheet) -> Table:
    """Return the way from the typical account's health to each one's, and the signal that makes it drift."""
    why = sheet.contributions
    points: Table = {f"points_{step}": why.points[:, place] for place, step in enumerate(STEPS)}
    reference = np.full(len(sheet.scores), why.reference_health)
    return points | {"reference_health": reference, "main_signal": sheet.signals.found.main}


def _is_by_client(sheet: Sheet) -> BoolArray:
    """bool[A]: where the alarm rests on the client series."""
    return sheet.alarms.is_alarm & sheet.alarms.is_by_client


def _alarm(sheet: Sheet) -> Table:
    is_alarm = sheet.alarms.is_alarm
    series = np.where(_is_by_client(sheet), Series.CLIENT.value, Series.ANY.value)
    return {
        "alarm_since_on": np.where(is_alarm, sheet.alarms.onset_day, NO_DAY),
        "alarm_series": np.where(is_alarm, series, ""),
    }


def _client(sheet: Sheet) -> Table:
    """Return the figures of the client series, of the accounts that have it."""
    client, size = sheet.client_scores, len(sheet.scores)
    table: Table = {
        "last_client_touch_on": np.full(size, NO_DAY, dtype=np.int64),
        "client_touch_days": np.full(size, NO_NUMBER, dtype=np.int64),
        "client_usual_gap_days": np.full(size, np.nan),
        "is_client_usual_gap_own": np.zeros(size, dtype=bool),
        "client_normal": np.full(size, np.nan),
    }
    if client is not None:
        known = (
            client.last_day, client.touch_days, client.usual_gap_days, client.is_usual_own, client.normal,
        )  # fmt: skip
        for column, values in zip(table.values(), known, strict=True):
            column[sheet.client_rows] = values
    return table


def _value(sheet: Sheet, arr_cents: IntArray, usual_arr: float) -> Table:
    """Return the value at risk in cents, and the place in the at-risk list. Unknown value is ordered as `usual_arr`."""
    risk = sheet.scores.risk
    normal = np.where(_is_by_client(sheet), _client(sheet)["client_normal"], sheet.scores.normal)
    is_unknown = arr_cents == NO_NUMBER
    arr: FloatArray = np.where(is_unknown, usual_arr, arr_cents / _CENTS)
    return {
        "value_at_risk": np.where(is_unknown, 0, np.rint(arr_cents * risk)).astype(np.int64),
        "priority": arr * risk * (1 - np.maximum(normal, LEAST_NORMAL)),
    }


def _since(standing: Standing, band: BandArray, today: int) -> Table:
    """Carry over since when the band stands and which one was before it, or begin anew today."""
    last = standing.last
    stays = last.is_known & (last.band == band)
    met_on = np.where(last.met_on != NO_DAY, last.met_on, last.as_of_on)
    return {
        "band_since_on": np.where(stays, last.band_since_on, today),
        "previous_band": np.where(stays, last.previous_band, np.where(last.is_known, last.band, "")),
        "met_on": np.where(last.is_known, met_on, today),
    }


def _earlier(first: IntArray, second: IntArray) -> IntArray:
    """The earlier of two days, either of which may be missing."""
    both = np.minimum(first, second)
    return np.where((first == NO_DAY) | (second == NO_DAY), np.maximum(first, second), both)
