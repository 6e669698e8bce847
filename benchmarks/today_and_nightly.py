"""How long a night takes and how fast Today answers, on a portfolio of the size of your choice.

    .venv/bin/python benchmarks/today_and_nightly.py --accounts 100000 --touches 50

Runs on servers of its own, durable as in production, in a directory that is deleted afterwards (or kept, with --var, to
measure again on the same portfolio). Times are compared with a plain COPY of the same rows, which says how much of a
time is this machine's disk.
"""

from __future__ import annotations

import argparse
import io
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks._portfolio import fill, own_database

REQUESTS = 60


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--touches", type=int, default=50, help="per account")
    parser.add_argument("--var", type=Path, help="keep the portfolio in this directory")
    parser.add_argument("--pages-only", action="store_true", help="with --var: measure the pages of a scored portfolio")
    options = parser.parse_args()
    with own_database(options.var):
        from django.core.management import call_command

        call_command("prepare")
        made, seconds = timed(lambda: fill(accounts=options.accounts, touches=options.touches))
        say(f"{options.accounts:,} accounts, {options.accounts * options.touches:,} touches", seconds if made else None)
        if not options.pages_only:
            measure_nightly()
        measure_today()
    say(f"peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB", None)


def measure_nightly() -> None:
    """Rebuild, fit, score for the first time, score again, sweep, and score one account."""
    from django.utils import timezone

    from health.models import AccountHealth
    from health.services import runs
    from health.services.fitting import fit_portfolio_model

    is_first = not AccountHealth.objects.exists()
    say("all rhythms rebuilt from the touches", timed(lambda: runs.rebuild_all(as_of=timezone.now()))[1])
    fit = timed(lambda: fit_portfolio_model(as_of=timezone.now(), now=timezone.now()))
    say("model fitted, thresholds replayed", fit[1])
    first = "first scoring, a year of history reconstructed" if is_first else "the night after a fit: evidence anew"
    say(first, timed(nightly)[1])
    settle()
    seconds = timed(nightly)[1]
    plain = copy_out_and_in()
    say("nightly scoring of everything", seconds)
    say("  the same rows out and in by COPY", plain, note=f"nightly is {seconds / plain:.1f} times this")
    settle()
    now = timezone.now()
    swept, seconds = timed(lambda: runs.sweep(now=now))
    say(f"sweep that finds {swept} stale accounts", median_of(lambda: runs.sweep(now=now)))
    pk = AccountHealth.objects.order_by("-pk").values_list("pk", flat=True)[0]
    one = median_of(lambda: runs.score_touched(account_ids=[pk], now=timezone.now()))
    say("one account scored after a touch", one)


def nightly() -> None:
    """Run what the nightly task runs, in this process."""
    from django.utils import timezone

    from health.services import runs

    runs.run_now(kind="nightly", as_of=timezone.now())


def settle() -> None:
    """Do what autovacuum would have done before the next night."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def copy_out_and_in() -> float:
    """Return the seconds of a plain COPY of the scores and of a day of history, out and in."""
    from django.db import connection

    day = "SELECT * FROM health_healthday WHERE day = (SELECT max(day) FROM health_healthday)"
    started = time.perf_counter()
    with connection.cursor() as cursor:
        for table, rows in (("health_accounthealth", "SELECT * FROM health_accounthealth"), ("health_healthday", day)):
            buffer = io.StringIO()
            cursor.copy_expert(f"COPY ({rows}) TO STDOUT", buffer)
            buffer.seek(0)
            cursor.execute(f"CREATE TABLE plain_copy (LIKE {table})")
            cursor.copy_expert("COPY plain_copy FROM STDIN", buffer)
            cursor.execute("DROP TABLE plain_copy")
    return time.perf_counter() - started


def measure_today() -> None:
    """Ask for Today as an executive and as a manager; print the median and the 95th percentile of the server's time."""
    from django.test import Client

    from accounts.models import User

    for role, address in (("executive", "executive@bench.example"), ("account manager", "manager7@bench.example")):
        client = Client()
        client.force_login(User.objects.get(email=address), backend="django.contrib.auth.backends.ModelBackend")
        for path in ("/", "/accounts/", "/portfolio/"):
            answers = [timed(lambda client=client, path=path: client.get(path)) for _ in range(REQUESTS)]
            assert all(answer.status_code == 200 for answer, _ in answers), answers[0][0]
            times = sorted(seconds for _, seconds in answers[3:])
            p95 = times[int(len(times) * 0.95)]
            note = f"p95 {p95 * 1000:.0f} ms"
            say(f"{path} as {role}", statistics.median(times), note=note)


def timed(work: Callable[[], object]) -> tuple[object, float]:
    """Return what `work` returns and the seconds it took."""
    started = time.perf_counter()
    return work(), time.perf_counter() - started


def median_of(work: Callable[[], object], times: int = 9) -> float:
    """Return the median of the seconds that `work` takes."""
    return statistics.median(timed(work)[1] for _ in range(times))


def say(what: str, seconds: float | None, *, note: str = "") -> None:
    """Print a row of the table."""
    shown = "" if seconds is None else f"{seconds:8.2f} s" if seconds >= 1 else f"{seconds * 1000:8.1f} ms"
    sys.stdout.write(f"{what:<52} {shown:>12}  {note}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parents[1])
    main()
