"""A real PostgreSQL server from the wheel's programs, with its data under the data directory."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import psutil
import psycopg2

from . import addresses, placement, processes
from .errors import EmbeddedError
from .reports import Report, silent

NAME = "postgres"
START_TIMEOUT_SECONDS = 60.0  # crash recovery replays at most max_wal_size, which takes seconds
STOP_TIMEOUT_SECONDS = 30.0
SMALL_SHARED_MEMORY_BYTES = 256 * 1024**2

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "cluster_name": "hark",
}
# Faster, and the data is lost with the machine: for tests only. Nothing cleans up behind their backs either: what tidying
# does can be seen while nobody else reads.
WITHOUT_DURABILITY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def log_path(var: Path) -> Path:
    """Return the path of the server's log."""
    return var / "log" / f"{NAME}.log"


def start(var: Path, *, is_durable: bool = True, report: Report = silent) -> psutil.Process:
    """Start the server of `var`, or find it running, and return its process once it accepts connections.

    Makes the data and the database first if they do not exist. Recovers from a crash of the server, of the
    machine, or of whoever started it.

    Args:
        is_durable: False trades the safety of the data for speed.
        report: called with a sentence when something takes time or is worth knowing.

    Raises:
        EmbeddedError: the server cannot be started; the message says why and what to do.
    """
    data = placement.place_data(var)
    running = processes.find(var, NAME)
    if running is not None and _answers(var):
        return running
    _check_version(data)
    identity = placement.server_identity(data)
    programs = placement.programs_dir(identity)
    if not (data / "PG_VERSION").exists():
        if data != var / "postgres":
            report(f"{var} is closed to the account PostgreSQL runs as; the data goes to {data}")
        report("Creating the database")
        _initialise(programs, data, identity, is_durable=is_durable)
    _clear_remains(data, report)
    _prepare_socket_dir(var, identity)
    process = processes.spawn(
        [programs / "postgres", "-D", data, *_options(var, is_durable=is_durable)],
        name=NAME,
        var=var,
        log=log_path(var),
        env=_environment(),
        cwd=data,
        identity=identity,
    )
    _wait_until_ready(var, process)
    _ensure_database(var)
    return process


def stop(var: Path) -> None:
    """Stop the server of `var` if it runs; connections are ended, transactions under way are rolled back."""
    process = processes.find(var, NAME)
    if process is not None:
        processes.stop(process, stop_signal=signal.SIGINT, grace_seconds=STOP_TIMEOUT_SECONDS)
    processes.forget(var, NAME)


def delete_data(var: Path) -> None:
    """Stop the server and delete its data, wherever it lies."""
    stop(var)
    data = placement.data_dir(var)
    shutil.rmtree(data, ignore_errors=True)
    if data != var / "postgres":
        with contextlib.suppress(OSError):
            data.parent.rmdir()
        (var / placement.POINTER_NAME).unlink(missing_ok=True)


def _initialise(programs: Path, data: Path, identity: processes.Identity | None, *, is_durable: bool) -> None:
    """Make the data directory under another name first: a half-made one is never taken for a whole one."""
    draft = data.with_name("postgres-being-created")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    if identity is not None:
        os.chown(draft, identity.uid, identity.gid)
    command = [
        *(programs / "initdb", "--pgdata", draft, "--username", addresses.DATABASE_USER),
        # The socket lies in a directory only the server's account may enter: whoever gets there is trusted.
        *("--auth", "trust", "--encoding", "UTF8", "--locale-provider", "builtin", "--locale", "C.UTF-8"),
        *([] if is_durable else ["--no-sync"]),
    ]
    outcome = subprocess.run(  # noqa: S603 - our own command
        [str(part) for part in command],
        env=_environment(),
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        user=None if identity is None else identity.uid,
        group=None if identity is None else identity.gid,
        extra_groups=None if identity is None else [],
    )
    if outcome.returncode != 0:
        shutil.rmtree(draft, ignore_errors=True)
        raise EmbeddedError(f"The database could not be created in {data}:\n{outcome.stderr.strip()}")
    draft.rename(data)


def _check_version(data: Path) -> None:
    """Refuse data of another major version, which the server could not read."""
    try:
        found = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        if data.exists() and any(data.iterdir()):
            raise EmbeddedError(
                f"{data} is not empty and holds no PostgreSQL data. Move it away, then start again."
            ) from None
        return
    except PermissionError:
        raise EmbeddedError(
            f"{data} belongs to another user. Start Hark as that user, or give it to yourself (chown -R)."
        ) from None
    expected = placement.server_version().partition(".")[0]
    if found != expected:
        raise EmbeddedError(
            f"The data in {data} was written by PostgreSQL {found}; this Hark brings PostgreSQL {expected}. "
            "Dump it with the Hark that wrote it (pg_dump), move it away, start again and restore the dump."
        )


