import datetime as dt
import json

from health.charts.account import LaneTouch, Silence, lanes_chart, long_gaps

TODAY = dt.date(2026, 6, 15)
SILENCE = Silence(dt.date(2026, 5, 5), 41, 3.0, 17.0, is_flagged=True)
CALM = Silence(dt.date(2026, 6, 12), 3, 3.0, 17.0, is_flagged=False)


def touch(
    days_ago: int,
    channel: str = "call",
    direction: str = "mutual",
    *,
    counts: bool = True,
    subject: str = "Weekly call",
    stands_for: int = 1,
) -> LaneTouch:
    at = dt.datetime(2026, 6, 15, 9, tzinfo=dt.UTC) - dt.timedelta(days=days_ago)
    return LaneTouch(at, channel, direction, counts, subject, f"/accounts/1/?touch={days_ago}", stands_for)


def days(*ages: int) -> list[dt.date]:
    return [TODAY - dt.timedelta(days=age) for age in ages]


def card(*touches: LaneTouch, silence: Silence = CALM, touch_days: list[dt.date] | None = None, months: int = 18):
    return lanes_chart(touches, silence, days=touch_days or [], today=TODAY, months=months)


def test_no_touch_is_said_not_drawn():
    drawn = card()
    assert drawn.figure is None
    assert "Nothing was logged" in drawn.empty


def test_one_touch_is_said_not_drawn():
    drawn = card(touch(3))
    assert (drawn.figure, drawn.finding) == (None, "One touch so far")
    assert drawn.empty.startswith("12 Jun: call, both took part")


def test_one_channel_is_said_and_drawn_by_direction():
    drawn = card(touch(9, "text", "inbound"), touch(3, "text", "outbound"))
    assert drawn.subtitle.startswith("By direction, for all are on one channel: text")
    assert drawn.figure["layout"]["yaxis"]["categoryarray"] == ["From us", "From the client"]
    assert [trace["y"] for trace in drawn.figure["data"]] == [["From the client"], ["From us"]]


def test_touches_of_one_channel_and_direction_are_said_not_drawn():
    drawn = card(*(touch(age, "email", "outbound") for age in (30, 20, 10)))
    assert drawn.figure is None
    assert drawn.finding == "All 3 touches are of one kind: email, from us"


def test_inbound_is_filled_outbound_hollow_and_mutual_another_shape():
    drawn = card(touch(9, direction="inbound"), touch(5, direction="outbound"), touch(3, direction="mutual"))
    symbols = {trace["name"]: trace["marker"]["symbol"] for trace in drawn.figure["data"]}
    assert symbols == {"from the client": "circle", "both took part": "diamond", "from us": "circle-open"}


def test_attempts_are_drawn_apart_and_named_in_the_table_newest_first():
    drawn = card(touch(9, counts=False), touch(3))
    assert [trace["name"] for trace in drawn.figure["data"]] == ["both took part", "attempt"]
    assert [row[3] for row in drawn.table.rows] == ["yes", "no"]
    assert [row[0].url for row in drawn.table.rows] == ["/accounts/1/?touch=3", "/accounts/1/?touch=9"]


def test_each_mark_names_its_place_in_the_stream():
    figure = card(touch(41, "email"), touch(3)).figure
    assert figure["data"][0]["customdata"] == ["/accounts/1/?touch=41", "/accounts/1/?touch=3"]


def test_a_mark_of_several_touches_says_how_many():
    text = card(touch(41, "email", stands_for=7), touch(3)).figure["data"][0]["text"]
    assert text == ["7 in this week, the last: Weekly call", "Weekly call"]


def test_a_subject_cannot_write_markup_into_the_hover():
    figure = card(touch(9, "email", subject="<a href='//evil'>x</a>"), touch(3)).figure
    assert "<" not in figure["data"][0]["text"][0]


def test_the_open_silence_is_shaded_from_the_last_touch_to_today_and_labelled():
    figure = card(touch(41), touch(50, "email"), silence=SILENCE).figure
    shape, label = figure["layout"]["shapes"][-1], figure["layout"]["annotations"][-1]
    assert (shape["x0"], shape["x1"], shape["fillcolor"]) == ("2026-05-05", "2026-06-15", "var(--silent)")
    assert label["text"] == "41 days of silence"


def test_gaps_beyond_the_usual_range_are_shaded_and_labelled():
    figure = card(touch(90), touch(3, "email"), touch_days=days(90, 59, 50, 3)).figure
    shapes = [(shape["x0"], shape["x1"]) for shape in figure["layout"]["shapes"]]
    assert shapes[:2] == [("2026-03-17", "2026-04-17"), ("2026-04-26", "2026-06-12")]
    assert [label["text"] for label in figure["layout"]["annotations"]] == ["31 days", "47 days", "3 days"]


def test_long_gaps_need_a_usual_range():
    unknown = Silence(TODAY, 0, None, None, is_flagged=False)
    assert long_gaps(days(90, 3), unknown) == []


def test_the_title_tells_the_silence_and_the_gaps_before_it():
    touches = (touch(90), touch(59, "email"))
    assert card(*touches, silence=SILENCE, touch_days=days(90, 59, 50, 41)).finding == (
        "41 days of silence; before it, 1 gap beyond the usual range"
    )
    assert card(*touches, touch_days=days(90, 59, 50, 3)).finding == (
        "2 gaps beyond the usual range; the longest took 47 days, to 12 Jun"
    )
    assert card(*touches, touch_days=days(20, 10, 3)).finding == "No gap beyond the usual range so far"


def test_what_is_older_than_the_first_period_can_be_zoomed_to():
    axis = card(touch(900, "email"), touch(3), months=18).figure["layout"]["xaxis"]
    assert axis["range"][0] == TODAY - dt.timedelta(days=548)
    assert axis["minallowed"] == TODAY - dt.timedelta(days=908)


def test_a_client_silent_for_years_is_drawn_up_to_its_last_touch():
    last = dt.date(2005, 3, 1)
    silence = Silence(last, (TODAY - last).days, 3.0, 17.0, is_flagged=True)
    touches = [touch((TODAY - last).days + age, channel) for age, channel in ((20, "call"), (9, "email"), (0, "call"))]
    lanes = card(*touches, silence=silence)
    assert lanes.finding == "No touch since 1 Mar 2005"
    assert lanes.figure["layout"]["xaxis"]["range"][1] < dt.date(2005, 5, 1)


def test_figures_are_json_without_plotlys_own_template():
    figure = card(touch(9, "email"), touch(3)).figure
    assert "template" not in figure["layout"]
    assert json.loads(json.dumps(figure, default=str))
