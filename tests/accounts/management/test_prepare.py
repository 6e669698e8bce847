"""`manage.py prepare`: waits for a database that is starting, and says so when it does not come."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from pytest_django import Settings

from accounts.management.commands import prepare
from accounts.models import User
from tests import factories


@pytest.fixture(autouse=True)
def own_static_root(settings: Settings, tmp_path: Path) -> Path:
    """A static root in which everything seems to be collected: collecting takes seconds."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    (settings.STATIC_ROOT / ".collected").write_text(prepare._static_digest())
    return settings.STATIC_ROOT


@pytest.mark.django_db
@pytest.mark.parametrize("people", [0, 1])
def test_it_tells_whether_anybody_can_sign_in(tmp_path: Path, people: int) -> None:
    factories.UserFactory.create_batch(people)
    assert User.objects.count() == people
    call_command("prepare", "--state-file", str(tmp_path / "state.json"))
    assert json.loads((tmp_path / "state.json").read_text()) == {"has_people": bool(people)}


def test_a_database_that_is_starting_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([OperationalError("starting up"), OperationalError("starting up"), None])

    def connect() -> None:
        answer = next(answers)
        if answer is not None:
            raise answer

    monkeypatch.setattr(connection, "ensure_connection", connect)
    monkeypatch.setattr(prepare, "POLL_SECONDS", 0)
    prepare.wait_for_database(60)
    assert next(answers, "none left") == "none left"


def test_one_that_does_not_come_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "ensure_connection", connect)
    with pytest.raises(CommandError, match="does not answer: connection refused"):
        prepare.wait_for_database(0)
