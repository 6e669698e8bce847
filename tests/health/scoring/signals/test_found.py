"""Each signal is on where it should be, off where it should not, and says how far past its threshold it is."""

from __future__ import annotations

import numpy as np
import pytest

from health.scoring.signals.found import BAND_SIGNALS, SIGNALS, FoundSignals, Signal, find_signals_many
from health.scoring.signals.settings import SignalSettings
from health.scoring.signals.statistics import compute_talk_stats
from health.scoring.signals.talk_days import ContactFact, TalkDays, TouchFact
from tests.health.scoring.signals.talks import SETTINGS, TODAY, answer, call, found_in, mail, strength

SPONSOR, DEPUTY, CLERK = 7, 8, 9
BOSS = (ContactFact(1, SPONSOR, True), ContactFact(1, CLERK, False))


def calls_every(days: int, first: int, last: int) -> list[TouchFact]:
    return [call(age) for age in range(first, last - 1, -days)]


# Live talk


def test_calls_that_give_way_to_mail_are_seen() -> None:
    before = calls_every(14, 455, 91) + [answer(age) for age in range(450, 90, -14)]
    lately = [answer(age) for age in range(86, 0, -6)]
    found = found_in(before + lately)
    assert strength(found, Signal.TALK_FELL) > 1
    assert found.main.tolist() == ["talk_fell"]


def test_a_project_that_brings_mail_on_top_of_the_calls_is_no_shift() -> None:
    mails = [answer(age) for age in range(88, 0, -2)]
    assert strength(found_in(calls_every(14, 455, 1) + mails), Signal.TALK_FELL) == 0


def test_a_client_who_falls_silent_altogether_has_not_changed_the_channel() -> None:
    everything = calls_every(14, 455, 100) + [answer(age) for age in range(450, 100, -14)]
    assert strength(found_in(everything), Signal.TALK_FELL) == 0


def test_ten_mails_on_a_day_weigh_as_one() -> None:
    before = calls_every(14, 455, 91) + [answer(age) for age in range(450, 90, -14)]
    lately = calls_every(14, 85, 1) + [answer(85 - age % 7) for age in range(60)]
    assert strength(found_in(before + lately), Signal.TALK_FELL) == 0


# Unanswered


def test_mails_nobody_answers_are_seen() -> None:
    touches = calls_every(7, 400, 60) + [mail(age) for age in (50, 43, 36, 29, 22)]
    found = found_in(touches)
    assert strength(found, Signal.UNANSWERED) > 1
    stats = compute_talk_stats(TalkDays.of(touches))
    assert (stats.unanswered_days[0], TODAY - stats.unanswered_since_day[0]) == (5, 50)


def test_three_mails_in_a_busy_week_are_not() -> None:
    assert strength(found_in([*calls_every(7, 400, 14), mail(4), mail(3), mail(2), mail(1)]), Signal.UNANSWERED) == 0


def test_a_client_who_always_took_its_time_is_not_unanswered() -> None:
    slow = [touch for age in range(400, 60, -40) for touch in (call(age), *(mail(age - 6 * n) for n in range(1, 6)))]
    assert strength(found_in([*slow, call(40), *(mail(age) for age in (34, 28, 22, 16))]), Signal.UNANSWERED) == 0


def test_touches_of_unknown_direction_may_be_answers() -> None:
    unknown = [TouchFact(1, TODAY - age, False, False, False) for age in range(50, 0, -7)]
    assert strength(found_in(calls_every(7, 400, 60) + unknown), Signal.UNANSWERED) == 0


# One-sided


def test_the_client_silent_while_we_are_not_is_one_sided() -> None:
    found = found_in(calls_every(7, 400, 60) + [mail(age) for age in (40, 25, 10)])
    assert strength(found, Signal.ONE_SIDED) == pytest.approx((60 - 10) / 21, rel=0.2)


def test_nobody_heard_of_is_silent_not_one_sided() -> None:
    assert strength(found_in(calls_every(7, 400, 60)), Signal.ONE_SIDED) == 0


