import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.columns import NO_NUMBER
from health.scoring.groups import group_by, smallest

KEY = st.sampled_from([NO_NUMBER, -1, 0, 1, 2, 10**12])


@given(st.lists(st.tuples(KEY, KEY, st.integers(-(10**9), 10**9)), max_size=40))
def test_groups_are_those_of_a_dictionary(rows):
    first, second, values = (np.array([row[place] for row in rows], dtype=np.int64) for place in range(3))
    slow: dict[tuple[int, int], list[int]] = {}
    for one, other, value in rows:
        slow.setdefault((one, other), []).append(value)
    groups = group_by(first, second)
    kinds = list(zip(first[groups.first].tolist(), second[groups.first].tolist(), strict=True))
    assert kinds == sorted(slow)
    assert groups.count.tolist() == [len(slow[kind]) for kind in kinds]
    assert groups.sums(values).tolist() == [sum(slow[kind]) for kind in kinds]
    low, high = groups.bounds(values)
    assert low.tolist() == [min(slow[kind]) for kind in kinds]
    assert high.tolist() == [max(slow[kind]) for kind in kinds]
    assert [values[groups.rows(group)].tolist() for group in range(len(kinds))] == [slow[kind] for kind in kinds]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=30), st.integers(1, 8))
def test_the_smallest_are_the_first_of_all_in_order(rows, size):
    lead, tie = (np.array([row[place] for row in rows], dtype=np.int64) for place in range(2))
    found = smallest(size, lead, tie, np.arange(len(rows)))
    assert found.tolist() == sorted(range(len(rows)), key=lambda place: (*rows[place], place))[:size]


def test_keys_far_apart_are_told_apart_too():
    groups = group_by(np.array([5, 10**15, 5]))
    assert groups.of_row.tolist() == [0, 1, 0]
    assert groups.count.tolist() == [2, 1]


@pytest.mark.parametrize("keys", [1, 2])
def test_of_no_rows_there_are_no_groups(keys):
    groups = group_by(*[np.zeros(0, dtype=np.int64)] * keys)
    assert (len(groups.first), len(groups.sums(np.zeros(0)))) == (0, 0)
