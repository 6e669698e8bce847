"""Talk patterns in SQL: as the pure code computes them, the same when rebuilt, and as they were on a past day."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields

import numpy as np
import pytest

from accounts.models import Account, Contact
from health.models import TalkPattern
from health.scoring.signals.statistics import compute_talk_stats
from health.scoring.signals.talk_days import TalkStats
from health.talk_patterns import read_talk_days, read_talk_patterns, rebuild_talk_patterns
from tests import factories
from touchpoints.models import Touchpoint

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 6, 15)
CHANNELS = np.array(["call", "email", "email", "visit", "text", "ticket"])
DIRECTIONS = np.array(["mutual", "outbound", "outbound", "inbound", "unknown"])
LEVELS = ("executive", "director", "manager", "analyst", "")


@pytest.fixture
def lively(north, alice) -> list[Account]:
    """Twelve accounts with whatever can happen: all channels and directions, people of all ranks, some of them gone."""
    rng = np.random.default_rng(11)
    source = factories.SourceFactory()
    accounts = [factories.AccountFactory(owner=alice, team=north) for _ in range(12)]
    touches, links = [], []
    for number, account in enumerate(accounts):
        people = [factories.ContactFactory(account=account, level=level) for level in LEVELS[: number % 6]]
        Contact.objects.filter(pk__in=[one.pk for one in people[:1]]).update(
            left_on=[None, MONDAY - dt.timedelta(days=40), MONDAY + dt.timedelta(days=9)][number % 3]
        )
        ages = 1 + rng.choice(900, size=[1, 2, 30, 90, 200, 260][number % 6], replace=True)
        for place, age in enumerate(ages.tolist()):
            at = dt.datetime.combine(MONDAY - dt.timedelta(days=age), dt.time(9 + place % 8), tzinfo=dt.UTC)
            direction = str(rng.choice(DIRECTIONS[:3] if age < 60 and number % 2 else DIRECTIONS))
            touches.append(
                Touchpoint(
                    account=account,
                    source=source,
                    external_id=f"{number}-{place}",
                    occurred_at=at,
                    channel=str(rng.choice(CHANNELS)),
                    direction=direction,
                    outcome="voicemail" if place % 17 == 16 else "",
                    is_automated=place % 19 == 18,
                )
            )
            links.append([one.pk for one in people if rng.random() < 0.3])
    stored = Touchpoint.objects.bulk_create(touches)
    link = Touchpoint.contacts.through
    link.objects.bulk_create(
        link(touchpoint_id=touch.pk, contact_id=pk) for touch, pks in zip(stored, links, strict=True) for pk in pks
    )
    return accounts


def ids_of(accounts: list[Account]) -> list[int]:
    return [account.pk for account in accounts]


def assert_same(one: TalkStats, other: TalkStats) -> None:
    for column in fields(TalkStats):
        np.testing.assert_allclose(
            getattr(one, column.name), getattr(other, column.name), rtol=1e-12, err_msg=column.name
        )


def test_sql_and_numpy_agree_on_every_statistic(lively: list[Account], as_of: dt.datetime) -> None:
    ids = ids_of(lively)
    rebuild_talk_patterns(ids, as_of=as_of)
    stored = read_talk_patterns(ids)
    assert len(stored) == 12
    assert_same(stored, compute_talk_stats(read_talk_days(ids, as_of=as_of).as_of(MONDAY.toordinal())))


@pytest.mark.parametrize("age", [1, 45, 100, 400])
def test_a_past_day_is_computed_from_what_was_known_by_then(
    lively: list[Account], as_of: dt.datetime, age: int
) -> None:
    ids, day = ids_of(lively), MONDAY - dt.timedelta(days=age)
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(0), tzinfo=dt.UTC) - dt.timedelta(seconds=1)
    then = compute_talk_stats(read_talk_days(ids, as_of=as_of).as_of(day.toordinal()))
    assert_same(compute_talk_stats(read_talk_days(ids, as_of=end)), then)
    rebuild_talk_patterns(ids, as_of=end)
    assert_same(read_talk_patterns(ids), then)


def test_rebuilding_again_changes_no_row(lively: list[Account], as_of: dt.datetime) -> None:
    assert rebuild_talk_patterns(ids_of(lively), as_of=as_of) == 12
    assert rebuild_talk_patterns(ids_of(lively), as_of=as_of + dt.timedelta(days=1)) == 0
    assert set(TalkPattern.objects.values_list("computed_at", flat=True)) == {as_of}


def test_an_account_left_without_touches_loses_its_row(lively: list[Account], as_of: dt.datetime) -> None:
    rebuild_talk_patterns(ids_of(lively), as_of=as_of)
    Touchpoint.objects.filter(account=lively[3]).update(deleted_at=as_of)
    rebuild_talk_patterns(ids_of(lively), as_of=as_of)
    assert not TalkPattern.objects.filter(account=lively[3]).exists()


def test_no_accounts_are_no_rows(db: None, as_of: dt.datetime) -> None:
    assert len(read_talk_patterns([])) == 0
    assert len(read_talk_days([], as_of=as_of)) == 0
