"""The charts of the account page, and their data as CSV."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import account_for
from accounts.models import Account
from config.days import firm_day
from config.http import HtmxHttpRequest
from health.charts.account import LaneTouch, Silence, lanes_chart
from health.charts.card import ChartCard
from health.charts.course import course_chart
from health.charts.gaps import gaps_chart
from health.charts.live_talk import live_talk_chart
from health.models import AccountHealth, Band
from health.selectors import account_charts as selectors
from health.selectors.account import health_of
from health.selectors.past import day_end
from touchpoints.parsers.export import csv_safe

# What the lanes and the gaps show at first, and the periods that can be chosen, in months.
FIRST_MONTHS: Final = 18
PERIODS: Final = ((3, "3 m"), (6, "6 m"), (18, "18 m"))
# So many touches stand in the table on the page; the CSV has all that are drawn.
LISTED_TOUCHES: Final = 200
# Before it no account has a touch, and dates of another century are slips of the finger.
_EARLIEST: Final = dt.date(1970, 1, 2)


@dataclass(frozen=True)
class _Asked:
    """Whose charts, as of when; `health` is the score of that day, `listed` how many touches the table of lanes has."""

    account: Account
    health: AccountHealth | None
    as_of: dt.datetime
    listed: int | None = None

    @cached_property
    def today(self) -> dt.date:
        return firm_day(self.as_of)

    @cached_property
    def page(self) -> str:
        return reverse("account", args=[self.account.pk])

    @cached_property
    def days(self) -> list[dt.date]:
        return selectors.touch_days(self.account, as_of=self.as_of)

    @cached_property
    def silence(self) -> Silence:
        last_on, health = self.days[-1] if self.days else None, self.health
        return Silence(
            last_on=last_on,
            days=(self.today - last_on).days if last_on else 0,
            low_days=health.usual_gap_low_days if health else None,
            high_days=health.usual_gap_high_days if health else None,
            is_flagged=health is not None and health.band in {Band.SILENT, Band.DORMANT},
        )

    def lane(self, touch: selectors.ChartTouch) -> LaneTouch:
        at = timezone.localtime(touch.occurred_at)
        url = f"{self.page}?touch={touch.pk}#touch-{touch.pk}"
        return LaneTouch(at, touch.channel, touch.direction, touch.counts, touch.subject, url, touch.stands_for)


def account_charts(account: Account, health: AccountHealth | None, *, as_of: dt.datetime) -> dict[str, ChartCard]:
    """Return the charts as of a moment by name; `health` is the score of that day."""
    asked = _Asked(account, health, as_of, LISTED_TOUCHES)
    return {name: build(asked) for name, build in _CHARTS.items()}


def _lanes(asked: _Asked) -> ChartCard:
    touches = selectors.chart_touches(asked.account, as_of=asked.as_of)
    marks = selectors.merged_marks(touches)
    notes = []
    if len(marks) < len(touches):
        notes.append("Larger marks stand for several touches of a week.")
    if len(touches) == selectors.MOST_TOUCHES:
        notes.append(f"Drawn from {touches[0].occurred_at:%B %Y} on.")
    return lanes_chart(
        [asked.lane(mark) for mark in marks],
        asked.silence,
        days=asked.days,
        today=asked.today,
        months=FIRST_MONTHS,
        listed=[asked.lane(touch) for touch in (touches[-asked.listed :] if asked.listed else touches)],
        note=" ".join(notes),
    )


def _gaps(asked: _Asked) -> ChartCard:
    return gaps_chart(asked.days, asked.silence, today=asked.today, months=FIRST_MONTHS, page=asked.page)


def _course(asked: _Asked) -> ChartCard:
    course = selectors.health_course(asked.account, until=asked.today)
    return course_chart(course.points, course.changes, course.models, today=asked.today, page=asked.page)


def _live_talk(asked: _Asked) -> ChartCard:
    return live_talk_chart(selectors.talk_quarters(asked.account, as_of=asked.as_of), page=asked.page)


_CHARTS: Final[dict[str, Callable[[_Asked], ChartCard]]] = {
    "lanes": _lanes,
    "gaps": _gaps,
    "course": _course,
    "live-talk": _live_talk,
}


def periods_of(card: ChartCard) -> list[tuple[int, str, bool]]:
    """Return the periods that show less than all of a drawn chart: months, words, whether it is shown at first.

    Months 0 stand for all. Empty where there is nothing to choose.
    """
    if card.figure is None:
        return []
    axis = card.figure["layout"]["xaxis"]
    span = (axis["maxallowed"] - axis["minallowed"]).days
    shorter = [(months, words, months == FIRST_MONTHS) for months, words in PERIODS if months * 30.44 < span - 20]
    return [*shorter, (0, "All", shorter[-1][0] != FIRST_MONTHS)] if shorter else []


@require_safe
def account_csv(request: HtmxHttpRequest, pk: int, name: str) -> HttpResponse:
    """Send the data of one chart of an account, as of now or of a past day, as CSV."""
    now = timezone.now()
    account = account_for(request.user, pk)
    build = _CHARTS.get(name)
    if build is None:
        raise Http404("There is no such chart.")
    day = read_past_day(request.GET.get("as_of", ""), firm_day(now))
    table = build(_Asked(account, health_of(account), day_end(day) if day else now)).table
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="hark-{name}-{pk}-{day or firm_day(now)}.csv"'
    writer = csv.writer(response)
    writer.writerow(table.columns)
    writer.writerows([csv_safe("" if cell is None else str(cell)) for cell in row] for row in table.rows)
    return response


def read_past_day(text: str, today: dt.date) -> dt.date | None:
    """Read a day before `today` from an address; None for anything else."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if _EARLIEST <= day < today else None
