"""Kill a worker at random moments of a night, again and again, and compare what is stored with an undisturbed night.

    .venv/bin/python benchmarks/killed_workers.py --accounts 100000 --kills 20

Servers of its own, in a directory that is deleted afterwards. Two copies of one portfolio: in one a worker does a night
in peace, in the other each worker is killed (SIGKILL, children too) somewhere in its night, then the sweep does what is
left. Every stored row is compared, but for when it was computed. Exits with 1 when a row differs.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks._portfolio import fill, own_database
from benchmarks.scoring import child, met_yesterday, peak_mb

PROJECT = Path(__file__).resolve().parents[1]
NOT_COMPARED = {"id", "computed_at", "created_at"}
START_UP_SECONDS = 120
# One account in twenty was called since the last score, one in a hundred is on holiday.
_SINCE = """
INSERT INTO touchpoints_touchpoint
    (account_id, source_id, external_id, occurred_at, channel, direction, outcome, is_automated, subject, body,
     created_at, updated_at, deleted_reason, is_edited, our_names)
SELECT id, (SELECT min(id) FROM touchpoints_source), 'since-' || id, now() - interval '1 minute', 'call', 'mutual', '',
       false, '', '', now(), now(), '', false, ''
FROM accounts_account WHERE id %% 20 = 0;
UPDATE touchpoints_accountactivity SET version = version + 1 WHERE account_id %% 20 = 0;
INSERT INTO health_quietperiod (account_id, reason, starts_on, ends_on, created_at)
SELECT id, 'Holiday', current_date, current_date + 7, now() FROM accounts_account WHERE id %% 100 = 1;
"""


def main() -> None:
    """Run the undisturbed night, the killed ones, and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--touches", type=int, default=20, help="per account")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hark-kills-") as directory, own_database(Path(directory)):
        from django.core.management import call_command

        call_command("prepare", verbosity=0)
        fill(accounts=options.accounts, touches=options.touches)
        end_two_days_ago()
        met_yesterday()
        child("rebuild")
        child("night", days=-1)
        peace = copied()
        seconds = undisturbed(peace, Path(directory))
        moments = random.Random(options.seed)
        for number in range(1, options.kills + 1):
            moment = moments.uniform(0, seconds)
            interrupted(Path(directory), moment)
            say(f"kill {number}: {moment:.2f} s into the night, {scored_so_far():,} accounts scored since the first")
        heal()
        if compare(peace):
            sys.exit(1)


def end_two_days_ago() -> None:
    """Forget the touches since, so that the portfolio can be scored as of yesterday."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM touchpoints_touchpoint WHERE occurred_at > now() - interval '2 days'")


def copied() -> str:
    """Let something have happened since yesterday's scores, then copy the database; return the copy's address."""
    import psycopg2
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_SINCE, {})
        cursor.execute("VACUUM ANALYZE")
    database = dict(connection.settings_dict)
    connection.close()
    admin = psycopg2.connect(dbname="postgres", user=database["USER"], host=database["HOST"])
    admin.autocommit = True
    admin.cursor().execute(f"CREATE DATABASE peace TEMPLATE {database['NAME']}")
    admin.close()
    return f"postgresql://{database['USER']}@/peace?host={database['HOST']}"


def begin_worker(place: Path, address: str = "") -> subprocess.Popen[bytes]:
    """Start a worker on the database at `address`, or the portfolio's own; return when it is ready."""
    from django.conf import settings

    log = place / "worker.log"
    where = {"DATABASE_URL": address, "REDIS_URL": settings.HARK_REDIS_URL, "HARK_SECRET_KEY": "of-a-benchmark-only"}
    command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "--concurrency", "1", "-l", "INFO"]
    with log.open("wb") as file:
        worker = subprocess.Popen(
            [*command, "--without-gossip", "--without-mingle"],
            cwd=PROJECT, env=os.environ | (where if address else {}), stdout=file, stderr=file, start_new_session=True,
        )  # fmt: skip
    wait_for(lambda: "ready." in log.read_text())
    return worker


