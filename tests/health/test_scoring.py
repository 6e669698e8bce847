import datetime as dt

import numpy as np
import pytest

from accounts.models import Account
from health.models import AccountHealth, Band, BandChange, HealthDay, PortfolioDay, Rhythm, ScoreRun
from health.rhythms import read_histories, read_rhythms, rebuild_rhythms
from health.scoring.rhythm import compute_rhythm
from health.services.quiet import end_quiet_period, pause_account
from health.services.runs import run_now, sweep
from tests import factories
from touchpoints.models import Source, SourceKind

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 6, 15)


def days_before(*ns: int) -> list[dt.date]:
    return [MONDAY - dt.timedelta(days=n) for n in ns]


@pytest.fixture
def portfolio(north, alice, as_of):
    """Twelve weekly callers on time, and six quarterly visitors."""
    weekly = [factories.AccountFactory(name=f"Weekly {n}", owner=alice, team=north) for n in range(12)]
    for n, account in enumerate(weekly):
        factories.touches_on(account, *days_before(*range(1 + n % 5, 400, 7)))
    quarterly = [factories.AccountFactory(name=f"Quarterly {n}", owner=alice, team=north) for n in range(6)]
    for n, account in enumerate(quarterly):
        factories.touches_on(account, *days_before(*range(10 + 9 * n, 720, 91)), channel="visit")
    # Logged by hand: no import that stopped when all of them fall silent.
    Source.objects.update(kind=SourceKind.MANUAL)
    age_accounts(as_of)
    return weekly, quarterly


def age_accounts(as_of: dt.datetime) -> None:
    """Make accounts older than the tests' clock, which stands before the real one that stamps them."""
    Account.objects.update(updated_at=as_of - dt.timedelta(days=1))


def score(as_of: dt.datetime) -> ScoreRun:
    return run_now(kind="manual", as_of=as_of)


def test_sql_and_numpy_agree_on_every_statistic(portfolio, as_of):
    weekly, quarterly = portfolio
    factories.touches_on(weekly[0], *days_before(3, 3, 8, 200), channel="email", direction="outbound")
    ids = [account.pk for account in weekly + quarterly]
    rebuild_rhythms(ids, as_of=as_of)
    for series in ("any", "client"):
        stored = read_rhythms(ids, series)
        computed = compute_rhythm(read_histories(ids, series, as_of=as_of))
        for column in stored.__dataclass_fields__:
            np.testing.assert_allclose(getattr(stored, column), getattr(computed, column), rtol=1e-9, err_msg=column)


def test_rebuilding_again_changes_no_row(portfolio, as_of):
    ids = [account.pk for group in portfolio for account in group]
    rebuild_rhythms(ids, as_of=as_of)
    rebuild_rhythms(ids, as_of=as_of)
    assert set(Rhythm.objects.values_list("version", flat=True)) == {1}


def test_attempts_automated_mail_and_booked_meetings_are_no_touches(account, as_of):
    factories.touches_on(account, *days_before(30))
    factories.touches_on(account, *days_before(9), outcome="voicemail")
    factories.touches_on(account, *days_before(8), channel="email", direction="outbound", is_automated=True)
    factories.touches_on(account, *days_before(-3), channel="meeting")
    rebuild_rhythms([account.pk], as_of=as_of)
    assert Rhythm.objects.get(series="any").last_on == days_before(30)[0]


def test_a_weekly_caller_quiet_for_19_days_is_flagged_and_a_quarterly_visitor_is_not(portfolio, as_of):
    caller, visitor = factories.AccountFactory(name="Caller"), factories.AccountFactory(name="Visitor")
    factories.touches_on(caller, *days_before(*range(19, 420, 7)))
    factories.touches_on(visitor, *days_before(*range(19, 740, 91)), channel="visit")
    score(as_of)
    assert AccountHealth.objects.get(account=caller).band == Band.SILENT
    assert AccountHealth.objects.get(account=visitor).band == Band.STEADY


