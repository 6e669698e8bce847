"""Data directories for servers: short-lived, passable for the account PostgreSQL runs as, cleaned up afterwards."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded import testing


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """A new folder that every user may pass through, unlike pytest's own, which are private."""
    folder = Path(tempfile.mkdtemp(prefix="hark-embedded-")).resolve()
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def var(open_folder: Path) -> Iterator[Path]:
    """One data directory for the tests of a module, in a folder far deeper than a socket path may be long."""
    var = open_folder.joinpath(*["a-folder-with-a-long-name"] * 8, "var")
    var.mkdir(parents=True)
    yield var
    testing.delete(var)
