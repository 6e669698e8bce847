"""`manage.py load_demo`: the demo portfolio, once."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from health.demo_loader import DemoNotAllowedError, load_demo


class Command(BaseCommand):
    """Load the demo portfolio unless it is there."""

    help = "Fill an empty database with the demo portfolio; only where HARK_DEMO is on. A second time changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--as-of",
            type=_day,
            metavar="DATE",
            help="the day on whose morning the portfolio ends, as 2026-06-15; without it, today",
        )

        parser.add_argument(
            "--score", action="store_true", help="then let the worker score the portfolio, and wait until it is done"
        )

    def handle(self, *args: Any, as_of: dt.date | None, score: bool, **options: Any) -> None:
        now = timezone.now()
        try:
            loaded = load_demo(as_of=as_of or timezone.localdate(now), now=now)
        except DemoNotAllowedError as error:
            raise CommandError(str(error)) from error
        begin = "Loaded the demo portfolio" if loaded.is_new else "The demo portfolio is already loaded"
        self.stdout.write(
            f"{begin}: {loaded.accounts} accounts, {loaded.touches:,} touches, {loaded.contacts} contacts, "
            f"{loaded.people} people."
        )
        if score:
            # In this process, as another one would take a second to start.
            call_command("score", through_celery=True, wait=True, stdout=self.stdout, stderr=self.stderr)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is not a day; write it like 2026-06-15.") from None
