"""A pass over the whole portfolio: learn it if that is due, score every account in shards, keep the day.

A run is resumable because what is left to do is a question to the data: the accounts whose score is not of the run's
day and model. Shards may be lost, repeated or run side by side.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import connection, transaction
from django.db.models import Q

from accounts.models import Account
from config.days import firm_day
from health import ledger
from health.models import AccountHealth, ScoreRun
from health.selectors.models import StoredModel, current_model
from health.selectors.standing import stale_accounts
from health.services.fitting import count_accounts_with_touches, fit_is_due, fit_portfolio_model
from health.services.history import accounts_without_history, reconstruct_history
from health.services.scoring import ScoredBatch, score_accounts
from health.services.snoozing import end_due_snoozes

SHARD_SIZE: Final = ledger.BUCKET_SIZE
# After this long without a finish, the sweep takes over what a run left undone.
RUN_PATIENCE: Final = dt.timedelta(minutes=10)
SWEEP_LIMIT: Final = 5_000


@dataclass(frozen=True, slots=True)
class BegunRun:
    """A run with its model and the accounts to score, cut into shards of ids."""

    run: ScoreRun
    model: StoredModel | None
    shards: list[list[int]]


def begin_run(*, kind: str, as_of: dt.datetime, refit: bool = False) -> BegunRun:
    """Record a run, learn the portfolio when that is due (or with `refit`), and cut the accounts into shards."""
    model = current_model()
    if refit or fit_is_due(model, now=as_of, portfolio_count=count_accounts_with_touches()):
        model = fit_portfolio_model(as_of=as_of, now=as_of) or model
    ids = list(Account.objects.order_by("pk").values_list("pk", flat=True))
    run = ScoreRun.objects.create(
        kind=kind,
        as_of_on=firm_day(as_of),
        started_at=as_of,
        model_version_id=model.pk if model else None,
        account_count=len(ids),
    )
    return BegunRun(run, model, list(shards_of(ids)))


def shards_of(ids: Sequence[int]) -> Iterator[list[int]]:
    """Cut ascending ids at the bounds of their lock buckets, so that two shards never wait for each other."""
    shard: list[int] = []
    for pk in ids:
        if shard and pk // SHARD_SIZE != shard[0] // SHARD_SIZE:
            yield shard
            shard = []
        shard.append(pk)
    if shard:
        yield shard


def score_shard(*, account_ids: Sequence[int], as_of: dt.datetime, model: StoredModel | None) -> ScoredBatch:
    """Score one shard, and first reconstruct the past of those accounts in it that Hark has just met."""
    if model is not None:
        new = set(accounts_without_history()) & set(account_ids)
        if new:
            reconstruct_history(account_ids=sorted(new), as_of=as_of, model=model)
    return score_accounts(account_ids=account_ids, as_of=as_of, model=model, usual_arr=usual_arr())


def usual_arr() -> Decimal | None:
    """Return the median value of the accounts that have one; None when none has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY arr) FROM accounts_account"
            " WHERE arr > 0 AND status = 'active'"
        )
        median: Decimal | None = cursor.fetchone()[0]
    return median


def finish_run_if_done(*, run: ScoreRun, now: dt.datetime) -> bool:
    """Count what the run has scored; when all is, recount the portfolio's days and mark it finished."""
    done = AccountHealth.objects.filter(as_of_on__gte=run.as_of_on)
    if run.model_version_id is not None:
        done = done.filter(Q(model_version__gte=run.model_version_id) | Q(touch_days=0))
    count = done.count()
    ScoreRun.objects.filter(pk=run.pk, finished_at__isnull=True).update(scored_count=count)
    if count < Account.objects.count():
        return False
    fill_missing_days(today=run.as_of_on)
    return ScoreRun.objects.filter(pk=run.pk, finished_at__isnull=True).update(finished_at=now) > 0


def fill_missing_days(*, today: dt.date) -> None:
    """Recount today, and every day of history that has not been counted yet (after a reconstruction)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT day FROM health_healthday"
            " EXCEPT SELECT DISTINCT day FROM health_portfolioday UNION SELECT %s::date",
            [today],
        )
        days = [row[0] for row in cursor.fetchall()]
    with transaction.atomic():
        ledger.fill_portfolio_days(days)


def run_now(
    *,
    kind: str,
    as_of: dt.datetime,
    refit: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> ScoreRun:
    """Do a whole run in this process; `progress` is told how many accounts of how many are done."""
    begun = begin_run(kind=kind, as_of=as_of, refit=refit)
    done = 0
    for shard in begun.shards:
        done += score_shard(account_ids=shard, as_of=as_of, model=begun.model).scored
        progress(done, begun.run.account_count)
    finish_run_if_done(run=begun.run, now=as_of)
    begun.run.refresh_from_db()
    return begun.run


def sweep(*, now: dt.datetime) -> int:
    """Score what is stale, at most 5,000 accounts at a time; return how many.

    It heals what was lost: nudges that never arrived, runs whose worker was killed.
    """
    today = firm_day(now)
    model = current_model()
    if fit_is_due(model, now=now, portfolio_count=count_accounts_with_touches()):
        model = fit_portfolio_model(as_of=now, now=now) or model
    run = ScoreRun.objects.filter(finished_at__isnull=True).first()
    behind = run.as_of_on if run and now - run.started_at > RUN_PATIENCE else None
    ids = stale_accounts(today=today, now=now, model_id=model.pk if model else None, limit=SWEEP_LIMIT, behind=behind)
    end_due_snoozes(now=now)
    if ids:
        score_shard(account_ids=ids, as_of=now, model=model)
        fill_missing_days(today=today)
    if run is not None:
        finish_run_if_done(run=run, now=now)
    return len(ids)


def ids_between(first_id: int, last_id: int) -> list[int]:
    """Return the ids of the accounts from `first_id` to `last_id`."""
    return list(Account.objects.filter(pk__range=(first_id, last_id)).order_by("pk").values_list("pk", flat=True))
