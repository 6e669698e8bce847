"""`python -m config.embedded demo|run|services|status|stop`: Hark on one machine, servers included."""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from environs import Env

from . import addresses, launch, processes, services
from .errors import EmbeddedError
from .reports import Report

DEFAULT_PORT = 8000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 done, 1 failed, 2 wrong usage, 3 nothing runs."""
    options = _parse(arguments)
    Env().read_env(launch.PROJECT / ".env", recurse=False)
    try:
        return _dispatch(options)
    except EmbeddedError as error:
        sys.stderr.write(f"hark: {error}\n")
        return 1
    except (KeyboardInterrupt, launch.StopRequestedError):
        return 130


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m config.embedded", description="Hark on one machine, database and queue included."
    )
    parser.add_argument(
        "command",
        choices=["demo", "run", "services", "status", "stop"],
        help="demo: serve the demo portfolio; run: serve your own data; services: only PostgreSQL and Redis, for "
        "manage.py; status: say what runs; stop: stop it",
    )
    parser.add_argument("--demo", action="store_true", help="services, status, stop: those of the demo portfolio")
    return parser.parse_args(arguments)


def _dispatch(options: argparse.Namespace) -> int:
    installation = _installation(is_demo=options.command == "demo" or options.demo)
    if options.command in {"demo", "run"}:
        launch.serve(installation, _progress())
        return 0
    if options.command == "services":
        return _run_services(installation)
    if options.command == "stop":
        return _stop(installation.var)
    return _print_status(installation.var)


def _installation(*, is_demo: bool) -> launch.Installation:
    named = os.environ.get("HARK_VAR")
    var = Path(named).expanduser() if named else (launch.DEMO_VAR if is_demo else launch.DEFAULT_VAR)
    return launch.Installation(var=var.resolve(), is_demo=is_demo, port=_port())


def _port() -> int:
    text = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise EmbeddedError(f"PORT={text} is not a port. Give a number between 1 and 65535, such as PORT=8001.")
    return int(text)


def _run_services(installation: launch.Installation) -> int:
    report = _progress()
    with launch.stop_signals() as stopping:
        try:
            with services.in_use(installation.var, report=report):
                report(f"DATABASE_URL={addresses.database_url(installation.var)}")
                report(f"REDIS_URL={addresses.redis_url(installation.var)}")
                report(f"PostgreSQL and Redis run for HARK_VAR={installation.var}. Ctrl-C stops them.")
                stopping.wait()
        except launch.StopRequestedError:
            report("Stopped")
    return 0


def _stop(var: Path) -> int:
    was_running = var.exists() and launch.stop(var)
    sys.stdout.write(f"Stopped Hark on {var}\n" if was_running else f"Nothing runs on {var}\n")
    return 0


def _print_status(var: Path) -> int:
    names = (launch.SUPERVISOR, *launch.SERVICES, *launch.SERVING)
    found = {name: processes.find(var, name) for name in names} if var.exists() else {}
    running = {name: process for name, process in found.items() if process is not None}
    if not running:
        sys.stdout.write(f"Nothing runs on {var}\n")
        return launch.NOT_READY_EXIT_CODE
    sys.stdout.write(f"{launch.running_address(var) or 'Not served'} on {var}\n")
    for name in names:
        process = running.get(name)
        sys.stdout.write(f"  {name:<10} {f'runs, pid {process.pid}' if process else 'does not run'}\n")
    return 0


def _progress() -> Report:
    started_at = time.monotonic()

    def report(sentence: str) -> None:
        sys.stdout.write(f"[{time.monotonic() - started_at:5.1f} s] {sentence}\n")
        sys.stdout.flush()

    return report


if __name__ == "__main__":
    sys.exit(main())
