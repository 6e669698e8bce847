"""The signals of scored accounts with the figures and names they are told with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from accounts.models import Contact
from health.scoring.arrays import FloatArray, IntArray
from health.scoring.explain_signals import people_of_signals, tell_signals
from health.scoring.signals.found import SIGNALS, FoundSignals, Signal, find_signals_many
from health.scoring.signals.settings import SignalSettings
from health.scoring.signals.talk_days import TalkStats


@dataclass(frozen=True, eq=False)
class ToldSignals:
    """What was found, a row for each account, and as it is stored, of the accounts that show anything."""

    found: FoundSignals
    by_account: dict[int, list[dict[str, Any]]] = field(default_factory=dict)

    def of(self, account_id: int) -> list[dict[str, Any]]:
        """Return the signals of one account as they are stored."""
        return self.by_account.get(account_id, [])


def signals_of(
    account_ids: IntArray, talk: TalkStats, agreed_days: FloatArray, *, as_of_day: int, settings: SignalSettings
) -> ToldSignals:
    """Return the signals of these accounts, ids ascending, `agreed_days` float64[A]; at most one query, for names.

    Accounts that `talk` does not know show none.
    """
    known = np.isin(talk.account_ids, account_ids)
    talk = talk.take(known)
    rows = np.searchsorted(account_ids, talk.account_ids)
    agreed = agreed_days[rows]
    some = find_signals_many(talk, agreed, as_of_day, settings)
    found = FoundSignals.none(account_ids)
    people = people_of_signals(talk, some)
    known_people = Contact.objects.filter(pk__in=people).values_list("pk", "name", "left_on") if people else ()
    names, gone = {}, []
    for pk, name, left_on in known_people:
        names[pk] = name
        if left_on is not None and left_on.toordinal() <= as_of_day:
            gone.append(pk)
    # Statistics count back from the last touch day; on a person who left after it nothing hangs any more.
    hangs_on_none = np.isin(talk.lone_contact, gone)
    some.strength[hangs_on_none, SIGNALS.index(Signal.SINGLE_THREADED)] = 0.0
    found.strength[rows] = some.strength
    told = {
        int(talk.account_ids[row]): [
            one.to_dict() for one in tell_signals(talk, some, row, agreed_days=float(agreed[row]), names=names)
        ]
        for row in np.flatnonzero(some.has_any).tolist()
    }
    return ToldSignals(found, told)
