"""Replaying the firm's own past: computing a trust report, once a week, by whoever is free.

A report that nobody is heard working on is begun again by the next who looks (`report_to_work_on`). Its walk takes a
minute or two, so it is begun from the start rather than kept in pieces, of which some would rest on the touches from
before an import and some on those after it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from django.db import IntegrityError, connection, transaction

from accounts.models import Account, AccountStatus
from config.days import firm_day
from health.models import ModelVersion, QuietPeriod, Series, TrustReport
from health.rhythms import read_histories
from health.scoring.params import ScoringSettings
from health.scoring.trust.facts import NOBODY, AccountFacts
from health.scoring.trust.params import TrustSettings
from health.scoring.trust.report import build_report, code_version
from health.selectors.budget import current_budget
from touchpoints.models import BatchStatus, ImportBatch

RENEW_AFTER: Final = dt.timedelta(days=7)
# Reviews between two signs of life take some seconds; on a machine under load, a minute.
PATIENCE: Final = dt.timedelta(minutes=5)
MOST_MONTHS: Final = 60
KEPT_REPORTS: Final = 12
# After so many starts without an end, only a person begins it again: something is wrong with it.
MOST_ATTEMPTS: Final = 5

Progress = Callable[[int, int], None]


def replay_portfolio(*, as_of: dt.datetime, months: int, progress: Progress = lambda _d, _t: None) -> dict[str, Any]:
    """Replay the portfolio as known at `as_of` and return the report; writes nothing.

    Raises ValueError for a number of months that is not from 1 to 60.
    """
    if not 1 <= months <= MOST_MONTHS:
        raise ValueError(f"months: must be from 1 to {MOST_MONTHS}, got {months}")
    trust = TrustSettings(months=months)
    ids = sampled_accounts(trust.max_accounts)
    today = firm_day(as_of)
    histories = read_histories(ids, Series.ANY, as_of=as_of)
    client = read_histories(ids, Series.CLIENT, as_of=as_of)
    facts = account_facts(ids, trust)
    return build_report(
        histories,
        client if len(client) else None,
        as_of_day=today.toordinal(),
        facts=facts,
        settings=ScoringSettings(false_alarms_per_account_year=current_budget()),
        trust=trust,
        is_open=~np.isin(facts.account_ids, _off_the_list(ids, today)),
        portfolio_accounts=Account.objects.count(),
        progress=progress,
    )


def sampled_accounts(most: int) -> list[int]:
    """Return the ids of all accounts, or of `most` of them; which ones depends on their ids alone, not on touches."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM accounts_account ORDER BY hashint8(id), id LIMIT %s", [most])
        return sorted(row[0] for row in cursor.fetchall())


def account_facts(account_ids: Sequence[int], trust: TrustSettings) -> AccountFacts:
    """Return who looks after these accounts today, and what they are worth; unknown values count as the median."""
    rows = list(
        Account.objects.filter(pk__in=account_ids)
        .order_by("pk")
        .values_list("pk", "owner", "team", "segment", "arr", "owner__daily_capacity")
    )
    known = [float(row[4]) for row in rows if row[4]]
    usual = float(np.median(known)) if known else 1.0

    def column(values: Sequence[int | None]) -> Any:
        return np.array([value or NOBODY for value in values], dtype=np.int64)

    return AccountFacts(
        account_ids=np.array([row[0] for row in rows], dtype=np.int64),
        owner=column([row[1] for row in rows]),
        team=column([row[2] for row in rows]),
        segment=column([row[3] for row in rows]),
        value=np.array([usual if row[4] is None else float(row[4]) for row in rows], dtype=np.float64),
        capacity=np.array([row[5] or trust.capacity for row in rows], dtype=np.int64),
    )


def _off_the_list(account_ids: Sequence[int], today: dt.date) -> list[int]:
    """Return the accounts that no alarm would bring onto today's list: closed, or known to be quiet."""
    closed = Account.objects.filter(pk__in=account_ids, status=AccountStatus.CLOSED)
    quiet = QuietPeriod.objects.filter(
        account__in=account_ids, starts_on__lte=today, ends_on__gte=today, ended_at__isnull=True
    )
    return [*closed.values_list("pk", flat=True), *quiet.values_list("account", flat=True)]


def open_report(*, now: dt.datetime, months: int = 12) -> TrustReport:
    """Record that a report is wanted; one that is being computed already is returned instead."""
    try:
        with transaction.atomic():
            return TrustReport.objects.create(
                as_of_on=firm_day(now), months=months, code_version=code_version(), started_at=now, beat_at=now
            )
    except IntegrityError:
        unfinished = TrustReport.objects.filter(finished_at__isnull=True)
        unfinished.filter(attempt__gte=MOST_ATTEMPTS).update(attempt=0)
        return unfinished.get()


def report_to_work_on(*, now: dt.datetime) -> int | None:
    """Return the report that somebody should compute now: one left behind, or a new one when the last is a week old.

    While a file comes in there is none: a replay of half a history would have to be made again, and it holds for
    minutes a process that the import waits for.
    """
    if ImportBatch.objects.filter(status__in=[BatchStatus.QUEUED, BatchStatus.RUNNING]).exists():
        return None
    unfinished = TrustReport.objects.filter(finished_at__isnull=True).first()
    if unfinished is not None:
        is_left = unfinished.attempt == 0 or now - unfinished.beat_at > PATIENCE
        return unfinished.pk if is_left and unfinished.attempt < MOST_ATTEMPTS else None
    if not ModelVersion.objects.exists():
        return None
    last = TrustReport.objects.defer("report").first()
    is_fresh = last is not None and last.code_version == code_version() and now - last.started_at < RENEW_AFTER
    return None if is_fresh else open_report(now=now).pk


def compute_report(*, report_id: int, clock: Callable[[], dt.datetime]) -> bool:
    """Compute a report and store it; False when it is finished already or somebody else has taken it over.

    `clock` tells the moment, for the signs of life between two stages of the walk.
    """
    now = clock()
    row = TrustReport.objects.defer("report").filter(pk=report_id, finished_at__isnull=True).first()
    if row is None or (row.attempt > 0 and now - row.beat_at <= PATIENCE):
        return False
    mine = TrustReport.objects.filter(pk=report_id, finished_at__isnull=True, attempt=row.attempt + 1)
    claimed = TrustReport.objects.filter(pk=report_id, finished_at__isnull=True, attempt=row.attempt).update(
        attempt=row.attempt + 1, beat_at=now, done_reviews=0, as_of_on=firm_day(now), code_version=code_version()
    )
    if not claimed:
        return False

    def tell(done: int, total: int) -> None:
        if not mine.update(beat_at=clock(), done_reviews=done, review_count=total):
            raise _TakenOverError

    try:
        report = replay_portfolio(as_of=now, months=row.months, progress=tell)
    except _TakenOverError:
        return False
    is_written = mine.update(report=report, finished_at=clock()) > 0
    kept = TrustReport.objects.values_list("pk", flat=True)[:KEPT_REPORTS]
    TrustReport.objects.exclude(pk__in=list(kept)).delete()
    return is_written


class _TakenOverError(Exception):
    """Somebody else works on this report by now."""
