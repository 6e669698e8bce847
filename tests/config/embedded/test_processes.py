"""Processes are found again by pid and start time, and stopped with everything they started."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from config.embedded import processes

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
# Ignores SIGTERM, and starts a child that would outlive it.
STUBBORN_PROGRAM = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("up", flush=True)
time.sleep(600)
"""
# Ends its first thread alone, as a server does whose other threads still close its files.
LAST_THREAD_PROGRAM = """
import os, pathlib, sys, threading, time
def outlive():
    state = pathlib.Path(f"/proc/{os.getpid()}/stat")
    while state.read_text().rpartition(") ")[2][0] != "Z":
        pass
    print("up", flush=True)
    while not pathlib.Path(sys.argv[1]).exists():
        time.sleep(0.005)
    os._exit(0)
threading.Thread(target=outlive).start()
import ctypes, platform
ctypes.CDLL(None).syscall({"x86_64": 60}.get(platform.machine(), 93), 0)
"""
STUBBORN = [sys.executable, "-c", STUBBORN_PROGRAM]


def spawn(var: Path, command: list[str], name: str = "sleeper") -> psutil.Popen:
    """Start `command` and return when it has printed that it is up."""
    log = var / f"{name}.log"
    process = processes.spawn(command, name=name, var=var, log=log)
    while b"up" not in log.read_bytes():
        assert process.poll() is None
    return process


def test_a_started_process_is_found_by_its_record(tmp_path: Path) -> None:
    process = spawn(tmp_path, SLEEPER)

    assert processes.find(tmp_path, "sleeper") == process
    assert processes.find(tmp_path, "another") is None

    processes.stop(process)
    assert processes.find(tmp_path, "sleeper") is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows a process whose first thread has ended")
def test_a_zombie_with_threads_left_has_not_ended(tmp_path: Path) -> None:
    may_end = tmp_path / "may-end"
    process = spawn(tmp_path, [sys.executable, "-c", LAST_THREAD_PROGRAM, str(may_end)])
    seen_from_outside = psutil.Process(process.pid)

    assert seen_from_outside.status() == psutil.STATUS_ZOMBIE
    assert processes.is_alive(seen_from_outside)
    assert processes.is_alive(process)

    may_end.touch()
    assert processes.wait_until_ended(seen_from_outside, 10)
    assert not processes.is_alive(process)


def test_a_reused_pid_is_not_taken_for_the_process(tmp_path: Path) -> None:
    process = spawn(tmp_path, SLEEPER)
    record = processes.read_record(tmp_path, "sleeper")
    assert record is not None
    processes.write_record(tmp_path, replace(record, started_at=record.started_at - 3600))

    assert processes.find(tmp_path, "sleeper") is None

    processes.stop(process)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', '{"name": "x", "pid": "y", "started_at": 1}'])
def test_a_damaged_record_is_no_record(tmp_path: Path, content: str) -> None:
    (processes.run_dir(tmp_path) / "sleeper.json").write_text(content)

    assert processes.read_record(tmp_path, "sleeper") is None


def test_a_process_that_ignores_the_signal_is_killed_with_its_children(tmp_path: Path) -> None:
    process = spawn(tmp_path, STUBBORN)
    children = process.children()

    has_stopped_by_itself = processes.stop(process, grace_seconds=0.1)

    assert not has_stopped_by_itself
    assert len(children) == 1
    assert not processes.is_alive(process)
    assert not processes.is_alive(children[0])


def test_children_of_a_killed_leader_are_found_by_name_and_directory(tmp_path: Path) -> None:
    process = spawn(tmp_path, STUBBORN)
    (child,) = process.children()
    process.kill()
    process.wait()
    assert processes.is_alive(child)

    assert processes.kill_leftovers(tmp_path / "another", names=["sleeper"]) == []
    assert processes.kill_leftovers(tmp_path, names=["another"]) == []
    killed = processes.kill_leftovers(tmp_path, names=["sleeper"])

    assert len(killed) == 1
    assert not processes.is_alive(child)


def test_output_is_appended_to_the_log(tmp_path: Path) -> None:
    for word in ("first", "second"):
        processes.spawn(["/bin/echo", word], name="echo", var=tmp_path, log=tmp_path / "log" / "echo.log").wait()

    assert (tmp_path / "log" / "echo.log").read_text() == "first\nsecond\n"


def test_it_has_a_session_of_its_own_so_that_ctrl_c_does_not_reach_it(tmp_path: Path) -> None:
    process = spawn(tmp_path, SLEEPER)

    assert os.getsid(process.pid) == process.pid != os.getsid(0)

    processes.stop(process)
