"""How long scoring takes and how much memory it needs, beside what else one could do with the same rows.

    .venv/bin/python benchmarks/scoring.py
    .venv/bin/python benchmarks/scoring.py --accounts 100000 --touches 20

Without arguments: 10,000, 100,000 and 1,000,000 accounts with 20 touches each, and 100,000 with 100. Servers of its
own, durable as in production, in a directory that is deleted afterwards. Each step runs in a process of its own, so
that its peak memory is its own; what it is compared with runs right after it, so that a busy machine troubles both. The
comparisons with data frames and BG/NBD need the libraries that `make .venv/.bench` installs.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import _comparisons
from benchmarks._portfolio import fill, own_database

PORTFOLIOS = ((10_000, 20), (100_000, 20), (1_000_000, 20), (100_000, 100))
PROJECT = Path(__file__).resolve().parents[1]
# A year of history for each new account: beyond this many accounts, hours.
MOST_WITH_PAST = 100_000


def main() -> None:
    """Measure every portfolio asked for and print a table of each; or, as a child, one step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int)
    parser.add_argument("--touches", type=int, default=20, help="per account, with --accounts")
    parser.add_argument(
        "--without-past", action="store_true", help="do not reconstruct the year before the first night"
    )
    parser.add_argument(
        "--var", type=Path, help="with --accounts: keep the portfolio in this directory, or take it there"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a step instead of tables")
    parser.add_argument("--step", choices=sorted(STEPS), help=argparse.SUPPRESS)
    parser.add_argument("--part", default="0/1", help=argparse.SUPPRESS)
    parser.add_argument("--days", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        run_step(options.step, days=options.days, part=options.part)
        return
    chosen = ((options.accounts, options.touches),) if options.accounts else PORTFOLIOS
    for accounts, touches in chosen:
        with_past = accounts <= MOST_WITH_PAST and not options.without_past
        with tempfile.TemporaryDirectory(prefix="hark-scoring-") as directory:
            var = options.var or Path(directory)
            measure(accounts, touches, var=var, with_past=with_past, as_json=options.json)


def measure(accounts: int, touches: int, *, var: Path, with_past: bool, as_json: bool) -> None:
    """Measure one portfolio in the database of a directory, made there unless it is there already."""
    say = _as_json if as_json else _as_row
    with own_database(var):
        from django.core.management import call_command

        call_command("prepare", verbosity=0)
        started = time.perf_counter()
        fill(accounts=accounts, touches=touches)
        say(f"{accounts:,} accounts, {accounts * touches:,} touches: made", {"seconds": time.perf_counter() - started})
        rebuild = child("rebuild")
        say("full rebuild of all rhythms", rebuild)
        say("  the same by a window query", child("window"), against=rebuild)
        say("fit: gap law, calibration, thresholds", child("fit"))
        for peer in ("pandas", "polars", "lifetimes"):
            if importlib.util.find_spec(peer):
                say(f"  {LABELS[peer]}", child(peer))
        if not with_past:
            met_yesterday()
        say("first night" + (", with a year of history" if with_past else ""), child("night"))
        child("vacuum")
        say("night after a fit: evidence anew", child("refitted", days=1))
        for day in (2, 3, 4):
            child("vacuum")
            night = child("night", days=day)
            say(f"ordinary night, {day - 1}", night)
            child("vacuum")
            plain = child("plain")
            say("  the same rows by COPY out, in and update", plain, against=night)
        child("vacuum")
        say("ordinary night, two processes", side_by_side(2, days=5))
        say("sweep that finds nothing stale", child("sweep", days=5))
        say("one touch logged and scored", child("touched", days=5))


def child(step: str, **options: object) -> dict[str, float]:
    """Run a step in a process of its own; return what it measured."""
    return _finished(_begun(step, **options))


def side_by_side(processes: int, *, days: int) -> dict[str, float]:
    """Run a night in several processes, each with its share of the shards; the seconds are those of the whole."""
    started = time.perf_counter()
    running = [_begun("shards", part=f"{number}/{processes}", days=days) for number in range(processes)]
    measured = [_finished(process) for process in running]
    busy = max(one["seconds"] for one in measured)
    return {
        "seconds": busy,
        "with start-up": time.perf_counter() - started,
        "cpu": sum(one["cpu"] for one in measured),
        "peak_mb": max(one["peak_mb"] for one in measured),
    }


def _begun(step: str, **options: object) -> subprocess.Popen[bytes]:
    named = [f"--{name}={value}" for name, value in options.items()]
    return subprocess.Popen(
        [sys.executable, str(Path(__file__).resolve()), "--step", step, *named], cwd=PROJECT, stdout=subprocess.PIPE
    )


def _finished(process: subprocess.Popen[bytes]) -> dict[str, float]:
    out, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"a step failed: {process.args}")
    measured: dict[str, float] = json.loads(out.splitlines()[-1])
    return measured


def run_step(step: str, *, days: int, part: str) -> None:
    """Do one step as of `days` from now, and print seconds, processor seconds and peak memory as JSON."""
    import django

    django.setup()
    from django.utils import timezone

    number, parts = map(int, part.split("/"))
    cpu = time.process_time()
    started = time.perf_counter()
    told = STEPS[step](timezone.now() + dt.timedelta(days=days), number, parts)
    own = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - cpu, "peak_mb": peak_mb()}
    sys.stdout.write(json.dumps(own | (told or {})) + "\n")


