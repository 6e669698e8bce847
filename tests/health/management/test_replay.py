"""`replay`: the report of the trust page, from the shell."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from health.models import TrustReport
from health.scoring.trust import report as report_module
from health.scoring.trust.facts import AccountFacts
from health.scoring.trust.report import build_report
from health.scoring.trust.walk import Span
from tests.health.scoring.trust import hand_made

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("replay", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.fixture
def rich(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(report_module, "walk_history", lambda *_, **__: hand_made.walk())
    monkeypatch.setattr(report_module, "walk_span", lambda *_: Span(hand_made.REVIEW_DAYS, hand_made.FIRST - 91, None))
    report = build_report(
        hand_made.histories(),
        None,
        as_of_day=hand_made.LAST,
        facts=AccountFacts.alike(np.arange(1, 7), 8),
        settings=hand_made.SETTINGS,
        trust=hand_made.TRUST,
    )
    monkeypatch.setattr("health.management.commands.replay.replay_portfolio", lambda **_: report)
    return report


def test_replay_prints_every_figure_with_its_count(rich: dict[str, Any]) -> None:
    printed = run()
    assert "53 weekly reviews of 6 accounts" in printed
    assert "Flagged before lost: 50% of 2," in printed
    assert "median 50 days of 1" in printed
    assert "1 in 2 account-years" in printed
    assert "Flags that came back by themselves: 50% of 2," in printed
    assert "No touch for 90 days" in printed
    assert (
        "Before the calibration on the firm's own past: log-loss 0.693 (0.693 to 0.693), calibration error" in printed
    )


def test_replay_as_json_is_the_report(rich: dict[str, Any]) -> None:
    assert json.loads(run("--json")) == rich


def test_replay_without_history_says_so_and_writes_nothing() -> None:
    assert "10 accounts with three touch days are needed" in run()
    assert not TrustReport.objects.exists()


def test_replay_of_no_months_is_refused() -> None:
    with pytest.raises(CommandError, match="from 1 to 60"):
        run("--months", "0")
