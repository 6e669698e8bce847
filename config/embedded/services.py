"""Both servers of a data directory, shared by whoever needs them.

Any number of programs (the supervisor, `manage.py`, a test run) may use the servers at once. The first starts
them, the last one to leave stops them, and a program that dies counts as having left: the count is a shared
file lock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from . import postgres, processes, redis
from .locks import FileLock, held
from .reports import Report, silent


def start_postgres(var: Path, report: Report = silent) -> psutil.Process:
    """Start PostgreSQL of `var` unless it runs, at the same time as nobody else; see `postgres.start`."""
    with held(_start_lock(var)):
        return postgres.start(var, report=report)


def start_redis(var: Path) -> psutil.Process:
    """Start Redis of `var` unless it runs, at the same time as nobody else; see `redis.start`."""
    with held(_start_lock(var)):
        return redis.start(var)


def stop(var: Path) -> None:
    """Stop both servers of `var`, whoever uses them."""
    with held(_start_lock(var)):
        postgres.stop(var)
        redis.stop(var)


@contextmanager
def in_use(
    var: Path,
    *,
    uses_postgres: bool = True,
    uses_redis: bool = True,
    is_durable: bool = True,
    report: Report = silent,
) -> Iterator[None]:
    """Have the servers of `var` run for the length of the block.

    Raises:
        EmbeddedError: one of them cannot be started.
    """
    var = var.resolve()
    users = FileLock(processes.run_dir(var) / "users.lock")
    try:
        with held(_start_lock(var)):
            users.share()
            if uses_redis:
                redis.start(var, is_durable=is_durable)
            if uses_postgres:
                postgres.start(var, is_durable=is_durable, report=report)
        yield
    finally:
        with held(_start_lock(var)):
            if users.try_hold():
                postgres.stop(var)
                redis.stop(var)
            users.release()


def _start_lock(var: Path) -> Path:
    return processes.run_dir(var) / "start.lock"
