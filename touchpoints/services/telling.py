"""Telling whoever scores that the touches of an account have changed."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.db import transaction

from touchpoints.loader.touchpoints import raise_activity
from touchpoints.models import Touchpoint
from touchpoints.signals import activity_changed


def tell_activity(account_id: int, *, now: dt.datetime) -> None:
    """Mark the score of the account as stale, and nudge whoever computes it once this is committed."""
    raise_activity([account_id], now=now)
    transaction.on_commit(partial(activity_changed.send_robust, sender=Touchpoint, account_ids=(account_id,)))
