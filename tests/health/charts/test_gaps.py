import datetime as dt

from health.charts.account import Silence
from health.charts.gaps import MOST_POINTS, gaps_chart

TODAY = dt.date(2026, 6, 15)
SILENCE = Silence(dt.date(2026, 5, 5), 41, 3.0, 17.0, is_flagged=True)


def days(*ages: int) -> list[dt.date]:
    return [TODAY - dt.timedelta(days=age) for age in ages]


def test_the_longest_silence_yet_is_named():
    card = gaps_chart(days(80, 70, 60, 50, 41), SILENCE, today=TODAY)
    assert card.finding == "Usually 3 to 17 days between touches; the open silence is the longest yet: 41"
    assert card.table.rows[0] == (TODAY, "41 and counting")


def test_three_touches_are_needed():
    assert gaps_chart(days(5), SILENCE, today=TODAY).figure is None


def test_a_point_leads_to_the_touch_that_ended_its_gap():
    figure = gaps_chart(days(30, 20, 10), SILENCE, today=TODAY, page="/accounts/1/").figure
    assert figure["data"][0]["customdata"] == [
        "/accounts/1/?to=2026-05-26#stream",
        "/accounts/1/?to=2026-06-05#stream",
    ]


def test_thousands_of_daily_touches_are_drawn_as_the_longest_gap_of_each_month():
    daily = days(*(age for age in range(2500, 0, -1) if age % 100 > 3))
    card = gaps_chart(daily, SILENCE, today=TODAY)
    points = card.figure["data"][0]["y"]
    assert card.subtitle.startswith("Days between touches, the longest gap of each month")
    assert len(points) <= MOST_POINTS
    assert max(points) == 5
    assert len(card.table.rows) == len(daily)


def test_two_years_of_daily_touches_are_drawn_by_the_week():
    card = gaps_chart(days(*range(700, 0, -1)), SILENCE, today=TODAY)
    assert card.subtitle.startswith("Days between touches, the longest gap of each week")


def test_a_silence_that_would_press_the_rest_flat_is_drawn_on_a_logarithmic_scale():
    card = gaps_chart(days(60, 59, 58, 57, 41), SILENCE, today=TODAY)
    assert card.figure["layout"]["yaxis"]["type"] == "log"
    assert "logarithmic scale" in card.subtitle
    assert card.figure["data"][1]["y"] == [1, 41]


def test_a_silence_of_years_is_said_not_drawn():
    last = dt.date(2005, 3, 1)
    silence = Silence(last, (TODAY - last).days, 3.0, 17.0, is_flagged=True)
    figure = gaps_chart([last - dt.timedelta(days=n) for n in (20, 9, 0)], silence, today=TODAY).figure
    assert [trace["name"] for trace in figure["data"]] == ["days between touches"]
