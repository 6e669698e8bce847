"""Each pattern has the shape its name promises, on whatever day the demo is started."""

from __future__ import annotations

import datetime as dt
import itertools
from statistics import median
from zoneinfo import ZoneInfo

import pytest

from touchpoints.demo.portfolio import generate_portfolio
from touchpoints.demo.records import DemoAccount, DemoPortfolio, DemoTouch
from touchpoints.demo.truth import (
    NAMED_SILENCE_DAYS,
    QUARTERLY_VISITOR_QUIET_19_DAYS,
    WEEKLY_CALLER_QUIET_19_DAYS,
    Pattern,
)

BERLIN = ZoneInfo("Europe/Berlin")
VOICE = {"call", "meeting", "visit"}
# A Saturday 19 days after a Monday, one in the Christmas break, a Thursday 19 days after a Saturday.
DAYS = [dt.date(2026, 6, 13), dt.date(2027, 1, 2), dt.date(2026, 9, 24)]


@pytest.fixture(scope="module", params=DAYS, ids=str)
def portfolio(request: pytest.FixtureRequest) -> DemoPortfolio:
    return generate_portfolio(request.param)


def of(portfolio: DemoPortfolio, pattern: Pattern) -> list[DemoAccount]:
    return [account for account in portfolio.accounts if account.expected.pattern is pattern]


def day_of(touch: DemoTouch) -> dt.date:
    return touch.occurred_at.astimezone(BERLIN).date()


def touch_days(account: DemoAccount) -> list[dt.date]:
    return sorted({day_of(touch) for touch in account.touches if touch.counts})


def gaps(days: list[dt.date]) -> list[int]:
    return [(later - earlier).days for earlier, later in itertools.pairwise(days)]


def silence(portfolio: DemoPortfolio, account: DemoAccount) -> int:
    return (portfolio.as_of - touch_days(account)[-1]).days


def voice_share(touches: list[DemoTouch]) -> float:
    return sum(touch.channel in VOICE for touch in touches) / len(touches)


def since(portfolio: DemoPortfolio, account: DemoAccount, days: int) -> list[DemoTouch]:
    first = portfolio.as_of - dt.timedelta(days=days)
    return [touch for touch in account.touches if touch.counts and day_of(touch) >= first]


def test_weekly_caller_is_quiet_for_exactly_19_days(portfolio: DemoPortfolio) -> None:
    account = portfolio.account_named(WEEKLY_CALLER_QUIET_19_DAYS)
    assert silence(portfolio, account) == NAMED_SILENCE_DAYS
    assert median(gaps(touch_days(account))) <= 7
    assert max(gaps(touch_days(account))) <= 16
    assert account.expected.is_flagged is True
    assert account.expected.silent_days == NAMED_SILENCE_DAYS


def test_quarterly_visitor_is_quiet_for_exactly_19_days(portfolio: DemoPortfolio) -> None:
    account = portfolio.account_named(QUARTERLY_VISITOR_QUIET_19_DAYS)
    assert silence(portfolio, account) == NAMED_SILENCE_DAYS
    assert median(gaps(touch_days(account))) > 60
    assert account.expected.is_flagged is False


@pytest.mark.parametrize(
    ("pattern", "most_days"),
    [
        (Pattern.STEADY_WEEKLY, 9),
        (Pattern.STEADY_FORTNIGHTLY, 14),
        (Pattern.STEADY_MONTHLY, 30),
        (Pattern.STEADY_QUARTERLY, 80),
        (Pattern.CADENCE_MISSED, 35),
        (Pattern.SPONSOR_LEFT, 30),
    ],
)
def test_steady_clients_are_in_touch_today(portfolio: DemoPortfolio, pattern: Pattern, most_days: int) -> None:
    # The Christmas break, when nobody works, comes on top.
    holidays = 11 if (portfolio.as_of.month, portfolio.as_of.day) == (1, 2) else 0
    assert max(silence(portfolio, account) for account in of(portfolio, pattern)) <= most_days + holidays


def test_rhythms_differ_as_their_names_say(portfolio: DemoPortfolio) -> None:
    def talks_a_year(pattern: Pattern) -> float:
        rates = []
        for account in of(portfolio, pattern):
            talks = {day_of(touch) for touch in account.touches if touch.counts and touch.channel in VOICE}
            years = min((portfolio.as_of - account.started_on).days, 730) / 365
            rates.append(len(talks) / years)
        return median(rates)

    assert 44 < talks_a_year(Pattern.STEADY_WEEKLY) < 60
    assert 22 < talks_a_year(Pattern.STEADY_FORTNIGHTLY) < 32
    assert 10 < talks_a_year(Pattern.STEADY_MONTHLY) < 17
    assert 3 <= talks_a_year(Pattern.STEADY_QUARTERLY) < 6


