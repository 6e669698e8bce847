"""Signals in words: a sentence each, a reason of at most twelve words, from figures that outlive JSON."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest

from health.models import Signal as StoredSignal
from health.scoring.bands import Band
from health.scoring.explain import SilenceFacts, sentence, spell_reason
from health.scoring.explain_signals import (
    SOMEBODY,
    ToldSignal,
    people_of_signals,
    signals_from,
    spell_signal,
    spell_signal_reason,
    tell_signals,
)
from health.scoring.signals.found import SIGNALS, Signal, find_signals_many
from health.scoring.signals.statistics import compute_talk_stats
from health.scoring.signals.talk_days import ContactFact, TalkDays
from tests.health.scoring.signals.talks import SETTINGS, call, mail

AS_OF = dt.date(2026, 6, 15)
ADA = {"contact_id": 4, "name": "Ada Sponsor"}

TOLD = {
    Signal.UNANSWERED: ToldSignal(
        Signal.UNANSWERED, 2.0, {"unanswered_days": 9, "longest_unanswered_days": 2, "since_on": "2026-03-03"}
    ),
    Signal.ONE_SIDED: ToldSignal(
        Signal.ONE_SIDED, 2.0, {"since_on": "2026-03-03", "our_days": 9, "usual_gap_days": 5.0}
    ),
    Signal.SPONSOR_LEFT: ToldSignal(Signal.SPONSOR_LEFT, 2.0, ADA | {"left_on": "2026-03-12", "days": 20}),
    Signal.CADENCE_MISSED: ToldSignal(
        Signal.CADENCE_MISSED, 1.5, {"agreed_days": 14, "lived_days": 29.0, "last_on": "2026-06-12"}
    ),
    Signal.TALK_FELL: ToldSignal(
        Signal.TALK_FELL,
        1.3,
        {
            "recent_talk_days": 1,
            "recent_days": 22,
            "earlier_talk_days": 24,
            "earlier_days": 56,
            "last_on": "2026-06-12",
        },
    ),
    Signal.SPONSOR_SILENT: ToldSignal(
        Signal.SPONSOR_SILENT, 1.1, ADA | {"since_on": "2025-06-03", "usual_gap_days": 20.3}
    ),
    Signal.SINGLE_THREADED: ToldSignal(
        Signal.SINGLE_THREADED,
        1.1,
        ADA | {"named_days": 9, "lone_earlier_days": 12, "earlier_named_days": 20, "last_on": "2026-06-12"},
    ),
}
SENTENCES = {
    Signal.UNANSWERED: "We wrote on 9 days since 3 Mar without an answer; before, on 2 in a row at most.",
    Signal.ONE_SIDED: "The client last took part on 3 Mar, usually every 5 days; since then we wrote on 9 days.",
    Signal.SPONSOR_LEFT: "Ada Sponsor, the director or executive whom we met most, left on 12 Mar;"
    " nobody of that rank has stepped in.",
    Signal.CADENCE_MISSED: "A touch every 14 days is agreed; lately it is one every 29 days.",
    Signal.TALK_FELL: "Live talk fell: on 1 of 22 touch days in the 90 days to 12 Jun, on 24 of 56 in the year before.",
    Signal.SPONSOR_SILENT: "Ada Sponsor, the director or executive whom we met most, last took part on 3 Jun 2025,"
    " usually every 20 days.",
    Signal.SINGLE_THREADED: "Only Ada Sponsor took part in the 90 days to 12 Jun; in the year before, 8 of 20 days went"
    " without this person.",
}


@pytest.mark.parametrize("signal", SIGNALS)
def test_each_signal_is_a_sentence_with_its_figures(signal: Signal) -> None:
    assert spell_signal(TOLD[signal], AS_OF) == SENTENCES[signal]


@pytest.mark.parametrize("signal", SIGNALS)
def test_each_reason_has_at_most_twelve_words(signal: Signal) -> None:
    assert 0 < len(spell_signal_reason(TOLD[signal], AS_OF).split()) <= 12


@pytest.mark.parametrize("signal", SIGNALS)
def test_each_signal_makes_the_trip_through_json(signal: Signal) -> None:
    assert signals_from(json.loads(json.dumps([TOLD[signal].to_dict()]))) == (TOLD[signal],)


def test_a_client_who_always_answered_is_said_to_have() -> None:
    always = ToldSignal(Signal.UNANSWERED, 2.0, {**TOLD[Signal.UNANSWERED].figures, "longest_unanswered_days": 0})
    assert spell_signal(always, AS_OF).endswith("before, every one was answered.")


def facts(**changes: object) -> SilenceFacts:
    usual = {
        "silent_days": 3, "usual_gap_days": 7, "is_usual_own": True, "normal": 0.8, "touch_days": 60,
        "band": Band.DRIFTING, "risk": 0.1, "horizon_days": 30, "as_of": AS_OF,
    }  # fmt: skip
    return SilenceFacts(**{**usual, **changes})


def test_a_signal_of_the_band_is_the_reason_for_drifting_before_slowing() -> None:
    both = facts(signals=(TOLD[Signal.CADENCE_MISSED],), is_slowing=True, drift=0.5)
    assert spell_reason(both) == "Agreed every 14 days, lately every 29 days"
    assert sentence(both).notes == ("Gaps have grown 1.6×.", SENTENCES[Signal.CADENCE_MISSED])


def test_a_signal_that_is_only_shown_is_no_reason() -> None:
    shown = facts(signals=(TOLD[Signal.SINGLE_THREADED],), risk=0.7)
    assert spell_reason(shown) == "About 70% likely to stay silent for 30 days more"
    assert sentence(shown).notes == (SENTENCES[Signal.SINGLE_THREADED],)


def test_figures_are_those_of_the_statistics() -> None:
    touches = [call(age, 7) for age in range(400, 60, -7)] + [mail(age) for age in (50, 43, 36, 29, 22)]
    stats = compute_talk_stats(TalkDays.of(touches, [ContactFact(1, 7, True, 739_945)]))
    found = find_signals_many(stats, np.array([np.nan]), 740_000, SETTINGS)
    assert people_of_signals(stats, found) == {7}
    told = {one.signal: one for one in tell_signals(stats, found, 0, agreed_days=np.nan, names={7: "Ada"})}
    assert told[Signal.UNANSWERED].figures["unanswered_days"] == 5
    assert told[Signal.UNANSWERED].day("since_on").toordinal() == 740_000 - 50
    assert told[Signal.SPONSOR_LEFT].figures["name"] == "Ada"
    assert told[Signal.SPONSOR_LEFT].day("left_on").toordinal() == 739_945


def test_a_person_who_is_not_known_any_more_has_no_name() -> None:
    touches = [call(age, 7) for age in range(400, 60, -7)]
    stats = compute_talk_stats(TalkDays.of(touches, [ContactFact(1, 7, True, 739_945)]))
    found = find_signals_many(stats, np.array([np.nan]), 740_000, SETTINGS)
    told = tell_signals(stats, found, 0, agreed_days=np.nan, names={})
    assert told[0].figures["name"] == SOMEBODY


def test_the_stored_words_are_those_of_scoring() -> None:
    assert StoredSignal.values == [signal.value for signal in SIGNALS]
