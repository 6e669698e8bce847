"""Servers for one test run: fresh, fast because nothing is synced to disk, gone afterwards."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import addresses, postgres, processes, services
from .locks import FileLock

PREFIX = "hark-tests-"


@contextmanager
def temporary_services() -> Iterator[Path]:
    """Run both servers for the length of the block on a new data directory, and yield that directory.

    What an earlier run left behind because it was killed is stopped and deleted first.

    Raises:
        EmbeddedError: a server cannot be started.
    """
    _sweep_abandoned(Path(tempfile.gettempdir()))
    var = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
    var.chmod(0o711)  # PostgreSQL, which may not be root, passes through to its own directory
    owner = FileLock(_owner_lock(var))
    owner.hold()
    try:
        with services.in_use(var, is_durable=False):
            yield var
    finally:
        delete(var)
        owner.release()


def delete(var: Path) -> None:
    """Stop the servers of `var` and delete its data and sockets."""
    services.stop(var)
    postgres.delete_data(var)
    shutil.rmtree(addresses.sockets_dir(var), ignore_errors=True)
    shutil.rmtree(var, ignore_errors=True)


def _owner_lock(var: Path) -> Path:
    return processes.run_dir(var) / "owner.lock"


def _sweep_abandoned(parent: Path) -> None:
    for path in parent.glob(f"{PREFIX}*"):
        lock = FileLock(path / "run" / "owner.lock")
        try:
            # A run that has just begun may not hold its lock yet: without a lock file it is left alone.
            if not lock.path.exists() or not lock.try_hold():
                continue
            delete(path.resolve())
        except OSError:
            continue  # another user's run, or one that ended just now
        finally:
            lock.release()