def peak_mb(pid: int | str = "self") -> float:
    """The most memory that a process has held, in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def rebuild(now: dt.datetime, _number: int, _parts: int) -> None:
    """Every rhythm from the touches."""
    from health.services import runs

    runs.rebuild_all(as_of=now)


def fit(now: dt.datetime, _number: int, _parts: int) -> None:
    """A model of the portfolio."""
    from health.services.fitting import fit_portfolio_model

    fit_portfolio_model(as_of=now, now=now)


def night(now: dt.datetime, _number: int, _parts: int) -> dict[str, float]:
    """What the nightly task runs, in one process; how much of it clears old rows away, which plain COPY does not."""
    from unittest.mock import patch

    from health import ledger
    from health.services import runs

    clearing = 0.0
    tidy_scores = ledger.tidy_scores

    def timed() -> None:
        nonlocal clearing
        started = time.perf_counter()
        tidy_scores()
        clearing = time.perf_counter() - started

    with patch.object(ledger, "tidy_scores", timed):
        runs.run_now(kind="nightly", as_of=now)
    return {"clearing": clearing}


def refitted(now: dt.datetime, number: int, parts: int) -> dict[str, float]:
    """A night by a model that no stored evidence is of; the fit itself is measured elsewhere."""
    fit(now, number, parts)
    started, cpu = time.perf_counter(), time.process_time()
    night(now, number, parts)
    return {"seconds": time.perf_counter() - started, "cpu": time.process_time() - cpu}


def shards(now: dt.datetime, number: int, parts: int) -> None:
    """This process's share of the shards of a night."""
    from health import ledger
    from health.selectors.models import current_model
    from health.services import runs

    model = current_model()
    for place, shard in enumerate(runs.shards_of(ledger.read_account_ids())):
        if place % parts == number:
            runs.score_shard(account_ids=shard, as_of=now, model=model)


def sweep(now: dt.datetime, _number: int, _parts: int) -> None:
    """What beat asks for every minute."""
    from health.services import runs

    runs.sweep(now=now)


