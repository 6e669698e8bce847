"""What an installation on one machine consists of, and how it comes up and goes down.

The order serves the person who waits: whatever can start early does, and the page can be opened before the demo
portfolio is in.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from types import FrameType
from typing import NoReturn
from urllib.error import URLError
from urllib.request import urlopen

import psutil

from . import postgres, processes, redis, services
from .errors import EmbeddedError
from .locks import FileLock
from .preparation import is_prepared, preparing
from .reports import Report
from .supervisor import Role, Supervisor, limit_logs, stop_recorded

PROJECT = Path(__file__).resolve().parents[2]
DEFAULT_VAR = PROJECT / "var" / "data"
DEMO_VAR = PROJECT / "var" / "demo"
SUPERVISOR = "supervisor"
SERVING = ("beat", "web", "worker")
SERVICES = (postgres.NAME, redis.NAME)
WEB_TIMEOUT_SECONDS = 60.0
STOP_GRACE_SECONDS = 10.0
NOT_READY_EXIT_CODE = 3


class StopRequestedError(Exception):
    """Somebody pressed Ctrl-C, closed the terminal or sent SIGTERM."""


@dataclass(frozen=True, slots=True)
class Installation:
    """One data directory and how it is served."""

    var: Path
    is_demo: bool
    port: int
    host: str = "127.0.0.1"

    @property
    def address(self) -> str:
        """The address to open in a browser."""
        return f"http://{self.host}:{self.port}/"

    @property
    def log_dir(self) -> Path:
        """Where every process writes its log."""
        return self.var / "log"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its processes."""
        return os.environ | {
            "HARK_VAR": str(self.var),
            "HARK_DEMO": "true" if self.is_demo else "false",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONUNBUFFERED": "1",
        }


def uses_embedded_postgres() -> bool:
    """Tell whether no other PostgreSQL server is named in the environment."""
    return not os.environ.get("DATABASE_URL")


def uses_embedded_redis() -> bool:
    """Tell whether no other Redis server is named in the environment."""
    return not os.environ.get("REDIS_URL")


def serve(installation: Installation, report: Report) -> None:
    """Run `installation` until asked to stop, then stop everything it started.

    Raises:
        EmbeddedError: it runs already, its port is taken, or a part of it does not start.
    """
    var = installation.var
    with sole_supervisor(installation), stop_signals() as stopping:
        limit_logs(installation.log_dir)
        _clean_up_after_a_crash(var, report)
        _check_port(installation)
        try:
            # Counted as a user only: the servers are started as what is watched, so that their end is noticed.
            with services.in_use(var, uses_postgres=False, uses_redis=False):
                try:
                    _serve_with_services(installation, report, stopping)
                except StopRequestedError:
                    report("Stopping")
                finally:
                    _ignore_further_signals(report)
                    stop_recorded(var, SERVING, grace_seconds=STOP_GRACE_SECONDS)
                    _stop_services(var)
        finally:
            processes.kill_leftovers(var, names=SERVING)
    report("Stopped")


def stop(var: Path) -> bool:
    """Stop whatever runs on `var`; return False when nothing did."""
    supervisor = processes.find(var, SUPERVISOR)
    if supervisor is not None:
        supervisor.terminate()
        processes.wait_until_ended(supervisor, 3 * STOP_GRACE_SECONDS + postgres.STOP_TIMEOUT_SECONDS)
        return True
    found = [name for name in (*SERVING, *SERVICES) if processes.find(var, name) is not None]
    stop_recorded(var, SERVING, grace_seconds=STOP_GRACE_SECONDS)
    services.stop(var)
    return bool(found) or bool(processes.kill_leftovers(var, names=SERVING))


def running_address(var: Path) -> str | None:
    """Return the address of the supervisor that runs on `var`, or None."""
    if processes.find(var, SUPERVISOR) is None:
        return None
    try:
        return str(json.loads((processes.run_dir(var) / "address.json").read_text())["address"])
    except (FileNotFoundError, ValueError, KeyError):
        return None


