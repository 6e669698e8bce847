import datetime as dt

from health.charts.renewals import MonthOfRenewals, RenewalMark, RenewalsAhead, renewal_months_chart, renewals_chart

TODAY = dt.date(2026, 6, 16)


def mark(risk, count=1, arr=1000.0, name="", days=10):
    day = TODAY + dt.timedelta(days=days)
    return RenewalMark("steady", day, day, risk, count, arr, name, "/list")


def ahead(*marks):
    return RenewalsAhead(marks, (), 180, 0)


def months(*amounts):
    return [
        MonthOfRenewals(dt.date(2026, 6 + n, 1), int(arr > 0), arr, at_risk, "/list")
        for n, (arr, at_risk) in enumerate(amounts)
    ]


def test_a_mark_of_several_says_how_many_and_has_room_for_the_number():
    card = renewals_chart(
        ahead(mark(0.2, count=3, arr=0.0), mark(0.3, arr=50_000.0, name="Alder")), currency="EUR", today=TODAY
    )
    trace = card.figure["data"][0]
    assert list(trace["text"]) == ["3", ""]
    assert min(trace["marker"]["size"]) >= 15
    assert "3 accounts" in trace["hovertext"][0]
    assert "Alder" in trace["hovertext"][1]
    assert "so many accounts at the same spot" in card.subtitle


def test_the_title_counts_accounts_not_marks():
    card = renewals_chart(
        ahead(mark(0.8, count=3, arr=9000.0), mark(0.5, arr=1000.0), mark(0.4)), currency="EUR", today=TODAY
    )
    assert card.finding == "4 renewals are more likely silent than not: €10k"


def test_no_renewal_is_said():
    card = renewals_chart(ahead(), currency="EUR", today=TODAY)
    assert card.figure is None
    assert card.finding == "No renewal is known for the next 180 days"


def test_a_month_that_stands_out_is_named():
    card = renewal_months_chart(months((1000, 100), (1000, 700), (1000, 100)), currency="EUR")
    assert card.finding == "€900 of what renews in 3 months is at risk, most in July: €700"


def test_months_that_are_much_alike_are_not_told_apart():
    card = renewal_months_chart(months((1000, 300), (1000, 310), (1000, 300)), currency="EUR")
    assert card.finding == "€910 of what renews in 3 months is at risk"


def test_renewals_without_a_value_are_said_and_not_drawn():
    card = renewal_months_chart(months((0, 0), (0, 0)), currency="EUR")
    assert card.figure is None
    assert card.finding == "No renewal is known ahead"


def test_a_month_without_a_renewal_leads_nowhere():
    card = renewal_months_chart(months((1000, 100), (0, 0)), currency="EUR")
    assert list(card.figure["data"][0]["customdata"]) == ["/list", None]
