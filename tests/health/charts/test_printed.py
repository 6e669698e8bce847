import datetime as dt
import re

from health.charts.portfolio import QuietPoint
from health.charts.printed import HEIGHT, WIDTH, printed_months, printed_shares
from health.charts.renewals import MonthOfRenewals


def points(*shares):
    return [
        QuietPoint(
            dt.date(2026, 6, 7) + dt.timedelta(weeks=n),
            {"silent": s, "steady": 100.0 - s},
            {},
            {},
            is_reconstructed=False,
        )
        for n, s in enumerate(shares)
    ]


def test_areas_stay_on_their_paper_and_end_at_the_last_day():
    drawn = printed_shares(points(10.0, 30.0, 55.0))
    for _, _, path in drawn.areas:
        numbers = [float(number) for number in re.findall(r"[\d.]+", path)]
        assert all(0 <= x <= WIDTH for x in numbers[::2])
        assert all(0 <= y <= HEIGHT for y in numbers[1::2])
    assert [level.text for level in drawn.levels] == ["0%", "40%", "80%"]
    assert [day.text for day in drawn.days] == ["7 Jun", "14 Jun", "21 Jun"]


def test_one_day_is_not_drawn():
    assert printed_shares(points(10.0)) is None


def test_a_bar_stands_on_the_ground_and_what_is_at_risk_is_part_of_it():
    (bar,) = printed_months([MonthOfRenewals(dt.date(2026, 6, 1), 3, 1000.0, 250.0, "")], currency="EUR").bars
    assert bar.risk_height * 3 == bar.rest_height
    assert bar.risk_y + bar.risk_height == 130.0
    assert bar.rest_y + bar.rest_height == bar.risk_y


def test_without_a_value_nothing_is_drawn():
    assert printed_months([MonthOfRenewals(dt.date(2026, 6, 1), 3, 0.0, 0.0, "")], currency="EUR") is None
