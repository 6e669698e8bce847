"""The command line on one machine, as a person in a terminal sees it."""

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from config.embedded import processes

EVERY_PROCESS = ("supervisor", "postgres", "redis", "web", "worker", "beat")


def environment(var: Path, port: int | str) -> dict[str, str]:
    return os.environ | {"HARK_VAR": str(var), "PORT": str(port), "DATABASE_URL": "", "REDIS_URL": ""}


def command_line(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "config.embedded", *arguments]


def call(var: Path, port: int | str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command_line(*arguments), env=environment(var, port), capture_output=True, text=True, check=False
    )


@dataclass
class Running:
    """An installation that serves, with what it has printed."""

    var: Path
    port: int
    process: subprocess.Popen[str]
    printed: str = ""

    def read_until(self, words: str) -> str:
        """Read on until a line with `words`, or fail when the output ends."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed += line
            if words in line:
                return line
        raise AssertionError(f"{words!r} was never printed:\n{self.printed}")

    def processes(self) -> dict[str, psutil.Process]:
        found = {name: processes.find(self.var, name) for name in EVERY_PROCESS}
        return {name: process for name, process in found.items() if process is not None}


@pytest.fixture(scope="module")
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def serve(var: Path, free_port: int) -> Iterator[Callable[[], Running]]:
    started: list[subprocess.Popen[str]] = []
    guards: list[threading.Timer] = []

    def start() -> Running:
        process = subprocess.Popen(
            command_line("run"),
            env=environment(var, free_port),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        # A line that is never printed must not keep the suite waiting for ever.
        guard = threading.Timer(90, process.kill)
        guard.start()
        guards.append(guard)
        running = Running(var, free_port, process)
        running.read_until("Ctrl-C stops it")
        return running

    yield start
    for guard in guards:
        guard.cancel()
    for process in started:
        process.kill()
        process.wait()
    call(var, free_port, "stop")


@pytest.fixture(scope="module")
def running(serve: Callable[[], Running]) -> Running:
    return serve()


def test_it_serves_and_tells_how_to_make_the_first_administrator(running: Running) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{running.port}/healthz") as response:
        assert response.status == 200
    assert "create_administrator" in running.printed
    assert set(running.processes()) == set(EVERY_PROCESS)


def test_a_second_start_names_the_address_of_the_first(running: Running) -> None:
    second = call(running.var, 1, "run")

    assert second.returncode == 1
    assert f"already runs on {running.var} at http://127.0.0.1:{running.port}/" in second.stderr


def test_status_names_address_and_processes(running: Running) -> None:
    status = call(running.var, 1, "status")

    assert status.returncode == 0
    assert f"http://127.0.0.1:{running.port}/" in status.stdout
    assert status.stdout.count("runs, pid") == len(EVERY_PROCESS)


def test_a_killed_database_comes_back(running: Running) -> None:
    database = running.processes()["postgres"]
    database.kill()

    running.read_until("PostgreSQL stopped (killed by signal 9)")
    running.read_until("PostgreSQL runs again")

    assert running.processes()["postgres"] != database
    with urllib.request.urlopen(f"http://127.0.0.1:{running.port}/healthz") as response:
        assert response.status == 200


def test_a_supervisor_killed_with_9_is_cleaned_up_by_the_next_and_ctrl_c_stops_everything(
    running: Running, serve: Callable[[], Running]
) -> None:
    before = running.processes()
    family = [member for process in before.values() for member in process.children(recursive=True)]
    running.process.kill()
    running.process.wait()

    successor = serve()

    assert "Ended what was left" in successor.printed
    for name in ("web", "worker", "beat"):
        assert not processes.is_alive(before[name])
        assert successor.processes()[name] != before[name]

    family += [member for process in successor.processes().values() for member in process.children(recursive=True)]
    successor.process.send_signal(signal.SIGINT)
    output, _ = successor.process.communicate()

    assert successor.process.returncode == 0
    assert output.endswith("Stopped\n")
    assert not successor.processes()
    assert not [member for member in family if processes.is_alive(member)]


def test_a_port_in_use_is_named_with_a_way_out(open_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as occupant:
        port = occupant.getsockname()[1]
        outcome = call(open_folder / "port", port, "run")

    assert outcome.returncode == 1
    assert f"Port {port} cannot be used (Address already in use)" in outcome.stderr
    assert "make run PORT=" in outcome.stderr


@pytest.mark.parametrize("port", ["eight", "65536"])
def test_a_port_that_is_none_is_refused(open_folder: Path, port: str) -> None:
    outcome = call(open_folder / "port", port, "run")

    assert outcome.returncode == 1
    assert f"PORT={port} is not a port" in outcome.stderr


def test_where_nothing_runs_stop_and_status_say_so(open_folder: Path) -> None:
    var = open_folder / "nothing"

    assert call(var, 8000, "stop").stdout == f"Nothing runs on {var}\n"
    assert call(var, 8000, "status").returncode == 3
    assert not var.exists()
