"""What was prepared before is known, until the code that it was prepared for changes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from config.embedded import preparation, processes
from config.embedded.errors import EmbeddedError


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose files are a day older than its preparation."""
    project = tmp_path / "project"
    for name in ("requirements.lock", "app/migrations/0001_initial.py", "static/css/base.css"):
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for path in [project / "requirements.lock", *project.rglob("*")]:
        os.utime(path, (0, 0))
    return project


@pytest.fixture
def var(tmp_path: Path) -> Path:
    var = tmp_path / "var"
    processes.run_dir(var)
    return var


def test_a_new_folder_is_not_prepared(var: Path, project: Path) -> None:
    assert not preparation.is_prepared(var, project=project)


@pytest.mark.parametrize(
    "changed", ["requirements.lock", "app/migrations/0001_initial.py", "static/css/base.css", "static/css"]
)
def test_newer_code_needs_another_preparation(var: Path, project: Path, changed: str) -> None:
    (processes.run_dir(var) / "prepared.json").write_text('{"has_people": true}')
    assert preparation.is_prepared(var, project=project)
    os.utime(project / changed, (2**33, 2**33))
    assert not preparation.is_prepared(var, project=project)


def test_a_preparation_that_fails_is_told(var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with (
        preparation.preparing(var, project=tmp_path, environment={}, is_starting=True) as begun,
        pytest.raises(EmbeddedError, match="ended with 1"),
    ):
        begun.finish()


def test_one_that_is_given_up_leaves_no_process(var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = tmp_path / "endless"
    endless.write_text("#!/bin/sh\nexec sleep 1000\n")
    endless.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(endless))
    with preparation.preparing(var, project=tmp_path, environment={}, is_starting=False) as begun:
        assert begun._process.poll() is None
    assert begun._process.poll() is not None
