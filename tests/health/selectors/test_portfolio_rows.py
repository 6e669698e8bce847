"""The portfolio's figures equal a plain count, row by row, for every reader, whatever has changed since they were kept.

The slow side goes over model objects in Python and knows nothing of arrays or of what is kept.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.access import accounts_visible_to
from accounts.models import Account, User
from health import kept_rows
from health.models import AccountHealth, Band, BandChange, HealthDay, PortfolioColumn, PortfolioMark
from health.portfolio_rows import PortfolioRows
from health.selectors.league import health_league
from health.selectors.portfolio import (
    PortfolioFilters,
    band_totals,
    movement_between,
    renewals_ahead,
    totals_by_place,
)
from health.selectors.portfolio_rows import rows_in_scope, sunday_of_history
from health.selectors.renewals import renewal_months, renewal_spots, renewing_rows
from health.services.kept_rows import keep_rows_if_due
from tests import factories

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 6, 15)
SINCE = TODAY - dt.timedelta(days=30)
THEN_ON = dt.date(2026, 5, 10)
MONTHS_END = dt.date(2026, 9, 1)

FIELDS = st.fixed_dictionaries(
    {
        "band": st.sampled_from(Band.values),
        "segment": st.sampled_from([None, 0, 1]),
        "renewal_on": st.sampled_from([None, *(TODAY + dt.timedelta(days=days) for days in (-1, 0, 6, 7, 40, 41))]),
        "risk": st.sampled_from([None, 0.0, 0.04, 0.3, 0.31, 0.95, 1.0]),
        "health_score": st.sampled_from([None, 10.0, 50.0, 55.0, 90.0]),
        "arr": st.sampled_from([None, Decimal(0), Decimal("10.50"), Decimal(4000)]),
        "value_at_risk": st.sampled_from([Decimal(0), Decimal("3.25")]),
        "band_since_on": st.sampled_from([SINCE - dt.timedelta(days=1), SINCE, SINCE + dt.timedelta(days=9)]),
    }
)
PAST = st.fixed_dictionaries(
    {
        "owner": st.sampled_from(["alice", "charlie", None]),
        "team": st.sampled_from(["north", "south", None]),
        "health_then": st.sampled_from([None, 10.0, 52.0, 90.0]),
        "changes": st.lists(
            st.tuples(st.sampled_from([-3, 0, 2, 9]), st.sampled_from(["", "steady", "silent"])),
            max_size=3,
            unique_by=lambda change: change[0],
        ),
    }
)
ACCOUNT = st.tuples(FIELDS, PAST)


@pytest.fixture
def firm(north, south, alice, bob, charlie, dora, erin, root):
    """The people by name, their teams, and two segments."""
    people = {"alice": alice, "bob": bob, "charlie": charlie, "dora": dora, "erin": erin, "root": root, None: None}
    teams = {"north": north, "south": south, None: None}
    return people, teams, factories.SegmentFactory.create_batch(2)


def values_of(fields: dict, segments: list) -> dict:
    segment = {None: None, 0: segments[0], 1: segments[1]}[fields["segment"]]
    return {**fields, "segment": segment}


def make(firm, fields: dict, past: dict) -> Account:
    people, teams, segments = firm
    account = factories.AccountFactory(owner=people[past["owner"]], team=teams[past["team"]])
    AccountHealth.objects.create(
        account=account, as_of_on=TODAY, computed_at=timezone.now(), **values_of(fields, segments)
    )
    HealthDay.objects.create(account=account, day=THEN_ON, band=Band.STEADY, health_score=past["health_then"])
    for days, band in past["changes"]:
        BandChange.objects.create(
            account=account, changed_on=SINCE + dt.timedelta(days=days), from_band=band, to_band=Band.DRIFTING
        )
    return account


def scope_of(user: User, filters: PortfolioFilters) -> list[AccountHealth]:
    found = AccountHealth.objects.filter(account__in=accounts_visible_to(user)).select_related("account")
    wanted = [
        (filters.team, lambda health: health.account.team_id),
        (filters.owner, lambda health: health.account.owner_id),
        (filters.segment, lambda health: health.segment_id),
    ]
    return [health for health in found.order_by("pk") if all(key in (None, of(health)) for key, of in wanted)]


def rows_for(user: User, filters: PortfolioFilters) -> PortfolioRows:
    return rows_in_scope(user, filters, since=SINCE, then_on=THEN_ON)


def assert_places(rows: PortfolioRows, scope: list[AccountHealth]) -> None:
    slow: dict[tuple, list] = defaultdict(lambda: [0, Decimal(0), Decimal(0), 0, 0])
    for health in scope:
        soon = health.renewal_on is not None and 0 <= (health.renewal_on - TODAY).days <= 40
        sums = slow[health.account.team_id, health.segment_id, health.band]
        added = 1, health.arr or 0, health.value_at_risk, soon, soon and health.risk is not None
        sums[:] = [one + other for one, other in zip(sums, added, strict=True)]
    places = totals_by_place(rows, today=TODAY, renewal_days=40)
    assert {
        (place.team, place.segment, place.band): [
            place.count,
            place.arr,
            place.value_at_risk,
            place.renewing,
            place.renewing_scored,
        ]
        for place in places
    } == slow
    assert sum(total.count for total in band_totals(places).values()) == len(scope)


def assert_movement(rows: PortfolioRows, scope: list[AccountHealth]) -> None:
    slow: dict[tuple[str, str], list[AccountHealth]] = defaultdict(list)
    for health in scope:
        later = BandChange.objects.filter(account=health.pk, changed_on__gt=SINCE).order_by("changed_on").first()
        was = later.from_band if later and health.band_since_on > SINCE else ""
        slow[was, health.band].append(health)
    moved = {kind: found for kind, found in slow.items() if kind[0] and kind[0] != kind[1]}
    told = {(move.from_band, move.to_band): (move.count, move.arr, move.largest) for move in movement_between(rows)}
    assert told == {
        kind: (
            len(found),
            float(sum(health.arr or 0 for health in found)),
            tuple((health.pk, health.account.name) for health in by_value(found)[:3]),
        )
        for kind, found in moved.items()
    }


def by_value(found: list[AccountHealth]) -> list[AccountHealth]:
    return sorted(found, key=lambda health: (health.arr is None, -(health.arr or 0), health.pk))


def assert_renewals(rows: PortfolioRows, scope: list[AccountHealth]) -> None:
    opened = [health for health in scope if health.band != Band.CLOSED and health.renewal_on is not None]
    ahead = [h for h in opened if 0 <= (h.renewal_on - TODAY).days <= 40 and h.risk is not None]
    renewing = renewing_rows(rows, today=TODAY, days=40)
    assert [
        (row.account_id, row.name, row.band, row.renewal_on, row.risk, row.arr) for row in renewals_ahead(renewing)
    ] == [(h.pk, h.account.name, h.band, h.renewal_on, h.risk, float(h.arr or 0)) for h in by_value(ahead)]
    slow: dict[tuple, list[AccountHealth]] = defaultdict(list)
    for health in ahead:
        slow[health.band, (health.renewal_on - TODAY).days // 7, min(int(health.risk * 20), 19)].append(health)
    assert {
        (s.band, (s.first_on - TODAY).days // 7, s.risk_step): (s.first_on, s.last_on, s.count, s.arr, s.account_id)
        for s in renewal_spots(renewing, today=TODAY)
    } == {
        kind: (
            min(h.renewal_on for h in found),
            max(h.renewal_on for h in found),
            len(found),
            float(sum(h.arr or 0 for h in found)),
            found[0].pk if len(found) == 1 else None,
        )
        for kind, found in slow.items()
    }
    within = [h for h in opened if TODAY <= h.renewal_on < MONTHS_END]
    months = renewal_months(rows, today=TODAY, months=3)
    assert [(m.first_on, m.count, m.arr, m.value_at_risk) for m in months] == [
        (
            start,
            len(found),
            float(sum(h.arr or 0 for h in found)),
            float(sum(h.value_at_risk for h in found)),
        )
        for start in (TODAY, dt.date(2026, 7, 1), dt.date(2026, 8, 1))
        for found in [[h for h in within if (h.renewal_on.year, h.renewal_on.month) == (start.year, start.month)]]
    ]


def assert_league(rows: PortfolioRows, scope: list[AccountHealth]) -> None:
    then = dict(HealthDay.objects.filter(day=THEN_ON).values_list("account_id", "health_score"))
    points = {
        h.pk: h.health_score - then[h.pk]
        for h in scope
        if h.band not in {Band.CLOSED, Band.PAUSED} and None not in {h.health_score, then.get(h.pk)}
    }
    league = health_league(rows, since=THEN_ON, today=TODAY, size=3)
    falls = sorted((moved, pk) for pk, moved in points.items() if moved <= -5)
    rises = sorted((-moved, pk) for pk, moved in points.items() if moved >= 5)
    assert [(move.points, move.account_id) for move in league.fallers] == falls[:3]
    assert [(-move.points, move.account_id) for move in league.risers] == rises[:3]


def keep_all() -> None:
    """Keep every bucket as it is now."""
    PortfolioColumn.objects.all().delete()
    keep_rows_if_due(today=TODAY)


def assert_figures_are_those_of_a_count(firm) -> None:
    people, teams, segments = firm
    filters = (
        PortfolioFilters(),
        PortfolioFilters(team=teams["north"].pk),
        PortfolioFilters(owner=people["charlie"].pk, segment=segments[0].pk),
    )
    for user in (person for person in people.values() if person):
        for chosen in filters:
            rows, scope = rows_for(user, chosen), scope_of(user, chosen)
            assert sorted(rows.account_id.tolist()) == [health.pk for health in scope]
            assert_places(rows, scope)
            assert_movement(rows, scope)
            assert_renewals(rows, scope)
            assert_league(rows, scope)


@pytest.mark.parametrize("looked_up_below", [0, 10**9])
@given(
    kept=st.lists(ACCOUNT, min_size=1, max_size=6),
    changed=st.lists(st.tuples(st.integers(0, 5), FIELDS), max_size=3),
    moved=st.sampled_from(["alice", "charlie", None]),
    added=st.lists(ACCOUNT, max_size=2),
)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_figures_equal_a_plain_count_whatever_has_changed(
    firm, monkeypatch, looked_up_below, kept, changed, moved, added
):
    monkeypatch.setattr(kept_rows, "LOOKED_UP_BELOW", looked_up_below)
    Account.objects.all().delete()
    people, teams, segments = firm
    accounts = [make(firm, *one) for one in kept]
    keep_all()
    assert not PortfolioMark.objects.exists()
    for place, fields in changed:
        AccountHealth.objects.filter(account=accounts[place % len(accounts)]).update(**values_of(fields, segments))
    Account.objects.filter(pk=accounts[0].pk).update(owner=people[moved], team=teams["south"])
    for one in added:
        make(firm, *one)
    Account.objects.filter(pk=accounts[-1].pk).delete()
    assert_figures_are_those_of_a_count(firm)


@pytest.fixture
def kept(firm):
    """One account of Alice's, kept."""
    past = {"owner": "alice", "team": "north", "health_then": 90.0, "changes": [(9, "steady")]}
    fields = {
        "band": Band.SILENT, "segment": 0, "renewal_on": TODAY, "risk": 0.3, "health_score": 10.0,
        "arr": Decimal(100), "value_at_risk": Decimal(30), "band_since_on": SINCE + dt.timedelta(days=9),
    }  # fmt: skip
    account = make(firm, fields, past)
    keep_all()
    return account


