"""The one signal between apps, turned into a nudge: a dead Redis delays a score by a minute and breaks nothing."""

from __future__ import annotations

import logging
from typing import Any

from django.dispatch import receiver
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from health import tasks
from touchpoints.signals import activity_changed

logger = logging.getLogger(__name__)

# Beyond this many, naming accounts costs more than the sweep's looking for them.
MOST_NAMED = 500


@receiver(activity_changed)
def nudge_scoring(sender: object, account_ids: tuple[int, ...] | None = None, **kwargs: Any) -> None:
    """Ask the worker to score the accounts soon; the sweep does it anyway."""
    try:
        if account_ids is None or len(account_ids) > MOST_NAMED:
            tasks.sweep_stale.delay()
        elif account_ids:
            tasks.score_touched.delay(list(account_ids))
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("the worker could not be told of new touches, the sweep will find them: %s", error)
