"""Alarm thresholds from the firm's own past: what would have rung wrongly, had Hark been there?

The last twelve months are walked in weekly reviews. Every gap that later closed by itself would have been a
false alarm had it rung, so each contributes the largest A and R of its reviews, computed from what was known
before it (expanding median, component weights from the earlier gaps; the gap law itself is the one fitted
today). Thresholds are then set so that, of all those gaps, no more would have rung than the budget allows:
``b`` false alarms per account and year, over the account-years in which the clients were demonstrably still
there (the closed gaps themselves; a client lost for good is no source of false alarms and would only loosen
the budget of the others). A budget is a ceiling: clients so regular that they cannot raise so many false alarms do not
spend it, and both arms then keep a floor, so that a larger budget never rings later. The regularity arm's is the chance
below which people read "less than 1 time in 50": leave in summer and at Christmas is longer than any usual gap of a
client who calls every week, and would otherwise be what the budget is spent on.

Two series: the account rings once for one silence, so a gap of the *any* series and a gap of the *client* series that
ended with the same touch are one candidate, with the larger A and the larger R of both. All other gaps, such as one
that our own mail ended while the client stayed quiet, count for themselves.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from health.scoring.alarm import default_thresholds, first_alarm_days
from health.scoring.arrays import FloatArray, IntArray
from health.scoring.dropout import dropout_odds
from health.scoring.gaps import component_weights, law_of
from health.scoring.histories import TouchHistories
from health.scoring.params import AlarmThresholds, GapParams, ScoringSettings
from health.scoring.returns import running_returned_gaps
from health.scoring.rhythm import GapMoments, moments_before_gaps
from health.scoring.risk import TAIL_FLOOR, alarm_gap_days, alarm_index_of
from health.scoring.running import running_medians


@dataclass(frozen=True, eq=False)
class ReplayedGaps:
    """Closed gaps that saw at least one review, arrays of length K, ordered by account and day.

    ``index`` and ``regularity`` are the largest A and R of their reviews, -inf where the arm did not apply.
    """

    account_ids: IntArray
    opened_day: IntArray
    closed_day: IntArray
    index: FloatArray
    regularity: FloatArray

    def __len__(self) -> int:
        return len(self.account_ids)


def replay_thresholds(
    histories_any: TouchHistories,
    histories_client: TouchHistories | None,
    params: GapParams,
    as_of_day: int,
    *,
    budget: float,
    settings: ScoringSettings,
) -> AlarmThresholds:
    """Thresholds at which the last twelve months would have raised ``budget`` false alarms per account and year.

    With fewer than ``settings.replay_min_gaps`` closed gaps to replay the defaults stand, and likewise for an
    arm that cannot spend its share of the budget.

    Raises
    ------
    ValueError
        if the budget is not positive.
    """
    return replay_budgets(histories_any, histories_client, params, as_of_day, budgets=(budget,), settings=settings)[0]


def replay_budgets(
    histories_any: TouchHistories,
    histories_client: TouchHistories | None,
    params: GapParams,
    as_of_day: int,
    *,
    budgets: Sequence[float],
    settings: ScoringSettings,
) -> list[AlarmThresholds]:
    """As ``replay_thresholds``, for several budgets from one replay."""
    for budget in budgets:
        if not budget > 0:
            raise ValueError(f"budget must be positive (false alarms per account and year), got {budget!r}")
    known = histories_any.as_of(as_of_day)
    fallbacks = [default_thresholds(known, budget) for budget in budgets]
    pop_median = fallbacks[0].pop_median_gap_days
    replayed = replay_gaps(known, params, as_of_day, pop_median, settings)
    if histories_client is not None:
        client = replay_gaps(histories_client.as_of(as_of_day), params, as_of_day, pop_median, settings)
        replayed = _merge_series(replayed, client)
    if len(replayed) < settings.replay_min_gaps:
        return fallbacks
    years = _account_years(known, as_of_day, settings)
    chosen = []
    for budget, fallback in zip(budgets, fallbacks, strict=True):
        index, regularity = _thresholds(replayed, budget * years, fallback, settings)
        chosen.append(
            AlarmThresholds(
                index=index,
                regularity=regularity,
                budget_per_account_year=budget,
                pop_median_gap_days=pop_median,
                is_replayed=True,
                account_years=years,
                replayed_gaps=len(replayed),
            )
        )
    return chosen


def replay_gaps(
    histories: TouchHistories,
    params: GapParams,
    as_of_day: int,
    pop_median_gap_days: float,
    settings: ScoringSettings,
) -> ReplayedGaps:
    """The closed gaps of the last twelve months as the weekly reviews would have seen them."""
    parts = [_replay_chunk(chunk, params, as_of_day, pop_median_gap_days, settings) for chunk in histories.chunks()]
    columns = ("account_ids", "opened_day", "closed_day", "index", "regularity")
    return ReplayedGaps(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in columns})


def _replay_chunk(
    histories: TouchHistories,
    params: GapParams,
    as_of_day: int,
    pop_median_gap_days: float,
    settings: ScoringSettings,
) -> ReplayedGaps:
    position = histories.gap_position
    opened = histories.gap_opened_days.astype(np.int64)
    closed = histories.gap_closed_days.astype(np.int64)
    # A and R rise with the silence, so the last review before the gap closed saw the largest of both
    review = last_review_before(closed, as_of_day, settings.replay_step_days)
    seen = np.flatnonzero(
        (position >= settings.alarm_min_touch_days - 1)
        & (review >= opened)
        & (review >= as_of_day - settings.replay_days)
    )
    silent = (review - opened)[seen].astype(np.float64)
    opened_by = histories.offsets[:-1][histories.gap_account] + position
    gap = alarm_gap_days(running_medians(histories)[opened_by[seen]], pop_median_gap_days)
    returned = running_returned_gaps(histories)[opened_by[seen]]
    index = alarm_index_of(silent, gap, dropout_odds(position[seen], params))
    normal = _normal_before(histories, params, seen, silent)
    may_ring = silent >= first_alarm_days(gap, returned, settings.alarm_min_usual_gaps)
    is_regular = position[seen] >= settings.regularity_min_gaps
    return ReplayedGaps(
        account_ids=histories.account_ids[histories.gap_account[seen]],
        opened_day=opened[seen],
        closed_day=closed[seen],
        index=np.where(may_ring, index, -np.inf),
        regularity=np.where(may_ring & is_regular, -np.log(normal), -np.inf),
    )


def last_review_before(days: IntArray, as_of_day: int, step_days: int) -> IntArray:
    """int64[K]: the last review strictly before each day; reviews are every ``step_days`` back from ``as_of_day``."""
    return as_of_day - step_days * ((as_of_day - days) // step_days + 1)


def _normal_before(histories: TouchHistories, params: GapParams, rows: IntArray, silent_days: FloatArray) -> FloatArray:
    """float64[K]: chance of a gap of at least ``silent_days``, from what was known before each chosen gap."""
    before = moments_before_gaps(histories)
    logs = law_of(before, params).log_density(histories.gaps)
    running = np.concatenate([np.zeros((1, logs.shape[1])), np.cumsum(logs, axis=0)])
    evidence = running[rows] - running[histories.gap_offsets[histories.gap_account[rows]]]
    known = GapMoments(before.count[rows], before.log_sum[rows], before.log_square[rows], before.gap_sum[rows])
    tails = law_of(known, params).tail(silent_days)
    normal: FloatArray = np.sum(component_weights(evidence, params) * tails, axis=1)
    return np.maximum(normal, TAIL_FLOOR)


def _merge_series(any_series: ReplayedGaps, client_series: ReplayedGaps) -> ReplayedGaps:
    """One candidate per silence: where one touch ended a gap of both series, the larger A and the larger R stand."""
    partner = _closed_together(any_series, client_series)
    is_shared = partner >= 0
    index, regularity = client_series.index.copy(), client_series.regularity.copy()
    shared = partner[is_shared]
    index[shared] = np.maximum(index[shared], any_series.index[is_shared])
    regularity[shared] = np.maximum(regularity[shared], any_series.regularity[is_shared])
    alone = ~is_shared
    return ReplayedGaps(
        account_ids=np.concatenate([client_series.account_ids, any_series.account_ids[alone]]),
        opened_day=np.concatenate([client_series.opened_day, any_series.opened_day[alone]]),
        closed_day=np.concatenate([client_series.closed_day, any_series.closed_day[alone]]),
        index=np.concatenate([index, any_series.index[alone]]),
        regularity=np.concatenate([regularity, any_series.regularity[alone]]),
    )


def _closed_together(any_series: ReplayedGaps, client_series: ReplayedGaps) -> IntArray:
    """int64[K]: position of the client gap that ended with each gap of any touch, -1 where there is none."""
    if not len(client_series):
        return np.full(len(any_series), -1, dtype=np.int64)
    # ordinals stay below 2**22, so account and day fit into one sortable key
    client_key = client_series.account_ids * 2**22 + client_series.closed_day
    any_key = any_series.account_ids * 2**22 + any_series.closed_day
    place = np.minimum(np.searchsorted(client_key, any_key), len(client_series) - 1)
    return np.where(client_key[place] == any_key, place, -1)


def _account_years(histories: TouchHistories, as_of_day: int, settings: ScoringSettings) -> float:
    """Years inside the window in which an account old enough to ring was demonstrably alive."""
    start = as_of_day - settings.replay_days
    counts = histories.gap_position >= settings.alarm_min_touch_days - 1
    opened = np.maximum(histories.gap_opened_days[counts], start)
    return float(np.sum(np.maximum(histories.gap_closed_days[counts] - opened, 0))) / 365.25


def _thresholds(
    replayed: ReplayedGaps, allowed: float, fallback: AlarmThresholds, settings: ScoringSettings
) -> tuple[float, float]:
    """Index and regularity thresholds that let ``allowed`` of the replayed gaps ring (an alarm *exceeds* them).

    Fewer ring where the index would have to go below ``settings.replay_min_index`` for it, or the regularity arm to
    ring at gaps that come more often than ``settings.replay_max_normal``; what that arm leaves, the index may spend.
    """
    regularity = _nth_largest(replayed.regularity, int(settings.regularity_budget_share * allowed), fallback.regularity)
    regularity = max(regularity, -math.log(settings.replay_max_normal))
    rings = replayed.regularity > regularity
    left = max(int(allowed) - int(rings.sum()), 0)
    index = _nth_largest(replayed.index[~rings], left, fallback.index)
    return max(index, settings.replay_min_index), regularity


def _nth_largest(values: FloatArray, n: int, fallback: float) -> float:
    """The value that exactly ``n`` values exceed (ties aside); ``fallback`` when there are not that many."""
    ordered = np.sort(values[np.isfinite(values)])[::-1]
    return float(ordered[n]) if n < len(ordered) else fallback
