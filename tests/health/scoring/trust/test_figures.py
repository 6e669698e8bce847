"""Every figure of the alarm, on a past small enough to count by hand."""

from __future__ import annotations

import numpy as np
import pytest

from health.scoring.trust.calibration import calibration_error
from health.scoring.trust.figures import alarm_figures, figures_of, list_figures, risk_figures
from health.scoring.trust.listing import listed_many
from tests.health.scoring.trust import hand_made
from tests.health.scoring.trust.hand_made import LAST, REVIEW_DAYS, TOUCH_DAYS, TRUST, facts, outcomes

EVERYBODY = np.ones(6, dtype=bool)


def firm() -> dict:
    found = outcomes()
    return figures_of(found, facts(), listed_many(found.walk, facts(), TRUST), EVERYBODY)


def test_accounts_1_and_6_are_lost_and_1_was_flagged_in_time() -> None:
    figures = firm()
    assert (figures["lost"], figures["lost_young"]) == (2, 1)
    assert (figures["flagged_in_time"]["part"], figures["flagged_in_time"]["whole"]) == (1, 2)


def test_the_warning_runs_from_the_alarm_to_the_day_on_which_the_account_counts_as_lost() -> None:
    assert firm()["warning_days"]["median"] == (10_100 + 90) - 10_140


def test_days_to_the_alarm_count_from_the_last_touch_and_never_is_never() -> None:
    assert firm()["days_to_alarm"] == {"count": 2, "median": None, "low": None, "high": None}
    found = outcomes()
    of_one = alarm_figures(found.silences, found.lost.take(found.lost.account_ids == 1), 1.0, LAST, 0)
    assert of_one["days_to_alarm"]["median"] == 40


def test_of_three_flags_one_came_back_one_stayed_and_one_is_not_decided() -> None:
    figures = firm()
    assert (figures["flags"], figures["pending"]) == (3, 1)
    assert (figures["came_back"]["part"], figures["came_back"]["whole"]) == (1, 2)


def test_false_alarms_are_counted_over_the_years_in_which_clients_were_there() -> None:
    """Closed gaps since the first review, of accounts with three touch days: 100 days of 1, 350 of 2, 310 of 5."""
    alarms = firm()["false_alarms"]
    assert (alarms["count"], alarms["years"]) == (1, pytest.approx(760 / 365.25))
    assert alarms["rate"] == pytest.approx(365.25 / 760)


def came_within(account: int, day: int, days: int) -> bool:
    return any(day < touch <= day + days for touch in TOUCH_DAYS[account])


def test_a_review_is_checked_when_its_horizon_has_passed_and_counts_what_happened() -> None:
    checked = risk_figures(outcomes().checked())
    expected = {
        account: [not came_within(account, day, 30) for day in REVIEW_DAYS if days[0] <= day <= LAST - 30]
        for account, days in TOUCH_DAYS.items()
    }
    assert checked["checked"] == sum(map(len, expected.values()))
    for number, one in enumerate(checked["calibration"], start=1):
        assert one["said"] == pytest.approx(0.05 + 0.1 * number)
        assert (one["happened"]["part"], one["happened"]["whole"]) == (sum(expected[number]), len(expected[number]))
        assert one["accounts"] == 1


def test_the_risk_before_its_calibration_is_judged_beside_it() -> None:
    """Before it everybody was as likely as not; after it the figures are those of the risk that was said."""
    figures = firm()
    assert figures["base"]["log_loss"]["value"] == pytest.approx(np.log(2))
    assert figures["base"]["brier"]["value"] == pytest.approx(0.25)
    assert figures["base"]["auc"]["value"] == pytest.approx(0.5)
    checked = outcomes().checked()
    off = abs(float(np.mean(checked.stayed_silent)) - 0.5)
    assert figures["base"]["calibration_error"]["value"] == pytest.approx(off)
    said = calibration_error(checked.risk, checked.stayed_silent)
    assert figures["calibration_error"]["value"] == pytest.approx(said)


def test_figures_of_a_scope_know_nothing_of_the_others() -> None:
    found = outcomes()
    listed = listed_many(found.walk, facts(), TRUST)
    only_6 = figures_of(found, facts(), listed, np.arange(1, 7) == 6)
    assert (only_6["accounts"], only_6["lost"], only_6["flags"], only_6["lost_young"]) == (1, 1, 0, 0)
    assert only_6["flagged_in_time"]["part"] == 0


def test_a_scope_without_accounts_has_no_figures_but_breaks_nothing() -> None:
    found = outcomes()
    figures = figures_of(found, facts(), listed_many(found.walk, facts(), TRUST), np.zeros(6, dtype=bool))
    assert figures["flagged_in_time"]["share"] is None
    assert figures["auc"]["value"] is None
    assert figures["calibration"] == []


def test_facts_must_know_every_account() -> None:
    with pytest.raises(ValueError, match="facts"):
        facts().rows_of(np.array([7]))


def test_the_list_takes_as_many_as_its_manager_can_look_after() -> None:
    """Account 4 stands flagged all the time; 1 joins it, 5 too: with room for one, the riskiest is shown."""
    found = hand_made.walk()
    roomy, narrow = (listed_many(found, facts(capacity=room), TRUST) for room in (8, 1))
    last = found.reviews.review_day == LAST
    assert found.reviews.account_ids[last & roomy.is_shown].tolist() == [1, 4, 5]
    assert found.reviews.account_ids[last & narrow.is_shown].tolist() == [5]
    assert found.reviews.account_ids[last & narrow.is_longest].tolist() == [4]


def test_an_account_without_owner_is_on_nobodys_list() -> None:
    found = hand_made.walk()
    listed = listed_many(found, facts(owner=(1, 1, 1, 0, 1, 1)), TRUST)
    assert 4 not in found.reviews.account_ids[listed.is_shown]
    assert 4 not in found.reviews.account_ids[listed.is_longest]


def test_what_became_of_the_listed_counts_decided_reviews_of_the_scope() -> None:
    """Account 4 is on the list every week and never comes back; 48 of its 53 weeks lie a horizon ago."""
    found = outcomes()
    is_4 = found.walk.reviews.account_ids == 4
    figures = list_figures(found, listed_many(found.walk, facts(), TRUST), is_4)
    assert (figures["listed"]["part"], figures["listed"]["whole"]) == (48, 48)
    nobody = list_figures(found, listed_many(found.walk, facts(), TRUST), np.zeros_like(is_4))
    assert nobody["listed"]["whole"] == nobody["longest_first"]["whole"] == 0
