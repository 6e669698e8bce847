"""Starting, finding again and stopping long-lived processes.

Each process gets its own session (so that a Ctrl-C in the terminal reaches only the supervisor, which then
stops them in order), and a record of its pid and start time. Pids are reused, a pid with its start time is
not: a record can be trusted after a crash, a restart of the machine, or a kill -9 of whoever wrote it.
"""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

# Processes carry their name and data directory in their environment, so that the children a killed leader leaves
# behind can be told from everybody else's.
MARKER = "HARK_PROCESS"

START_TIME_TOLERANCE_SECONDS = 2.0  # boot-time based clocks differ by rounding, not by more
POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Identity:
    """A system account to run a process as."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class ProcessRecord:
    """What is written down about a started process: enough to find it again and nothing else by mistake."""

    name: str
    pid: int
    started_at: float
    """Seconds since the epoch, as the operating system reports it."""


def run_dir(var: Path) -> Path:
    """Return the directory that holds the records and locks of data directory `var`, making it if needed."""
    directory = var / "run"
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def spawn(
    command: Sequence[str | Path],
    *,
    name: str,
    var: Path,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    identity: Identity | None = None,
) -> psutil.Popen:
    """Start `command` in its own session with its output appended to `log`, and record it under `name`.

    Raises:
        OSError: the program does not exist or may not be run.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    environment = dict(os.environ if env is None else env)
    environment[MARKER] = _marker(var, name)
    with log.open("ab") as output:
        process = psutil.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=cwd,
            start_new_session=True,
            user=None if identity is None else identity.uid,
            group=None if identity is None else identity.gid,
            extra_groups=None if identity is None else [],
        )
    write_record(var, ProcessRecord(name=name, pid=process.pid, started_at=process.create_time()))
    return process


def write_record(var: Path, record: ProcessRecord) -> None:
    """Write `record` so that a reader sees the old one or the new one, never half of it."""
    path = run_dir(var) / f"{record.name}.json"
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    draft.write_text(json.dumps(asdict(record)))
    draft.replace(path)


def read_record(var: Path, name: str) -> ProcessRecord | None:
    """Return the record of process `name`, or None when there is none or it cannot be read."""
    try:
        content = json.loads((run_dir(var) / f"{name}.json").read_text())
        return ProcessRecord(str(content["name"]), int(content["pid"]), float(content["started_at"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def forget(var: Path, name: str) -> None:
    """Delete the record of process `name`."""
    (run_dir(var) / f"{name}.json").unlink(missing_ok=True)


def find(var: Path, name: str) -> psutil.Process | None:
    """Return the running process recorded under `name`, or None when it has ended."""
    record = read_record(var, name)
    if record is None:
        return None
    try:
        process = psutil.Process(record.pid)
        is_same = abs(process.create_time() - record.started_at) <= START_TIME_TOLERANCE_SECONDS
    except psutil.Error:
        return None
    return process if is_same and is_alive(process) else None


def is_alive(process: psutil.Process) -> bool:
    """Tell whether `process` runs; one that has ended but was not waited for does not.

    A server's first thread may be gone while others still close its files. The system calls that a zombie too, but it
    cannot be waited for yet, and what it holds is not free: it runs until its last thread has ended.
    """
    if isinstance(process, psutil.Popen):
        return process.poll() is None
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return process.num_threads() > 1
        return process.is_running()
    except psutil.Error:
        return False


def wait_until_ended(process: psutil.Process, timeout_seconds: float) -> bool:
    """Wait for `process` to end; return False when it has not after `timeout_seconds`."""
    deadline = time.monotonic() + timeout_seconds
    while is_alive(process):
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def stop(
    process: psutil.Process,
    *,
    stop_signal: signal.Signals = signal.SIGTERM,
    grace_seconds: float = 10.0,
) -> bool:
    """Stop `process` and whatever it started; return False when it had to be killed.

    Only the leader gets `stop_signal`: servers with children know in which order to end them. What is left
    after `grace_seconds` is killed.
    """
    return stop_all([process], stop_signal=stop_signal, grace_seconds=grace_seconds)


def stop_all(
    leaders: Sequence[psutil.Process],
    *,
    stop_signal: signal.Signals = signal.SIGTERM,
    grace_seconds: float = 10.0,
) -> bool:
    """Stop several processes at once, as `stop` does one."""
    family = [member for leader in leaders for member in (leader, *_descendants(leader))]
    for leader in leaders:
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
            leader.send_signal(stop_signal)
    deadline = time.monotonic() + grace_seconds
    waited = [wait_until_ended(leader, max(0.0, deadline - time.monotonic())) for leader in leaders]
    for member in family:
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
            member.kill()
    for member in family:
        wait_until_ended(member, 5.0)
    return all(waited)


def kill_leftovers(var: Path, *, names: Collection[str]) -> list[str]:
    """Kill what was started under `names` for `var`, and children of it; return the command lines.

    Finds what records cannot: children that outlived their leader, and processes whose starter was killed
    before it wrote a record. Sees only processes this user may inspect; others cannot be of this data directory.
    """
    leftovers = list(_marked_processes({_marker(var, name) for name in names}))
    descriptions = []
    for process in leftovers:
        with contextlib.suppress(psutil.Error):
            descriptions.append(" ".join(process.cmdline())[:120])
            process.kill()
    for process in leftovers:
        wait_until_ended(process, 5.0)
    return descriptions


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    try:
        return list(process.children(recursive=True))
    except psutil.Error:
        return []


def _marker(var: Path, name: str) -> str:
    return f"{name}@{var}"


def _marked_processes(markers: Collection[str]) -> Iterator[psutil.Process]:
    own = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    for process in psutil.process_iter():
        try:
            if process.pid not in own and process.environ().get(MARKER) in markers:
                yield process
        except (psutil.Error, OSError):
            continue
