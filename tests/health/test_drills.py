import datetime as dt
from urllib.parse import urlencode

import pytest

from health.drills import NO_DRILL, Drill, read_drill

DRILLS = [
    Drill(stood="silent", stood_on=dt.date(2026, 6, 14)),
    Drill(renews_from=dt.date(2026, 6, 15), renews_to=dt.date(2026, 6, 30)),
    Drill(risk_step=0),
    Drill(risk_step=19),
    Drill(touched="call", month=dt.date(2026, 5, 1)),
    Drill(touched="any", month=dt.date(2026, 5, 1), risk_step=7),
]


@pytest.mark.parametrize("drill", [NO_DRILL, *DRILLS])
def test_a_drill_stands_in_the_address_and_is_read_from_it(drill):
    wrong: list[str] = []
    assert read_drill(drill.query(), wrong) == drill
    assert wrong == []


@pytest.mark.parametrize("drill", [NO_DRILL, *DRILLS])
def test_a_drill_needs_no_quoting(drill):
    assert drill.query_string() == "".join(f"&{urlencode({name: value})}" for name, value in drill.query().items())


@pytest.mark.parametrize(
    "query",
    [
        {"stood": "silent"},
        {"on": "2026-06-14"},
        {"stood": "noisy", "on": "2026-06-14"},
        {"stood": "silent", "on": "yesterday"},
        {"renewing": "2026-06-15"},
        {"renewing": "2026-06-15..soon"},
        {"risk": "3-8"},
        {"risk": "100-105"},
        {"risk": "-5-0"},
        {"risk": "high"},
        {"touched": "call"},
        {"touched": "pigeon", "month": "2026-05"},
        {"touched": "call", "month": "2026-13"},
    ],
)
def test_what_is_not_understood_is_left_out_and_named(query):
    wrong: list[str] = []
    assert read_drill(query, wrong) == NO_DRILL
    assert len(wrong) == 1


def test_each_narrowing_is_named_and_can_be_taken_off_by_itself():
    drill = Drill(
        "silent", dt.date(2026, 6, 14), dt.date(2026, 7, 1), dt.date(2026, 7, 31), 9, "email", dt.date(2026, 5, 1)
    )
    labels = [label for label, _ in drill.labels()]
    assert labels == [
        "Silent on 14 Jun 2026",
        "Renews 1 Jul 2026 to 31 Jul 2026",
        "Risk 45 to 50%",
        "E-mail in May 2026",
    ]
    assert [len(left.labels()) for _, left in drill.labels()] == [3, 3, 3, 3]
