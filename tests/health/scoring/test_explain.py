import math
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.scoring.bands import Band
from health.scoring.explain import (
    Pace,
    SilenceFacts,
    no_history,
    pace_of,
    sentence,
    spell_cadence,
    spell_chance,
    spell_date,
    spell_days,
    spell_ratio,
    spell_touches,
)

FACTS = SilenceFacts(
    silent_days=31,
    usual_gap_days=9,
    is_usual_own=True,
    normal=0.021,
    touch_days=40,
    band=Band.SILENT,
    risk=0.44,
    horizon_days=30,
    as_of=date(2026, 11, 24),
)


def test_the_sentence_says_usual_open_multiple_and_chance() -> None:
    explained = sentence(replace(FACTS, normal=0.02))
    assert explained.headline == (
        "Usually every 9 days; silent for 31 days (3.4×). A gap this long comes about 1 time in 50."
    )
    assert [part.text for part in explained.parts if part.is_figure] == [
        "every 9 days",
        "31 days",
        "3.4×",
        "about 1 time in 50",
    ]
    assert explained.notes == ()


def test_a_silence_that_is_on_time_gets_no_multiple() -> None:
    on_time = sentence(replace(FACTS, silent_days=9, normal=0.43, band=Band.STEADY))
    assert on_time.headline == ("Usually every 9 days; silent for 9 days. A gap this long comes about 40% of the time.")


def test_a_touch_today_is_not_a_silence() -> None:
    explained = sentence(replace(FACTS, silent_days=0, normal=1.0, band=Band.STEADY))
    assert explained.headline == "Usually every 9 days; last touch today."
    assert explained.reason == "Today, usually every 9 days"


@pytest.mark.parametrize(
    ("changes", "headline"),
    [
        (
            {"usual_gap_days": 4, "silent_days": 15, "normal": 0.4, "drift": math.log(1.2)},
            (
                "Usually every 4 days, lately less often; silent for 15 days."
                " A gap this long now comes about 40% of the time."
            ),
        ),
        (
            {"usual_gap_days": 4, "silent_days": 15, "normal": 0.4, "drift": math.log(1.1)},
            "Usually every 4 days, but not evenly; silent for 15 days. A gap this long comes about 40% of the time.",
        ),
        (
            {"usual_gap_days": 4, "silent_days": 15, "normal": 0.4, "drift": math.log(3), "is_by_client": True},
            (
                "The client usually takes part every 4 days, but not evenly; silent for 15 days."
                " A gap this long comes about 40% of the time."
            ),
        ),
        (
            {"usual_gap_days": 9, "silent_days": 4, "normal": 0.1, "drift": -math.log(1.2)},
            "Usually every 9 days, lately more often; silent for 4 days. A gap this long now comes about 1 time in 10.",
        ),
        (
            {"usual_gap_days": 91, "silent_days": 40, "normal": 0.5, "drift": -math.log(1.1)},
            "Usually every 91 days, but not evenly; silent for 40 days. A gap this long comes about 50% of the time.",
        ),
    ],
    ids=["grown", "uneven", "of the client", "shrunk", "short ones too"],
)
def test_a_chance_that_the_usual_gap_would_not_make_says_why(changes: dict, headline: str) -> None:
    """With a median gap of 4 days, silent for 15, one read "about 40% of the time" and no word of why."""
    assert sentence(replace(FACTS, **changes)).headline == headline


@pytest.mark.parametrize(
    ("silent", "usual", "normal", "pace"),
    [
        (20, 10, 0.44, Pace.AS_USUAL),  # by chance one gap in four is as long as two usual ones
        (20, 10, 0.46, Pace.UNEVEN),
        (11, 10, 0.9, Pace.AS_USUAL),  # one day late: nothing to explain
        (11.5, 10, 0.9, Pace.UNEVEN),
        (8, 10, 0.38, Pace.AS_USUAL),
        (8, 10, 0.36, Pace.UNEVEN),
        (9, 10, 0.01, Pace.AS_USUAL),
        (0.6, 0.2, 0.51, Pace.AS_USUAL),  # a usual gap counts as half a day at least
    ],
)
def test_usual_gap_and_chance_may_be_as_far_apart_as_chance_makes_them(
    silent: float, usual: float, normal: float, pace: Pace
) -> None:
    assert pace_of(replace(FACTS, silent_days=silent, usual_gap_days=usual, normal=normal)) is pace


def test_young_accounts_say_that_others_judge_them() -> None:
    explained = sentence(replace(FACTS, touch_days=2, is_usual_own=False, band=Band.LEARNING))
    assert explained.notes == ("Only two touches so far: judged by similar accounts.",)
    assert explained.headline.startswith("Accounts like this one usually have a touch every 9 days")
    assert str(explained).endswith("judged by similar accounts.")