@contextmanager
def sole_supervisor(installation: Installation) -> Iterator[None]:
    """Be the one supervisor of the data directory for the length of the block.

    Raises:
        EmbeddedError: another one runs.
    """
    var = installation.var
    lock = FileLock(processes.run_dir(var) / "supervisor.lock")
    if not lock.try_hold():
        address = running_address(var)
        where = f" at {address}" if address else ""
        raise EmbeddedError(f"Hark already runs on {var}{where}. Open it there, or stop it first: make stop")
    own = psutil.Process()
    processes.write_record(var, processes.ProcessRecord(name=SUPERVISOR, pid=own.pid, started_at=own.create_time()))
    (processes.run_dir(var) / "address.json").write_text(json.dumps({"address": installation.address}))
    try:
        yield
    finally:
        processes.forget(var, SUPERVISOR)
        lock.release()


def _serve_with_services(installation: Installation, report: Report, stopping: Event) -> None:
    var = installation.var
    supervisor = Supervisor(report=report, log_dir=installation.log_dir)
    web, worker, beat = serving_roles(installation)
    # With nothing to bring up to date, nobody has to wait for the finding that there is nothing.
    is_early = is_prepared(var, project=PROJECT)
    is_starting = uses_embedded_postgres()
    with preparing(var, project=PROJECT, environment=installation.environment, is_starting=is_starting) as preparation:
        for role in service_roles(var, report):
            report(f"Starting {role.title}")
            supervisor.start(role)
        if is_early:
            _start_together(supervisor, web, worker)
        report("Bringing the database and the static files up to date")
        has_people = preparation.finish()
    if not is_early:
        _start_together(supervisor, web, worker)
    if installation.is_demo:
        _load_demo_once(installation, report, has_people=has_people)
    supervisor.start(beat)  # last, as nobody waits for it and starting takes a processor for a second
    _wait_for_web(installation)
    if not installation.is_demo and not has_people:
        _offer_first_administrator(installation, report)
    _announce(installation, report)
    supervisor.watch(stopping)
    raise StopRequestedError


def _start_together(supervisor: Supervisor, *roles: Role) -> None:
    for role in roles:
        supervisor.start(role)


def service_roles(var: Path, report: Report) -> list[Role]:
    """Return the servers to watch: those in the environment are somebody else's."""
    roles = []
    if uses_embedded_postgres():
        roles.append(Role(postgres.NAME, "PostgreSQL", lambda: services.start_postgres(var, report)))
    if uses_embedded_redis():
        roles.append(Role(redis.NAME, "Redis", lambda: services.start_redis(var)))
    return roles


def serving_roles(installation: Installation) -> tuple[Role, Role, Role]:
    """Return Hark's own processes: web, worker and beat."""
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "-A", "config.celery"]
    web = [*python, "gunicorn", "config.wsgi:application", "--bind", f"{installation.host}:{installation.port}"]
    web += ["--workers", "2", "--threads", "4", "--timeout", "120", "--preload", "--no-control-socket"]
    worker = [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO"]
    worker += ["--without-gossip", "--without-mingle"]
    beat = [*celery, "beat", "--loglevel", "INFO", "--pidfile="]
    return (
        _own_role(installation, "web", "The web server", web),
        _own_role(installation, "worker", "The worker", worker),
        _own_role(installation, "beat", "The clock (beat)", beat),
    )


def _own_role(installation: Installation, name: str, title: str, command: list[str]) -> Role:
    def start() -> psutil.Process:
        # The children of a leader that was killed may still hold its port or run its tasks.
        processes.kill_leftovers(installation.var, names=[name])
        return processes.spawn(
            command,
            name=name,
            var=installation.var,
            log=installation.log_dir / f"{name}.log",
            env=installation.environment,
            cwd=PROJECT,
        )

    return Role(name, title, start)


def _clean_up_after_a_crash(var: Path, report: Report) -> None:
    stopped = stop_recorded(var, SERVING, grace_seconds=STOP_GRACE_SECONDS)
    killed = processes.kill_leftovers(var, names=SERVING)
    if stopped or killed:
        report("Ended what was left of a Hark that had not been stopped")


def _stop_services(var: Path) -> None:
    if uses_embedded_postgres() or uses_embedded_redis():
        services.stop(var)


def _check_port(installation: Installation) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((installation.host, installation.port))
        except OSError as error:
            command = "demo" if installation.is_demo else "run"
            raise EmbeddedError(
                f"Port {installation.port} cannot be used ({error.strerror}). "
                f"Choose another one, for example: make {command} PORT={_free_port(installation.host)}"
            ) from error


def _free_port(host: str) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _manage(installation: Installation, *arguments: str) -> None:
    """Run a management command with its output and input those of the terminal.

    Raises:
        EmbeddedError: it fails; what it printed says why.
    """
    outcome = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, str(PROJECT / "manage.py"), *arguments],
        env=installation.environment,
        cwd=PROJECT,
        check=False,
    )
    if outcome.returncode != 0:
        raise EmbeddedError(f"`manage.py {' '.join(arguments)}` failed with exit code {outcome.returncode}.")


