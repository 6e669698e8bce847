"""A trust report: wanted, computed once, taken over from the dead, begun again by nobody who is not needed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from accounts.models import Account, User
from health.models import QuietPeriod, TrustReport
from health.scoring.trust.facts import NOBODY
from health.scoring.trust.params import TrustSettings
from health.scoring.trust.report import code_version
from health.selectors.models import StoredModel
from health.services import trust
from health.services.trust import (
    MOST_ATTEMPTS,
    PATIENCE,
    account_facts,
    compute_report,
    open_report,
    replay_portfolio,
    report_to_work_on,
    sampled_accounts,
)
from tests import factories
from touchpoints.models import BatchStatus, ImportBatch, ImportKind, Source, SourceKind

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 6, 15, 10, 0, tzinfo=dt.UTC)
THIN = {"status": "thin"}


@pytest.fixture
def replayed(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Replays take no time and are counted."""
    calls: list[dict[str, Any]] = []

    def replay(**asked: Any) -> dict[str, Any]:
        calls.append(asked)
        asked["progress"](4, 53)
        return THIN

    monkeypatch.setattr(trust, "replay_portfolio", replay)
    return calls


def test_before_anything_is_scored_there_is_nothing_to_replay() -> None:
    assert report_to_work_on(now=NOW) is None


def test_the_first_report_is_wanted_once_there_is_a_model(model: StoredModel) -> None:
    wanted = report_to_work_on(now=NOW)
    assert wanted == TrustReport.objects.get().pk
    assert report_to_work_on(now=NOW) == wanted


@pytest.mark.parametrize("status", [BatchStatus.QUEUED, BatchStatus.RUNNING])
def test_none_is_wanted_while_a_file_comes_in(model: StoredModel, status: BatchStatus) -> None:
    source = Source.objects.create(name="CRM export", kind=SourceKind.FILE)
    batch = ImportBatch.objects.create(
        source=source,
        kind=ImportKind.TOUCHPOINTS,
        file_name="touches.csv",
        size_bytes=1,
        sha256="0" * 64,
        status=status,
    )
    assert report_to_work_on(now=NOW) is None
    ImportBatch.objects.filter(pk=batch.pk).update(status=BatchStatus.DONE)
    assert report_to_work_on(now=NOW) is not None


def test_a_report_is_computed_once_and_told_about(model: StoredModel, replayed: list[dict[str, Any]]) -> None:
    report = open_report(now=NOW)
    assert compute_report(report_id=report.pk, clock=lambda: NOW)
    assert not compute_report(report_id=report.pk, clock=lambda: NOW)
    report.refresh_from_db()
    assert (report.report, report.finished_at, report.attempt) == (THIN, NOW, 1)
    assert (report.done_reviews, report.review_count) == (4, 53)
    assert len(replayed) == 1


def test_the_next_one_is_wanted_after_a_week(model: StoredModel, replayed: list[dict[str, Any]]) -> None:
    compute_report(report_id=open_report(now=NOW).pk, clock=lambda: NOW)
    assert report_to_work_on(now=NOW + dt.timedelta(days=6, hours=23)) is None
    assert report_to_work_on(now=NOW + dt.timedelta(days=7)) is not None


def test_so_is_one_when_the_code_has_changed(model: StoredModel, replayed: list[dict[str, Any]]) -> None:
    compute_report(report_id=open_report(now=NOW).pk, clock=lambda: NOW)
    TrustReport.objects.update(code_version="0/0")
    assert report_to_work_on(now=NOW) is not None
    assert TrustReport.objects.first().code_version == code_version()


def test_a_report_is_wanted_once_however_often_it_is_asked_for(model: StoredModel) -> None:
    assert open_report(now=NOW) == open_report(now=NOW)


def test_while_somebody_works_on_it_nobody_else_does(model: StoredModel, replayed: list[dict[str, Any]]) -> None:
    report = open_report(now=NOW)
    TrustReport.objects.update(attempt=1, beat_at=NOW)
    assert report_to_work_on(now=NOW + PATIENCE) is None
    assert not compute_report(report_id=report.pk, clock=lambda: NOW + PATIENCE)
    assert replayed == []


