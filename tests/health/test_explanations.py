"""A stored score in words."""

from __future__ import annotations

import datetime as dt

from health.explanations import explain_score, facts_of, words_for_row
from health.models import AccountHealth, Series

TODAY = dt.date(2026, 6, 15)


def health(**fields: object) -> AccountHealth:
    return AccountHealth(
        **{
            "band": "silent",
            "last_touch_on": dt.date(2026, 5, 15),
            "usual_gap_days": 9.0,
            "is_usual_gap_own": True,
            "normal": 0.02,
            "touch_days": 30,
            "risk": 0.4,
            "horizon_days": 30.0,
            **fields,
        }
    )


def test_the_sentence_counts_its_days_up_to_the_day_it_is_read() -> None:
    words = "Usually every 9 days; silent for 31 days (3.4×). A gap this long comes about 1 time in 50."
    assert explain_score(health(), today=TODAY).headline == words
    assert "silent for 32 days" in explain_score(health(), today=TODAY + dt.timedelta(days=1)).headline


def test_an_alarm_of_the_client_series_speaks_of_the_client() -> None:
    spoken = health(
        alarm_series="client",
        last_client_touch_on=dt.date(2026, 4, 16),
        client_usual_gap_days=14.0,
        is_client_usual_gap_own=True,
        client_normal=0.05,
    )
    words = words_for_row(spoken, today=TODAY)
    assert words.reason == "Nothing from the client for 60 days, usually every 14 days"
    assert words.note == "A gap this long comes about 1 time in 20"


def test_a_row_does_not_repeat_the_silence_that_it_shows() -> None:
    words = words_for_row(health(is_slowing=True, drift=0.47, slowing_since_on=dt.date(2026, 3, 1)), today=TODAY)
    assert words.reason == "3.4× the usual gap"
    assert words.note == "A gap this long comes about 1 time in 50. Gaps have grown 1.6× since 1 Mar"


def test_row_and_sentence_say_in_the_same_words_why_the_chance_is_not_that_of_the_usual_gap() -> None:
    late = health(band="steady", last_touch_on=dt.date(2026, 5, 17), normal=0.4, drift=0.3)
    words = "A gap this long now comes about 40% of the time"
    assert words_for_row(late, today=TODAY).note == words
    headline = f"Usually every 9 days, lately less often; silent for 29 days. {words}."
    assert explain_score(late, today=TODAY).headline == headline


def test_the_series_of_any_touch_can_be_asked_for_where_the_client_rings() -> None:
    ringing = {"alarm_series": "client", "client_usual_gap_days": 14.0, "client_normal": 0.05}
    facts = facts_of(health(**ringing, last_client_touch_on=dt.date(2026, 4, 16)), today=TODAY, series=Series.ANY)
    assert facts is not None
    assert (facts.silent_days, facts.usual_gap_days, facts.normal, facts.is_by_client) == (31, 9.0, 0.02, False)


def test_a_gap_that_is_not_unusual_is_no_reason_beside_a_drifting_account() -> None:
    drifting = {"band": "drifting", "is_slowing": True, "drift": 0.47, "slowing_since_on": dt.date(2026, 3, 1)}
    assert words_for_row(health(**drifting, normal=0.8), today=TODAY).note == ""
    assert words_for_row(health(**drifting, normal=0.1), today=TODAY).note == "A gap this long comes about 1 time in 10"


def test_an_account_without_a_touch_says_so() -> None:
    assert words_for_row(health(last_touch_on=None), today=TODAY).reason == "No touches yet"


def test_a_steady_account_is_on_time_or_later_than_usual() -> None:
    on_time = words_for_row(health(band="steady", last_touch_on=dt.date(2026, 6, 8)), today=TODAY)
    assert (on_time.reason, on_time.note) == ("In its usual rhythm", "")
    late = words_for_row(health(band="steady", last_touch_on=dt.date(2026, 6, 1), normal=0.3), today=TODAY)
    assert (late.reason, late.note) == ("Later than usual", "A gap this long comes about 30% of the time")
