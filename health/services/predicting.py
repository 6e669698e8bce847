"""When silence alone would change a band: found anew only where something has changed since it was last found."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TypeVar

import numpy as np

from health.columns import NO_NUMBER
from health.rhythms import RhythmRows
from health.scoring.alarm import Alarms
from health.scoring.arrays import NO_DAY, BoolArray, IntArray
from health.scoring.bands import BandDecisions, next_change_days
from health.scoring.risk import Scores
from health.selectors.models import StoredModel
from health.selectors.standing import Standing

Rows = TypeVar("Rows", Scores, Alarms, BandDecisions)


def next_changes(
    standing: Standing,
    *,
    any_touch: RhythmRows,
    client: RhythmRows,
    scores: Scores,
    alarms: Alarms,
    decisions: BandDecisions,
    day: int,
    model: StoredModel,
) -> IntArray:
    """Return the day on which silence alone would next change each band, int64[A], `NO_DAY` for never.

    All arguments have the same accounts, but that `client` knows fewer. What the last score predicted stands while all
    that it rests on does: to look for the day is the most expensive part of a score, and on most days nothing came.
    """
    stands = _has_same_touches(standing, scores, client) & _has_same_band(standing, decisions, model)
    stands &= (standing.last.next_change_on == NO_DAY) | (standing.last.next_change_on > day)
    anew = np.flatnonzero(~stands)
    change: IntArray = standing.last.next_change_on.copy()
    change[anew] = next_change_days(
        any_touch.stats.take(anew),
        any_touch.evidence[anew],
        _taken(scores, anew),
        _taken(alarms, anew),
        _taken(decisions, anew),
        as_of_day=day,
        model=model.fitted,
    )
    return change


def _has_same_touches(standing: Standing, scores: Scores, client: RhythmRows) -> BoolArray:
    """bool[A]: where the rhythms of both series are those that the last score rested on."""
    last = standing.last
    client_rows = np.searchsorted(scores.account_ids, client.stats.account_ids)
    client_days, client_last = np.full(len(scores), NO_NUMBER), np.full(len(scores), NO_DAY)
    client_days[client_rows], client_last[client_rows] = client.stats.touch_days, client.stats.last_day
    same: BoolArray = (
        (last.touch_days == scores.touch_days)
        & (last.last_touch_on == scores.last_day)
        & (last.usual_gap_days == scores.usual_gap_days)
        & (last.drift == scores.slowing)
        & (last.client_touch_days == client_days)
        & (last.last_client_touch_on == client_last)
    )
    return same


def _has_same_band(standing: Standing, decisions: BandDecisions, model: StoredModel) -> BoolArray:
    """bool[A]: where the last score came to the same decision by the same model, and no quiet period had a say."""
    last = standing.last
    is_low = last.health_score < model.fitted.settings.low_health
    same: BoolArray = (
        last.is_known
        & (last.model_version_id == model.pk)
        & (last.band == decisions.band)
        & (is_low == decisions.is_low_health)
        & (last.held_since_on == NO_DAY)
        & (decisions.failing_since_day == NO_DAY)
        & ~standing.knew_quiet
    )
    return same


def _taken(record: Rows, rows: IntArray) -> Rows:
    """Return the rows of parallel arrays at these positions."""
    return replace(record, **{column.name: getattr(record, column.name)[rows] for column in fields(record)})
