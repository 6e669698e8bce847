"""What was promised to a client, found in the words of its touches."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from accounts.models import Account
from touchpoints.models import Touchpoint

#: Notes in which one of these stands are offered as promises; other languages are found by searching the timeline.
PROMISE_WORDS: Final = ("promis", "commit", "will send", "owe you")
#: So many of the newest touches are read: bodies are long, and what was promised before them is not the last promise.
_READ: Final = 300


@dataclass(frozen=True, slots=True)
class LastPromise:
    """The newest touch that speaks of a promise, and those of its words that do."""

    touch: Touchpoint
    words: str


def speaks_of_a_promise() -> Q:
    """Return the condition on touches that their subject or their text speaks of a promise."""
    said = Q()
    for word in PROMISE_WORDS:
        said |= Q(subject__icontains=word) | Q(body__icontains=word)
    return said


def last_promise(account: Account, *, as_of: dt.datetime) -> LastPromise | None:
    """Return the newest promise among the last 300 counted touches up to a moment, in one query; None without one."""
    known = Touchpoint.objects.filter(account=account, counts=True, occurred_at__lte=as_of)
    newest = known.order_by("-occurred_at", "-pk")
    touch = newest.filter(speaks_of_a_promise(), pk__in=newest.values("pk")[:_READ]).first()
    if touch is None:
        return None
    in_text = any(word in touch.body.lower() for word in PROMISE_WORDS)
    return LastPromise(touch, touch.body if in_text else touch.subject)
