"""The trust page with rich, thin and no history; whose figures it shows; the budget before and after it is saved."""

from __future__ import annotations

import csv
import datetime as dt
import io
from html import unescape
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import Account, Team, User
from config.days import firm_day
from health import tasks
from health.models import AlarmBudget, ScoreRun, TrustReport
from health.scoring.trust import report as report_module
from health.scoring.trust.facts import AccountFacts
from health.scoring.trust.report import build_report, code_version
from health.scoring.trust.walk import Span
from health.services.trust import MOST_ATTEMPTS
from tests import factories
from tests.health.scoring.trust import hand_made

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def book(alice: User, charlie: User, north: Team, south: Team) -> dict[int, Account]:
    """The accounts of the hand-made past: 1 to 3 are Alice's in North, 4 to 6 Charlie's in South."""
    return {
        number: factories.AccountFactory(
            pk=number, name=f"Client {number}", owner=alice if number < 4 else charlie,
            team=north if number < 4 else south,
        )
        for number in range(1, 7)
    }  # fmt: skip


def stored(report: dict[str, Any]) -> TrustReport:
    now = timezone.now()
    return TrustReport.objects.create(
        as_of_on=firm_day(now), code_version=code_version(), started_at=now, beat_at=now, finished_at=now, attempt=1,
        report=report,
    )  # fmt: skip


@pytest.fixture
def rich(book: dict[int, Account], monkeypatch: pytest.MonkeyPatch) -> TrustReport:
    """The report of the hand-made past, by the product's own way from the walk on."""
    monkeypatch.setattr(report_module, "walk_history", lambda *_, **__: hand_made.walk())
    monkeypatch.setattr(report_module, "walk_span", lambda *_: Span(hand_made.REVIEW_DAYS, hand_made.FIRST - 91, None))
    accounts = list(book.values())
    facts = AccountFacts(
        np.arange(1, 7),
        np.array([account.owner_id for account in accounts]),
        np.array([account.team_id for account in accounts]),
        np.zeros(6, dtype=np.int64),
        np.ones(6),
        np.full(6, 8),
    )
    return stored(
        build_report(
            hand_made.histories(), None, as_of_day=hand_made.LAST, facts=facts, settings=hand_made.SETTINGS,
            trust=hand_made.TRUST,
        )
    )  # fmt: skip


def with_budgets(report: TrustReport) -> TrustReport:
    """Give the report the effects of two budgets, as if the walk had tried both."""
    (effect,) = report.report["effects"]["budgets"]

    def told(budget: float, rate: float, days: float) -> dict[str, Any]:
        alarms = {**effect["false_alarms"], "rate": rate}
        return {
            **effect,
            "budget": budget,
            "false_alarms": alarms,
            "days_to_alarm": {**effect["days_to_alarm"], "median": days},
        }

    report.report["effects"] = {
        "current": 2.0,
        "budgets": [told(1.0, 0.52, 40), told(2.0, 1.04, 31)],
        "enter": [[0, 14], [0, 0]],
    }
    report.save()
    return report


def page(client: Client, user: User, **query: str) -> str:
    client.force_login(user)
    response = client.get(reverse("trust"), query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_without_a_report_the_page_says_what_it_will_be(client: Client, erin: User, root: User) -> None:
    assert "No past has been replayed yet" in page(client, erin)
    assert "Replay now" not in page(client, erin)
    assert "Replay now" in page(client, root)


def test_with_too_little_history_the_page_says_from_when_on_there_is_enough(client: Client, erin: User) -> None:
    trust = hand_made.TRUST.to_dict()
    stored({"status": "thin", "known_since": "2026-05-01", "possible_from": "2026-10-30", "trust": trust})
    html = page(client, erin)
    assert "Possible from 30 October 2026 on" in html
    assert "10 accounts or more" in html


def test_with_too_few_accounts_the_page_says_what_is_needed(client: Client, erin: User) -> None:
    stored({"status": "thin", "known_since": None, "possible_from": None, "trust": hand_made.TRUST.to_dict()})
    assert "10 accounts with three touch days" in page(client, erin)


def test_the_executive_reads_the_firm(client: Client, erin: User, rich: TrustReport) -> None:
    html = page(client, erin)
    assert "1 of 2 lost accounts were flagged in time." in html
    assert "of 2 lost accounts" in html
    assert "50 days" in html
    assert "1 lost account had fewer than three touch days" in html
    assert "Fewer than 5 accounts were lost" in html
    assert "Client 1" in html
    assert "Client 6" in html
    assert "Lost without a warning: 1" in html
    assert "Log-loss before the calibration on the firm’s own past</dt><dd>0.693" in html


def test_a_lead_reads_the_own_team_and_no_firm_wide_figure(
    client: Client, bob: User, dora: User, rich: TrustReport
) -> None:
    north, south = page(client, bob), page(client, dora)
    assert "The one account lost was flagged in time." in north
    assert "The one account lost was not flagged in time." in south
    assert "Client 6" not in north
    assert "Client 1" not in south
    for html in (north, south):
        assert "past of 3 accounts of your team" in html
        assert "How many false alarms do you accept?" not in html
        assert "BG/NBD" not in html


def test_a_manager_reads_the_own_book(client: Client, alice: User, amir: User, rich: TrustReport) -> None:
    html = page(client, alice)
    assert "past of 3 accounts of your book" in html
    assert "Client 1" in html
    assert "No account of your book was replayed." in page(client, amir)


@pytest.mark.parametrize(("name", "who", "status"), [
    ("calibration", "erin", 200), ("rules", "erin", 200), ("groups", "erin", 200), ("budgets", "erin", 200),
    ("lost", "erin", 200), ("nonsense", "erin", 404), ("calibration", "bob", 200), ("lost", "bob", 200),
    ("rules", "bob", 404), ("groups", "bob", 404), ("budgets", "alice", 404), ("calibration", "amir", 404),
])  # fmt: skip
def test_each_chart_has_its_data_as_csv_within_the_scope(
    request: pytest.FixtureRequest, client: Client, rich: TrustReport, name: str, who: str, status: int
) -> None:
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse("trust-csv", args=[name])).status_code == status


