"""A past small enough to count by hand: six accounts, a year of weekly reviews, one budget."""

from __future__ import annotations

import numpy as np

from health.scoring.arrays import NO_DAY
from health.scoring.histories import TouchHistories
from health.scoring.params import ScoringSettings
from health.scoring.trust.facts import AccountFacts
from health.scoring.trust.figures import Outcomes
from health.scoring.trust.params import TrustSettings
from health.scoring.trust.walk import Reviews, Walk

FIRST = 10_000
LAST = FIRST + 52 * 7
REVIEW_DAYS = tuple(range(FIRST, LAST + 1, 7))
TRUST = TrustSettings()
SETTINGS = ScoringSettings()

#: account 1 is lost after a warning, 2 comes back from an alarm, 3 is lost with two touch days, 4 stood in alarm before
#: the walk began, 5 is in alarm since a fortnight, 6 is lost without a warning
TOUCH_DAYS = {
    1: (9_900, 9_950, 10_000, 10_050, 10_100),
    2: (9_900, 9_950, 10_000, 10_100, 10_150, 10_350),
    3: (9_990, 10_010),
    4: (9_800, 9_850, 9_900),
    5: (9_900, 9_950, 10_000, 10_310),
    6: (9_900, 9_950, 10_020),
}
#: (account, first day, last day) of each alarm
ALARMS = ((1, 10_140, LAST), (2, 10_070, 10_099), (4, FIRST, LAST), (5, 10_350, LAST))


def histories() -> TouchHistories:
    pairs = [(account, day) for account, days in TOUCH_DAYS.items() for day in days]
    return TouchHistories.from_pairs(*zip(*pairs, strict=True))


def reviews_of(known: TouchHistories, day: int, *, horizon: float = 30.0) -> Reviews:
    """What is said on a day: the alarms above, and a risk that grows with the number of the account,
    which calibration alone knows: before it, everybody is as likely to stay silent as not.
    """
    then = known.as_of(day)
    ids = then.account_ids
    rings = np.array([[any(a == one and start <= day <= end for a, start, end in ALARMS)] for one in ids.tolist()])
    return Reviews(
        review_day=np.full(len(ids), day),
        account_ids=ids,
        last_day=then.last_days.astype(np.int64),
        client_last_day=np.full(len(ids), NO_DAY),
        touch_days=then.touch_days,
        silent_days=(day - then.last_days).astype(np.float64),
        horizon_days=np.full(len(ids), horizon),
        risk=0.05 + 0.1 * ids,
        base_risk=np.full(len(ids), 0.5),
        list_normal=np.full(len(ids), 0.5),
        bgnbd_gone=(day - then.last_days) / 1000,
        rings_any=rings,
        rings_client=np.zeros_like(rings),
        is_flagged=rings,
    )


def walk() -> Walk:
    parts = [reviews_of(histories(), day) for day in REVIEW_DAYS]
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in vars(parts[0])}
    return Walk(LAST, REVIEW_DAYS, (2.0,), 0, ("lognormal",), Reviews(**columns))


def outcomes() -> Outcomes:
    return Outcomes.of(walk(), histories(), None, TRUST, min_touch_days=3)


def facts(*, owner: tuple[int, ...] = (1, 1, 1, 1, 1, 1), capacity: int = 8) -> AccountFacts:
    ids = np.arange(1, 7)
    nobody = np.zeros(6, dtype=np.int64)
    return AccountFacts(ids, np.array(owner), nobody, nobody, np.ones(6), np.full(6, capacity))
