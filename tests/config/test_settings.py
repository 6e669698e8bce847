"""The settings as a fresh process reads them from its environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "DATABASE_URL": "postgresql://hark@localhost/hark",
    "REDIS_URL": "redis://localhost",
    "HARK_SECRET_KEY": "not-a-secret-but-as-long-and-mixed-as-one-0123456789-ABCDEF",
    "HARK_ALLOWED_HOSTS": "hark.example.com",
    "HARK_HTTPS": "true",
}


def run(tmp_path: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HARK_", "DATABASE_", "REDIS_"))}
    clean = kept | {"HARK_VAR": str(tmp_path), "DATABASE_URL": "", "REDIS_URL": "", "HARK_DEMO": "false"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def read(tmp_path: Path, environment: dict[str, str], *names: str) -> dict[str, object]:
    code = f"import json; from config import settings as s; print(json.dumps({{n: getattr(s, n) for n in {names!r}}}))"
    done = run(tmp_path, environment, "-c", code)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", ["HARK_SECRET_KEY", "HARK_ALLOWED_HOSTS"])
def test_production_does_not_start_without(tmp_path: Path, name: str) -> None:
    done = run(tmp_path, PRODUCTION | {name: ""}, "manage.py", "check")
    assert done.returncode != 0
    assert f"{name} is not set." in done.stderr


def test_production_passes_the_deployment_checks(tmp_path: Path) -> None:
    done = run(tmp_path, PRODUCTION, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [("HARK_TIME_ZONE", "Berlin", "hark.E001"), ("HARK_NIGHTLY_AT", "half past four", "hark.E003")],
)
def test_values_that_would_stop_django_are_told_by_a_check(
    tmp_path: Path, name: str, value: str, expected: str
) -> None:
    done = run(tmp_path, {name: value}, "manage.py", "check")
    assert done.returncode == 1
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


def test_https_brings_secure_cookies_redirects_and_hsts(tmp_path: Path) -> None:
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "DEBUG")
    assert read(tmp_path, PRODUCTION, *names) == {
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 365 * 24 * 3600,
        "DEBUG": False,
    }


def test_one_machine_needs_no_configuration_and_is_open_to_itself_only(tmp_path: Path) -> None:
    first = read(tmp_path, {}, "SECRET_KEY", "ALLOWED_HOSTS", "SECURE_HSTS_SECONDS", "DEBUG")
    again = read(tmp_path, {}, "SECRET_KEY")
    assert first["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert (first["SECURE_HSTS_SECONDS"], first["DEBUG"]) == (0, False)
    assert len(str(first["SECRET_KEY"])) >= 50
    assert first["SECRET_KEY"] == again["SECRET_KEY"]


def test_a_value_of_the_wrong_kind_is_named(tmp_path: Path) -> None:
    done = run(tmp_path, {"HARK_MAX_UPLOAD_MB": "plenty"}, "manage.py", "check")
    assert done.returncode != 0
    assert "HARK_MAX_UPLOAD_MB" in done.stderr