def test_a_quarterly_client_whom_we_write_between_visits_is_not_one_sided() -> None:
    touches = [call(age) for age in range(720, 80, -91)] + [mail(age) for age in (70, 50, 30)]
    assert strength(found_in(touches), Signal.ONE_SIDED) == 0


# Agreed cadence


def test_a_call_a_month_misses_an_agreed_fortnight() -> None:
    touches = calls_every(14, 500, 200) + calls_every(30, 180, 1)
    assert strength(found_in(touches, agreed_days=14), Signal.CADENCE_MISSED) == pytest.approx(30 / 14 / 1.4)
    assert strength(found_in(touches), Signal.CADENCE_MISSED) == 0


def test_mails_around_a_monthly_call_do_not_keep_a_fortnight() -> None:
    touches = [touch for age in range(180, 1, -30) for touch in (call(age), mail(age - 1), mail(age - 2))]
    assert strength(found_in(touches, agreed_days=14), Signal.CADENCE_MISSED) > 1


def test_one_long_holiday_misses_nothing() -> None:
    touches = calls_every(7, 400, 60) + calls_every(7, 25, 1)
    assert strength(found_in(touches, agreed_days=7), Signal.CADENCE_MISSED) == 0


# People


def test_a_sponsor_who_left_with_nobody_of_rank_after_is_seen_until_one_steps_in() -> None:
    touches = [call(age, SPONSOR) for age in range(400, 100, -20)] + [call(age, CLERK) for age in range(80, 0, -20)]
    gone = (ContactFact(1, SPONSOR, True, TODAY - 95), ContactFact(1, DEPUTY, True), ContactFact(1, CLERK, False))
    assert strength(found_in(touches, gone), Signal.SPONSOR_LEFT) > 1
    stepped_in = [*touches, call(50, DEPUTY), call(30, DEPUTY)]
    assert strength(found_in(stepped_in, gone), Signal.SPONSOR_LEFT) == 0


def test_who_leaves_tomorrow_is_there_today() -> None:
    touches = [call(age, SPONSOR) for age in range(400, 0, -20)]
    leaving = (ContactFact(1, SPONSOR, True, TODAY + 1),)
    assert strength(found_in(touches, leaving), Signal.SPONSOR_LEFT) == 0
    assert strength(found_in(touches, leaving, as_of_day=TODAY + 1), Signal.SPONSOR_LEFT) > 1


def test_a_clerk_who_left_is_no_sponsor() -> None:
    touches = [call(age, CLERK) for age in range(400, 100, -20)]
    assert strength(found_in(touches, (ContactFact(1, CLERK, False, TODAY - 50),)), Signal.SPONSOR_LEFT) == 0


def test_a_sponsor_not_met_for_long_while_others_are_is_shown_and_changes_no_band() -> None:
    touches = [call(age, SPONSOR) for age in range(500, 200, -20)] + [call(age, CLERK) for age in range(190, 0, -14)]
    found = found_in(touches, BOSS)
    assert strength(found, Signal.SPONSOR_SILENT) > 1
    assert not found.has_drift_signal[0]
    assert found.main.tolist() == [""]
    assert found.has_any[0]


def test_a_silent_sponsor_who_leaves_later_is_silent_until_then() -> None:
    touches = [call(age, SPONSOR) for age in range(500, 200, -20)] + [call(age, CLERK) for age in range(190, 0, -14)]
    leaving = (ContactFact(1, SPONSOR, True, TODAY + 1),)
    assert strength(found_in(touches, leaving), Signal.SPONSOR_SILENT) > 1
    assert strength(found_in(touches, leaving, as_of_day=TODAY + 1), Signal.SPONSOR_SILENT) == 0


def test_who_has_left_is_not_somebody_that_we_still_reach() -> None:
    both = [call(age, (CLERK, DEPUTY)[age % 2]) for age in range(450, 0, -7)]
    gone = (ContactFact(1, DEPUTY, False, TODAY - 20), ContactFact(1, CLERK, False))
    assert strength(found_in(both), Signal.SINGLE_THREADED) == 0
    assert strength(found_in(both, gone), Signal.SINGLE_THREADED) > 1
    after_the_last_touch = (ContactFact(1, DEPUTY, False, TODAY - 1), ContactFact(1, CLERK, False))
    assert strength(found_in(both[:-1], after_the_last_touch), Signal.SINGLE_THREADED) == 0