def test_a_report_whose_worker_was_killed_is_begun_again(model: StoredModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker dies between two stages, as by `kill -9`; the next who looks begins from the start and finishes."""

    class Killed(BaseException):
        pass

    def die(*, progress: Any, **_: Any) -> dict[str, Any]:
        progress(4, 53)
        raise Killed

    report = open_report(now=NOW)
    monkeypatch.setattr(trust, "replay_portfolio", die)
    with pytest.raises(Killed):
        compute_report(report_id=report.pk, clock=lambda: NOW)
    report.refresh_from_db()
    assert (report.finished_at, report.done_reviews) == (None, 4)
    later = NOW + PATIENCE + dt.timedelta(seconds=1)
    assert report_to_work_on(now=later) == report.pk
    monkeypatch.setattr(trust, "replay_portfolio", lambda **_: THIN)
    assert compute_report(report_id=report.pk, clock=lambda: later)
    report.refresh_from_db()
    assert (report.report, report.finished_at, report.attempt) == (THIN, later, 2)
    assert TrustReport.objects.count() == 1


def test_who_was_taken_for_dead_writes_nothing(model: StoredModel, monkeypatch: pytest.MonkeyPatch) -> None:
    report = open_report(now=NOW)

    def be_overtaken(*, progress: Any, **_: Any) -> dict[str, Any]:
        TrustReport.objects.update(attempt=2)
        progress(4, 53)
        return THIN

    monkeypatch.setattr(trust, "replay_portfolio", be_overtaken)
    assert not compute_report(report_id=report.pk, clock=lambda: NOW)
    report.refresh_from_db()
    assert (report.report, report.done_reviews) == (None, 0)


def test_a_report_that_never_ends_is_begun_again_by_a_person_only(model: StoredModel) -> None:
    open_report(now=NOW)
    TrustReport.objects.update(attempt=MOST_ATTEMPTS)
    later = NOW + dt.timedelta(days=1)
    assert report_to_work_on(now=later) is None
    open_report(now=later)
    assert report_to_work_on(now=later) is not None


def test_old_reports_are_let_go(model: StoredModel, replayed: list[dict[str, Any]]) -> None:
    for week in range(14):
        now = NOW + dt.timedelta(weeks=week)
        compute_report(report_id=open_report(now=now).pk, clock=lambda now=now: now)
    assert TrustReport.objects.count() == 12


def test_a_portfolio_with_little_history_gives_a_thin_report(account: Account) -> None:
    factories.touches_on(account, NOW.date())
    report = replay_portfolio(as_of=NOW, months=12)
    assert (report["status"], report["possible_from"]) == ("thin", None)


@pytest.mark.parametrize("months", [0, 61])
def test_months_are_from_one_to_sixty(months: int) -> None:
    with pytest.raises(ValueError, match="months"):
        replay_portfolio(as_of=NOW, months=months)


def test_the_sample_rests_on_ids_alone() -> None:
    ids = [factories.AccountFactory().pk for _ in range(9)]
    assert sampled_accounts(20) == sorted(ids)
    assert sampled_accounts(4) == sampled_accounts(4)
    assert set(sampled_accounts(4)) < set(sampled_accounts(5))


def test_facts_are_todays_and_an_unknown_value_is_the_median(alice: User) -> None:
    alice.daily_capacity = 3
    alice.save()
    rows = [
        factories.AccountFactory(owner=alice, team=alice.team, arr=100),
        factories.AccountFactory(arr=None),
        factories.AccountFactory(arr=300),
    ]
    facts = account_facts([row.pk for row in rows], TrustSettings())
    assert facts.value.tolist() == [100.0, 200.0, 300.0]
    assert facts.owner.tolist() == [alice.pk, NOBODY, NOBODY]
    assert facts.team.tolist() == [alice.team_id, NOBODY, NOBODY]
    assert facts.capacity.tolist() == [3, 8, 8]


def test_closed_and_paused_accounts_are_on_no_list_today(alice: User) -> None:
    closed, paused, plain = (factories.AccountFactory(status=s) for s in ("closed", "active", "active"))
    QuietPeriod.objects.create(
        account=paused, author=alice, reason="Fair", starts_on=NOW.date(), ends_on=NOW.date(), created_at=NOW
    )
    found = trust._off_the_list([closed.pk, paused.pk, plain.pk], NOW.date())
    assert np.array_equal(sorted(found), sorted([closed.pk, paused.pk]))
