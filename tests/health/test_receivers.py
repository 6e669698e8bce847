"""The nudge: few accounts by name, many by a sweep, and a dead Redis breaks nothing."""

from __future__ import annotations

import pytest
from kombu.exceptions import OperationalError

from health.receivers import MOST_NAMED
from touchpoints.signals import activity_changed


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, object]]:
    calls: list[tuple[str, object]] = []
    monkeypatch.setattr("health.tasks.score_touched.delay", lambda ids: calls.append(("touched", ids)))
    monkeypatch.setattr("health.tasks.sweep_stale.delay", lambda: calls.append(("sweep", None)))
    return calls


def test_a_few_accounts_are_named(sent: list[tuple[str, object]]) -> None:
    activity_changed.send(sender=None, account_ids=(3, 1))
    assert sent == [("touched", [3, 1])]


@pytest.mark.parametrize("account_ids", [None, tuple(range(MOST_NAMED + 1))])
def test_many_are_left_to_the_sweep(sent: list[tuple[str, object]], account_ids: tuple[int, ...] | None) -> None:
    activity_changed.send(sender=None, account_ids=account_ids)
    assert sent == [("sweep", None)]


def test_none_ask_for_nothing(sent: list[tuple[str, object]]) -> None:
    activity_changed.send(sender=None, account_ids=())
    assert sent == []


@pytest.mark.parametrize("error", [OperationalError("no"), ConnectionRefusedError("no")])
def test_a_dead_redis_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def refuse(_ids: list[int]) -> None:
        raise error

    monkeypatch.setattr("health.tasks.score_touched.delay", refuse)
    activity_changed.send(sender=None, account_ids=(1,))
    assert "the sweep will find them" in caplog.text
