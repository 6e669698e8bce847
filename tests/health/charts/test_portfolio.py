import datetime as dt

import pytest

from health.charts.portfolio import Movement, QuietPoint, movement_table, quiet_share_chart

TODAY = dt.date(2026, 6, 16)
MONTH_AGO = dt.date(2026, 5, 17)


def point(day, silent, steady, learning=0):
    accounts = {"silent": silent, "steady": steady, "learning": learning, "closed": 50}
    return QuietPoint(
        day, {k: float(v) for k, v in accounts.items()}, accounts, {"silent": "/list"}, is_reconstructed=False
    )


@pytest.mark.parametrize(
    ("then", "now", "finding"),
    [
        ((10, 90), (20, 80), "20% of 100 accounts are silent, up 10 points since 17 May"),
        ((20, 80), (10, 90), "10% of 100 accounts are silent, down 10 points since 17 May"),
        ((10, 90), (11, 89), "11% of 100 accounts are silent, about as on 17 May"),
        ((2, 10), (1, 11), "1 of 12 accounts is silent, 2 on 17 May"),
        ((0, 40), (0, 40), "0% of 40 accounts are silent, about as on 17 May"),
    ],
)
def test_the_title_tells_the_change_in_a_month_and_makes_none_of_one_account(then, now, finding):
    card = quiet_share_chart([point(MONTH_AGO, *then), point(TODAY, *now)], by_value=False, today=TODAY)
    assert card.finding == finding


def test_the_shares_say_what_they_are_of():
    card = quiet_share_chart([point(MONTH_AGO, 1, 31, 68), point(TODAY, 2, 30, 68)], by_value=False, today=TODAY)
    assert "today 100 accounts, 68 of them still learning" in card.subtitle


def test_one_day_is_said_and_not_drawn():
    card = quiet_share_chart([point(TODAY, 2, 30)], by_value=False, today=TODAY)
    assert card.figure is None
    assert "One day is known" in card.empty


def test_a_value_of_nothing_is_not_drawn():
    points = [QuietPoint(day, {}, {"silent": 3}, {}, is_reconstructed=False) for day in (MONTH_AGO, TODAY)]
    assert quiet_share_chart(points, by_value=True, today=TODAY).figure is None


def test_a_move_names_the_most_valuable_and_opens_all():
    move = Movement("steady", "silent", 5, 900.0, "/list", ((1, "Alder"), (2, "Birch")))
    card = movement_table([move], days=30, currency="EUR")
    assert card.finding == "5 grew quieter, 0 came back"
    assert [str(cell) for cell in card.table.rows[0]] == ["Steady", "Silent", "5", "900", "Alder; Birch"]
