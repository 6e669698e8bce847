import datetime as dt
import json

from health.charts.account import LaneTouch, Silence, gaps_chart, lanes_chart

TODAY = dt.date(2026, 6, 15)
SILENCE = Silence(dt.date(2026, 5, 5), 41, 3.0, 17.0, is_flagged=True)


def touch(days_ago: int, channel: str = "call", direction: str = "mutual", *, counts: bool = True) -> LaneTouch:
    at = dt.datetime(2026, 6, 15, 9, tzinfo=dt.UTC) - dt.timedelta(days=days_ago)
    return LaneTouch(at, channel, direction, counts, "Weekly call", f"/accounts/1/?to={at:%Y-%m-%d}#stream")


def test_lanes_say_so_when_there_is_nothing_to_draw():
    card = lanes_chart([], SILENCE, today=TODAY, months=18)
    assert card.figure is None
    assert "Nothing was logged" in card.empty


def test_lanes_state_that_live_talk_fell_and_how_far():
    touches = [touch(n) for n in range(100, 300, 10)] + [touch(n, "email", "inbound") for n in range(1, 80, 8)]
    assert lanes_chart(touches, SILENCE, today=TODAY, months=18).finding == "Live talk fell from 100% to 0% of touches"


def test_lanes_do_not_claim_a_trend_from_a_handful_of_touches():
    card = lanes_chart([touch(3), touch(9)], SILENCE, today=TODAY, months=18)
    assert card.finding == "2 touches in the last 18 months"


def test_attempts_are_drawn_apart_and_named_in_the_table():
    card = lanes_chart([touch(3), touch(9, counts=False)], SILENCE, today=TODAY, months=18)
    assert [trace["name"] for trace in card.figure["data"]] == ["both took part", "attempt"]
    assert [row[3] for row in card.table.rows] == ["yes", "no"]


def test_lanes_shade_the_open_silence_from_the_last_touch_to_today():
    shape = lanes_chart([touch(41)], SILENCE, today=TODAY, months=18).figure["layout"]["shapes"][0]
    assert (shape["x0"], shape["x1"], shape["fillcolor"]) == ("2026-05-05", "2026-06-15", "var(--silent)")


def test_each_mark_names_the_place_in_the_stream_it_jumps_to():
    figure = lanes_chart([touch(41)], SILENCE, today=TODAY, months=18).figure
    assert figure["data"][0]["customdata"] == ["/accounts/1/?to=2026-05-05#stream"]


def test_gaps_name_the_longest_silence_yet():
    days = [TODAY - dt.timedelta(days=n) for n in (80, 70, 60, 50, 41)]
    card = gaps_chart(days, SILENCE, today=TODAY)
    assert card.finding == "Usually 3 to 17 days between touches; the open silence is the longest yet: 41"
    assert card.table.rows[-1] == (TODAY, "41 and counting")


def test_gaps_need_three_touches():
    card = gaps_chart([TODAY - dt.timedelta(days=5)], SILENCE, today=TODAY)
    assert card.figure is None


def test_figures_are_json_without_plotlys_own_template():
    figure = gaps_chart([TODAY - dt.timedelta(days=n) for n in (30, 20, 10)], SILENCE, today=TODAY).figure
    assert "template" not in figure["layout"]
    assert json.loads(json.dumps(figure, default=str))


def test_a_client_silent_for_years_is_drawn_up_to_its_last_touch():
    last = dt.date(2005, 3, 1)
    silence = Silence(last, (TODAY - last).days, 3.0, 17.0, is_flagged=True)
    touches = [touch((TODAY - last).days + n) for n in (20, 9, 0)]
    lanes = lanes_chart(touches, silence, today=TODAY, months=18)
    assert lanes.finding == "No touch since 1 Mar 2005"
    assert lanes.figure["layout"]["xaxis"]["range"][1] < dt.date(2005, 5, 1)
    gaps = gaps_chart([last - dt.timedelta(days=n) for n in (20, 9, 0)], silence, today=TODAY)
    assert [trace["name"] for trace in gaps.figure["data"]] == ["days between touches"]
