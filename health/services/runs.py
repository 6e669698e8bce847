"""A pass over the whole portfolio: learn it if that is due, score every account in shards, keep the day.

A run is resumable because what is left to do is a question to the data: the accounts whose score is older than the run.
Shards may be lost, repeated or run side by side.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from accounts.models import Account
from config.days import firm_day, firm_zone
from health import ledger, tallies
from health.models import AccountHealth, ScoreRun
from health.quiet_days import spread_quiet_days
from health.rhythms import EvidenceModel, rebuild_rhythms
from health.scoring.arrays import IntArray
from health.selectors.models import StoredModel, current_model
from health.selectors.standing import stale_accounts
from health.services.feeds import refresh_feeds
from health.services.fitting import REFIT_AT_ONCE_AT_CHANGE, learn_if_due
from health.services.history import reconstructed_days
from health.services.kept_rows import keep_rows_if_due
from health.services.scoring import ScoredBatch, score_accounts
from health.services.snoozing import end_due_snoozes
from health.services.touch_months import count_months_if_due
from health.talk_patterns import rebuild_talk_patterns

SHARD_SIZE: Final = ledger.BUCKET_SIZE
# After this long without a finish, the sweep takes over what a run left undone.
RUN_PATIENCE: Final = dt.timedelta(minutes=10)
# After this long without a nightly run, the sweep begins one.
NIGHTLY_PATIENCE: Final = dt.timedelta(minutes=30)
SWEEP_LIMIT: Final = 5_000


def open_run(*, kind: str, as_of: dt.datetime) -> ScoreRun:
    """Record that a run over all accounts begins."""
    return ScoreRun.objects.create(
        kind=kind, as_of_on=firm_day(as_of), started_at=as_of, account_count=Account.objects.count()
    )


def begin_run(*, run: ScoreRun, as_of: dt.datetime, refit: bool = False) -> list[IntArray]:
    """Learn the portfolio when that is due (or with `refit`); return the ids of the accounts, cut into shards."""
    spread_quiet_days(today=firm_day(as_of), now=as_of)  # to the accounts that were added since
    refresh_feeds(now=as_of)  # which sources have stopped, if no sweep has looked today
    model = learn_if_due(now=as_of, refit=refit)
    ids = ledger.read_account_ids()
    run.model_version_id = model.pk if model else None
    run.account_count = len(ids)
    run.usual_arr = usual_arr()
    run.save(update_fields=["model_version", "account_count", "usual_arr"])
    return list(shards_of(ids))


def shards_of(ids: IntArray) -> Iterator[IntArray]:
    """Cut ascending ids at the bounds of their lock buckets, so that two shards never wait for each other."""
    bounds = np.flatnonzero(np.diff(ids // SHARD_SIZE)) + 1
    return (shard for shard in np.split(ids, bounds) if len(shard))


def score_shard(*, account_ids: Sequence[int] | IntArray, as_of: dt.datetime, model: StoredModel | None) -> ScoredBatch:
    """Score accounts with what the whole portfolio contributes, its model and its usual value."""
    return score_accounts(account_ids=account_ids, as_of=as_of, model=model, usual_arr=_known_usual_arr())


def _known_usual_arr() -> Decimal | None:
    """Return the usual value as the newest run found it: to sort all values for each touch would take seconds."""
    newest = ScoreRun.objects.filter(usual_arr__isnull=False).order_by("-started_at", "-id")
    known = newest.values_list("usual_arr", flat=True).first()
    return usual_arr() if known is None else known


def score_touched(*, account_ids: Sequence[int], now: dt.datetime) -> int:
    """Score accounts that have just changed; return how many. Before the first fit, that is the sweep's work."""
    model = current_model()
    if model is None:
        return sweep(now=now)
    today = firm_day(now)
    with transaction.atomic():
        batch = score_accounts(
            account_ids=sorted(account_ids), as_of=now, model=model, usual_arr=_known_usual_arr(), is_recounted=True
        )
        if batch.changed or batch.met:
            past = reconstructed_days(today) if batch.met else []
            ledger.recount_owners(account_ids, [*past, today])
            if not ledger.is_counted(today):
                ledger.fill_portfolio_days([today])
    return batch.scored


