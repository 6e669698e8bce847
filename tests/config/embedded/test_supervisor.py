"""What crashes is started again, ever more slowly, and is talked about."""

import signal
import sys
from pathlib import Path

import psutil
import pytest

from config.embedded import processes
from config.embedded.supervisor import Role, Supervisor, limit_logs, stop_recorded

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
CRASHER = [sys.executable, "-c", "raise SystemExit(3)"]


class Bench:
    """A supervisor under test with a clock that stands still until it is set."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.now = 1000.0
        self.said: list[str] = []
        self.started: list[psutil.Popen] = []
        self.supervisor = Supervisor(report=self.said.append, log_dir=var / "log", clock=lambda: self.now)

    def spawn(self, command: list[str]) -> psutil.Popen:
        process = processes.spawn(command, name="worker", var=self.var, log=self.var / "log" / "worker.log")
        self.started.append(process)
        return process

    def start(self, command: list[str]) -> None:
        self.supervisor.start(Role("worker", "The worker", lambda: self.spawn(command)))

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.supervisor.check()


@pytest.fixture
def bench(tmp_path: Path):
    bench = Bench(tmp_path)
    yield bench
    processes.stop_all(bench.started, grace_seconds=5)


def test_a_killed_process_is_started_again_after_a_pause(bench: Bench) -> None:
    bench.start(SLEEPER)
    bench.started[0].send_signal(signal.SIGKILL)
    bench.started[0].wait()

    bench.pass_time(5)
    assert len(bench.started) == 1
    assert bench.said[0].startswith("The worker stopped (killed by signal 9); starting it again in 1 s.")
    assert str(bench.var / "log" / "worker.log") in bench.said[0]

    bench.pass_time(1)
    assert len(bench.started) == 2
    assert processes.find(bench.var, "worker") == bench.started[1]
    assert bench.said[1] == "The worker runs again"


def test_the_pauses_grow_while_it_keeps_crashing_and_have_a_limit(bench: Bench) -> None:
    bench.start(CRASHER)
    pauses = []
    for _ in range(7):
        bench.started[-1].wait()
        bench.pass_time(0)
        pauses.append(int(bench.said[-1].split(" in ")[1].split()[0]))
        bench.pass_time(pauses[-1])

    assert pauses == [1, 2, 4, 8, 16, 30, 30]
    assert "exit code 3" in bench.said[0]


def test_a_crash_after_a_good_while_counts_as_the_first(bench: Bench) -> None:
    bench.start(CRASHER)
    for seconds in (0, 1, 0, 2):
        bench.started[-1].wait()
        bench.pass_time(seconds)

    bench.started[-1].wait()
    bench.pass_time(61)

    assert bench.said[-1].startswith("The worker stopped (exit code 3); starting it again in 1 s.")


def test_a_restart_that_fails_is_said_and_tried_again(bench: Bench) -> None:
    failures = iter([None, OSError("no memory left"), None])

    def start_or_fail() -> psutil.Popen:
        failure = next(failures)
        if failure is not None:
            raise failure
        return bench.spawn(SLEEPER)

    bench.supervisor.start(Role("worker", "The worker", start_or_fail))
    bench.started[0].kill()
    bench.started[0].wait()

    bench.pass_time(0)
    bench.pass_time(1)
    assert bench.said[-1] == "The worker could not be started, next try in 2 s: no memory left"
    bench.pass_time(2)
    assert bench.said[-1] == "The worker runs again"


def test_recorded_processes_are_stopped_together(tmp_path: Path) -> None:
    for name in ("web", "worker"):
        processes.spawn(SLEEPER, name=name, var=tmp_path, log=tmp_path / f"{name}.log")

    stopped = stop_recorded(tmp_path, ["beat", "web", "worker"], grace_seconds=5)

    assert stopped == ["web", "worker"]
    assert processes.find(tmp_path, "web") is None
    assert processes.read_record(tmp_path, "web") is None


def test_a_large_log_is_moved_aside(tmp_path: Path) -> None:
    (tmp_path / "web.log").write_text("x" * 11)
    (tmp_path / "beat.log").write_text("x" * 10)

    limit_logs(tmp_path, limit_bytes=10)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["beat.log", "web.log.1"]