def wait_for(is_so: object) -> None:
    """Look again until `is_so()` holds."""
    deadline = time.monotonic() + START_UP_SECONDS
    while not is_so():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise SystemExit("the worker does not come up, or does not end its night")
        time.sleep(0.05)


def hand_over() -> None:
    """Do what beat does at night."""
    from health.tasks import score_portfolio

    score_portfolio.delay()


def undisturbed(address: str, place: Path) -> float:
    """Let a worker do the night in peace on the copy; return the seconds it took."""
    import psycopg2

    worker = begin_worker(place, address)
    watch = psycopg2.connect(address)
    watch.autocommit = True
    cursor = watch.cursor()

    def is_done() -> bool:
        cursor.execute("SELECT count(*) FROM health_scorerun WHERE id > 1 AND finished_at IS NOT NULL")
        return bool(cursor.fetchone()[0])

    started = time.perf_counter()
    hand_over()
    wait_for(is_done)
    seconds = time.perf_counter() - started
    peaks = [peak_mb(pid.pid) for pid in [psutil.Process(worker.pid), *psutil.Process(worker.pid).children()]]
    say(f"undisturbed night: {seconds:.1f} s, peak memory of a worker process {max(peaks):.0f} MB")
    watch.close()
    end(worker)
    return seconds


def interrupted(place: Path, moment: float) -> None:
    """Begin a night and kill the worker after `moment` seconds."""
    worker = begin_worker(place)
    hand_over()
    time.sleep(moment)
    end(worker)


def end(worker: subprocess.Popen[bytes]) -> None:
    """Kill a worker and its children: nobody can clean up."""
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def scored_so_far() -> int:
    """How many accounts have been scored since the nights that are killed began."""
    from health.models import AccountHealth, ScoreRun

    begun = ScoreRun.objects.filter(pk__gt=1).order_by("pk").first()
    return AccountHealth.objects.filter(computed_at__gte=begun.started_at).count() if begun else 0


def heal() -> None:
    """Let the sweep, a quarter of an hour later, do what is left."""
    import datetime as dt

    from django.utils import timezone

    from config.celery import app
    from health.models import ScoreRun
    from health.services import runs

    app.control.purge()
    now = timezone.now() + runs.RUN_PATIENCE + dt.timedelta(minutes=5)
    swept = 0
    while ScoreRun.objects.filter(finished_at__isnull=True).exists():
        swept += runs.sweep(now=now)
    say(f"the sweep scored {swept:,} accounts; every run is finished")


def compare(peace: str) -> int:
    """Compare every table of scoring with the undisturbed copy; return how many rows differ."""
    import psycopg2
    from django.db import connection

    from health.models import AccountHealth, BandChange, HealthDay, PortfolioDay, Rhythm

    differing = 0
    other = psycopg2.connect(peace)
    for model in (AccountHealth, HealthDay, BandChange, PortfolioDay, Rhythm):
        names = ", ".join(f.column for f in model._meta.concrete_fields if f.column not in NOT_COMPARED)
        query = f"COPY (SELECT {names} FROM {model._meta.db_table} ORDER BY {names}) TO STDOUT"
        with tempfile.TemporaryFile() as mine, tempfile.TemporaryFile() as theirs:
            with connection.cursor() as cursor:
                cursor.copy_expert(query, mine)
            other.cursor().copy_expert(query, theirs)
            mine.seek(0)
            theirs.seek(0)
            ours, undisturbed_rows = mine.readlines(), theirs.readlines()
            wrong = len(set(ours) ^ set(undisturbed_rows)) + abs(len(ours) - len(undisturbed_rows))
        say(f"{model.__name__}: {len(ours):,} rows, {wrong:,} differ")
        differing += wrong
    return differing


def say(what: str) -> None:
    """Print a line at once."""
    sys.stdout.write(what + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
