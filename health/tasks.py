"""Background work of scoring. Every task may be lost, repeated or killed: the sweep finds what is left."""

from __future__ import annotations

import datetime as dt

from celery import shared_task
from django.utils import timezone

from config.days import firm_day
from health.models import ScoreRun
from health.selectors.models import current_model
from health.services import runs, trust
from health.services.thinning import thin_history


@shared_task(name="health.tasks.score_portfolio")
def score_portfolio(run_id: int | None = None, *, refit: bool = False) -> None:
    """Begin a run over the whole portfolio, or the one with `run_id` that somebody waits for; hand out its shards."""
    now = timezone.now()
    run = ScoreRun.objects.get(pk=run_id) if run_id else runs.open_run(kind=ScoreRun.Kind.NIGHTLY, as_of=now)
    shards = runs.begin_run(run=run, as_of=now, refit=refit)
    for shard in shards:
        score_shard.delay(run.pk, int(shard[0]), int(shard[-1]))
    if not shards:
        runs.finish_run_if_done(run=run, now=now)


@shared_task(name="health.tasks.score_shard")
def score_shard(run_id: int, first_id: int, last_id: int) -> None:
    """Score the accounts from `first_id` to `last_id` for a run."""
    now = timezone.now()
    run = ScoreRun.objects.get(pk=run_id)
    batch = runs.score_shard(account_ids=runs.ids_between(first_id, last_id), as_of=now, model=current_model())
    runs.finish_run_if_done(run=run, now=now, scored=batch.scored)


@shared_task(name="health.tasks.sweep_stale")
def sweep_stale() -> None:
    """Begin a nightly run that is overdue, and score what is stale; when there is more than one sweep takes, go on."""
    now = timezone.now()
    if runs.nightly_is_overdue(now=now):
        score_portfolio.delay()
    if runs.sweep(now=now) >= runs.SWEEP_LIMIT:
        sweep_stale.delay()


@shared_task(name="health.tasks.score_touched", expires=dt.timedelta(minutes=10).total_seconds())
def score_touched(account_ids: list[int]) -> None:
    """Score accounts whose touches, value or known quiet just changed."""
    runs.score_touched(account_ids=account_ids, now=timezone.now())


@shared_task(name="health.tasks.replay_past")
def replay_past(report_id: int) -> None:
    """Compute a trust report; one that is finished, or that somebody else works on, is left alone."""
    trust.compute_report(report_id=report_id, clock=timezone.now)


@shared_task(name="health.tasks.tend_trust")
def tend_trust() -> None:
    """Compute the trust report when the last one is a week old, or when whoever worked on it is gone."""
    report_id = trust.report_to_work_on(now=timezone.now())
    if report_id is not None:
        replay_past(report_id)


@shared_task(name="health.tasks.thin_history")
def thin_old_days() -> None:
    """Drop what is no longer kept of each account's history."""
    thin_history(today=firm_day(timezone.now()))
