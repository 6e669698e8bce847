"""Rows a second and peak memory of importing touchpoints, beside plain COPY of the same rows into the same indexes.

Run `python benchmarks/import_million.py [--rows N] [--accounts N] [--text]`; it starts its own PostgreSQL, synced to
disk as an installation's is, and deletes it afterwards. `--profile` prints where the time goes instead.
"""

from __future__ import annotations

import argparse
import cProfile
import datetime as dt
import os
import pstats
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from config.embedded import services, testing

FIRST = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
CHANNELS = ("call", "email", "email", "email", "meeting", "text")
DIRECTIONS = ("inbound", "outbound")


@contextmanager
def durable_services() -> Iterator[Path]:
    """Run PostgreSQL and Redis on a new data directory for the length of the block."""
    var = Path(tempfile.mkdtemp(prefix="hark-benchmark-")).resolve()
    var.chmod(0o711)
    try:
        with services.in_use(var):
            yield var
    finally:
        testing.delete(var)


def write_file(path: Path, *, rows: int, accounts: int, with_text: bool) -> None:
    """Write `rows` touches of `accounts` accounts over two years, in order of time as a log has them."""
    dice = random.Random(7)
    step = dt.timedelta(days=730) / rows
    with path.open("w", encoding="utf-8") as file:
        file.write("account,at,direction,channel" + (",contact,subject,external_id\n" if with_text else "\n"))
        for number in range(rows):
            at = (FIRST + number * step).replace(microsecond=0)
            account = dice.randrange(accounts)
            line = f"A{account:06d},{at:%Y-%m-%dT%H:%M:%SZ},{dice.choice(DIRECTIONS)},{dice.choice(CHANNELS)}"
            if with_text:
                person = dice.randrange(4)
                line += f",person{person}@client{account}.example,Delivery of order {number},T-{number}"
            file.write(line + "\n")


def import_file(path: Path) -> tuple[float, str]:
    """Import the file through the services; return the seconds and the summary."""
    from django.utils import timezone

    from touchpoints.services import imports

    receipt = imports.receive_file(
        source_name="benchmark", kind="touchpoints", file=path, file_name=path.name, uploaded_by=None,
        now=timezone.now(),
    )  # fmt: skip
    options = imports.inspect_batch(receipt.batch).options
    imports.start_import(batch=receipt.batch, options=options, now=timezone.now())
    began = time.perf_counter()
    batch = imports.run_import(batch_id=receipt.batch.pk, clock=timezone.now).batch
    seconds = time.perf_counter() - began
    if batch.status != "done":
        raise SystemExit(f"the import stopped: {batch.error}")
    return seconds, f"{batch.created_count:,} created, {batch.unchanged_count:,} repeated in the file"


def copy_plainly(folder: Path) -> float:
    """COPY the rows that the import wrote into an empty table of the same shape; return the seconds."""
    from django.db import connection

    columns = (
        "account_id, source_id, external_id, batch_id, occurred_at, channel, direction, outcome, is_automated, subject,"
        " body, our_names, created_at, updated_at, is_edited, deleted_reason"
    )
    path = folder / "rows.copy"
    with connection.cursor() as cursor:
        with path.open("wb") as file:
            cursor.copy_expert(f"COPY (SELECT {columns} FROM touchpoints_touchpoint ORDER BY id) TO STDOUT", file)
        cursor.execute("CREATE TABLE plain (LIKE touchpoints_touchpoint INCLUDING ALL)")
        began = time.perf_counter()
        with path.open("rb") as file:
            cursor.copy_expert(f"COPY plain ({columns}) FROM STDIN", file)
        return time.perf_counter() - began


def measure(rows: int, accounts: int, *, with_text: bool, is_profiled: bool) -> None:
    """Import and compare; print one line."""
    with durable_services() as var:
        os.environ.update(HARK_VAR=str(var), DATABASE_URL="", REDIS_URL="", DJANGO_SETTINGS_MODULE="config.settings")
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        path = var / "touches.csv"
        write_file(path, rows=rows, accounts=accounts, with_text=with_text)
        before_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        profile = cProfile.Profile()
        if is_profiled:
            profile.enable()
        seconds, summary = import_file(path)
        profile.disable()
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        if is_profiled:
            pstats.Stats(profile).sort_stats("tottime").print_stats(25)
            return
        plain_seconds = copy_plainly(var)
        print(
            f"{rows:,} rows over {accounts:,} accounts in {seconds:.1f} s: {rows / seconds:,.0f} rows/s, "
            f"peak memory {peak_mb:.0f} MB ({before_mb:.0f} MB before); {summary}. "
            f"Plain COPY: {plain_seconds:.1f} s, so reading, placing and checking takes "
            f"{seconds / plain_seconds:.1f} times that."
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--accounts", type=int, default=20_000)
    parser.add_argument("--text", action="store_true", help="with a person, a subject and an id in each row")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    measure(options.rows, options.accounts, with_text=options.text, is_profiled=options.profile)
