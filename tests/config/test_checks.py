"""A wrong value in the environment is named, with what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core import checks
from pytest_django import Settings

from config import checks as own_checks
from config.checks import check_demo, check_files, check_firm, check_postgresql


def test_the_defaults_are_fine() -> None:
    assert [message for message in checks.run_checks() if not message.is_silenced()] == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("HARK_TIME_ZONE", "Berlin", "hark.E001"),
        ("HARK_CURRENCY", "euro", "hark.E002"),
        ("HARK_NIGHTLY_AT", "25:00", "hark.E003"),
        ("HARK_NIGHTLY_AT", "4", "hark.E003"),
        ("HARK_FALSE_ALARMS_PER_YEAR", 0.0, "hark.E004"),
        ("HARK_FALSE_ALARMS_PER_YEAR", 53.0, "hark.E004"),
        ("HARK_FALSE_ALARMS_PER_YEAR", float("nan"), "hark.E004"),
        ("HARK_MAX_UPLOAD_MB", 0, "hark.E005"),
    ],
)
def test_a_wrong_value_is_named(settings: Settings, name: str, value: object, expected: str) -> None:
    setattr(settings, name, value)
    (error,) = check_firm(None)
    assert error.id == expected
    assert f"{name}={value}" in error.msg
    assert error.hint


def test_files_may_lie_where_they_can_be_made(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "not" / "yet"
    assert check_files(None) == []


def test_files_cannot_lie_inside_a_file(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    settings.MEDIA_ROOT = tmp_path / "taken" / "files"
    (error,) = check_files(None)
    assert error.id == "hark.E006"


def test_the_demo_is_a_reason_to_warn(settings: Settings) -> None:
    assert check_demo(None) == []
    settings.HARK_DEMO = True
    (warning,) = check_demo(None)
    assert warning.id == "hark.W001"


@pytest.mark.django_db
def test_a_recent_postgresql_passes_and_an_old_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_postgresql(None, databases=["default"]) == []
    monkeypatch.setattr(own_checks, "OLDEST_POSTGRESQL", 99)
    (found,) = check_postgresql(None, databases=["default"])
    assert found.id == "hark.E007"
    assert "needs 99 or newer" in found.msg


def test_the_version_is_not_asked_where_the_database_stays_shut() -> None:
    assert check_postgresql(None) == []
