"""Bringing database and static files up to date at each start, beside what else starts."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import processes
from .errors import EmbeddedError

WAIT_SECONDS = 60.0
"""How long our own database may take to start, at most: the first time it is made."""


class Preparation:
    """`manage.py prepare` while it runs.

    It is started before the database answers: loading Django and collecting static files take as long as that.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", state_file: Path) -> None:
        self._process = process
        self._state_file = state_file

    def finish(self) -> bool:
        """Wait until all is up to date; return whether anybody can sign in.

        Raises:
            EmbeddedError: it failed; what it printed says why.
        """
        code = self._process.wait()
        if code != 0:
            raise EmbeddedError(f"The database could not be brought up to date: `manage.py prepare` ended with {code}.")
        return bool(json.loads(self._state_file.read_text())["has_people"])


@contextmanager
def preparing(var: Path, *, project: Path, environment: dict[str, str], is_starting: bool) -> Iterator[Preparation]:
    """Prepare `var` for the code of `project` during the block; what has not finished at its end is stopped.

    `is_starting` tells that the database starts meanwhile, so that it is waited for.
    """
    state_file = _state_file(var)
    state_file.unlink(missing_ok=True)
    # Not through manage.py, which would wait for the servers before it loads anything.
    command = [sys.executable, "-m", "django", "prepare", "--state-file", str(state_file)]
    if is_starting:
        command += ["--wait", str(WAIT_SECONDS)]
    process = subprocess.Popen(command, env=environment, cwd=project)  # noqa: S603 - our own command
    try:
        yield Preparation(process, state_file)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def is_prepared(var: Path, *, project: Path) -> bool:
    """Tell whether the last preparation of `var` was for the migrations, static files and packages of today."""
    try:
        prepared_at = _state_file(var).stat().st_mtime
    except FileNotFoundError:
        return False
    changed = [project / "requirements.lock", *project.glob("*/migrations/*.py"), *(project / "static").rglob("*")]
    return all(path.stat().st_mtime < prepared_at for path in changed)


def _state_file(var: Path) -> Path:
    return processes.run_dir(var) / "prepared.json"
