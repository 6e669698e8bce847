"""Background work of imports. A lost or killed task is found again by its batch."""

from __future__ import annotations

import datetime as dt
from typing import Final

from celery import shared_task
from django.utils import timezone

from accounts.models import User
from touchpoints.models import BatchStatus, ImportBatch
from touchpoints.services import imports, mending

# A worker gives way to scoring after this long; finding the place again costs about a second per million rows.
SLICE: Final = dt.timedelta(seconds=20)


@shared_task(name="touchpoints.tasks.run_import")
def run_import(batch_id: int) -> None:
    """Load a slice of a queued batch, from its checkpoint on, and line up again for the next."""
    outcome = imports.run_import(batch_id=batch_id, clock=timezone.now, slice_=SLICE)
    if outcome is not None and outcome.is_mine and outcome.batch.status == BatchStatus.RUNNING:
        run_import.delay(batch_id)


@shared_task(name="touchpoints.tasks.resume_stranded_imports")
def resume_stranded_imports() -> None:
    """Go on with the batches that nobody works on: their worker was killed, or the nudge never came."""
    for batch_id in imports.stranded_batches():
        run_import(batch_id)


@shared_task(name="touchpoints.tasks.retry_rejected")
def retry_rejected(batch_id: int, user_id: int) -> None:
    """Try all open rejected rows of a batch again; rows that were taken meanwhile are left alone."""
    batch, user = ImportBatch.objects.get(pk=batch_id), User.objects.get(pk=user_id)
    mending.retry_rejected(batch=batch, by=user, now=timezone.now())
