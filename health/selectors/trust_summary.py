"""The one figure of the newest replay that other pages quote; the report itself may be large and stays where it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Func, JSONField, Value

from accounts.models import User
from health.models import TrustReport
from health.selectors.trust import trust_scope


@dataclass(frozen=True, slots=True)
class FlaggedBeforeLost:
    """Of the accounts that a scope lost, how many were flagged in time; the share's 95% interval, and of which day."""

    in_time: int
    lost: int
    low: float | None
    high: float | None
    warning_days: float | None
    words: str
    as_of_on: dt.date


def flagged_before_lost(user: User) -> FlaggedBeforeLost | None:
    """Return the figure of the scope of `user`; None before the first replay, or when none of it took part."""
    scope = trust_scope(user)
    path = ("firm",) if scope.is_firm else ("groups", scope.group, scope.key)
    found = (
        TrustReport.objects.filter(finished_at__isnull=False)
        .annotate(flagged=_part(*path, "flagged_in_time"), warning=_part(*path, "warning_days"))
        .values_list("flagged", "warning", "as_of_on")
        .first()
    )
    if found is None or found[0] is None:
        return None
    flagged, warning, as_of_on = found
    return FlaggedBeforeLost(
        flagged["part"], flagged["whole"], flagged["low"], flagged["high"], warning["median"], scope.words, as_of_on
    )


def _part(*path: str) -> Func:
    return Func(
        F("report"), *(Value(key) for key in path), function="jsonb_extract_path", output_field=JSONField(null=True)
    )