def touched(now: dt.datetime, _number: int, _parts: int) -> dict[str, float]:
    """Log a touch and score its account, as the page and the worker do, without the seconds of starting either."""
    from accounts.models import Account
    from health.models import AccountHealth
    from health.services import runs
    from touchpoints.models import AccountActivity, Source, Touchpoint

    account = Account.objects.order_by("-pk")[0]
    runs.score_touched(account_ids=[account.pk], now=now)  # imports and caches are warm in a worker
    seconds = []
    for number in range(5):
        started = time.perf_counter()
        Touchpoint.objects.create(
            account=account, source=Source.objects.all()[0], external_id=f"logged-{now}-{number}",
            occurred_at=now, channel="call", direction="mutual", created_at=now,
        )  # fmt: skip
        AccountActivity.objects.filter(pk=account.pk).update(version=2 + number, changed_at=now)
        runs.score_touched(account_ids=[account.pk], now=now)
        seconds.append(time.perf_counter() - started)
        assert AccountHealth.objects.get(pk=account.pk).activity_version == 2 + number
    return {"seconds": sorted(seconds)[2]}


def vacuum(_now: dt.datetime, _number: int, _parts: int) -> None:
    """Do what autovacuum would have done before the next night, and write what a checkpoint would."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def plain(_now: dt.datetime, _number: int, _parts: int) -> dict[str, float]:
    """The rows of a night by plain COPY."""
    parts = _comparisons.plain_copy()
    return parts | {"seconds": sum(parts.values())}


def _timed(peer: Callable[[], float]) -> Callable[[dt.datetime, int, int], dict[str, float]]:
    return lambda _now, _number, _parts: {"seconds": peer()}


STEPS: dict[str, Callable[[dt.datetime, int, int], dict[str, float] | None]] = {
    "rebuild": rebuild,
    "window": _timed(_comparisons.window_query),
    "fit": fit,
    "night": night,
    "refitted": refitted,
    "shards": shards,
    "sweep": sweep,
    "touched": touched,
    "vacuum": vacuum,
    "plain": plain,
    "pandas": _timed(_comparisons.with_pandas),
    "polars": _timed(_comparisons.with_polars),
    "lifetimes": _timed(_comparisons.with_lifetimes),
}
LABELS = {
    "pandas": "pandas: recency, mean and median gap, in memory",
    "polars": "polars: recency, mean and median gap, in memory",
    "lifetimes": "lifetimes: BG/NBD fitted and asked, in memory",
}


def met_yesterday() -> None:
    """Let every account have been scored yesterday, so that the first night does not reconstruct a year."""
    from django.db import transaction
    from django.utils import timezone

    from health import ledger
    from health.columns import blank, moment_number
    from health.services.runs import shards_of

    yesterday = timezone.now() - dt.timedelta(days=1)
    for ids in shards_of(ledger.read_account_ids()):
        table = blank(ledger.SCORES, len(ids))
        table["account_id"] = ids
        table["band"][:] = "learning"
        for name in ("met_on", "as_of_on", "band_since_on"):
            table[name][:] = yesterday.toordinal()
        table["computed_at"][:] = moment_number(yesterday)
        for name in ("activity_version", "touch_days", "value_at_risk", "priority"):
            table[name][:] = 0
        with transaction.atomic():
            ledger.write_scores(table)


def _as_row(what: str, measured: dict[str, Any], *, against: dict[str, Any] | None = None) -> None:
    cpu = f"{measured['cpu']:8.2f}" if "cpu" in measured else " " * 8
    peak = f"{measured['peak_mb']:6.0f} MB" if "peak_mb" in measured else " " * 9
    ratio = f"  {against['seconds'] / measured['seconds']:.2f} times this" if against else ""
    if against and "clearing" in against:
        ratio += f", {(against['seconds'] - against['clearing']) / measured['seconds']:.2f} but for clearing old rows"
    if "clearing" in measured:
        ratio += f"  {measured['clearing']:.2f} s of it clear old rows away"
    sys.stdout.write(f"{what:<52} {measured['seconds']:9.2f} s  cpu {cpu}  {peak}{ratio}\n")
    sys.stdout.flush()


def _as_json(what: str, measured: dict[str, Any], *, against: dict[str, Any] | None = None) -> None:
    ratio = {"ratio": against["seconds"] / measured["seconds"]} if against else {}
    sys.stdout.write(json.dumps({"what": what.strip()} | measured | ratio) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