def test_slowing_is_said_with_its_factor_and_date() -> None:
    slowing = replace(FACTS, drift=0.47, is_slowing=True, slowing_since=date(2026, 8, 12), band=Band.DRIFTING)
    assert sentence(slowing).notes == ("Gaps have grown 1.6× since 12 Aug.",)
    assert sentence(slowing).reason == "Gaps have grown 1.6× since 12 Aug"
    assert sentence(replace(slowing, slowing_since=None)).reason == "Gaps have grown 1.6×"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, "Silent for 31 days, usually every 9 days"),
        ({"is_by_client": True}, "Nothing from the client for 31 days, usually every 9 days"),
        ({"band": Band.DORMANT, "silent_days": 214}, "Silent for 214 days, usually every 9 days"),
        ({"band": Band.DRIFTING, "risk": 0.62}, "About 60% likely to stay silent for 30 days more"),
        ({"band": Band.DRIFTING, "risk": 0.97}, "Almost certain to stay silent for 30 days more"),
        ({"band": Band.STEADY, "silent_days": 1}, "1 day ago, usually every 9 days"),
        ({"band": Band.LEARNING, "touch_days": 1}, "Only one touch so far"),
        ({"band": Band.PAUSED}, "Known quiet"),
        ({"band": Band.CLOSED}, "Account closed"),
    ],
)
def test_the_reason_follows_the_band(changes: dict, reason: str) -> None:
    assert sentence(replace(FACTS, **changes)).reason == reason


@given(
    st.sampled_from(Band),
    st.floats(0, 5000),
    st.floats(0.6, 900),
    st.floats(1e-12, 1),
    st.integers(1, 3000),
    st.floats(0, 1),
    st.floats(-3, 3),
    st.booleans(),
)
def test_every_account_gets_a_short_reason_and_a_whole_sentence(
    band: Band, silent: float, usual: float, normal: float, touches: int, risk: float, drift: float, flag: bool
) -> None:
    explained = sentence(
        replace(
            FACTS,
            band=band,
            silent_days=silent,
            usual_gap_days=usual,
            normal=normal,
            touch_days=touches,
            risk=risk,
            drift=drift,
            is_slowing=flag,
            is_by_client=flag,
            is_usual_own=not flag,
        )
    )
    assert 0 < len(explained.reason.split()) <= 12
    assert explained.headline.endswith(".")
    assert " 1 days" not in str(explained)


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        (1e-9, "less than 1 time in 50"),
        (0.0199, "less than 1 time in 50"),
        (0.02, "about 1 time in 50"),
        (0.0333, "about 1 time in 30"),
        (0.1, "about 1 time in 10"),
        (0.101, "about 10% of the time"),
        (0.26, "about 30% of the time"),
        (0.94, "about 90% of the time"),
        (0.999, "more than 90% of the time"),
    ],
)
def test_chances_are_rounded_no_finer_than_known(chance: float, words: str) -> None:
    assert spell_chance(chance) == words


def test_numbers_and_plurals() -> None:
    assert [spell_days(days) for days in (0.4, 1, 1.4, 2, 31)] == ["0 days", "1 day", "1 day", "2 days", "31 days"]
    assert [spell_cadence(days) for days in (0.6, 1.2, 2, 90.4)] == [
        "every day",
        "every day",
        "every 2 days",
        "every 90 days",
    ]
    assert [spell_ratio(ratio) for ratio in (3.44, 9.94, 9.95, 12.3)] == ["3.4×", "9.9×", "10×", "12×"]
    assert [spell_touches(count) for count in (1, 2, 7)] == [
        "Only one touch so far",
        "Only two touches so far",
        "Only 7 touches so far",
    ]


def test_dates_carry_a_year_when_the_month_alone_could_mislead() -> None:
    today = date(2026, 11, 24)
    assert spell_date(date(2026, 8, 12), today) == "12 Aug"
    assert spell_date(date(2025, 8, 12), today) == "12 Aug 2025"


def test_eleven_months_ago_a_month_alone_could_mislead() -> None:
    today = date(2026, 11, 24)
    assert spell_date(date(2025, 12, 30), today) == "30 Dec"
    assert spell_date(date(2025, 12, 29), today) == "29 Dec 2025"


def test_the_figures_of_a_touch_today_are_set_apart() -> None:
    explained = sentence(replace(FACTS, silent_days=0.4))
    assert [part.text for part in explained.parts if part.is_figure] == ["every 9 days", "today"]


def test_no_touches_no_score() -> None:
    assert (no_history().headline, no_history().reason) == (
        "No touches yet, so there is no score.",
        "No touches yet",
    )


def test_even_chances_are_not_called_likely() -> None:
    drifting = replace(FACTS, band=Band.DRIFTING, risk=0.5)
    assert sentence(drifting).reason == "31 days ago, usually every 9 days"
    assert sentence(replace(drifting, risk=0.51)).reason == "About 50% likely to stay silent for 30 days more"
