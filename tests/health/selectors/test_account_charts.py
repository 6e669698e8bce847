"""The data of the account page's charts: all of it where it is little, bounded where it is much."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.models import Account
from health.charts.live_talk import TalkQuarter
from health.models import AccountHealth, Band, BandChange, HealthDay
from health.selectors.account_charts import (
    ChartTouch,
    chart_touches,
    health_course,
    merged_marks,
    talk_quarters,
    touch_days,
)
from health.selectors.account_head import recent_health
from health.selectors.models import StoredModel
from tests import factories

TODAY = dt.date(2026, 6, 15)


def before(*ages: int) -> list[dt.date]:
    return [TODAY - dt.timedelta(days=age) for age in ages]


def said(account: Account, *ages: int, health: float = 80, **fields: object) -> None:
    for day in before(*ages):
        HealthDay.objects.create(account=account, day=day, band=Band.STEADY, health_score=health, **fields)


@pytest.mark.django_db
def test_attempts_are_drawn_but_are_no_touch_days_and_machines_are_neither(account: Account, as_of) -> None:
    factories.touches_on(account, *before(9, 3))
    factories.touches_on(account, *before(2), outcome="voicemail")
    factories.touches_on(account, *before(1), is_automated=True)
    factories.touches_on(account, TODAY + dt.timedelta(days=5))
    assert len(chart_touches(account, as_of=as_of)) == 3
    assert touch_days(account, as_of=as_of) == before(9, 3)


@pytest.mark.django_db
def test_only_the_newest_touches_are_read(account: Account, as_of) -> None:
    newest = factories.touches_on(account, *before(9, 6, 3))[1:]
    assert [touch.pk for touch in chart_touches(account, as_of=as_of, limit=2)] == [touch.pk for touch in newest]


def test_older_touches_are_merged_by_week_channel_and_direction() -> None:
    monday = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)
    touches = [
        ChartTouch(number, monday + dt.timedelta(days=day), channel, "inbound", True, f"No. {number}")
        for number, (day, channel) in enumerate([(0, "text"), (1, "text"), (2, "email"), (3, "text"), (8, "text")])
    ]
    marks = merged_marks(touches, single=1)
    assert [(mark.pk, mark.stands_for) for mark in marks] == [(2, 1), (3, 3), (4, 1)]
    assert merged_marks(touches, single=5) == touches


@pytest.mark.django_db
def test_quarters_without_a_touch_stand_between_the_others(account: Account, as_of) -> None:
    factories.touches_on(account, dt.date(2025, 11, 3), channel="email")
    factories.touches_on(account, dt.date(2026, 5, 4), dt.date(2026, 5, 5), channel="call")
    assert talk_quarters(account, as_of=as_of) == [
        TalkQuarter(dt.date(2025, 10, 1), 1, 0),
        TalkQuarter(dt.date(2026, 1, 1), 0, 0),
        TalkQuarter(dt.date(2026, 4, 1), 2, 2, is_open=True),
    ]


@pytest.mark.django_db
def test_the_course_holds_every_day_that_is_kept_and_nothing_later(account: Account, model: StoredModel) -> None:
    sunday = TODAY - dt.timedelta(days=TODAY.isoweekday() + 7 * 20)
    said(account, (TODAY - sunday).days, is_reconstructed=True)
    said(account, 61, 3, 2, -1, model_version_id=model.pk)
    BandChange.objects.create(account=account, changed_on=before(61)[0], from_band=Band.SILENT, to_band=Band.STEADY)
    course = health_course(account, until=TODAY)
    assert [point.day for point in course.points] == [sunday, *before(61, 3, 2)]
    assert [(change.from_label, change.to_label) for change in course.changes] == [("Silent", "Steady")]
    assert [(mark.day, mark.words) for mark in course.models] == [
        (before(61)[0], f"Model {model.pk}, learned from {model.portfolio_count} accounts")
    ]


@pytest.mark.django_db
def test_health_is_compared_with_thirty_days_ago_in_words_and_sign(account: Account) -> None:
    said(account, 33, 80, health=90)
    said(account, 10, health=10)
    health = AccountHealth(account=account, health_score=72.4)
    recent = recent_health(health, on=TODAY)
    assert (recent.direction.word, recent.direction.signed) == ("falling", "−18")
    assert recent.direction.since_on == before(33)[0]
    assert "lowest 10" in recent.line.label


@pytest.mark.django_db
def test_a_short_history_has_no_direction_and_no_line(account: Account) -> None:
    recent = recent_health(AccountHealth(account=account, health_score=72.4), on=TODAY)
    assert (recent.direction, recent.line) == (None, None)
