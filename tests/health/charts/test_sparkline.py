import datetime as dt

from health.charts.sparkline import draw_sparkline, sparkline_svg

TODAY = dt.date(2026, 6, 15)


def points(*pairs: tuple[int, float]) -> list[tuple[dt.date, float]]:
    return [(TODAY - dt.timedelta(days=age), health) for age, health in pairs]


def test_one_day_draws_no_line():
    assert draw_sparkline(points((0, 80)), until=TODAY) is None
    assert draw_sparkline(points((200, 80), (0, 80)), until=TODAY) is None


def test_the_line_goes_from_the_first_day_to_the_last_and_down_where_health_falls():
    line = draw_sparkline(points((90, 100), (45, 80), (0, 60)), until=TODAY)
    assert line.path == "M0 4.0L45 18.0L90 32.0"
    assert (line.end_x, line.end_y) == (90, 32.0)


def test_a_wobble_does_not_look_like_a_fall():
    line = draw_sparkline(points((90, 51), (0, 49)), until=TODAY)
    first, last = (float(place.split()[1]) for place in line.path[1:].split("L"))
    assert last - first < 2


def test_the_line_is_told_in_words():
    line = draw_sparkline(points((90, 81), (30, 43), (0, 52)), until=TODAY)
    assert line.label == "Health over 90 days: 81 on 17 Mar, 52 at the end; lowest 43 on 16 May"
    assert 'role="img"' in sparkline_svg(line)
