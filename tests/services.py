"""A pytest plugin: every run gets its own PostgreSQL and Redis, started before Django reads its settings.

Loaded by `-p tests.services`. The servers live in a fresh data directory and end with the run, so runs do not
disturb each other, and no run ever touches the data of an installation, whatever the environment says.
Workers of pytest-xdist share the servers of their run: pytest-django gives each its own database, this plugin
each its own Redis database.
"""

import atexit
import os
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from config.embedded import addresses
from config.embedded.testing import temporary_services

_running = ExitStack()
atexit.register(_running.close)  # for a run that fails before pytest is configured


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, object, object]:
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        var = _running.enter_context(temporary_services())
        # Empty, not absent: an absent variable would be taken from a .env file.
        os.environ.update({"HARK_VAR": str(var), "DATABASE_URL": "", "REDIS_URL": "", "HARK_DEMO": "false"})
    else:
        number = 1 + int(worker.removeprefix("gw"))
        socket = addresses.redis_socket(Path(os.environ["HARK_VAR"]))
        os.environ["REDIS_URL"] = f"unix://{socket}?db={number}"
    return (yield)


def pytest_unconfigure() -> None:
    _running.close()
