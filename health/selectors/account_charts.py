"""The data behind the charts of the account page. Each is bounded: the page of an account with ten years of mail is as
light as that of a new one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import Count, Q
from django.db.models.functions import TruncDate, TruncQuarter

from accounts.models import Account
from config.days import firm_day, firm_zone
from health.charts.course import CourseChange, CourseModel, CoursePoint
from health.charts.live_talk import TalkQuarter
from health.models import Band, BandChange, HealthDay, ModelVersion
from touchpoints.models import Touchpoint

# Of an account the newest touches up to this number are read for the lanes; older ones are in the timeline.
MOST_TOUCHES: Final = 4000
# The newest touches are drawn one by one, those before them as one mark a week, channel and direction.
SINGLE_MARKS: Final = 600
# Health is drawn over so many weeks at most, live talk over so many quarters.
COURSE_WEEKS: Final = 156
DAILY_DAYS: Final = 36
MOST_QUARTERS: Final = 12


@dataclass(frozen=True, slots=True)
class ChartTouch:
    """A touch, or the last of `stands_for` touches of one week that share channel and direction."""

    pk: int
    occurred_at: dt.datetime
    channel: str
    direction: str
    counts: bool
    subject: str
    stands_for: int = 1


def chart_touches(account: Account, *, as_of: dt.datetime, limit: int = MOST_TOUCHES) -> list[ChartTouch]:
    """Return the newest touches and attempts of people up to `as_of`, oldest first. One query."""
    rows = (
        Touchpoint.objects.shown()
        .filter(account=account, occurred_at__lte=as_of, is_automated=False)
        .order_by("-occurred_at", "-pk")
        .values_list("pk", "occurred_at", "channel", "direction", "counts", "subject")[:limit]
    )
    return [ChartTouch(*row) for row in reversed(rows)]


def merged_marks(touches: Sequence[ChartTouch], *, single: int = SINGLE_MARKS) -> list[ChartTouch]:
    """Return the newest `single` touches as they are, and those before them merged by week, channel and direction."""
    older, newest = touches[: max(0, len(touches) - single)], touches[max(0, len(touches) - single) :]
    merged: dict[tuple[int, int, str, str, bool], ChartTouch] = {}
    for touch in older:
        week = touch.occurred_at.isocalendar()
        key = (week.year, week.week, touch.channel, touch.direction, touch.counts)
        before = merged.get(key)
        merged[key] = touch if before is None else replace(touch, stands_for=before.stands_for + 1)
    return [*sorted(merged.values(), key=lambda mark: mark.occurred_at), *newest]


def touch_days(account: Account, *, as_of: dt.datetime) -> list[dt.date]:
    """Return every touch day up to `as_of`, oldest first, in the firm's time zone. One query, of the index alone."""
    days = (
        Touchpoint.objects.filter(account=account, occurred_at__lte=as_of, counts=True)
        .order_by()
        .annotate(day=TruncDate("occurred_at", tzinfo=firm_zone()))
        .values_list("day", flat=True)
        .distinct()
    )
    return sorted(days)


def talk_quarters(account: Account, *, as_of: dt.datetime) -> list[TalkQuarter]:
    """Return the newest calendar quarters, oldest first, those without a touch in between included. One query."""
    rows = (
        Touchpoint.objects.filter(account=account, occurred_at__lte=as_of, counts=True)
        .order_by()
        .annotate(quarter=TruncQuarter("occurred_at", tzinfo=firm_zone()))
        .values("quarter")
        .annotate(touches=Count("pk"), talks=Count("pk", filter=Q(is_voice=True)))
        .values_list("quarter", "touches", "talks")
    )
    found = {firm_day(quarter): (touches, talks) for quarter, touches, talks in rows}
    if not found:
        return []
    current = _quarter_of(firm_day(as_of))
    quarters: list[TalkQuarter] = []
    start = current
    while len(quarters) < MOST_QUARTERS and start >= min(found):
        touches, talks = found.get(start, (0, 0))
        quarters.append(TalkQuarter(start, touches, talks, is_open=start == current))
        start = _quarter_of(start - dt.timedelta(days=1))
    return quarters[::-1]


def _quarter_of(day: dt.date) -> dt.date:
    return dt.date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


@dataclass(frozen=True, slots=True)
class Course:
    """The health of an account over time, with what marks it; each list oldest first."""

    points: list[CoursePoint]
    changes: list[CourseChange]
    models: list[CourseModel]


def health_course(account: Account, *, until: dt.date) -> Course:
    """Return the stored healths up to `until`. Three queries.

    History begins with the day in its key, so the days that are kept are asked for by name: the last weeks, the
    Sundays before them, and the days on which the band changed.
    """
    since = until - dt.timedelta(weeks=COURSE_WEEKS)
    rows = list(
        BandChange.objects.filter(account=account, changed_on__gt=since, changed_on__lte=until).order_by("changed_on")
    )
    wanted = _kept_days(until) | {row.changed_on for row in rows}
    stored = HealthDay.objects.filter(account_id=account.pk, day__in=sorted(wanted), health_score__isnull=False)
    labels = dict(Band.choices)
    points = [
        CoursePoint(day, health, labels.get(band, band), is_reconstructed, model)
        for day, health, band, is_reconstructed, model in sorted(
            stored.values_list("day", "health_score", "band", "is_reconstructed", "model_version_id")
        )
        if health is not None
    ]
    changes = [
        CourseChange(
            row.changed_on, labels.get(row.from_band, ""), row.to_band, labels.get(row.to_band, ""), row.reason
        )
        for row in rows
    ]
    return Course(points, changes, _models_of(points))


def _kept_days(until: dt.date) -> set[dt.date]:
    daily = {until - dt.timedelta(days=age) for age in range(DAILY_DAYS)}
    sunday = until - dt.timedelta(days=until.isoweekday() % 7)
    return daily | {sunday - dt.timedelta(weeks=age) for age in range(COURSE_WEEKS)}


def _models_of(points: Sequence[CoursePoint]) -> list[CourseModel]:
    """Return the days on which another model came into force for what was said, with the words about it."""
    begins: dict[int, dt.date] = {}
    for point in points:
        if point.model is not None and not point.is_reconstructed:
            begins.setdefault(point.model, point.day)
    known = ModelVersion.objects.in_bulk(list(begins)) if begins else {}
    return [CourseModel(day, _model_words(known[pk])) for pk, day in begins.items() if pk in known]


def _model_words(model: ModelVersion) -> str:
    words = f"Model {model.pk}, learned from {model.account_count} accounts"
    return f"{words}; the fit failed, earlier parameters kept" if model.failure else words
