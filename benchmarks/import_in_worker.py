"""Memory of a real Celery worker while it imports a million rows and scores them, undisturbed and killed half-way.

    .venv/bin/python benchmarks/import_in_worker.py --rows 1000000

Imports the same file twice, each time into servers of its own: once undisturbed, once with `kill -9` of every process
of the worker at half of the rows. Prints the memory of the worker's processes over time, and whether both imports ended
with the same rows. Worker and clock are started as `make run` starts them, so accounts are scored in between.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.import_million import write_file
from config.embedded import launch, processes, services, testing
from config.embedded.supervisor import stop_recorded

EVERY_SECONDS = 0.5
PRINT_EVERY_SECONDS = 5.0

# The part that needs Django runs in processes of its own, so that two installations can be measured in one run.
_PREPARE = """
import django; django.setup()
from django.core.management import call_command
call_command("prepare")
"""
_QUEUE = """
import sys, django; django.setup()
from pathlib import Path
from django.utils import timezone
from touchpoints.services import imports
from touchpoints.tasks import run_import
file = Path(sys.argv[1])
batch = imports.receive_file(
    source_name="benchmark", kind="touchpoints", file=file, file_name=file.name, uploaded_by=None, now=timezone.now()
).batch
imports.start_import(batch=batch, options=imports.inspect_batch(batch).options, now=timezone.now())
run_import.delay(batch.pk)
"""
# A line for each question on standard input: status, rows read, accounts without a score.
_WATCH = """
import sys, django; django.setup()
from accounts.models import Account
from touchpoints.models import ImportBatch
for _ in sys.stdin:
    batch = ImportBatch.objects.get()
    waiting = Account.objects.filter(health__isnull=True).count() if batch.status == "done" else -1
    print(batch.status, batch.rows_read, waiting, flush=True)
"""
_CHECKSUM = """
import django; django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute('''
        SELECT count(*), coalesce(sum(hashtextextended(concat_ws('|', account.external_id, account.name,
               touch.external_id, occurred_at, channel, direction, outcome, subject, body), 0)::numeric), 0)
        FROM touchpoints_touchpoint AS touch JOIN accounts_account AS account ON account.id = account_id''')
    print(*cursor.fetchone())
"""


@dataclass
class Timeline:
    """Memory of the worker over time, in megabytes: of all its processes, and of the largest of them."""

    started_at: float = field(default_factory=time.monotonic)
    moments: list[tuple[float, float, float, int]] = field(default_factory=list)
    printed_at: float = 0.0

    def add(self, leader: psutil.Process, rows: int) -> None:
        sizes = [_megabytes(process) for process in _tree(leader)]
        seconds = time.monotonic() - self.started_at
        self.moments.append((seconds, sum(sizes), max(sizes, default=0.0), rows))
        if seconds - self.printed_at >= PRINT_EVERY_SECONDS:
            self.printed_at = seconds
            largest = max(sizes, default=0.0)
            say(f"  {seconds:6.0f} s  {rows:>10,} rows  all {sum(sizes):5.0f} MB  largest {largest:5.0f} MB")

    def summary(self) -> str:
        """Say the most that was held while rows came in, in each half, and after that, when accounts were scored."""
        last = max((moment[3] for moment in self.moments), default=0)
        importing = [moment for moment in self.moments if moment[3] < last]
        scoring = [moment for moment in self.moments if moment[3] == last]
        middle = len(importing) // 2
        parts = (importing[:middle], importing[middle:], scoring)
        first, second, after = (max((moment[1] for moment in part), default=0.0) for part in parts)
        return (
            f"the worker held {first:.0f} MB at most in the first half of the import, {second:.0f} MB in the second, "
            f"{after:.0f} MB while the rest was scored"
        )


def _tree(leader: psutil.Process) -> list[psutil.Process]:
    try:
        return [leader, *leader.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _megabytes(process: psutil.Process) -> float:
    """Return what a process holds; memory that it shares with the others of the worker counts in parts, where known."""
    try:
        info = process.memory_full_info()
    except psutil.Error:
        return 0.0
    return float(getattr(info, "pss", info.rss)) / 1e6


@contextmanager
def installation() -> Iterator[launch.Installation]:
    """Serve PostgreSQL and Redis from a new directory, with worker and clock, and delete it afterwards."""
    var = Path(tempfile.mkdtemp(prefix="hark-benchmark-")).resolve()
    var.chmod(0o711)
    os.environ.update(HARK_VAR=str(var), DATABASE_URL="", REDIS_URL="", DJANGO_SETTINGS_MODULE="config.settings")
    ours = launch.Installation(var=var, is_demo=False, port=1)
    try:
        with services.in_use(var):
            try:
                run(_PREPARE)
                for role in launch.serving_roles(ours)[1:]:
                    role.start()
                yield ours
            finally:
                stop_recorded(var, launch.SERVING, grace_seconds=10)
    finally:
        testing.delete(var)


def run(code: str, *arguments: str) -> str:
    """Run Python in a process of its own, with the environment of the installation; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=launch.PROJECT, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.strip()


def import_once(path: Path, *, kill_at: int | None) -> str:
    """Import through the worker, wait until every account is scored; return count and checksum of the rows."""
    with (
        installation() as ours,
        subprocess.Popen(
            [sys.executable, "-c", _WATCH], cwd=launch.PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as watch,
    ):
        assert watch.stdin is not None
        assert watch.stdout is not None
        run(_QUEUE, str(path))
        timeline, done_after, is_killed = Timeline(), 0.0, kill_at is None
        while True:
            watch.stdin.write("\n")
            watch.stdin.flush()
            status, rows, waiting = watch.stdout.readline().split()
            worker = processes.find(ours.var, "worker")
            if worker is not None:
                timeline.add(worker, int(rows))
            if status == "failed":
                raise SystemExit("the import failed")
            if status == "done" and not done_after:
                done_after = time.monotonic() - timeline.started_at
            if status == "done" and waiting == "0":
                break
            if not is_killed and kill_at is not None and int(rows) >= kill_at:
                is_killed = True
                kill_and_restart(ours)
                say(f"  killed with -9 at {int(rows):,} rows, and started again")
            time.sleep(EVERY_SECONDS)
        seconds = time.monotonic() - timeline.started_at
        watch.stdin.close()
        say(f"  imported after {done_after:.0f} s, everything scored after {seconds:.0f} s; {timeline.summary()}")
        return run(_CHECKSUM)


def kill_and_restart(ours: launch.Installation) -> None:
    """End every process of the worker without warning, and start another one, as the supervisor would."""
    leader = processes.find(ours.var, "worker")
    for process in [] if leader is None else _tree(leader):
        process.send_signal(signal.SIGKILL)
    launch.serving_roles(ours)[1].start()


def main() -> None:
    """Import twice, compare, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--accounts", type=int, default=20_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "touches.csv"
        write_file(path, rows=options.rows, accounts=options.accounts, with_text=False)
        say(f"{options.rows:,} rows over {options.accounts:,} accounts, undisturbed")
        undisturbed = import_once(path, kill_at=None)
        say("the same, the worker killed half-way")
        killed = import_once(path, kill_at=options.rows // 2)
    verdict = "the same" if undisturbed == killed else "NOT THE SAME"
    say(f"rows and checksum: {undisturbed} undisturbed, {killed} killed: {verdict}")
    sys.exit(undisturbed != killed)


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
