import datetime as dt

from health.charts.course import CourseChange, CourseModel, CoursePoint, course_chart

TODAY = dt.date(2026, 6, 15)
FELL = CourseChange(dt.date(2026, 5, 31), "Steady", "silent", "Silent", "Silent for 26 days")


def point(days_ago: int, health: float, *, later: bool = False, model: int | None = 1) -> CoursePoint:
    return CoursePoint(TODAY - dt.timedelta(days=days_ago), health, "Steady", later, model)


def card(points, changes=(), models=()):
    return course_chart(points, changes, models, today=TODAY, page="/accounts/1/")


def test_the_first_day_is_said_not_drawn():
    drawn = card([point(0, 80)])
    assert (drawn.figure, drawn.finding) == (None, "The history of this score begins today")


def test_the_title_tells_how_far_health_fell_and_the_band_of_now():
    points = [point(100, 81), point(50, 70), point(0, 43)]
    assert card(points, [FELL]).finding == "Health fell from 81 to 43 since 7 Mar; Silent since 31 May"


def test_a_wobble_is_not_called_a_fall():
    assert card([point(100, 81), point(0, 78)]).finding == "Health is 78, close to the 81 of 7 Mar"


def test_what_was_computed_afterwards_is_dotted_and_what_was_said_goes_on_from_it():
    drawn = card([point(20, 81, later=True), point(10, 70, later=True), point(1, 60), point(0, 50)])
    later, said = drawn.figure["data"]
    assert (later["line"]["dash"], said["line"]["dash"]) == ("dot", "solid")
    assert said["y"] == [70, 60, 50]
    assert [row[3] for row in drawn.table.rows] == ["that day", "that day", "afterwards", "afterwards"]


def test_changes_of_band_and_new_models_are_marked_with_their_words():
    model = CourseModel(dt.date(2026, 6, 1), "Model 2, learned from 240 accounts")
    drawn = card([point(20, 81), point(15, 66), point(0, 50)], [FELL], [model])
    marks = {trace["name"]: trace for trace in drawn.figure["data"]}
    assert marks["change of band"]["text"] == ["Steady → Silent<br>Silent for 26 days"]
    assert marks["change of band"]["y"] == [66]
    assert marks["change of band"]["marker"]["color"] == ["var(--silent)"]
    assert marks["new model"]["text"] == ["Model 2, learned from 240 accounts"]


def test_a_mark_leads_to_the_page_as_of_its_day():
    drawn = card([point(20, 81), point(0, 50)])
    assert drawn.figure["data"][0]["customdata"][0] == "/accounts/1/?as_of=2026-05-26"
    assert drawn.table.rows[-1][0].url == "/accounts/1/?as_of=2026-05-26"
