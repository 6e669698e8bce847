"""One silence, one flag: how the two series of touches come together."""

from __future__ import annotations

import numpy as np

from health.scoring.histories import TouchHistories
from health.scoring.trust.params import TrustSettings
from health.scoring.trust.silences import gaps_seen, lost_accounts, silences_of
from health.scoring.trust.walk import Reviews, Walk

TRUST = TrustSettings()
FIRST, LAST = 1_000, 1_364
REVIEW_DAYS = tuple(range(FIRST, LAST + 1, 7))
#: the client answers until day 1,050, and again on day 1,200; we go on writing
ANY = TouchHistories.from_pairs([1] * 8, [900, 950, 1_000, 1_050, 1_100, 1_150, 1_200, 1_220])
CLIENT = TouchHistories.from_pairs([1] * 5, [900, 950, 1_000, 1_050, 1_200])


def walk(*, any_from: int, client_from: int) -> Walk:
    """One account, whose alarm rings after so many days of silence in either series."""
    days = np.array(REVIEW_DAYS)
    last, client_last = (
        np.array([known.as_of(day).last_days[0] for day in REVIEW_DAYS], dtype=np.int64) for known in (ANY, CLIENT)
    )
    some = np.full(len(days), 0.5)
    reviews = Reviews(
        review_day=days,
        account_ids=np.ones(len(days), dtype=np.int64),
        last_day=last,
        client_last_day=client_last,
        touch_days=np.array([ANY.as_of(day).touch_days[0] for day in REVIEW_DAYS]),
        silent_days=(days - last).astype(np.float64),
        horizon_days=np.full(len(days), 100.4),
        risk=some,
        base_risk=some,
        list_normal=some,
        bgnbd_gone=some,
        rings_any=(days - last >= any_from)[:, None],
        rings_client=(days - client_last >= client_from)[:, None],
        is_flagged=np.zeros((len(days), 1), dtype=bool),
    )
    return Walk(LAST, REVIEW_DAYS, (2.0,), 0, ("lognormal",), reviews)


def told(past: Walk) -> list[tuple[int, int, int]]:
    """When each silence began, rang and ended."""
    gaps = gaps_seen(past.reviews, past.reviews.last_day, ANY, TRUST)
    client = gaps_seen(past.reviews, past.reviews.client_last_day, CLIENT, TRUST)
    found = silences_of(past, gaps, client, min_touch_days=3)
    rang = found.is_raised[:, 0]
    return sorted(
        zip(
            found.opened_day[rang].tolist(),
            found.first_alarm[rang, 0].tolist(),
            found.closed_day[rang].tolist(),
            strict=True,
        )
    )


def test_a_client_who_does_not_answer_while_we_write_is_one_silence() -> None:
    """From 1,050 to 1,200 the client's silence rings once; in the end both series are silent, which is one as well."""
    assert told(walk(any_from=60, client_from=80)) == [(1_050, 1_133, 1_200), (1_200, 1_280, 0)]


def test_our_own_mail_ends_a_silence_of_its_own() -> None:
    """Both of 1,000 to 1,050 ended with one touch; 1,050 to 1,100 was ended by us, the client's went on to 1,200."""
    rang = told(walk(any_from=45, client_from=45))
    assert [(opened, closed) for opened, _, closed in rang] == [
        (1_000, 1_050), (1_050, 1_100), (1_050, 1_200), (1_100, 1_150), (1_200, 0),
    ]  # fmt: skip


def test_an_account_that_stood_flagged_before_its_last_touch_was_flagged_on_that_day() -> None:
    past = walk(any_from=500, client_from=10)
    gaps = gaps_seen(past.reviews, past.reviews.last_day, ANY, TRUST)
    client = gaps_seen(past.reviews, past.reviews.client_last_day, CLIENT, TRUST)
    lost = lost_accounts(past, gaps, silences_of(past, gaps, client, min_touch_days=3), min_touch_days=3)
    assert (lost.opened_day.tolist(), lost.alarm_day.tolist()) == ([1_220], [[1_220]])


def test_a_silence_is_lost_after_its_own_horizon_when_that_is_longer_than_the_least() -> None:
    gaps = gaps_seen(
        walk(any_from=60, client_from=60).reviews, walk(any_from=60, client_from=60).reviews.last_day, ANY, TRUST
    )
    assert (gaps.settled_day - gaps.opened_day).tolist() == [101] * len(gaps.opened_day)
