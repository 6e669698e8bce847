"""Keeping named processes running: started together, restarted when they crash, stopped together."""

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import psutil

from . import processes
from .reports import Report

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
STEADY_AFTER_SECONDS = 60.0
"""A process that has run this long is taken to be well: its next crash counts as the first."""

CHECK_EVERY_SECONDS = 0.25
LOG_LIMIT_BYTES = 20 * 1024**2


@dataclass(frozen=True, slots=True)
class Role:
    """One process to keep running."""

    name: str
    title: str
    """As it is called in messages."""
    start: Callable[[], psutil.Process]
    """Starts it, or finds it running; may raise OSError or EmbeddedError."""


@dataclass(slots=True)
class _Charge:
    role: Role
    process: psutil.Process | None = None
    started_at: float = 0.0
    crashes: int = 0
    restart_at: float | None = None


@dataclass(slots=True)
class Supervisor:
    """Starts roles, watches them and starts them again when they end by themselves.

    Times are of the monotonic clock, which `clock` gives; it is a parameter so that tests need not wait.
    """

    report: Report
    log_dir: Path
    clock: Callable[[], float] = time.monotonic
    _charges: dict[str, _Charge] = field(default_factory=dict)

    def start(self, role: Role) -> None:
        """Start `role` and watch it from now on; errors of its start are the caller's."""
        self._charges[role.name] = _Charge(role, process=role.start(), started_at=self.clock())

    def watch(self, stopping: Event) -> None:
        """Keep everything running until `stopping` is set."""
        while not stopping.wait(CHECK_EVERY_SECONDS):
            self.check()

    def check(self) -> None:
        """Look at every process once: note those that ended, start those whose pause is over."""
        for charge in self._charges.values():
            if charge.process is not None and not processes.is_alive(charge.process):
                self._note_crash(charge)
            if charge.restart_at is not None and self.clock() >= charge.restart_at:
                self._restart(charge)

    def _note_crash(self, charge: _Charge) -> None:
        has_been_steady = self.clock() - charge.started_at >= STEADY_AFTER_SECONDS
        charge.crashes = 1 if has_been_steady else charge.crashes + 1
        pause = min(FIRST_PAUSE_SECONDS * 2 ** (charge.crashes - 1), LONGEST_PAUSE_SECONDS)
        self.report(
            f"{charge.role.title} stopped ({_ending(charge.process)}); starting it again in {pause:.0f} s. "
            f"Its log: {self.log_dir / charge.role.name}.log"
        )
        charge.process = None
        charge.restart_at = self.clock() + pause

    def _restart(self, charge: _Charge) -> None:
        charge.restart_at = None
        charge.started_at = self.clock()
        try:
            charge.process = charge.role.start()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is said and tried again
            charge.crashes += 1
            pause = min(FIRST_PAUSE_SECONDS * 2 ** (charge.crashes - 1), LONGEST_PAUSE_SECONDS)
            charge.restart_at = self.clock() + pause
            self.report(f"{charge.role.title} could not be started, next try in {pause:.0f} s: {error}")
        else:
            self.report(f"{charge.role.title} runs again")


def limit_logs(log_dir: Path, limit_bytes: int = LOG_LIMIT_BYTES) -> None:
    """Move each log over `limit_bytes` aside, replacing the one moved aside before."""
    for log in log_dir.glob("*.log"):
        if log.stat().st_size > limit_bytes:
            log.replace(log.with_suffix(".log.1"))


def stop_recorded(var: Path, names: Sequence[str], *, grace_seconds: float) -> list[str]:
    """Stop the recorded processes `names` of `var` at once; return the names of those that ran."""
    found = {name: process for name in names if (process := processes.find(var, name)) is not None}
    processes.stop_all(list(found.values()), grace_seconds=grace_seconds)
    for name in names:
        processes.forget(var, name)
    return list(found)


def _ending(process: psutil.Process | None) -> str:
    """Say how a process ended, as far as is known: exit codes are told to parents only."""
    code = None
    if process is not None:
        with contextlib.suppress(psutil.Error):
            code = process.wait(timeout=0)
    if code is None:
        return "it is not known why"
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"