def _clear_remains(data: Path, report: Report) -> None:
    """End servers that still use `data`, and delete a pid file that names a process which is not one.

    The server itself takes any living process of the same user under the old pid for a rival, which after a
    restart of a machine or container is as likely as not some other program.
    """
    remains = [process for process in psutil.process_iter() if _serves(process, data)]
    if remains:
        report("Ending what is left of a PostgreSQL server that was not stopped")
        for process in remains:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGQUIT)
        _, alive = psutil.wait_procs(remains, timeout=5.0)
        for process in alive:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(alive, timeout=5.0)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _serves(process: psutil.Process, data: Path) -> bool:
    try:
        return process.name().startswith("postgres") and Path(process.cwd()) == data.resolve()
    except (psutil.Error, OSError):
        return False


def _prepare_socket_dir(var: Path, identity: processes.Identity | None) -> None:
    owner = os.geteuid() if identity is None else identity.uid
    prepare_private_dir(addresses.postgres_socket_dir(var), owner)


def prepare_private_dir(directory: Path, owner: int) -> None:
    """Make `directory`, inside the socket directory of a data directory, so that only `owner` may enter it.

    /tmp is everybody's: a directory somebody else made under our name could hold a server that pretends to be
    ours, so owners are checked before anything connects.

    Raises:
        EmbeddedError: the directory, or the one it lies in, belongs to somebody else.
    """
    parent = directory.parent
    parent.mkdir(mode=0o711, exist_ok=True)
    for path, allowed in ((parent, os.geteuid()), (directory, owner)):
        if path == directory and not path.exists():
            path.mkdir(mode=0o700)
            os.chown(path, owner, -1)
        found = path.lstat()
        if path.is_symlink() or found.st_uid not in {allowed, os.geteuid()}:
            raise EmbeddedError(
                f"{path} belongs to another user (uid {found.st_uid}). If that user started Hark before, "
                "start it as that user again; otherwise delete the directory and start again."
            )
        if found.st_uid != allowed:
            os.chown(path, allowed, -1)
    parent.chmod(0o711)
    directory.chmod(0o700)


def _options(var: Path, *, is_durable: bool) -> list[str]:
    settings = SETTINGS | {"unix_socket_directories": str(addresses.postgres_socket_dir(var))}
    if not is_durable:
        settings |= WITHOUT_DURABILITY
    if _has_small_shared_memory():
        # Parallel workers exchange rows through /dev/shm and fail where a container grants 64 MB of it.
        settings |= {"max_parallel_workers_per_gather": "0", "max_parallel_maintenance_workers": "0"}
    return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]


def _has_small_shared_memory() -> bool:
    try:
        return shutil.disk_usage("/dev/shm").total < SMALL_SHARED_MEMORY_BYTES  # noqa: S108 - only measured
    except OSError:
        return False


def _environment() -> Mapping[str, str]:
    """Return the environment without PG* variables, which would redirect the server and its programs."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}


def _wait_until_ready(var: Path, process: psutil.Process) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while not _answers(var):
        if not processes.is_alive(process):
            raise EmbeddedError(f"PostgreSQL stopped while starting. The end of its log:\n{_log_end(var)}")
        if time.monotonic() >= deadline:
            processes.stop(process, stop_signal=signal.SIGINT)
            raise EmbeddedError(
                f"PostgreSQL did not answer within {START_TIMEOUT_SECONDS:.0f} seconds. "
                f"The end of its log, {log_path(var)}:\n{_log_end(var)}"
            )
        time.sleep(processes.POLL_SECONDS)


def _log_end(var: Path, lines: int = 8) -> str:
    with contextlib.suppress(FileNotFoundError):
        return "\n".join(log_path(var).read_text(errors="replace").splitlines()[-lines:])
    return "(no log)"


def _connect(var: Path) -> psycopg2.extensions.connection:
    return psycopg2.connect(
        dbname="postgres",
        user=addresses.DATABASE_USER,
        host=str(addresses.postgres_socket_dir(var)),
        connect_timeout=5,
    )


def _answers(var: Path) -> bool:
    try:
        _connect(var).close()
    except psycopg2.OperationalError:
        return False
    return True


def _ensure_database(var: Path) -> None:
    connection = _connect(var)
    connection.autocommit = True  # CREATE DATABASE may not run in a transaction
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [addresses.DATABASE_NAME])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {addresses.DATABASE_NAME}")
    finally:
        connection.close()
