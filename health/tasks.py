"""Background work of scoring. Every task may be lost, repeated or killed: the sweep finds what is left."""

from __future__ import annotations

import datetime as dt
import logging

from celery import shared_task
from django.utils import timezone

from health.models import ScoreRun
from health.selectors.models import current_model
from health.services import runs

logger = logging.getLogger(__name__)


@shared_task(name="health.tasks.score_portfolio")
def score_portfolio(kind: str = ScoreRun.Kind.NIGHTLY, *, refit: bool = False) -> None:
    """Begin a run over the whole portfolio and hand out its shards."""
    begun = runs.begin_run(kind=kind, as_of=timezone.now(), refit=refit)
    for shard in begun.shards:
        score_shard.delay(begun.run.pk, shard[0], shard[-1])
    if not begun.shards:
        runs.finish_run_if_done(run=begun.run, now=timezone.now())


@shared_task(name="health.tasks.score_shard")
def score_shard(run_id: int, first_id: int, last_id: int) -> None:
    """Score the accounts from `first_id` to `last_id` for a run."""
    now = timezone.now()
    run = ScoreRun.objects.get(pk=run_id)
    ids = runs.ids_between(first_id, last_id)
    runs.score_shard(account_ids=ids, as_of=now, model=current_model())
    runs.finish_run_if_done(run=run, now=now)


@shared_task(name="health.tasks.sweep_stale")
def sweep_stale() -> None:
    """Score what is stale; when there is more than one sweep takes, go on at once."""
    if runs.sweep(now=timezone.now()) >= runs.SWEEP_LIMIT:
        sweep_stale.delay()


@shared_task(name="health.tasks.score_touched", expires=dt.timedelta(minutes=10).total_seconds())
def score_touched(account_ids: list[int]) -> None:
    """Score accounts whose touches, value or known quiet just changed."""
    model = current_model()
    if model is None:
        runs.sweep(now=timezone.now())
        return
    runs.score_shard(account_ids=sorted(account_ids), as_of=timezone.now(), model=model)
