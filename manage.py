#!/usr/bin/env python
"""Hark's command line."""

import os
import sys
from contextlib import AbstractContextManager, nullcontext

# Commands that read code only; every other one finds the embedded servers running, or has them for its length.
WITHOUT_SERVERS = {"help", "version", "--help", "--version", "check", "collectstatic", "startapp", "diffsettings"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here. Run `make run` once, then use .venv/bin/python manage.py ...")
    from config.embedded.errors import EmbeddedError

    try:
        with servers():
            execute_from_command_line(sys.argv)
    except EmbeddedError as error:
        sys.exit(f"hark: {error}")


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
