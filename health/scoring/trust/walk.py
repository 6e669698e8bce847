"""The walk: what would have been said at each weekly review of the past, from what was known by then.

Every few reviews a model is fitted on the touches known at that moment, by the same ``fit_model`` that learns the
portfolio at night, and until the next fit every review is scored with it, by ``score_many``, ``alarm_many`` and
``worse_alarms``. Nothing of a later day can reach a review: the arrays are cut at its day before anything is computed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from health.scoring.alarm import Alarms, alarm_many, worse_alarms
from health.scoring.arrays import NO_DAY, BoolArray, FloatArray, IntArray
from health.scoring.bands import dormant_day
from health.scoring.fit import fit_model
from health.scoring.gaps import log_evidence_of_gaps
from health.scoring.histories import TouchHistories
from health.scoring.params import FittedModel, GapParams, ScoringSettings
from health.scoring.replay import replay_budgets
from health.scoring.rhythm import RhythmStats, compute_rhythm
from health.scoring.risk import Scores, score_many
from health.scoring.trust.bgnbd import BgNbdParams, RepeatCounts, fit_bgnbd, gone_chance_many
from health.scoring.trust.params import TrustSettings


@dataclass(frozen=True)
class Span:
    """Which days can be reviewed. ``review_days`` is empty where there is too little history.

    ``possible_from`` is then the day from which on there will be enough, as far as that can be said.
    """

    review_days: tuple[int, ...]
    known_since: int | None
    possible_from: int | None


@dataclass(frozen=True, eq=False)
class Reviews:
    """What was said: one row per review and account known by then, every column an array of length R.

    With B budgets, ``rings_any`` and ``rings_client`` (bool[R, B]) say for each budget whether the alarm was on in
    either series, ``is_flagged`` (bool[R, B]) whether the account stood in the list: in alarm and not yet dormant.
    ``client_last_day`` is ``NO_DAY`` where the client never took part. ``base_risk`` is the risk before its
    calibration, ``bgnbd_gone`` what BG/NBD would have said.
    """

    review_day: IntArray
    account_ids: IntArray
    last_day: IntArray
    client_last_day: IntArray
    touch_days: IntArray
    silent_days: FloatArray
    horizon_days: FloatArray
    risk: FloatArray
    base_risk: FloatArray
    list_normal: FloatArray
    bgnbd_gone: FloatArray
    rings_any: BoolArray
    rings_client: BoolArray
    is_flagged: BoolArray

    def __len__(self) -> int:
        return len(self.account_ids)

    def take(self, rows: IntArray | BoolArray) -> "Reviews":
        """The rows at these positions, or where the mask is true."""
        return Reviews(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})


@dataclass(frozen=True, eq=False)
class Walk:
    """All reviews, oldest first. ``current`` is the place of the budget in force among ``budgets``."""

    as_of_day: int
    review_days: tuple[int, ...]
    budgets: tuple[float, ...]
    current: int
    families: tuple[str, ...]
    reviews: Reviews


def walk_span(histories: TouchHistories, as_of_day: int, trust: TrustSettings) -> Span:
    """The reviews of the last ``trust.months``, as many of them as history allows.

    History begins on the day on which ``trust.min_accounts`` accounts had three touch days, and the first review comes
    ``trust.lead_in_days`` later: before, nothing could be judged, nor learned.
    """
    judged = np.flatnonzero(histories.touch_days >= 3)
    third_days = np.sort(histories.days[histories.offsets[:-1][judged] + 2])
    if len(third_days) < trust.min_accounts:
        return Span((), None, None)
    known_since = int(third_days[trust.min_accounts - 1])
    first = known_since + trust.lead_in_days
    steps = min((as_of_day - first) // trust.review_step_days, trust.reviews)
    if steps < trust.min_reviews:
        return Span((), known_since, first + trust.min_reviews * trust.review_step_days)
    return Span(tuple(as_of_day - trust.review_step_days * back for back in range(steps, -1, -1)), known_since, None)


def walk_history(
    histories_any: TouchHistories,
    histories_client: TouchHistories | None,
    review_days: Sequence[int],
    settings: ScoringSettings,
    trust: TrustSettings,
    *,
    budgets: Sequence[float],
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Walk:
    """Review the past on ``review_days`` (ascending ordinals), as the module says.

    Parameters
    ----------
    histories_any, histories_client : TouchHistories
        all human touches, and those in which the client took part (None where directions are not known).
    budgets : sequence of float
        false alarms per account and year; ``settings.false_alarms_per_account_year`` must be one of them.
    progress
        told after each fit how many reviews of how many are done.

    Raises
    ------
    ValueError
        if the budget in force is not among ``budgets``, or there is no day to review.
    """
    if settings.false_alarms_per_account_year not in budgets:
        raise ValueError("budgets must hold the budget in force")
    if not review_days:
        raise ValueError("review_days must not be empty: see walk_span")
    parts: list[Reviews] = []
    families: list[str] = []
    previous: FittedModel | None = None
    for start in range(0, len(review_days), trust.refit_reviews):
        days = review_days[start : start + trust.refit_reviews]
        stage = _Stage.learned(
            histories_any,
            histories_client,
            days=days,
            settings=settings,
            trust=trust,
            budgets=budgets,
            previous=previous,
        )
        parts += [stage.review(day) for day in days]
        families.append(stage.model.params.family)
        previous = stage.model
        progress(start + len(days), len(review_days))
    columns = {c.name: np.concatenate([getattr(part, c.name) for part in parts]) for c in fields(Reviews)}
    return Walk(
        as_of_day=review_days[-1],
        review_days=tuple(review_days),
        budgets=tuple(budgets),
        current=list(budgets).index(settings.false_alarms_per_account_year),
        families=tuple(families),
        reviews=Reviews(**columns),
    )


class _Series:
    """One series of touches up to the last review of a stage, with the evidence of every gap under its model.

    The evidence of a gap rests on the gaps before it alone, so that a review adds up those that were closed by then.
    """

    def __init__(self, histories: TouchHistories, params: GapParams) -> None:
        self.histories = histories
        logs = [log_evidence_of_gaps(chunk, params) for chunk in histories.chunks()] if len(histories) else []
        self._running = np.concatenate([np.zeros((1, params.components)), np.cumsum(np.concatenate(logs), axis=0)])

    def known_by(self, day: int) -> tuple[TouchHistories, RhythmStats, FloatArray]:
        """The touch days up to ``day``, their statistics, and the evidence of their gaps, float64[A, C]."""
        known = self.histories.as_of(day)
        rows = np.searchsorted(self.histories.account_ids, known.account_ids)
        first = self.histories.gap_offsets[:-1][rows]
        return known, compute_rhythm(known), self._running[first + known.n_gaps] - self._running[first]


@dataclass(frozen=True, eq=False)
class _Stage:
    """The reviews between two fits: one model, at the thresholds of every budget."""

    model: FittedModel
    by_budget: tuple[FittedModel, ...]
    bgnbd: BgNbdParams
    any_touch: _Series
    client: _Series | None

    @classmethod
    def learned(
        cls,
        histories_any: TouchHistories,
        histories_client: TouchHistories | None,
        *,
        days: Sequence[int],
        settings: ScoringSettings,
        trust: TrustSettings,
        budgets: Sequence[float],
        previous: FittedModel | None,
    ) -> "_Stage":
        """Fit on what was known on the first of ``days``."""
        known = histories_any.as_of(days[0])
        client = None if histories_client is None else histories_client.as_of(days[0])
        client = client if client is not None and len(client) else None
        rng = np.random.default_rng([trust.seed, days[0]])
        model = fit_model(known, days[0], settings, previous, rng=rng, histories_client=client)
        thresholds = replay_budgets(known, client, model.params, days[0], budgets=budgets, settings=settings)
        later_client = None if histories_client is None else histories_client.as_of(days[-1])
        return cls(
            model=model,
            by_budget=tuple(replace(model, thresholds=limits) for limits in thresholds),
            bgnbd=fit_bgnbd(RepeatCounts.of(known, days[0])),
            any_touch=_Series(histories_any.as_of(days[-1]), model.params),
            client=_Series(later_client, model.params) if later_client is not None and len(later_client) else None,
        )

    def review(self, day: int) -> Reviews:
        """What is said on ``day`` of every account known by then."""
        known, stats, evidence = self.any_touch.known_by(day)
        scores = score_many(stats, evidence, day, self.model)
        mine = [alarm_many(stats, evidence, scores, model) for model in self.by_budget]
        joined, rings_client, client_last, list_normal = self._with_client(day, scores, mine)
        dormant = [dormant_day(scores, alarms, self.model.settings) for alarms in joined]
        return Reviews(
            review_day=np.full(len(stats), day, dtype=np.int64),
            account_ids=stats.account_ids,
            last_day=stats.last_day.astype(np.int64),
            client_last_day=client_last,
            touch_days=stats.touch_days,
            silent_days=scores.silent_days,
            horizon_days=scores.horizon_days,
            risk=scores.risk,
            base_risk=scores.base_risk,
            list_normal=list_normal,
            bgnbd_gone=gone_chance_many(RepeatCounts.of(known, day), self.bgnbd),
            rings_any=np.column_stack([alarms.is_alarm for alarms in mine]),
            rings_client=rings_client,
            is_flagged=np.column_stack(
                [alarms.is_alarm & (day < until) for alarms, until in zip(joined, dormant, strict=True)]
            ),
        )

    def _with_client(
        self, day: int, scores: Scores, mine: list[Alarms]
    ) -> tuple[list[Alarms], BoolArray, IntArray, FloatArray]:
        """The worse alarm of both series, the client's own, its last touch, and the normal that the list goes by."""
        rings = np.zeros((len(scores), len(mine)), dtype=bool)
        last = np.full(len(scores), NO_DAY, dtype=np.int64)
        if self.client is None:
            return mine, rings, last, scores.normal
        known, stats, evidence = self.client.known_by(day)
        if not len(known):
            return mine, rings, last, scores.normal
        rows = np.searchsorted(scores.account_ids, stats.account_ids)
        client_scores = score_many(stats, evidence, day, self.model)
        theirs = [alarm_many(stats, evidence, client_scores, model) for model in self.by_budget]
        rings[rows] = np.column_stack([alarms.is_alarm for alarms in theirs])
        last[rows] = stats.last_day
        joined = [worse_alarms(first, second) for first, second in zip(mine, theirs, strict=True)]
        normal = scores.normal.copy()
        current = [model.thresholds.budget_per_account_year for model in self.by_budget].index(
            self.model.settings.false_alarms_per_account_year
        )
        is_by_client = joined[current].is_alarm[rows] & joined[current].is_by_client[rows]
        normal[rows[is_by_client]] = client_scores.normal[is_by_client]
        return joined, rings, last, normal
