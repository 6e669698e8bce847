"""The touches behind a signal or a contribution: which they are, how many, and from when to when.

What counts as evidence follows from the figures stored with the score, so that the page, the filtered timeline and
`manage.py explain` mean the same touches.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Max, Min, Q, QuerySet

from config.days import day_start, firm_day
from health.models import AccountHealth
from health.scoring.contributions import STEPS, Step
from health.scoring.explain_signals import ToldSignal, signals_from
from health.scoring.rhythm import RECENT_DAYS as ACTIVE_DAYS
from health.scoring.signals.found import SIGNALS, Signal
from health.scoring.signals.statistics import CADENCE_DAYS, RECENT_DAYS, SPONSOR_DAYS
from touchpoints.models import CLIENT_DIRECTIONS, Direction, Touchpoint

#: Names in an address: of the signals, and of the contributions that rest on touches of this account.
NAMES: Final = (*(signal.value for signal in SIGNALS), *(step.value for step in STEPS if step != Step.CALIBRATION))
# So many newest gaps carry nine tenths of the weight that newer gaps are given.
NEWEST_TOUCH_DAYS: Final = 6
# So many days are named one by one.
MOST_NAMED_DAYS: Final = 6


@dataclass(frozen=True, slots=True)
class Evidence:
    """The touches behind one reason: how many, the first and the last day, and of few days each one."""

    name: str
    count: int
    first_on: dt.date | None
    last_on: dt.date | None
    days: tuple[dt.date, ...] = ()


def evidence_touches(health: AccountHealth, name: str) -> QuerySet[Touchpoint]:
    """Return the touches behind the signal or contribution `name`; none where the score does not show it."""
    touches = Touchpoint.objects.shown().filter(account=health.account_id)
    condition = _condition(health, name)
    return touches.none() if condition is None else touches.filter(condition).distinct()


def evidence_of(health: AccountHealth, names: Sequence[str]) -> dict[str, Evidence]:
    """Return what there is behind each of `names`, by name. One query, and one more for each signal among them."""
    conditions = {name: condition for name in names if (condition := _condition(health, name)) is not None}
    if not conditions:
        return {}
    touches = Touchpoint.objects.shown().filter(account=health.account_id)
    sums: dict[str, Any] = {}
    for name, condition in conditions.items():
        sums[f"{name}_count"] = Count("pk", filter=condition, distinct=True)
        sums[f"{name}_first"] = Min("occurred_at", filter=condition)
        sums[f"{name}_last"] = Max("occurred_at", filter=condition)
    found = touches.aggregate(**sums)
    return {
        name: Evidence(
            name,
            found[f"{name}_count"],
            _day(found[f"{name}_first"]),
            _day(found[f"{name}_last"]),
            _days(health, name) if name in _NAMED_DAYS else (),
        )
        for name in conditions
    }


_NAMED_DAYS: Final = frozenset({Signal.UNANSWERED.value, Signal.ONE_SIDED.value})


def _days(health: AccountHealth, name: str) -> tuple[dt.date, ...]:
    """Return the newest days of the evidence, oldest first."""
    moments = evidence_touches(health, name).order_by("-occurred_at").values_list("occurred_at", flat=True)
    days = sorted({firm_day(at) for at in moments}, reverse=True)
    return tuple(reversed(days[:MOST_NAMED_DAYS]))


def _day(moment: dt.datetime | None) -> dt.date | None:
    return firm_day(moment) if moment else None


def _condition(health: AccountHealth, name: str) -> Q | None:
    """Return which touches are meant, or None where the score does not show the reason or it rests on no touch."""
    if health.last_touch_on is None or name not in NAMES:
        return None
    known = Q(counts=True) & _until(health.as_of_on)
    if name in {step.value for step in STEPS}:
        return known & _of_step(health, Step(name))
    told = next((one for one in signals_from(health.signals) if one.signal == name), None)
    return None if told is None else known & _of_signal(told, health.last_touch_on)


def _until(day: dt.date) -> Q:
    return Q(occurred_at__lt=day_start(day + dt.timedelta(days=1)))


def _from(day: dt.date) -> Q:
    return Q(occurred_at__gte=day_start(day))


def _within(days: int, last_on: dt.date) -> Q:
    """The days of (last - days, last]."""
    return _from(last_on - dt.timedelta(days=days - 1)) & _until(last_on)


def _of_step(health: AccountHealth, step: Step) -> Q:
    last_on = health.last_touch_on or health.as_of_on
    match step:
        case Step.SILENCE:
            return _within(1, last_on)
        case Step.SLOWING:
            return _from(health.slowing_since_on or _newest_days_begin(health))
        case Step.ACTIVITY:
            return _within(2 * ACTIVE_DAYS, health.as_of_on)
        case _:
            return Q()


def _newest_days_begin(health: AccountHealth) -> dt.date:
    """Return the first of the newest touch days, whose gaps the model gives most weight."""
    moments = (
        Touchpoint.objects.filter(_until(health.as_of_on), account=health.account_id, counts=True)
        .order_by("-occurred_at")
        .values_list("occurred_at", flat=True)
    )
    days: list[dt.date] = []
    for moment in moments.iterator(chunk_size=50):
        if (day := firm_day(moment)) not in days[-1:]:
            days.append(day)
        if len(days) == NEWEST_TOUCH_DAYS:
            break
    return days[-1] if days else health.as_of_on


def _of_signal(told: ToldSignal, last_on: dt.date) -> Q:
    with_client = Q(direction__in=CLIENT_DIRECTIONS)
    match told.signal:
        case Signal.UNANSWERED:
            return _from(told.day("since_on")) & Q(direction=Direction.OUTBOUND)
        case Signal.ONE_SIDED:
            return _from(told.day("since_on") + dt.timedelta(days=1)) & Q(direction=Direction.OUTBOUND)
        case Signal.CADENCE_MISSED:
            return _within(CADENCE_DAYS, last_on)
        case Signal.TALK_FELL:
            return _within(RECENT_DAYS, last_on)
        case Signal.SINGLE_THREADED:
            return _within(RECENT_DAYS, last_on) & with_client & Q(contacts=told.figures["contact_id"])
        case Signal.SPONSOR_LEFT | Signal.SPONSOR_SILENT:
            return _within(SPONSOR_DAYS, last_on) & with_client & Q(contacts=told.figures["contact_id"])
