"""A stored score in words: what the row, the account page and `manage.py explain` say, from the same columns."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from health.models import AccountHealth, Series
from health.scoring.bands import Band
from health.scoring.explain import (
    MIN_SPOKEN_RATIO,
    Explanation,
    SilenceFacts,
    no_history,
    sentence,
    spell_chance,
    spell_drift,
    spell_gap_comes,
    spell_ratio,
    spell_reason,
    spell_unheard,
)
from health.scoring.explain_signals import signals_from

# How often a gap this long may come and still be worth a word beside a drifting account.
UNUSUAL: Final = 0.2


def explain_score(health: AccountHealth, *, today: dt.date) -> Explanation:
    """Explain a score as of the firm's `today`, so that its days agree with the days beside it.

    When the alarm rests on the series in which the client took part, the sentence speaks of that one.
    """
    facts = facts_of(health, today=today)
    return no_history() if facts is None else sentence(facts)


def reason_of(health: AccountHealth, *, today: dt.date) -> str:
    """Return the main reason for the band on its own, at most twelve words, as a change of band keeps it."""
    facts = facts_of(health, today=today)
    return no_history().reason if facts is None else spell_reason(facts)


def facts_of(health: AccountHealth, *, today: dt.date, series: Series | None = None) -> SilenceFacts | None:
    """Return what a sentence about `health` speaks of; None for an account without a touch.

    The series is the one that the alarm rests on, unless another is asked for.
    """
    is_by_client = (series or health.alarm_series) == Series.CLIENT and health.last_client_touch_on is not None
    last_on = health.last_client_touch_on if is_by_client else health.last_touch_on
    usual_gap_days = health.client_usual_gap_days if is_by_client else health.usual_gap_days
    if last_on is None or usual_gap_days is None:
        return None
    normal = health.client_normal if is_by_client else health.normal
    stop = health.feed_stop
    return SilenceFacts(
        silent_days=max(0, (today - last_on).days),
        usual_gap_days=usual_gap_days,
        is_usual_own=health.is_client_usual_gap_own if is_by_client else health.is_usual_gap_own,
        normal=1.0 if normal is None else normal,
        touch_days=health.touch_days,
        band=Band(health.band),
        risk=health.risk or 0.0,
        horizon_days=health.horizon_days or 0.0,
        as_of=today,
        drift=health.drift or 0.0,
        is_slowing=health.is_slowing,
        slowing_since=health.slowing_since_on,
        is_by_client=is_by_client,
        signals=signals_from(health.signals),
        stopped_source="" if stop is None else str(stop.source),
        stopped_since=None if stop is None else stop.last_touch_on,
    )


def unheard_note(health: AccountHealth, *, today: dt.date) -> str:
    """Return why the silence is not flagged, in a sentence; '' where no source that stopped has to do with it."""
    facts = facts_of(health, today=today) if health.feed_stop_id else None
    return "" if facts is None else spell_unheard(facts)


@dataclass(frozen=True, slots=True)
class RowWords:
    """Why an account stands where it stands, beside a row that shows its silence and cadence already."""

    reason: str
    note: str


def words_for_row(health: AccountHealth, *, today: dt.date) -> RowWords:
    """Return the main reason, and in a note the second one if there is one."""
    facts = facts_of(health, today=today)
    if facts is None:
        return RowWords(no_history().reason, "")
    drift = spell_drift(facts) if facts.is_slowing else ""
    chance = f"{spell_gap_comes(facts)} {spell_chance(facts.normal)}"
    ratio = facts.silent_days / max(facts.usual_gap_days, 0.5)
    if facts.stopped_source:
        return RowWords(spell_reason(facts), spell_unheard(facts))
    if facts.band == Band.STEADY:
        return RowWords("In its usual rhythm", "") if ratio < MIN_SPOKEN_RATIO else RowWords("Later than usual", chance)
    if facts.band not in {Band.SILENT, Band.DORMANT, Band.DRIFTING}:
        return RowWords(spell_reason(facts), "")
    if facts.band == Band.DRIFTING:
        return RowWords(spell_reason(facts), chance if facts.normal <= UNUSUAL else "")
    if facts.is_by_client or ratio < MIN_SPOKEN_RATIO:
        return RowWords(spell_reason(facts), chance)
    return RowWords(f"{spell_ratio(ratio)} the usual gap", f"{chance}. {drift}" if drift else chance)