def _wait_for_web(installation: Installation) -> None:
    deadline = time.monotonic() + WEB_TIMEOUT_SECONDS
    while not _web_answers(installation):
        log = installation.log_dir / "web.log"
        if processes.find(installation.var, "web") is None:
            raise EmbeddedError(f"The web server stopped while starting. Its log, {log}, says why.")
        if time.monotonic() >= deadline:
            raise EmbeddedError(f"The web server did not answer within {WEB_TIMEOUT_SECONDS:.0f} s. See {log}.")
        time.sleep(0.05)


def _web_answers(installation: Installation) -> bool:
    try:
        with urlopen(f"{installation.address}healthz", timeout=5) as response:  # noqa: S310 - our own http address
            return bool(response.status == 200)
    except (URLError, OSError):
        return False


def _load_demo_once(installation: Installation, report: Report, *, has_people: bool) -> None:
    """Load and score the demo portfolio unless that was done to the end before."""
    done = installation.var / "demo-loaded"
    if done.exists() and has_people:
        return
    report(f"Loading and scoring the demo portfolio; {installation.address} can be opened meanwhile")
    _manage(installation, "load_demo", "--score")
    done.touch()


def _offer_first_administrator(installation: Installation, report: Report) -> None:
    report("Nobody can sign in yet: the first administrator is made on this machine.")
    prefix = "" if installation.var == DEFAULT_VAR else f"HARK_VAR={installation.var} "
    command = f"{prefix}{_short(Path(sys.executable))} {_short(PROJECT / 'manage.py')} create_administrator"
    if not sys.stdin.isatty():
        report(f"Make one with:  {command}")
        return
    try:
        _manage(installation, "create_administrator")
    except EmbeddedError:
        report(f"No administrator was made. Make one later with:  {command}")


def _announce(installation: Installation, report: Report) -> None:
    how = (
        "choose a person on the sign-in page; the demo asks for no password"
        if installation.is_demo
        else "sign in with your e-mail address and password"
    )
    report(f"Hark runs at {installation.address} - {how}.")
    data, logs = _short(installation.var), _short(installation.log_dir)
    report(f"Ctrl-C stops it. The data lies in {data}, the logs in {logs}.")


def _short(path: Path) -> str:
    """Return `path` as one would type it here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


@contextmanager
def stop_signals() -> Iterator[Event]:
    """Turn SIGINT, SIGTERM and SIGHUP into an exception, wherever the program is at that moment."""
    stopping = Event()

    def request_stop(number: int, frame: FrameType | None) -> NoReturn:
        stopping.set()
        raise StopRequestedError

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    previous = {number: signal.signal(number, request_stop) for number in signals}
    try:
        yield stopping
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _ignore_further_signals(report: Report) -> None:
    """Let nothing interrupt the stopping: half-stopped is what nobody wants."""

    def say_so(number: int, frame: FrameType | None) -> None:
        report("Already stopping")

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, say_so)
