import datetime as dt

import pytest

from health.charts.talk import TalkMonth, talk_chart

URLS = dict.fromkeys(("any", "call", "meeting", "email", "text", "other"), "/list")


def months(*lives, total=100):
    return [
        TalkMonth(
            dt.date(2026, n, 1), {"call": live, "email": total - live}, {"call": min(live, 5), "email": 10}, 10, URLS
        )
        for n, live in enumerate(lives, start=1)
    ]


@pytest.mark.parametrize(
    ("lives", "finding"),
    [
        ((50, 50, 50, 30, 30, 30), "Live talk shrinks: 30% of touches, 50% in Jan to Mar 2026"),
        ((30, 30, 30, 50, 50, 50), "Live talk grows: 50% of touches, 30% in Jan to Mar 2026"),
        ((30, 30, 30, 31, 31, 31), "Live talk holds: 31% of touches, 30% in Jan to Mar 2026"),
        ((40, 36), "Live talk holds: 36% of touches, 40% in Jan 2026"),
        ((0, 0, 0, 0), "No live talk is known: every touch is in writing"),
        ((40,), "One whole month is known: 100 touches"),
    ],
)
def test_the_title_tells_whether_live_talk_shrinks(lives, finding):
    assert talk_chart(months(*lives)).finding == finding


def test_nothing_is_concluded_from_a_few_touches():
    assert talk_chart(months(8, 1, total=12)).finding == "Too few touches to tell whether live talk shrinks"


def test_a_bar_is_touches_per_account_in_touch():
    card = talk_chart(months(50, 50))
    assert [trace["name"] for trace in card.figure["data"]] == ["Calls", "E-mail"]
    assert list(card.figure["data"][0]["y"]) == [5.0, 5.0]


def test_before_the_first_whole_month_it_says_when_there_will_be_one():
    card = talk_chart([])
    assert card.figure is None
    assert "once a month is over" in card.empty
