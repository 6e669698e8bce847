"""Counts of a list: every tile, chip and total from two queries, and the conditions that its rows share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import BigIntegerField, Count, Exists, OuterRef, Q, QuerySet, Sum, Value

from accounts.access import visibility
from accounts.models import Segment, User
from health.filters import FLAGGED, MINE, NONE, TEAM, ListFilters
from health.models import AccountHealth, BandTally, RenewalTally, Series, Snooze
from health.selectors.drills import narrowed_by
from health.selectors.moves import band_on

# The renewals that a list counts when it is not narrowed to any.
RENEWALS_COUNTED_DAYS: Final = 90


@dataclass(frozen=True, slots=True)
class Tally:
    """How many accounts, what they are worth a year, and what of it is at risk."""

    count: int = 0
    arr: Decimal = Decimal(0)
    value_at_risk: Decimal = Decimal(0)

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.count + other.count, self.arr + other.arr, self.value_at_risk + other.value_at_risk)

    def __sub__(self, other: Tally) -> Tally:
        return Tally(self.count - other.count, self.arr - other.arr, self.value_at_risk - other.value_at_risk)


@dataclass(frozen=True, slots=True)
class Facet:
    """The accounts of a scope that share band, segment and switches: their tally, and that of those that renew soon.

    The value of what renews soon is added up only where the list is narrowed to it; elsewhere it is counted, no more.
    """

    band: str
    segment_id: int | None
    segment: str
    segment_position: int
    is_snoozed: bool
    is_one_sided: bool
    tally: Tally
    renewing: Tally


@dataclass(frozen=True, slots=True)
class Facets:
    """Every count of a list page, from one query: any filter can be turned and counted without asking again."""

    facets: tuple[Facet, ...]
    filters: ListFilters

    def tally(self, **turned: Any) -> Tally:
        """Count what the list would hold with some filters turned, as `tally(bands=("silent",))`.

        Renewals are not turned but asked for by `renewing_count`, for their value is not known on every list.
        """
        chosen = self.filters.changed(**turned)
        return _total([_tally_in(facet, chosen) for facet in self.facets if _is_in(facet, chosen)])

    def renewing_count(self) -> int:
        """Count what the list would hold if it were narrowed to the renewals ahead."""
        return sum(facet.renewing.count for facet in self.facets if _is_in(facet, self.filters))

    def segments(self) -> list[tuple[int, str]]:
        """Return the segments of the scope, in their order."""
        found = {(f.segment_position, f.segment, f.segment_id) for f in self.facets if f.segment_id is not None}
        return [(segment_id, name) for _, name, segment_id in sorted(found) if segment_id is not None]

    @property
    def total(self) -> Tally:
        """Return the tally of the whole scope, whatever the filters."""
        return _total([facet.tally for facet in self.facets])


def _total(tallies: Sequence[Tally]) -> Tally:
    """Add up figure by figure: a page does it some twenty times over all facets."""
    return Tally(
        sum(tally.count for tally in tallies),
        sum((tally.arr for tally in tallies), Decimal(0)),
        sum((tally.value_at_risk for tally in tallies), Decimal(0)),
    )


def _tally_in(facet: Facet, filters: ListFilters) -> Tally:
    return facet.tally if filters.renews is None else facet.renewing


def _is_in(facet: Facet, filters: ListFilters) -> bool:
    return (
        (not filters.bands or facet.band in filters.bands)
        and (filters.segment is None or (facet.segment_id or NONE) == filters.segment)
        and (facet.is_snoozed or not filters.is_snoozed)
        and (filters.is_snoozed or not facet.is_snoozed or not hides_snoozed(filters))
        and (not filters.is_one_sided or facet.is_one_sided)
    )


def hides_snoozed(filters: ListFilters) -> bool:
    """Whether snoozed accounts are left out: only where all that is listed is flagged, which is what is snoozed."""
    return not filters.is_with_snoozed and bool(filters.bands) and set(filters.bands) <= set(FLAGGED)


def scope_condition(user: User, scope: str) -> Q:
    """Return the condition on AccountHealth for `scope`, never wider than what `user` may see."""
    condition = visibility(user, prefix="account__")
    if scope == MINE:
        condition &= Q(account__owner=user.pk)
    elif scope == TEAM:
        condition &= Q(account__team=user.team_id) | Q(account__owner=user.pk)
    return condition


def in_scope(user: User, filters: ListFilters) -> QuerySet[AccountHealth]:
    """Return what the tiles count: the scope, narrowed by what has no tile, no chip and no segment of its own."""
    found = AccountHealth.objects.filter(scope_condition(user, filters.scope)).order_by()
    if filters.team is not None:
        found = found.filter(account__team=filters.team or None)
    if filters.owner is not None:
        found = found.filter(account__owner=filters.owner)
    if filters.moved:
        was, now = filters.moved.split("-")
        since = dt.date.fromisoformat(filters.since)
        found = found.filter(band=now, band_since_on__gt=since).exclude(band=was)
        found = found.annotate(was=band_on(since)).filter(was=was)
    found = narrowed_by(found, filters.drill)
    if filters.search:
        found = found.filter(account__name__icontains=filters.search)
    return found


def open_snoozes(today: dt.date) -> QuerySet[Snooze]:
    """Return the snooze of an outer account that holds on `today`."""
    return Snooze.objects.filter(account=OuterRef("pk"), ended_at__isnull=True, until_on__gt=today)


def renews_within(days: int, today: dt.date) -> Q:
    """Return the condition for a renewal from `today` to so many days ahead."""
    return Q(renewal_on__gte=today, renewal_on__lte=today + dt.timedelta(days=days))


def list_facets(user: User, filters: ListFilters, *, today: dt.date) -> Facets:
    """Count the scope by everything that a tile or chip may turn. Two queries: the counts, and the names of segments.

    The counts of the whole firm are kept by the database with every write (`health.tallies`), those of a book or a team
    are counted at each request; both are exact in the moment of the query.

    Snoozed accounts are few, so they are counted a second time by themselves and taken from the whole: joining the
    snoozes to every account would cost a third more.
    """
    found = in_scope(user, filters)
    snoozed = found.filter(Exists(open_snoozes(today)))
    first, *others = _counts(found, filters, today)
    rows = first.union(*others, _grouped(snoozed, filters, today, is_snoozed=True), all=True)
    whole: dict[_Key, _Pair] = {}
    apart: dict[_Key, _Pair] = {}
    for band, segment_id, alarm_series, is_snoozed, *sums in rows:
        tallies = apart if is_snoozed else whole
        key = (band, segment_id, alarm_series == Series.CLIENT)
        tallies[key] = _added(tallies.get(key, _NOTHING), (_tally(*sums[:3]), _tally(*sums[3:])))
    places = {pk: (position, name) for pk, position, name in Segment.objects.values_list("pk", "position", "name")}
    listed = {key: _taken(pair, apart.get(key, _NOTHING)) for key, pair in whole.items()}
    return Facets(
        tuple(
            _facet(key, places, pair, is_snoozed=is_snoozed)
            for is_snoozed, tallies in ((False, listed), (True, apart))
            for key, pair in tallies.items()
            if pair[0].count
        ),
        filters,
    )


_Key = tuple[str, int | None, bool]
_Pair = tuple[Tally, Tally]
_NOTHING: Final[_Pair] = (Tally(), Tally())


def from_cents(cents: int | Decimal | None) -> Decimal:
    """Return a sum of cents as an amount; a sum of nothing is nothing."""
    return Decimal(cents or 0).scaleb(-2)


def _tally(count: int, arr_cents: int | Decimal | None = None, at_risk_cents: int | Decimal | None = None) -> Tally:
    return Tally(count, from_cents(arr_cents), from_cents(at_risk_cents))


def _added(one: _Pair, other: _Pair) -> _Pair:
    return one[0] + other[0], one[1] + other[1]


def _taken(whole: _Pair, part: _Pair) -> _Pair:
    return whole[0] - part[0], whole[1] - part[1]


def _facet(key: _Key, places: dict[int, tuple[int, str]], pair: _Pair, *, is_snoozed: bool) -> Facet:
    band, segment_id, is_one_sided = key
    position, name = (0, "") if segment_id is None else places.get(segment_id, (0, ""))
    return Facet(
        band=band,
        segment_id=segment_id,
        segment=name,
        segment_position=position,
        is_snoozed=is_snoozed,
        is_one_sided=is_one_sided,
        tally=pair[0],
        renewing=pair[1],
    )


def _counts(
    found: QuerySet[AccountHealth], filters: ListFilters, today: dt.date
) -> list[QuerySet[Any, tuple[Any, ...]]]:
    """Return the counts of `found`, to be added up: of the whole firm as the database keeps them, else by counting.

    Kept counts know nothing of owner and team, so they are taken only where no condition stands between the reader and
    all accounts. What the renewals ahead are worth is not kept.
    """
    if found.query.where or filters.renews is not None:
        return [_grouped(found, filters, today, is_snoozed=False)]
    kind = "band", "segment_id", "alarm_series", "is_snoozed"
    bands = (
        BandTally.objects.annotate(is_snoozed=Value(value=False))
        .values_list(*kind)
        .annotate(
            sum_0=Sum("account_count"),
            sum_1=Sum("arr_cents"),
            sum_2=Sum("value_at_risk_cents"),
            sum_3=Value(0, output_field=BigIntegerField()),
        )
    )
    renewals = (
        RenewalTally.objects.filter(renews_within(RENEWALS_COUNTED_DAYS, today))
        .annotate(is_snoozed=Value(value=False))
        .values_list(*kind)
        .annotate(**{f"sum_{place}": Value(0, output_field=BigIntegerField()) for place in range(3)})
        .annotate(sum_3=Sum("account_count"))
    )
    return [bands, renewals]


def _grouped(
    found: QuerySet[AccountHealth], filters: ListFilters, today: dt.date, *, is_snoozed: bool
) -> QuerySet[AccountHealth, tuple[Any, ...]]:
    """Group by the columns of an index, in its order: nothing is sorted or hashed for it."""
    soon = renews_within(filters.renews or RENEWALS_COUNTED_DAYS, today)
    sums = [Count("*"), Sum("arr_cents"), Sum("value_at_risk_cents"), Count("band", filter=soon)]
    if filters.renews is not None:
        sums += [Sum("arr_cents", filter=soon), Sum("value_at_risk_cents", filter=soon)]
    return (
        found.annotate(is_snoozed=Value(is_snoozed))
        .values_list("band", "segment", "alarm_series", "is_snoozed")
        .annotate(**{f"sum_{place}": expression for place, expression in enumerate(sums)})
    )
