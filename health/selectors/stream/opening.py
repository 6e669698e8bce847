"""The page of the stream that holds one touch, so that a mark of a chart has an address to lead to."""

from __future__ import annotations

from typing import Final

from accounts.models import Account
from health.selectors.stream.places import Place
from touchpoints.models import Touchpoint

# So many newer touches stand above the one that was asked for, to show what came of it.
_ABOVE: Final = 3


def place_of_touch(account: Account, pk: int) -> Place | None:
    """Return where the timeline begins when it is opened at a touch; None for a touch that is not the account's.

    None too when the touch is so new that the timeline's own beginning shows it. Two queries.
    """
    touches = Touchpoint.objects.shown().filter(account=account)
    touch = touches.filter(pk=pk).only("occurred_at").first()
    if touch is None:
        return None
    newer = touches.filter(occurred_at__gte=touch.occurred_at).exclude(pk=pk).order_by("occurred_at", "pk")
    above = list(newer.values_list("occurred_at", "pk")[: _ABOVE + 1])
    if len(above) <= _ABOVE:
        return None
    # The stream begins just below the place, so that the last of `above` is left out.
    at, first_pk = above[-1]
    return Place(at, 0, first_pk)