def test_drifters_have_longer_gaps_lately(portfolio: DemoPortfolio) -> None:
    ratios = []
    for account in of(portfolio, Pattern.SLOW_DRIFT):
        days = touch_days(account)
        recent = [day for day in days if (portfolio.as_of - day).days <= 100]
        earlier = [day for day in days if (portfolio.as_of - day).days > 330]
        ratios.append((sum(gaps(recent)) / max(len(gaps(recent)), 1)) / (sum(gaps(earlier)) / len(gaps(earlier))))
    assert median(ratios) > 1.8


def test_channel_shift_loses_talks_and_keeps_touches(portfolio: DemoPortfolio) -> None:
    for account in of(portfolio, Pattern.CHANNEL_SHIFT):
        recent = since(portfolio, account, 80)
        earlier = [touch for touch in account.touches if touch.counts and touch not in recent]
        assert voice_share(recent) < 0.5 * voice_share(earlier)
        assert len({day_of(touch) for touch in recent}) >= 8


def test_sponsors_left_and_contact_thinned(portfolio: DemoPortfolio) -> None:
    for account in of(portfolio, Pattern.SPONSOR_LEFT):
        left_on = account.contacts[0].left_on
        assert left_on is not None
        assert 80 <= (portfolio.as_of - left_on).days <= 130
        assert account.contacts[0].level == "director"


def test_one_sided_mail_goes_unanswered(portfolio: DemoPortfolio) -> None:
    for account in of(portfolio, Pattern.ONE_SIDED):
        recent = since(portfolio, account, 60)
        assert len(recent) >= 4
        assert {touch.direction for touch in recent} == {"outbound"}


def test_fell_silent_was_in_touch_and_is_not(portfolio: DemoPortfolio) -> None:
    for account in of(portfolio, Pattern.FELL_SILENT):
        usual = median(gaps(touch_days(account)))
        assert silence(portfolio, account) == account.expected.silent_days
        assert silence(portfolio, account) >= 2.5 * usual
        assert silence(portfolio, account) <= 152


def test_long_gone_is_gone_for_most_of_a_year(portfolio: DemoPortfolio) -> None:
    for account in of(portfolio, Pattern.LONG_GONE):
        assert 300 <= silence(portfolio, account) <= 442
        assert account.status == "active"


def test_won_back_has_one_long_gap_and_is_in_touch(portfolio: DemoPortfolio) -> None:
    for account in of(portfolio, Pattern.WON_BACK):
        assert max(gaps(touch_days(account))) >= 80
        assert silence(portfolio, account) <= 20


def test_projects_come_in_bursts(portfolio: DemoPortfolio) -> None:
    for account in of(portfolio, Pattern.BURSTY_PROJECTS):
        spans = gaps(touch_days(account))
        assert median(spans) <= 3
        assert max(spans) >= 12


def test_seasonal_clients_rest_every_year(portfolio: DemoPortfolio) -> None:
    for account in of(portfolio, Pattern.SEASONAL):
        long_rests = [span for span in gaps([*touch_days(account), portfolio.as_of]) if span >= 60]
        assert len(long_rests) >= 1


def test_paused_clients_have_a_quiet_period_in_force(portfolio: DemoPortfolio) -> None:
    paused = of(portfolio, Pattern.KNOWN_PAUSE)
    assert len(paused) == 6
    for account in paused:
        (period,) = account.quiet_periods
        assert period.starts_on <= portfolio.as_of <= period.ends_on
        assert touch_days(account)[-1] < period.starts_on
        assert account.expected.bands == {"paused"}


def test_closed_accounts_end(portfolio: DemoPortfolio) -> None:
    for account in of(portfolio, Pattern.CLOSED):
        assert account.status == "closed"
        assert account.closed_on is not None
        assert touch_days(account)[-1] <= account.closed_on


def test_new_accounts_have_one_or_two_touch_days(portfolio: DemoPortfolio) -> None:
    assert {len(touch_days(account)) for account in of(portfolio, Pattern.NEW)} <= {1, 2}


def test_accounts_without_touches_have_none_that_counts(portfolio: DemoPortfolio) -> None:
    assert [touch_days(account) for account in of(portfolio, Pattern.NO_TOUCHES)] == [[], [], [], []]
