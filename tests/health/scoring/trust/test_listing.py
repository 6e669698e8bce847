"""Lists of one review, put together by hand."""

from __future__ import annotations

import numpy as np

from health.scoring.trust.facts import NOBODY, AccountFacts
from health.scoring.trust.listing import Listed, listed_many
from health.scoring.trust.walk import Reviews, Walk
from tests.health.scoring.trust.hand_made import FIRST, TRUST

COUNT = 5


def listed(
    *,
    owner: tuple[int, ...] = (1,) * COUNT,
    capacity: int = 2,
    value: tuple[float, ...] = (1.0,) * COUNT,
    **columns: object,
) -> Listed:
    """Five flagged accounts of one value and risk; those that wait longer come later."""
    usual = {
        "review_day": np.full(COUNT, FIRST),
        "account_ids": np.arange(1, COUNT + 1),
        "last_day": np.full(COUNT, FIRST - 30),
        "client_last_day": np.full(COUNT, FIRST - 30),
        "touch_days": np.full(COUNT, 3),
        "silent_days": np.arange(10.0, 10.0 + COUNT),
        "horizon_days": np.full(COUNT, 30.0),
        "risk": np.full(COUNT, 0.5),
        "base_risk": np.full(COUNT, 0.5),
        "list_normal": np.full(COUNT, 0.1),
        "bgnbd_gone": np.zeros(COUNT),
        "rings_any": np.ones((COUNT, 1), dtype=bool),
        "rings_client": np.zeros((COUNT, 1), dtype=bool),
        "is_flagged": np.ones((COUNT, 1), dtype=bool),
    }
    reviews = Reviews(**usual | {name: np.asarray(column) for name, column in columns.items()})
    nobody = np.zeros(COUNT, dtype=np.int64)
    facts = AccountFacts(
        np.arange(1, COUNT + 1), np.array(owner), nobody, nobody, np.array(value), np.full(COUNT, capacity)
    )
    return listed_many(Walk(FIRST, (FIRST,), (2.0,), 0, ("lognormal",), reviews), facts, TRUST)


def places(chosen: np.ndarray) -> list[int]:
    return (np.flatnonzero(chosen) + 1).tolist()


def test_the_most_valuable_risk_of_the_most_surprising_silence_comes_first() -> None:
    assert places(listed(risk=[0.5, 0.9, 0.4, 0.8, 0.1]).is_shown) == [2, 4]
    assert places(listed(value=(1.0, 2.0, 3.0, 1.0, 1.0)).is_shown) == [2, 3]
    assert places(listed(list_normal=[0.3, 0.2, 0.5, 0.1, 0.4]).is_shown) == [2, 4]


def test_all_three_weigh_together() -> None:
    """Value at risk times surprise: 0.40, 0.36, 0.35, 0.30 and 0.24."""
    weighed = listed(value=(1, 2, 5, 3, 4), risk=[0.5, 0.3, 0.1, 0.2, 0.12], list_normal=[0.2, 0.4, 0.3, 0.5, 0.5])
    assert places(weighed.is_shown) == [1, 2]


def test_below_two_in_a_hundred_no_silence_is_more_surprising() -> None:
    """Of equals the first come first."""
    assert places(listed(list_normal=[0.02, 0.01, 0.001, 0.0, 0.0]).is_shown) == [1, 2]
    assert places(listed(list_normal=[0.03, 0.021, 0.02, 0.0, 0.0]).is_shown) == [3, 4]


def test_each_manager_has_a_list_of_their_own_and_nobody_has_none() -> None:
    two = listed(owner=(1, 2, 1, 2, NOBODY), capacity=1)
    assert places(two.is_shown) == [1, 2]
    assert places(two.is_longest) == [3, 4]


def test_the_longest_silence_has_as_many_places_as_there_were_flags_to_show() -> None:
    few = listed(is_flagged=[[True], [False], [False], [False], [False]], rings_any=np.zeros((COUNT, 1), dtype=bool))
    assert places(few.is_shown) == [1]
    assert places(few.is_longest) == [5]


def test_the_dormant_and_the_young_are_on_no_list() -> None:
    """Who rings without being flagged has been silent so long that no call helps, whichever series rings."""
    flags = [[True], [True], [True], [False], [False]]
    rings = [[True], [True], [True], [True], [False]]
    client = [[False], [False], [False], [False], [True]]
    lists = listed(capacity=3, is_flagged=flags, rings_any=rings, rings_client=client, touch_days=[2, 3, 3, 3, 3])
    assert places(lists.is_shown) == [2, 3]
    assert places(lists.is_longest) == [2, 3]
