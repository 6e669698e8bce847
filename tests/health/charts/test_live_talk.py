import datetime as dt

from health.charts.live_talk import TalkQuarter, live_talk_chart

STARTS = [dt.date(2025, 4, 1), dt.date(2025, 7, 1), dt.date(2025, 10, 1), dt.date(2026, 1, 1), dt.date(2026, 4, 1)]


def quarters(*counts: tuple[int, int]) -> list[TalkQuarter]:
    starts = STARTS[-len(counts) :]
    return [
        TalkQuarter(start, touches, talks, is_open=start == STARTS[-1])
        for start, (touches, talks) in zip(starts, counts, strict=True)
    ]


def test_the_newest_quarter_is_compared_with_the_year_before():
    card = live_talk_chart(quarters((10, 6), (10, 6), (10, 7), (10, 5), (20, 6)), page="/")
    assert card.finding == "Live talk fell to 30% of touches in Q2 2026 so far, from 60% in the year before"


def test_a_small_difference_is_none():
    card = live_talk_chart(quarters((10, 5), (20, 11)), page="/")
    assert card.finding == "Live talk is 55% of touches in Q2 2026 so far, much as in the quarter before (50%)"


def test_a_quarter_of_few_touches_is_pale_and_not_spoken_of():
    card = live_talk_chart(quarters((10, 5), (10, 1), (2, 2)), page="/")
    assert "Q1 2026" in card.finding
    assert card.figure["data"][0]["marker"]["color"] == ["var(--chart-1)", "var(--chart-1)", "var(--chart-1, 35%)"]


def test_a_quarter_without_a_touch_says_so():
    assert live_talk_chart(quarters((10, 5), (0, 0), (10, 5)), page="/").figure["data"][0]["text"][1] == "none"


def test_too_little_is_said_not_drawn():
    card = live_talk_chart(quarters((3, 1), (9, 2)), page="/")
    assert (card.figure, card.finding) == (None, "3 of 12 touches were live talk")
    assert live_talk_chart([], page="/").finding == "No live talk yet"


def test_an_account_that_only_writes_is_said_not_drawn():
    card = live_talk_chart(quarters((30, 0), (40, 0)), page="/")
    assert (card.figure, card.finding) == (None, "No live talk among 70 touches")


def test_a_bar_leads_to_the_touches_of_its_quarter():
    card = live_talk_chart(quarters((10, 5), (10, 5)), page="/accounts/1/")
    assert card.table.rows[0][0].url == "/accounts/1/?kind=touch&from=2026-04-01&to=2026-06-30#stream"
    assert TalkQuarter(dt.date(2025, 10, 1), 1, 1).ends_on == dt.date(2025, 12, 31)
