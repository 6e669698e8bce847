"""A past day of the portfolio, computed again from the touches known by then; what was said then stays stored."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from accounts.models import Account, AccountStatus
from config.days import day_start
from health.models import AccountHealth, ModelVersion, QuietPeriod
from health.past import PastDay, health_on, past_of, read_past, score_day, with_reasons
from health.rhythms import read_touch_days
from health.scoring.bands import AccountFlags, PreviousBands
from health.scoring.fit import fit_model
from health.scoring.params import FittedModel, ScoringSettings
from health.scoring.ranges import usual_ranges_many
from health.selectors.budget import current_budget
from health.selectors.feed_stops import unheard_by_day

CHUNK = 20_000
_SEED = 20_250_101


@dataclass(frozen=True, slots=True)
class PastPortfolio:
    """How many accounts were in each band on `day`; `model_pk` is None when its model had to be fitted for this."""

    day: dt.date
    accounts: int
    bands: dict[str, int]
    model_pk: int | None


def day_end(day: dt.date) -> dt.datetime:
    """Return the last moment of a firm's day."""
    return day_start(day + dt.timedelta(days=1)) - dt.timedelta(microseconds=1)


def portfolio_on(day: dt.date) -> PastPortfolio | None:
    """Score every account as of a past day; None when no touch is known by then.

    Pauses and hysteresis, which rest on the days before, are left out.
    """
    model_pk, fitted = model_on(day)
    if fitted is None:
        return None
    ids = list(Account.objects.order_by("pk").values_list("pk", flat=True))
    bands: Counter[str] = Counter()
    for past in _past_days(ids, day, fitted):
        bands.update(past.decisions.band.tolist())
    return PastPortfolio(day, bands.total(), dict(bands), model_pk)


def account_on(account_id: int, day: dt.date) -> AccountHealth | None:
    """Return one account's score as of a past day as an unsaved row; None when it had no touch by then.

    Computed from facts alone, known quiet and closing included. A band may be held for some days by hysteresis, so the
    week before is walked too.
    """
    model_pk, fitted = model_on(day)
    return None if fitted is None else account_under(account_id, day, model_pk, fitted)


def account_under(account_id: int, day: dt.date, model_pk: int | None, fitted: FittedModel) -> AccountHealth | None:
    """Return one account's score as of a past day under a given model; None when it had no touch by then."""
    past = read_past([account_id], as_of=day_end(day), params=fitted.params)
    decided_by = _decisions(account_id, day)
    unheard_by = unheard_by_day(account_id, day - dt.timedelta(days=_WALKED_DAYS), day)
    scored = previous = None
    for date in (day - dt.timedelta(days=age) for age in reversed(range(_WALKED_DAYS))):
        unheard = unheard_by(date)
        until = None if unheard is None else np.array([unheard.last_touch_on.toordinal()])
        scored = score_day(past, date, fitted, previous, decided_by(date), heard_until_day=until) or scored
        if scored is not None:
            decisions = scored.decisions
            last_day = scored.scores.last_day.astype(np.int64)
            previous = PreviousBands(decisions.band, last_day, decisions.failing_since_day)
    if scored is None:
        return None
    health = with_reasons(health_on(scored, 0), past, scored, 0, fitted)
    health.feed_stop = unheard_by(scored.day) if scored.is_unheard[0] else None
    if health.is_usual_gap_own:
        histories, _ = past.any_touch.known_by(day.toordinal())
        health.usual_gap_low_days, health.usual_gap_high_days = usual_ranges_many(histories)[0].tolist()
    health.model_version = ModelVersion(pk=model_pk, fitted=fitted.to_dict(), as_of_on=day)
    return health


_WALKED_DAYS = 7


def _decisions(account_id: int, until: dt.date) -> Callable[[dt.date], AccountFlags]:
    """Return what tells for each of the last days up to `until` what people had decided about an account by its end:
    that it is closed, that quiet is known. Two queries."""
    closed = Account.objects.filter(pk=account_id, status=AccountStatus.CLOSED, closed_on__lte=until)
    closed_on = closed.values_list("closed_on", flat=True).first()
    first = until - dt.timedelta(days=_WALKED_DAYS)
    periods = list(QuietPeriod.objects.filter(account=account_id, starts_on__lte=until, ends_on__gte=first))

    def decided_by(day: dt.date) -> AccountFlags:
        end = day_end(day)
        is_paused = any(
            period.starts_on <= day <= period.ends_on
            and period.created_at <= end
            and (period.ended_at is None or period.ended_at > end)
            for period in periods
        )
        is_closed = closed_on is not None and closed_on <= day
        return AccountFlags(np.array([is_closed]), np.array([is_paused]), np.array([False]))

    return decided_by


def _past_days(account_ids: Sequence[int], day: dt.date, fitted: FittedModel) -> Iterator[PastDay]:
    for first in range(0, len(account_ids), CHUNK):
        end = day_end(day)
        days = read_touch_days(account_ids[first : first + CHUNK], as_of=end)
        for any_touch in days.any_touch.chunks():
            past = score_day(past_of(any_touch, days.client, as_of=end, params=fitted.params), day, fitted)
            if past is not None:
                yield past


def model_on(day: dt.date) -> tuple[int | None, FittedModel | None]:
    """Return the model that stood on `day`, or one fitted now on what was known by then; it is not stored."""
    for row in ModelVersion.objects.filter(as_of_on__lte=day):
        try:
            return row.pk, FittedModel.from_dict(row.fitted)
        except ValueError:  # stored by other scoring code
            continue
    ids = list(Account.objects.order_by("pk").values_list("pk", flat=True)[:CHUNK])
    known = read_touch_days(ids, as_of=day_end(day))
    if not len(known.any_touch):
        return None, None
    return None, fit_model(
        known.any_touch,
        day.toordinal(),
        ScoringSettings(false_alarms_per_account_year=current_budget()),
        rng=np.random.default_rng(_SEED),
        histories_client=known.client if len(known.client) else None,
    )
