"""`manage.py score`: score the whole portfolio, here or through the worker; or look at a past day."""

from __future__ import annotations

import datetime as dt
import time
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError
from tqdm import tqdm

from config.days import firm_day
from health import tasks
from health.management.days import day_argument
from health.models import Band, ScoreRun
from health.selectors.past import portfolio_on
from health.selectors.standing import band_counts
from health.services.runs import open_run, run_now

POLL_SECONDS = 0.1
WORKER_PATIENCE_SECONDS = 45


class Command(BaseCommand):
    """Score every account."""

    help = (
        "Score every account as of now, with a refit of the model when one is due. With a past day, print what would "
        "have been said then; this writes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", type=day_argument, metavar="DATE", help="a past day, as 2026-06-15")
        parser.add_argument("--refit", action="store_true", help="learn the portfolio anew, due or not")
        parser.add_argument("--through-celery", action="store_true", help="let the worker do it")
        parser.add_argument("--wait", action="store_true", help="with --through-celery: wait until it is done")

    def handle(
        self, *args: Any, as_of: dt.date | None, refit: bool, through_celery: bool, wait: bool, **options: Any
    ) -> None:
        now = timezone.now()
        if wait and not through_celery:
            raise CommandError("--wait waits for the worker; give --through-celery too, or leave it out.")
        if as_of is not None and as_of != firm_day(now):
            if refit or through_celery:
                raise CommandError("A past day is only looked at; leave out --refit and --through-celery.")
            self._look_back(as_of, today=firm_day(now))
            return
        started = time.monotonic()
        if through_celery:
            run = self._hand_over(now, refit=refit)
            if not wait:
                self.stdout.write(f"Handed to the worker as run {run.pk}.")
                return
            self._wait(run)
        else:
            with tqdm(total=None, unit=" accounts", leave=False, disable=None) as bar:
                run = run_now(kind=ScoreRun.Kind.MANUAL, as_of=now, refit=refit, progress=_shown_in(bar))
        self._summarise(run, time.monotonic() - started)

    def _look_back(self, day: dt.date, *, today: dt.date) -> None:
        if day > today:
            raise CommandError(f"{day} lies ahead; a score can only be given for today or a past day.")
        past = portfolio_on(day)
        if past is None:
            raise CommandError(f"No touch is known by {day}, so there is nothing to score.")
        model = f"model #{past.model_pk}" if past.model_pk else "a model fitted on what was known by then"
        self.stdout.write(f"{day}, by {model}: {past.accounts:,} accounts with history. {_spelled(past.bands)}")
        self.stdout.write("Nothing was written: what was said on a day stays as it was.")

    def _hand_over(self, now: dt.datetime, *, refit: bool) -> ScoreRun:
        run = open_run(kind=ScoreRun.Kind.MANUAL, as_of=now)
        try:
            tasks.score_portfolio.delay(run.pk, refit=refit)
        except (OperationalError, RedisError, OSError) as error:
            run.delete()
            raise CommandError(
                f"Redis does not answer ({error}). Start it, or score without the worker: leave out --through-celery."
            ) from error
        return run

    def _wait(self, run: ScoreRun) -> None:
        deadline = time.monotonic() + WORKER_PATIENCE_SECONDS
        with tqdm(total=run.account_count, unit=" accounts", leave=False, disable=None) as bar:
            while run.finished_at is None:
                time.sleep(POLL_SECONDS)
                run.refresh_from_db()
                _shown_in(bar)(run.scored_count, run.account_count)
                if run.scored_count == 0 and time.monotonic() > deadline:
                    deadline = float("inf")
                    self.stderr.write(
                        "Nothing is scored yet. Is a worker running? Ctrl-C ends the waiting, not the run."
                    )

    def _summarise(self, run: ScoreRun, seconds: float) -> None:
        model = run.model_version
        if model is not None and model.failure:
            self.stderr.write(f"The last fit failed, the parameters before it stand: {model.failure}")
        self.stdout.write(f"Scored {run.scored_count:,} accounts in {seconds:.1f} s. {_spelled(band_counts())}")


def _spelled(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[band.value]:,} {band.label.lower()}" for band in Band if counts.get(band.value)) + "."


def _shown_in(bar: Any) -> Any:
    def show(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    return show