def test_all_hanging_on_one_person_is_shown_but_not_of_a_client_who_always_had_one() -> None:
    both = [call(age, (CLERK, DEPUTY)[age % 2]) for age in range(450, 90, -7)]
    lately = [call(age, CLERK) for age in range(85, 0, -7)]
    assert strength(found_in(both + lately), Signal.SINGLE_THREADED) > 1
    alone = [call(age, CLERK) for age in range(450, 0, -7)]
    assert strength(found_in(alone), Signal.SINGLE_THREADED) == 0


# All of them


def test_signals_stand_while_nothing_happens() -> None:
    touches = calls_every(7, 400, 60) + [mail(age) for age in (50, 43, 36, 29, 22)]
    later = found_in(touches, as_of_day=TODAY + 100)
    np.testing.assert_array_equal(later.strength, found_in(touches).strength)


def test_the_reason_is_the_strongest_signal_of_the_band_and_others_follow() -> None:
    strengths = np.zeros((1, len(SIGNALS)))
    for signal, value in ((Signal.TALK_FELL, 1.2), (Signal.CADENCE_MISSED, 1.5), (Signal.SINGLE_THREADED, 9.0)):
        strengths[0, SIGNALS.index(signal)] = value
    found = FoundSignals(np.array([1]), strengths)
    assert [signal for signal, _ in found.on(0)] == [
        Signal.CADENCE_MISSED,
        Signal.TALK_FELL,
        Signal.SINGLE_THREADED,
    ]
    assert found.main.tolist() == ["cadence_missed"]


def test_the_signals_of_the_band_come_first() -> None:
    assert SIGNALS[: len(BAND_SIGNALS)] == BAND_SIGNALS


def test_an_account_alone_and_among_others_shows_the_same() -> None:
    touches = calls_every(7, 400, 60) + [mail(age) for age in (50, 43, 36, 29, 22)]
    others = [call(age)._replace(account_id=pk) for pk in (0, 2) for age in range(300, 3, -pk - 9)]
    stats = compute_talk_stats(TalkDays.of([*others, *touches]))
    together = find_signals_many(stats, np.full(3, np.nan), TODAY, SETTINGS)
    np.testing.assert_array_equal(together.strength[1], found_in(touches).strength[0])


def test_later_touches_change_nothing_as_of_a_day() -> None:
    early = calls_every(7, 400, 60)
    later = [call(age) for age in range(50, 0, -3)]
    known = TalkDays.of(early + later).as_of(TODAY - 60)
    stats, expected = compute_talk_stats(known), compute_talk_stats(TalkDays.of(early))
    for name in stats.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(stats, name), getattr(expected, name), err_msg=name)


def test_agreed_cadences_must_fit_the_accounts() -> None:
    stats = compute_talk_stats(TalkDays.of([call(3)]))
    with pytest.raises(ValueError, match="agreed_days"):
        find_signals_many(stats, np.array([1.0, 2.0]), TODAY, SETTINGS)


def test_settings_make_the_round_trip_and_refuse_what_cannot_be() -> None:
    assert SignalSettings.from_dict(SETTINGS.to_dict()) == SETTINGS
    with pytest.raises(ValueError, match="unknown signal settings: loudness"):
        SignalSettings.from_dict({"loudness": 3})
    with pytest.raises(ValueError, match="cadence_min_factor"):
        SignalSettings(cadence_min_factor=0)


def test_a_signal_just_at_its_threshold_is_on() -> None:
    strength = np.zeros((3, len(SIGNALS)))
    strength[0, 0] = strength[1, -1] = 1.0
    found = FoundSignals(np.array([1, 2, 3]), strength)
    assert found.has_drift_signal.tolist() == [True, False, False]
    assert found.has_any.tolist() == [True, True, False]
    assert found.main.tolist() == [SIGNALS[0].value, "", ""]