def test_names_of_lost_accounts_are_those_that_the_reader_may_see_today(
    client: Client, bob: User, charlie: User, rich: TrustReport, south: Team
) -> None:
    Account.objects.filter(pk=1).update(team=south, owner=charlie)
    client.force_login(bob)
    rows = list(csv.reader(io.StringIO(client.get(reverse("trust-csv", args=["lost"])).content.decode())))
    assert [row[0] for row in rows] == ["Account", "Client 3"]


def test_the_effect_of_a_budget_is_told_before_it_is_saved(client: Client, root: User, rich: TrustReport) -> None:
    with_budgets(rich)
    told = "14 accounts would leave the list; 1.0 → 0.52 false alarms per account and year; 9 days later."
    client.force_login(root)
    html = page(client, root, budget="1")
    assert told in html
    fragment = client.get(reverse("trust"), {"budget": "1"}, headers={**HTMX, "HX-Target": "budget-effect"})
    assert told in unescape(fragment.content.decode())
    assert "<html" not in fragment.content.decode()
    assert not AlarmBudget.objects.exists()


def test_a_larger_budget_brings_accounts_onto_the_list(client: Client, root: User, rich: TrustReport) -> None:
    with_budgets(rich)
    AlarmBudget.objects.create(false_alarms_per_year=1.0, decided_by=root, decided_at=timezone.now())
    html = page(client, root, budget="2")
    assert "14 accounts would come onto the list;" in html
    assert "0.52 → 1.0 false alarms per account and year; 9 days earlier." in html
    assert "decided by Ruth Root" in html


def test_nobody_but_who_sees_the_firm_is_told_the_effect(client: Client, bob: User, rich: TrustReport) -> None:
    client.force_login(bob)
    answer = client.get(reverse("trust"), {"budget": "1"}, headers={**HTMX, "HX-Target": "budget-effect"})
    assert answer.status_code == 403


def test_saving_records_the_decision_and_has_the_portfolio_learned_anew(
    client: Client, root: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    monkeypatch.setattr(tasks.score_portfolio, "delay", begun.append)
    client.force_login(root)
    answer = client.post(reverse("trust-budget"), {"budget": "1.25"})
    assert answer.url == reverse("trust")
    assert AlarmBudget.objects.get().decided_by == root
    assert begun == [ScoreRun.objects.get().pk]


@pytest.mark.parametrize("budget", ["", "0", "1.3", "100", "nan", "many"])
def test_a_budget_out_of_range_is_refused_in_words(client: Client, root: User, budget: str) -> None:
    client.force_login(root)
    answer = client.post(reverse("trust-budget"), {"budget": budget}, follow=True)
    assert "Choose a budget from 0.25 to 6" in answer.content.decode()
    assert not AlarmBudget.objects.exists()


def test_a_replay_waits_when_the_worker_cannot_be_told(
    client: Client, root: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OperationalError("refused")

    monkeypatch.setattr(tasks.replay_past, "delay", refuse)
    client.force_login(root)
    answer = client.post(reverse("trust-run"), follow=True)
    assert "It starts by itself" in answer.content.decode()
    assert TrustReport.objects.get().attempt == 0


def test_progress_is_shown_and_the_page_comes_back_when_it_is_done(
    client: Client, erin: User, rich: TrustReport
) -> None:
    now = timezone.now()
    row = TrustReport.objects.create(
        as_of_on=rich.as_of_on, code_version="1/1", started_at=now, beat_at=now, attempt=1, done_reviews=12,
        review_count=53,
    )  # fmt: skip
    assert "Week 12 of 53." in page(client, erin)
    polled = client.get(reverse("trust"), headers={**HTMX, "HX-Target": "trust-progress"})
    assert "Week 12 of 53." in polled.content.decode()
    TrustReport.objects.filter(pk=row.pk).update(finished_at=now, report=rich.report)
    polled = client.get(reverse("trust"), headers={**HTMX, "HX-Target": "trust-progress"})
    assert polled["HX-Refresh"] == "true"


def test_a_replay_that_never_ends_is_said_to_have_stopped(client: Client, erin: User, root: User) -> None:
    now = timezone.now()
    TrustReport.objects.create(
        as_of_on=firm_day(now), code_version="1/1", started_at=now, beat_at=now - dt.timedelta(hours=1),
        attempt=MOST_ATTEMPTS,
    )  # fmt: skip
    assert "The replay has stopped" in page(client, erin)
    assert "Try again" in page(client, root)


def test_the_page_takes_the_same_queries_whatever_the_report_holds(
    client: Client, erin: User, rich: TrustReport, django_assert_num_queries: Any
) -> None:
    client.force_login(erin)
    # session, user; newest report, the one being computed; budget, who decided; teams, segments; names of the lost
    with django_assert_num_queries(9):
        client.get(reverse("trust"))