def test_a_run_scores_everybody_and_keeps_the_day(portfolio, as_of):
    run = score(as_of)
    assert run.finished_at == as_of
    assert run.scored_count == run.account_count == 18
    assert HealthDay.objects.filter(day=MONDAY, is_reconstructed=False).count() == 18
    assert sum(PortfolioDay.objects.filter(day=MONDAY).values_list("account_count", flat=True)) == 18


def test_an_account_without_touches_has_no_score_and_says_so(account, as_of):
    score(as_of)
    health = AccountHealth.objects.get(account=account)
    assert (health.band, health.health_score, health.touch_days) == (Band.LEARNING, None, 0)


def test_the_past_is_reconstructed_week_by_week_from_what_was_known_then(portfolio, as_of):
    late = factories.AccountFactory(name="Late")
    factories.touches_on(late, *days_before(5, 12, 19))
    score(as_of)
    past = HealthDay.objects.filter(account=late, is_reconstructed=True).order_by("day")
    assert [day.day for day in past] == days_before(15, 8, 1)  # Sundays
    assert [day.band for day in past] == ["learning", "learning", "steady"]


def test_scoring_the_same_day_again_adds_nothing(portfolio, as_of):
    score(as_of)
    before = list(HealthDay.objects.order_by("account", "day").values()), BandChange.objects.count()
    score(as_of + dt.timedelta(hours=1))
    after = list(HealthDay.objects.order_by("account", "day").values()), BandChange.objects.count()
    assert before == after


def test_a_change_of_band_is_recorded_once_with_its_reason(portfolio, as_of):
    weekly, _ = portfolio
    score(as_of)
    later = as_of + dt.timedelta(days=21)
    score(later)
    change = BandChange.objects.get(account=weekly[0], changed_on=later.date())
    assert (change.from_band, change.to_band) == ("steady", "silent")
    assert change.reason == "Silent for 22 days, usually every 7 days"


def test_an_account_that_moved_and_moved_back_within_a_day_has_not_changed(portfolio, as_of, alice):
    weekly, _ = portfolio
    score(as_of)
    pause_account(account=weekly[0], author=alice, reason="Shutdown", starts_on=MONDAY, ends_on=MONDAY, now=as_of)
    score(as_of + dt.timedelta(hours=1))
    assert BandChange.objects.get(account=weekly[0], changed_on=MONDAY).to_band == "paused"
    end_quiet_period(account=weekly[0], now=as_of + dt.timedelta(hours=2))
    score(as_of + dt.timedelta(hours=2))
    assert not BandChange.objects.filter(account=weekly[0], changed_on=MONDAY).exists()


def test_a_touch_clears_the_flag_at_once_and_the_return_is_recorded(portfolio, as_of):
    weekly, _ = portfolio
    score(as_of + dt.timedelta(days=21))
    back = as_of + dt.timedelta(days=22)
    factories.touches_on(weekly[0], back.date())
    score(back + dt.timedelta(hours=2))
    health = AccountHealth.objects.get(account=weekly[0])
    assert (health.previous_band, health.band_since_on) == ("silent", back.date())
    # Not silent any more; that one gap was three times the usual one is still said.
    assert (health.band, health.is_slowing) == ("drifting", True)


def test_the_sweep_finds_a_new_account_and_then_nothing_more(portfolio, as_of):
    score(as_of)
    assert sweep(now=as_of + dt.timedelta(minutes=1)) == 0
    factories.AccountFactory(name="New")
    age_accounts(as_of)
    assert sweep(now=as_of + dt.timedelta(minutes=2)) == 1
    assert sweep(now=as_of + dt.timedelta(minutes=3)) == 0


def test_the_sweep_scores_on_the_predicted_day_without_any_message(portfolio, as_of):
    weekly, _ = portfolio
    score(as_of)
    predicted = AccountHealth.objects.get(account=weekly[0]).next_change_on
    on_that_day = dt.datetime.combine(predicted, dt.time(9), tzinfo=dt.UTC)
    sweep(now=on_that_day - dt.timedelta(days=1))
    assert AccountHealth.objects.get(account=weekly[0]).band == Band.STEADY
    sweep(now=on_that_day)
    assert AccountHealth.objects.get(account=weekly[0]).band != Band.STEADY
