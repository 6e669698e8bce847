"""The counts that the database keeps equal a count over the scores after every way of writing them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Account, Segment, User
from config.days import firm_day
from health import tallies
from health.filters import EVERYONE, ListFilters
from health.models import AccountHealth, Band, BandTally, RenewalTally, Series, Snooze
from health.selectors.facets import Facets, list_facets
from health.selectors.models import StoredModel
from health.services import runs
from health.services.quiet import pause_account
from tests import factories

DAY = dt.date(2026, 6, 15)


def kept_bands() -> dict[tuple[int | None, str, str], list[int]]:
    sums: dict[tuple[int | None, str, str], list[int]] = {}
    rows = BandTally.objects.values_list(
        "segment_id", "band", "alarm_series", "account_count", "arr_cents", "value_at_risk_cents"
    )
    for segment_id, band, series, *figures in rows:
        known = sums.get((segment_id, band, series), [0, 0, 0])
        sums[segment_id, band, series] = [one + other for one, other in zip(known, figures, strict=True)]
    return {kind: figures for kind, figures in sums.items() if any(figures)}


def counted_bands() -> dict[tuple[int | None, str, str], list[int]]:
    sums: dict[tuple[int | None, str, str], list[int]] = {}
    for health in AccountHealth.objects.all():
        kind = health.segment_id, health.band, health.alarm_series
        known = sums.get(kind, [0, 0, 0])
        figures = 1, health.arr_cents or 0, health.value_at_risk_cents
        sums[kind] = [one + other for one, other in zip(known, figures, strict=True)]
    return sums


def kept_renewals() -> Counter[tuple[dt.date, int | None, str, str]]:
    kept: Counter[tuple[dt.date, int | None, str, str]] = Counter()
    for *kind, count in RenewalTally.objects.values_list(
        "renewal_on", "segment_id", "band", "alarm_series", "account_count"
    ):
        kept[tuple(kind)] += count  # type: ignore[index]
    return Counter({kind: count for kind, count in kept.items() if count})


def counted_renewals() -> Counter[tuple[dt.date, int | None, str, str]]:
    dated = AccountHealth.objects.filter(renewal_on__isnull=False)
    return Counter(dated.values_list("renewal_on", "segment_id", "band", "alarm_series"))


def assert_kept_as_counted() -> None:
    assert kept_bands() == counted_bands()
    assert kept_renewals() == counted_renewals()


def score(account: Account, **fields: object) -> AccountHealth:
    return AccountHealth.objects.create(
        account=account, as_of_on=DAY, computed_at=timezone.now(), band_since_on=DAY, **fields
    )


FIELDS = st.fixed_dictionaries(
    {
        "band": st.sampled_from(Band.values),
        "segment_place": st.sampled_from([None, 0, 1]),
        "alarm_series": st.sampled_from(["", *Series.values]),
        "renewal_on": st.sampled_from([None, DAY, DAY + dt.timedelta(days=30)]),
        "arr": st.one_of(st.none(), st.decimals(min_value=0, max_value=10**9, places=2)),
        "value_at_risk": st.decimals(min_value=0, max_value=10**9, places=2),
    }
)


def placed(fields: dict[str, object], segments: list[Segment]) -> dict[str, object]:
    """Return `fields` with a segment of this test instead of its place."""
    place = fields["segment_place"]
    segment = segments[place] if isinstance(place, int) else None
    return {**{name: value for name, value in fields.items() if name != "segment_place"}, "segment": segment}


@pytest.mark.django_db
@given(
    made=st.lists(FIELDS, min_size=1, max_size=6),
    changed=st.lists(st.tuples(st.integers(0, 5), FIELDS), max_size=6),
    gone=st.sets(st.integers(0, 5), max_size=3),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_written_the_kept_counts_equal_a_count(
    made: list[dict[str, object]], changed: list[tuple[int, dict[str, object]]], gone: set[int]
) -> None:
    Account.objects.all().delete()
    assert_kept_as_counted()
    segments = factories.SegmentFactory.create_batch(2)
    accounts = factories.AccountFactory.create_batch(len(made))
    for account, fields in zip(accounts, made, strict=True):
        score(account, **placed(fields, segments))
    assert_kept_as_counted()
    for place, fields in changed:
        AccountHealth.objects.filter(account=accounts[place % len(accounts)]).update(**placed(fields, segments))
    assert_kept_as_counted()
    tallies.settle()
    assert_kept_as_counted()
    Account.objects.filter(pk__in=[accounts[place % len(accounts)].pk for place in gone]).delete()
    segments[0].delete()
    assert_kept_as_counted()
    rows_before = kept_bands(), kept_renewals()
    tallies.recount()
    assert (kept_bands(), kept_renewals()) == rows_before


def figures(facets: Facets) -> set[object]:
    """Return what the facets count, without the empty ones and without what a narrowing adds."""
    return {
        dataclasses.replace(
            facet, renewing=dataclasses.replace(facet.renewing, arr=Decimal(0), value_at_risk=Decimal(0))
        )
        for facet in facets.facets
    }


def assert_list_counts_exactly(reader: User) -> None:
    """Compare the kept counts with those of the list narrowed to renewals, which is counted row by row."""
    today = firm_day(timezone.now())
    kept = list_facets(reader, ListFilters(EVERYONE), today=today)
    counted = list_facets(reader, ListFilters(EVERYONE, renews=90), today=today)
    assert figures(kept) == figures(counted)


@pytest.mark.django_db
def test_an_executives_counts_stay_exact_through_a_day(
    erin: User, root: User, account: Account, model: StoredModel
) -> None:
    now = timezone.now()
    today = firm_day(now)
    others = factories.AccountFactory.create_batch(3, segment=factories.SegmentFactory(name="Small"))
    for place, one in enumerate((account, *others)):
        factories.touches_on(one, *(today - dt.timedelta(days=days) for days in range(40 - 9 * place, 200, 8)))
    runs.sweep(now=now)
    assert AccountHealth.objects.count() == 4
    assert_list_counts_exactly(erin)

    Snooze.objects.create(
        account=account, author=root, reason="Busy", until_on=today + dt.timedelta(days=9), created_at=now
    )
    assert_list_counts_exactly(erin)
    others[0].segment, others[0].arr, others[0].renewal_on = None, Decimal("5000.50"), today
    others[0].save()
    pause_account(account=others[1], author=root, reason="Shut", starts_on=today, ends_on=today, now=now)
    factories.touches_on(others[2], today)
    runs.sweep(now=timezone.now())
    assert AccountHealth.objects.filter(segment=None, arr=Decimal("5000.50"), renewal_on=today).exists()
    assert AccountHealth.objects.filter(band=Band.PAUSED).exists()
    assert_kept_as_counted()
    assert_list_counts_exactly(erin)

    others[2].delete()
    runs.run_now(kind="nightly", as_of=timezone.now())
    assert_kept_as_counted()
    assert_list_counts_exactly(erin)


@pytest.mark.django_db
def test_settling_leaves_one_row_of_each_kind(account: Account) -> None:
    score(account, band=Band.SILENT, renewal_on=DAY)
    for band in (Band.STEADY, Band.SILENT, Band.DRIFTING):
        AccountHealth.objects.update(band=band)
    tallies.settle()
    assert list(BandTally.objects.values_list("band", "account_count")) == [(Band.DRIFTING, 1)]
    assert list(RenewalTally.objects.values_list("band", "account_count")) == [(Band.DRIFTING, 1)]


@pytest.mark.django_db
def test_long_tallies_are_settled_and_short_ones_left(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "SETTLE_ABOVE", 2)
    score(account, band=Band.SILENT)
    assert not tallies.settle_if_long()
    AccountHealth.objects.update(band=Band.STEADY)
    assert tallies.settle_if_long()
    assert BandTally.objects.count() == 1


@pytest.mark.django_db
def test_counting_anew_mends_what_was_changed_by_hand(account: Account) -> None:
    score(account, band=Band.SILENT, renewal_on=DAY)
    BandTally.objects.update(account_count=7)
    RenewalTally.objects.all().delete()
    tallies.recount()
    assert_kept_as_counted()


@pytest.mark.django_db
def test_a_manager_is_never_shown_a_kept_count(alice: User, account: Account) -> None:
    score(account, band=Band.SILENT)
    score(factories.AccountFactory(), band=Band.SILENT)
    own = list_facets(alice, ListFilters("mine"), today=DAY)
    wide = list_facets(alice, ListFilters(EVERYONE), today=DAY)
    assert (own.total.count, wide.total.count) == (1, 1)