def test_what_is_kept_is_read_where_nothing_has_changed(kept, erin):
    """Behind the back of the triggers, so that only what is kept knows the account."""
    PortfolioMark.objects.all().delete()
    AccountHealth.objects.all().delete()
    PortfolioMark.objects.all().delete()
    rows = rows_for(erin, PortfolioFilters())
    assert rows.account_id.tolist() == [kept.pk]
    assert rows.health_then.tolist() == [90.0]


def test_nobody_else_is_shown_what_is_kept(kept, charlie, dora, alice, monkeypatch):
    monkeypatch.setattr(kept_rows, "LOOKED_UP_BELOW", 0)
    assert [len(rows_for(user, PortfolioFilters())) for user in (charlie, dora, alice)] == [0, 0, 1]


def test_somebody_who_has_left_sees_nothing(kept, erin):
    erin.is_active = False
    assert len(rows_for(erin, PortfolioFilters())) == 0


def test_a_day_that_is_not_kept_is_read_from_the_tables(kept, erin):
    rows = rows_in_scope(
        erin, PortfolioFilters(), since=SINCE + dt.timedelta(days=5), then_on=THEN_ON - dt.timedelta(days=7)
    )
    assert rows.account_id.tolist() == [kept.pk]
    assert rows.was.tolist() == [Band.values.index(Band.STEADY) + 1]