def usual_arr() -> Decimal | None:
    """Return the median value of the accounts that have one; None when none has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY arr) FROM accounts_account"
            " WHERE arr > 0 AND status = 'active'"
        )
        median: Decimal | None = cursor.fetchone()[0]
    return median


def finish_run_if_done(*, run: ScoreRun, now: dt.datetime, scored: int | None = None) -> bool:
    """Note progress; when every account has been scored since the run began, recount the portfolio and mark the run
    finished.

    `scored` is how many accounts a shard has just added. To count all scores after each shard would read the portfolio
    once a shard, so they are only counted when the shards add up to it, or without `scored`. A shard that was lost or
    repeated makes the sum wrong; the count, which decides, is right.
    """
    open_runs = ScoreRun.objects.filter(pk=run.pk, finished_at__isnull=True)
    if scored is not None:
        open_runs.update(scored_count=F("scored_count") + scored)
        if not open_runs.filter(scored_count__gte=F("account_count")).exists():
            return False
    count = AccountHealth.objects.filter(computed_at__gte=run.started_at).count()
    open_runs.update(scored_count=count)
    if count < Account.objects.count():
        return False
    fill_missing_days(today=run.as_of_on)
    is_finished = open_runs.update(finished_at=now) > 0
    if is_finished:
        count_months_if_due(today=run.as_of_on, is_forced=run.kind == ScoreRun.Kind.MANUAL)
        ledger.tidy_scores()
    return is_finished


@transaction.atomic
def fill_missing_days(*, today: dt.date) -> None:
    """Recount the portfolio of today, and of every day of history that has not been counted yet."""
    ledger.fill_portfolio_days(sorted({today, *ledger.uncounted_days()}))


def run_now(
    *,
    kind: str,
    as_of: dt.datetime,
    refit: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> ScoreRun:
    """Do a whole run in this process; `progress` is told how many accounts of how many are done."""
    run = open_run(kind=kind, as_of=as_of)
    done = 0
    for shard in begin_run(run=run, as_of=as_of, refit=refit):
        done += score_shard(account_ids=shard, as_of=as_of, model=current_model()).scored
        progress(done, run.account_count)
    finish_run_if_done(run=run, now=as_of)
    run.refresh_from_db()
    return run


def sweep(*, now: dt.datetime) -> int:
    """Score what is stale, at most 5,000 accounts at a time; return how many.

    It heals what was lost: nudges that never arrived, runs whose worker was killed.
    """
    today = firm_day(now)
    model = current_model()
    run = ScoreRun.objects.filter(finished_at__isnull=True).first()
    behind = run.started_at if run and now - run.started_at > RUN_PATIENCE else None
    end_due_snoozes(now=now)
    refresh_feeds(now=now)
    ids = stale_accounts(today=today, now=now, model_id=model.pk if model else None, limit=SWEEP_LIMIT, behind=behind)
    if ids:
        model = learn_if_due(now=now, at_change=REFIT_AT_ONCE_AT_CHANGE)
        score_accounts(account_ids=ids, as_of=now, model=model, usual_arr=_known_usual_arr())
        fill_missing_days(today=today)
    tallies.settle_if_long()
    if run is not None:
        finish_run_if_done(run=run, now=now)
    if run is None or behind is not None:  # what a run is about to change would have to be kept again
        keep_rows_if_due(today=today)
    return len(ids)


def nightly_is_overdue(*, now: dt.datetime) -> bool:
    """Whether half an hour after the nightly time no run of today has begun, because beat or Redis was down then."""
    today = firm_day(now)
    hour, _, minute = settings.HARK_NIGHTLY_AT.partition(":")
    due_at = dt.datetime.combine(today, dt.time(int(hour), int(minute or 0)), tzinfo=firm_zone())
    if now < due_at + NIGHTLY_PATIENCE or ScoreRun.objects.filter(as_of_on__gte=today).exists():
        return False
    return AccountHealth.objects.filter(as_of_on__lt=today).exists()


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many accounts were looked at, and how many of their rhythms and talk patterns had to be written."""

    accounts: int
    changed: int
    changed_talk: int


def rebuild_all(*, as_of: dt.datetime, progress: Callable[[int, int], None] = lambda _done, _total: None) -> Rebuilt:
    """Recompute every rhythm and talk pattern from the touches, shard by shard, one transaction each."""
    ids = ledger.read_account_ids()
    model = current_model()
    evidence_model = EvidenceModel(model.pk, model.fitted.params) if model else None
    done = changed = changed_talk = 0
    for shard in shards_of(ids):
        with transaction.atomic():
            ledger.lock_buckets(shard)
            changed += rebuild_rhythms(shard, as_of=as_of, model=evidence_model)
            changed_talk += rebuild_talk_patterns(shard, as_of=as_of)
        done += len(shard)
        progress(done, len(ids))
    return Rebuilt(done, changed, changed_talk)


def ids_between(first_id: int, last_id: int) -> IntArray:
    """Return the ids of the accounts from `first_id` to `last_id`."""
    return ledger.read_account_ids(first_id, last_id)
