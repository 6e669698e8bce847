#!/usr/bin/env python3
"""Hark's command line."""

import os
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import NoReturn

# Commands that read code only; every other one finds the embedded servers running, or has them for its length.
WITHOUT_SERVERS = {"help", "version", "--help", "--version", "check", "collectstatic", "startapp", "diffsettings"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        run_in_own_environment()
    from config.embedded.errors import EmbeddedError

    try:
        with servers():
            execute_from_command_line(sys.argv)
    except EmbeddedError as error:
        sys.exit(f"hark: {error}")


def run_in_own_environment() -> NoReturn:
    """Start again with the Python that make installed Hark's libraries for; say so when there is none."""
    own = Path(__file__).resolve().parent / ".venv" / "bin" / "python"
    if not own.exists() or Path(sys.prefix) == own.parent.parent:
        sys.exit("Hark's libraries are not installed. Run `make run` (or `make demo`) once; it installs them.")
    os.execv(own, [str(own), *sys.argv])  # noqa: S606 - the interpreter beside this file, with our own arguments


def servers() -> AbstractContextManager[None]:
    """Return the embedded servers as far as this command needs them and no others are configured."""
    from django.conf import settings

    from config.embedded import services

    if len(sys.argv) < 2 or sys.argv[1] in WITHOUT_SERVERS or "--help" in sys.argv:
        return nullcontext()
    return services.in_use(
        settings.HARK_VAR,
        uses_postgres=not settings.DATABASE_URL,
        uses_redis=not settings.REDIS_URL,
        report=say,
    )


def say(sentence: str) -> None:
    """Tell what happens without mixing it into the command's own output."""
    sys.stderr.write(f"{sentence}\n")


if __name__ == "__main__":
    main()
