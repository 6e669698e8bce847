"""Who needs the servers has them; the last one to leave stops them."""

import signal
import subprocess
import sys
from pathlib import Path

from config.embedded import postgres, processes, redis, services

USER_PROGRAM = """
import pathlib, sys
from config.embedded import services
with services.in_use(pathlib.Path(sys.argv[1]), is_durable=False):
    print("has them", flush=True)
    sys.stdin.read()
"""


def is_running(var: Path) -> tuple[bool, bool]:
    return processes.find(var, postgres.NAME) is not None, processes.find(var, redis.NAME) is not None


def start_user(var: Path) -> subprocess.Popen:
    user = subprocess.Popen(
        [sys.executable, "-c", USER_PROGRAM, str(var)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert user.stdout is not None
    assert user.stdout.readline() == "has them\n"
    return user


def test_the_last_one_to_leave_stops_the_servers(var: Path) -> None:
    with start_user(var) as first:
        with services.in_use(var, is_durable=False):
            first.communicate("")
            assert is_running(var) == (True, True)

        assert is_running(var) == (False, False)


def test_a_user_that_was_killed_counts_as_having_left(var: Path) -> None:
    with start_user(var) as killed:
        killed.send_signal(signal.SIGKILL)
    assert is_running(var) == (True, True)

    with services.in_use(var, is_durable=False):
        pass

    assert is_running(var) == (False, False)


def test_only_what_is_needed_is_started(var: Path) -> None:
    with services.in_use(var, uses_postgres=False, is_durable=False):
        assert is_running(var) == (False, True)

    assert is_running(var) == (False, False)