def test_a_statement_over_many_accounts_marks_their_bucket(firm, erin):
    accounts = Account.objects.bulk_create([Account(name=f"Account {n}") for n in range(1001)])
    AccountHealth.objects.bulk_create(
        [
            AccountHealth(
                account=account, as_of_on=TODAY, computed_at=timezone.now(), band=Band.STEADY, band_since_on=TODAY
            )
            for account in accounts
        ]
    )
    keep_all()
    AccountHealth.objects.update(band=Band.SILENT)
    assert set(PortfolioMark.objects.values_list("account_id", flat=True)) == {None}
    assert set(rows_for(erin, PortfolioFilters()).band.tolist()) == {Band.values.index(Band.SILENT) + 1}
    assert keep_rows_if_due(today=TODAY)
    assert not PortfolioMark.objects.exists()
    assert set(rows_for(erin, PortfolioFilters()).band.tolist()) == {Band.values.index(Band.SILENT) + 1}


def test_buckets_are_kept_anew_when_pages_ask_for_other_days_or_much_has_changed(kept, monkeypatch):
    assert keep_rows_if_due(today=TODAY) == 0
    assert keep_rows_if_due(today=TODAY + dt.timedelta(days=1)) == 0  # kept for the pages after midnight too
    assert keep_rows_if_due(today=TODAY + dt.timedelta(days=2)) == 1
    assert keep_rows_if_due(today=TODAY + dt.timedelta(days=2)) == 0
    monkeypatch.setattr("health.services.kept_rows.MARKS_BEFORE_KEPT_ANEW", 1)
    for band in (Band.STEADY, Band.DRIFTING):
        AccountHealth.objects.update(band=band)
    assert keep_rows_if_due(today=TODAY + dt.timedelta(days=2)) == 1
    assert PortfolioColumn.objects.filter(name="band").count() == 1


def test_the_day_of_history_is_a_sunday_that_the_firm_knows(firm):
    assert sunday_of_history(dt.date(2026, 5, 13), today=TODAY) == THEN_ON
