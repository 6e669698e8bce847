"""The demo portfolio's past year, walked week by week: what rings, for whom, and how early.

No steady client rings on the day of the demo, but over a year some do: the firm accepts two false alarms per account
and year, and a client that calls every week and is away for three weeks in August is, on the day, no other than one
that has left. What holds is a bound, and that these alarms lie where people are on leave.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from health.scoring.alarm import Alarms, alarm_many, worse_alarms
from health.scoring.fit import fit_model
from health.scoring.histories import TouchHistories
from health.scoring.params import FittedModel, ScoringSettings
from health.scoring.past_series import PastSeries
from health.scoring.risk import score_many
from touchpoints.demo.portfolio import DEFAULT_SEED, DEFAULT_TIME_ZONE, generate_portfolio
from touchpoints.demo.records import DemoAccount, DemoPortfolio
from touchpoints.demo.truth import Pattern

AS_OF = dt.date(2026, 11, 24)
WEEKS = 52
STEADY = (Pattern.STEADY_WEEKLY, Pattern.STEADY_FORTNIGHTLY, Pattern.STEADY_MONTHLY, Pattern.STEADY_QUARTERLY)
WELL = {*STEADY, Pattern.SEASONAL, Pattern.KNOWN_PAUSE}


@dataclass(frozen=True)
class Rung:
    """One alarm: who, since when, and the last weekly review that saw it. Reviews of known quiet days see nothing."""

    account: DemoAccount
    onset: dt.date
    seen_on: dt.date


@dataclass(frozen=True)
class Year:
    """The accounts of the portfolio, what rang in the year before, and the day on which each account will ring."""

    portfolio: DemoPortfolio
    rung: list[Rung]

    def accounts(self, *patterns: Pattern) -> list[DemoAccount]:
        return [account for account in self.portfolio.accounts if account.expected.pattern in patterns]

    def of(self, *patterns: Pattern) -> list[Rung]:
        return [one for one in self.rung if one.account.expected.pattern in patterns]


@pytest.fixture(scope="module", params=[DEFAULT_SEED, 1], ids=str)
def year(request: pytest.FixtureRequest) -> Year:
    portfolio = generate_portfolio(AS_OF, seed=request.param)
    zone, day = ZoneInfo(DEFAULT_TIME_ZONE), AS_OF.toordinal()
    touches = [
        (place, touch.occurred_at.astimezone(zone).date().toordinal(), touch.direction)
        for place, account in enumerate(portfolio.accounts)
        for touch in account.touches
        if touch.counts
    ]
    any_touch = TouchHistories.from_pairs(*zip(*[(place, on) for place, on, _ in touches], strict=True))
    client = TouchHistories.from_pairs(
        *zip(*[(place, on) for place, on, direction in touches if direction != "outbound"], strict=True)
    )
    model = fit_model(any_touch, day, ScoringSettings(), rng=np.random.default_rng(1), histories_client=client)
    series = [PastSeries(one, model.params) for one in (any_touch, client)]
    seen: dict[tuple[int, int], dt.date] = {}
    for review in range(day - 7 * (WEEKS - 1), day + 1, 7):
        alarms = worse_alarms(*(alarms_on(one, review, model) for one in series))
        on = dt.date.fromordinal(review)
        ringing = zip(alarms.account_ids[alarms.is_alarm], alarms.onset_day[alarms.is_alarm], strict=True)
        seen |= {(int(place), int(onset)): on for place, onset in ringing if is_open(portfolio.accounts[place], on)}
    rung = [Rung(portfolio.accounts[place], dt.date.fromordinal(onset), on) for (place, onset), on in seen.items()]
    return Year(portfolio, rung)


def alarms_on(series: PastSeries, day: int, model: FittedModel) -> Alarms:
    stats, evidence = series.rhythm_by(day)
    return alarm_many(stats, evidence, score_many(stats, evidence, day, model), model)


def is_open(account: DemoAccount, on: dt.date) -> bool:
    """Whether the account is neither closed nor known to be quiet."""
    is_closed = account.closed_on is not None and on >= account.closed_on
    return not is_closed and not any(quiet.starts_on <= on <= quiet.ends_on for quiet in account.quiet_periods)


def is_on_leave(day: dt.date) -> bool:
    return day.month in {7, 8} or (day.month, day.day) >= (12, 15) or (day.month, day.day) <= (1, 10)


def test_nobody_who_is_well_rings_on_the_day_of_the_demo(year: Year) -> None:
    ringing = {one.account.name: one for one in year.of(*WELL) if one.seen_on == AS_OF}
    assert ringing == {}


def test_everybody_who_fell_silent_rings_on_the_day_of_the_demo(year: Year) -> None:
    ringing = {one.account.name for one in year.of(Pattern.FELL_SILENT) if one.seen_on == AS_OF}
    assert ringing == {account.name for account in year.accounts(Pattern.FELL_SILENT)}


@pytest.mark.parametrize("pattern", STEADY)
def test_steady_clients_ring_less_than_once_in_sixteen_months(year: Year, pattern: Pattern) -> None:
    """The budget is two a year."""
    assert len(year.of(pattern)) / len(year.accounts(pattern)) < 0.75


@pytest.mark.parametrize("pattern", [Pattern.STEADY_WEEKLY, Pattern.STEADY_FORTNIGHTLY])
def test_weekly_and_fortnightly_clients_ring_less_than_once_in_two_years(year: Year, pattern: Pattern) -> None:
    """Most of their silences are leave, which comes more often than 1 time in 50."""
    assert len(year.of(pattern)) / len(year.accounts(pattern)) < 0.5


def test_weekly_clients_ring_only_when_people_are_on_leave(year: Year) -> None:
    assert [one for one in year.of(Pattern.STEADY_WEEKLY) if not is_on_leave(one.onset)] == []


def test_seasonal_clients_ring_only_when_they_are_late_after_their_season_or_on_leave(year: Year) -> None:
    for one in year.of(Pattern.SEASONAL):
        weeks_after = [(one.seen_on - quiet.ends_on).days / 7 for quiet in one.account.quiet_periods]
        assert is_on_leave(one.seen_on) or any(0 < weeks <= 3 for weeks in weeks_after), one.account.name
