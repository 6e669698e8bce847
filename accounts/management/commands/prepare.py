"""`manage.py prepare`: what a new or updated installation needs before it serves pages."""

import hashlib
import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from accounts.models import User

POLL_SECONDS = 0.1


class Command(BaseCommand):
    """Collect the static files if they have changed, and migrate the database."""

    help = "Bring the database and the static files up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--wait", type=float, default=0, metavar="SECONDS", help="how long to wait for a database that is starting"
        )
        parser.add_argument(
            "--state-file",
            type=Path,
            help="write what is known of the data afterwards to this file, as JSON: has_people",
        )

    def handle(self, *args: Any, wait: float, state_file: Path | None, **options: Any) -> None:
        collect_static_if_changed()
        wait_for_database(wait)
        call_command("migrate", interactive=False, verbosity=0)
        if state_file is not None:
            state_file.write_text(json.dumps({"has_people": User.objects.exists()}))


def wait_for_database(seconds: float) -> None:
    """Return as soon as the database answers.

    Raises CommandError when it does not for that long.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            connection.ensure_connection()
        except OperationalError as error:
            if time.monotonic() >= deadline:
                raise CommandError(f"The database does not answer: {error}".strip()) from error
            time.sleep(POLL_SECONDS)
        else:
            return


def collect_static_if_changed() -> None:
    """Collect static files unless the same files were collected before."""
    root = Path(settings.STATIC_ROOT)
    stamp = root / ".collected"
    digest = _static_digest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(digest)


def _static_digest() -> str:
    """Return a digest over names, sizes and times of all static files and the way they are stored."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
