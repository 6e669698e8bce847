"""Locks between processes, held by the kernel: a process that dies, however it dies, lets go of them."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FileLock:
    """A lock on a file that many may share or one may hold alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def share(self) -> None:
        """Hold the lock together with others; wait while somebody holds it alone."""
        fcntl.flock(self._open(), fcntl.LOCK_SH)

    def hold(self) -> None:
        """Hold the lock alone; wait until everybody else has let go."""
        fcntl.flock(self._open(), fcntl.LOCK_EX)

    def try_hold(self) -> bool:
        """Hold the lock alone if nobody else has it; return whether that worked."""
        try:
            fcntl.flock(self._open(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Let go of the lock."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self) -> int:
        if self._descriptor is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._descriptor


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock on `path` alone for the length of the block."""
    lock = FileLock(path)
    lock.hold()
    try:
        yield
    finally:
        lock.release()
