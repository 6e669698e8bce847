"""The touches behind the rhythm strips of a page of accounts: one query, whatever their number."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from typing import Final

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case, CharField, Q, Value, When
from django.db.models.functions import TruncDate

from config.days import day_start, firm_day, firm_zone
from health.strips import STRIP_DAYS, StripDays
from touchpoints.models import Outcome, Touchpoint

_ATTEMPTS: Final = (Outcome.VOICEMAIL.value, Outcome.NO_ANSWER.value)


def strip_days(account_ids: Collection[int], *, as_of: dt.datetime) -> dict[int, StripDays]:
    """Return what happened on each of the last 180 days before `as_of`, by account; accounts without any are left out.

    Days are days in the firm's time zone. A day with live talk is not repeated among the days with messages.
    """
    today = firm_day(as_of)
    first = day_start(today - dt.timedelta(days=STRIP_DAYS))
    rows = (
        Touchpoint.objects.shown()
        .filter(account_id__in=account_ids, occurred_at__gte=first, occurred_at__lte=as_of)
        .filter(Q(counts=True) | Q(outcome__in=_ATTEMPTS, is_automated=False))
        .order_by()
        .values("account_id")
        .annotate(
            kind=Case(
                When(is_voice=True, then=Value("voice")),
                When(counts=True, then=Value("text")),
                default=Value("attempts"),
                output_field=CharField(),
            )
        )
        .annotate(days=ArrayAgg(TruncDate("occurred_at", tzinfo=firm_zone()), distinct=True))
        .values_list("account_id", "kind", "days")
    )
    found: defaultdict[int, dict[str, tuple[int, ...]]] = defaultdict(dict)
    for account_id, kind, days in rows:
        found[account_id][kind] = tuple((today - day).days for day in days)
    return {account_id: _without_repeats(kinds) for account_id, kinds in found.items()}


def _without_repeats(kinds: dict[str, tuple[int, ...]]) -> StripDays:
    voice = set(kinds.get("voice", ()))
    text = set(kinds.get("text", ())) - voice
    attempts = set(kinds.get("attempts", ())) - voice - text
    return StripDays(tuple(sorted(voice)), tuple(sorted(text)), tuple(sorted(attempts)))
