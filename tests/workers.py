"""A real Celery worker for tests, on the database of the test process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from config.celery import app

PROJECT = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 60
"""Seconds are usual; a machine that runs all tests at once may take longer."""


def wait_until(is_so: Callable[[], bool], evidence: Callable[[], object] = lambda: "") -> None:
    """Look again and again until something holds; fail with `evidence` when it takes too long."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, evidence()
        time.sleep(0.1)


@contextmanager
def running_worker(log_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker as in production, in a process group of its own, until the block ends; what was handed to workers
    that did not take it is forgotten before and after."""
    database = connection.settings_dict
    environment = os.environ | {
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}",
        "REDIS_URL": settings.HARK_REDIS_URL,
        "HARK_SECRET_KEY": "only-for-the-worker-of-this-test",
        "HARK_ALLOWED_HOSTS": "testserver",
    }
    command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker"]
    options = ["--concurrency", "1", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    app.control.purge()
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [*command, *options],
            cwd=PROJECT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            wait_until(lambda: "ready." in log_path.read_text(), log_path.read_text)
            yield process
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_SECONDS)
            app.control.purge()


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a worker and its children, as the kernel does when memory runs out: nobody can clean up."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=PATIENCE_SECONDS)
