"""Should someone call today? Two arms, each monotone in the silence, and the day on which either is first exceeded.

Index arm: ``A = log s + log(s / m) + 0.3 log q`` (``risk.alarm_index_of``). Regularity arm: ``R = -log normal``, for
accounts with at least six gaps. Accounts with fewer than three touch days are still being learned and raise no alarm.

Neither arm rings before the usual gap and a quarter (``alarm_min_usual_gaps``) has passed. The index grows with the
silence itself, so without this a client seen twice a year would ring before its next visit is due. Neither rings at a
silence from which the client has come back three times within a year (``returns``) either: where mails lie between
visits, the usual gap is that of the mails.
"""

from dataclasses import dataclass, fields, replace

import numpy as np

from health.scoring.arrays import NO_DAY, BoolArray, FloatArray, IntArray
from health.scoring.histories import TouchHistories
from health.scoring.params import AlarmThresholds, FittedModel
from health.scoring.rhythm import RhythmStats
from health.scoring.risk import PROBABILITY_FLOOR, Scores, SilenceLaw, alarm_gap_days, alarm_index_of

#: Some 22 years; whoever is silent for longer has been in alarm for long.
LAST_SILENT_DAY = 2**13


@dataclass(frozen=True, eq=False)
class Alarms:
    """One row per account, every column an array of length A.

    ``onset_day`` is the ordinal of the day on which the open silence raises the alarm, in the past when it is
    on and in the future otherwise; ``NO_DAY`` for an account too young to be alarmed. ``is_by_regularity``:
    the regularity arm is exceeded first; ``is_by_client``: the series of touches in which the client took
    part is the worse one.
    """

    account_ids: IntArray
    is_alarm: BoolArray
    onset_day: IntArray
    is_by_regularity: BoolArray
    is_by_client: BoolArray

    def __len__(self) -> int:
        return len(self.account_ids)

    def take(self, rows: IntArray | BoolArray) -> "Alarms":
        """The rows at these positions, or where the mask is true."""
        return Alarms(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})


def default_thresholds(histories: TouchHistories, budget: float) -> AlarmThresholds:
    """Thresholds for a firm whose own past is too short to replay.

    They are what a replay gives on a mixed portfolio of business clients: at two false alarms per account and
    year a weekly client is called after about two and a half weeks. Fewer false alarms cost days: ``exp(A)``
    grows with the square of the silence.
    """
    pop_median = float(np.median(histories.gaps)) if len(histories.gaps) else 30.0
    return AlarmThresholds(
        index=2.9 + 0.5 * float(np.log(2 / budget)),
        regularity=-float(np.log(min(0.01 * budget, 0.1))),
        budget_per_account_year=budget,
        pop_median_gap_days=pop_median,
    )


def alarm_many(stats: RhythmStats, evidence: FloatArray, scores: Scores, model: FittedModel) -> Alarms:
    """Who is in alarm as of the day of ``scores``, and since (or from) when. O(accounts)."""
    settings = model.settings
    silence = SilenceLaw.given(stats, evidence, model.params)
    by_index = _index_onset(stats, silence.odds, model)
    by_regularity = _regularity_onset(stats, silence, by_index, model)
    gap = alarm_gap_days(stats.median_gap, model.thresholds.pop_median_gap_days)
    overdue = first_alarm_days(gap, stats.returned_gap, settings.alarm_min_usual_gaps)
    onset = np.maximum(np.minimum(by_index, by_regularity), overdue)
    is_old_enough = stats.touch_days >= settings.alarm_min_touch_days
    return Alarms(
        account_ids=stats.account_ids,
        is_alarm=is_old_enough & (scores.silent_days >= onset),
        onset_day=np.where(is_old_enough, stats.last_day + onset, NO_DAY),
        is_by_regularity=is_old_enough & (by_regularity < by_index),
        is_by_client=np.zeros(len(stats), dtype=bool),
    )


def worse_alarms(any_series: Alarms, client_series: Alarms) -> Alarms:
    """The alarm of whichever series is worse: the one that rings, or rings first.

    ``client_series`` may hold fewer accounts (those with known directions) but no other ones.
    """
    rows = np.searchsorted(any_series.account_ids, client_series.account_ids)
    inside = rows < len(any_series)
    if not inside.all() or np.any(any_series.account_ids[rows] != client_series.account_ids):
        raise ValueError("client_series holds accounts that any_series does not")
    mine = any_series.take(rows)
    has_onset = client_series.onset_day != NO_DAY
    is_earlier = has_onset & ((mine.onset_day == NO_DAY) | (client_series.onset_day < mine.onset_day))
    columns = {
        name: getattr(any_series, name).copy() for name in ("is_alarm", "onset_day", "is_by_regularity", "is_by_client")
    }
    columns["is_alarm"][rows] |= client_series.is_alarm
    for name in ("onset_day", "is_by_regularity"):
        columns[name][rows[is_earlier]] = getattr(client_series, name)[is_earlier]
    columns["is_by_client"][rows] = is_earlier
    return replace(any_series, **columns)


def first_alarm_days(gap_days: FloatArray, returned_gap_days: FloatArray, min_usual_gaps: float) -> IntArray:
    """int64[R]: the shortest silence, in whole days, that may be an alarm at all.

    ``returned_gap_days`` is the silence that the client has come back from often enough, nan where there is none.
    """
    expected = np.fmax(min_usual_gaps * gap_days, returned_gap_days)
    return np.floor(expected).astype(np.int64) + 1


def _index_onset(stats: RhythmStats, odds: FloatArray, model: FittedModel) -> IntArray:
    """int64[A]: smallest whole number of silent days whose index exceeds the threshold, in closed form."""
    thresholds = model.thresholds
    gap = alarm_gap_days(stats.median_gap, thresholds.pop_median_gap_days)
    log_odds = np.log(np.maximum(odds, PROBABILITY_FLOOR))
    exact = np.exp((thresholds.index + np.log(gap) - 0.3 * log_odds) / 2)
    days = np.clip(np.floor(exact) - 1, 0, LAST_SILENT_DAY)
    for _ in range(3):  # rounding may put the crossing one day to either side of the closed form
        days += alarm_index_of(days, gap, odds) <= thresholds.index
    return days.astype(np.int64)


def _regularity_onset(stats: RhythmStats, silence: SilenceLaw, by_index: IntArray, model: FittedModel) -> IntArray:
    """int64[A]: first silent day of the regularity arm, by bisection; ``by_index`` where it is not the earlier one."""
    chance = float(np.exp(-model.thresholds.regularity))
    is_first = silence.normal((by_index - 1).astype(np.float64)) < chance
    rows = np.flatnonzero(is_first & (stats.n_gaps >= model.settings.regularity_min_gaps) & (by_index > 0))
    some = silence.take(rows)
    onset = by_index.copy()
    low, high = np.full(len(rows), -1, dtype=np.int64), by_index[rows] - 1
    while np.any(high - low > 1):
        middle = (low + high) // 2
        is_rare = some.normal(middle.astype(np.float64)) < chance
        low, high = np.where(is_rare, low, middle), np.where(is_rare, middle, high)
    onset[rows] = high
    return onset
