import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.scoring.histories import TouchHistories

PAIRS = st.lists(st.tuples(st.integers(1, 6), st.integers(100, 130)), max_size=60)


def as_dict(histories: TouchHistories) -> dict[int, list[int]]:
    bounds = zip(histories.account_ids, histories.offsets[:-1], histories.offsets[1:], strict=True)
    return {int(account): histories.days[start:stop].tolist() for account, start, stop in bounds}


@given(PAIRS, st.randoms(use_true_random=False))
def test_order_and_duplicates_of_pairs_do_not_matter(pairs: list[tuple[int, int]], random: object) -> None:
    expected: dict[int, list[int]] = {}
    for account, day in sorted(set(pairs)):
        expected.setdefault(account, []).append(day)
    shuffled = pairs + pairs[::2]
    random.shuffle(shuffled)
    histories = TouchHistories.from_pairs([a for a, _ in shuffled], [d for _, d in shuffled])
    assert as_dict(histories) == expected


@given(PAIRS, st.integers(95, 135))
def test_as_of_keeps_what_was_known_on_that_day(pairs: list[tuple[int, int]], day: int) -> None:
    histories = TouchHistories.from_pairs([a for a, _ in pairs], [d for _, d in pairs])
    before = [(a, d) for a, d in pairs if d <= day]
    assert as_dict(histories.as_of(day)) == as_dict(
        TouchHistories.from_pairs([a for a, _ in before], [d for _, d in before])
    )


def test_gaps_know_their_account_position_and_days() -> None:
    histories = TouchHistories.from_pairs([7, 7, 7, 3, 9, 9], [10, 12, 20, 5, 1, 31])
    assert histories.account_ids.tolist() == [3, 7, 9]
    assert histories.n_gaps.tolist() == [0, 2, 1]
    assert histories.gaps.tolist() == [2, 8, 30]
    assert histories.gap_account.tolist() == [1, 1, 2]
    assert histories.gap_position.tolist() == [0, 1, 0]
    assert histories.gap_opened_days.tolist() == [10, 12, 1]
    assert histories.gap_closed_days.tolist() == [12, 20, 31]
    assert histories.first_days.tolist() == [5, 10, 1]
    assert histories.last_days.tolist() == [5, 20, 31]


def test_a_subset_keeps_id_order_by_position_or_mask() -> None:
    histories = TouchHistories.from_pairs([1, 2, 2, 3], [5, 6, 8, 7])
    assert as_dict(histories.subset(np.array([2, 0]))) == {1: [5], 3: [7]}
    assert as_dict(histories.subset(np.array([False, True, False]))) == {2: [6, 8]}


def test_chunks_put_together_are_the_whole() -> None:
    pairs = [(account, day) for account in range(20) for day in range(account % 5 + 1)]
    histories = TouchHistories.from_pairs(*zip(*pairs, strict=True))
    chunks = list(histories.chunks(max_gaps=7))
    assert len(chunks) > 3
    together: dict[int, list[int]] = {}
    for chunk in chunks:
        together |= as_dict(chunk)
    assert together == as_dict(histories)


def test_no_touches_make_an_empty_portfolio() -> None:
    empty = TouchHistories.from_pairs([], [])
    assert len(empty) == 0
    assert len(empty.gaps) == 0
    assert len(TouchHistories.of_one([10, 20]).as_of(9)) == 0


@pytest.mark.parametrize(
    ("ids", "offsets", "days", "named"),
    [
        ([2, 1], [0, 1, 2], [5, 6], "account_ids"),
        ([1, 2], [0, 2], [5, 6], "offsets must have one entry more"),
        ([1, 2], [0, 1, 3], [5, 6], "offsets must start at 0"),
        ([1, 2], [0, 2, 2], [5, 6], "strictly increasing: an account without"),
        ([1], [0, 2], [6, 5], "days must be strictly increasing"),
        ([1], [0, 2], [5, 5], "days must be strictly increasing"),
    ],
)
def test_broken_arrays_are_refused_by_name(ids: list, offsets: list, days: list, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        TouchHistories(np.array(ids), np.array(offsets), np.array(days, dtype=np.int32))


def test_days_must_be_ordinals_not_moments() -> None:
    with pytest.raises(ValueError, match="day ordinals"):
        TouchHistories(np.array([1]), np.array([0, 1]), np.array([5.5]))


def test_pairs_must_be_of_equal_length() -> None:
    with pytest.raises(ValueError, match="equal length"):
        TouchHistories.from_pairs([1, 2], [5])
