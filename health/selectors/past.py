"""A past day of the portfolio, computed again from the touches known by then; what was said then stays stored."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.conf import settings

from accounts.models import Account
from config.days import day_start
from health.models import AccountHealth, ModelVersion
from health.past import PastDay, health_on, score_day
from health.rhythms import read_touch_days
from health.scoring.fit import fit_model
from health.scoring.params import FittedModel, ScoringSettings
from health.scoring.past_series import PastSeries

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
    """Return one account's score as of a past day as an unsaved row; None when it had no touch by then."""
    _, fitted = model_on(day)
    past = None if fitted is None else next(_past_days([account_id], day, fitted), None)
    return None if past is None else health_on(past, 0)


def _past_days(account_ids: Sequence[int], day: dt.date, fitted: FittedModel) -> Iterator[PastDay]:
    for first in range(0, len(account_ids), CHUNK):
        days = read_touch_days(account_ids[first : first + CHUNK], as_of=day_end(day))
        for any_touch in days.any_touch.chunks():
            client = days.client.subset(np.isin(days.client.account_ids, any_touch.account_ids))
            past = score_day(PastSeries(any_touch, fitted.params), PastSeries(client, fitted.params), day, fitted)
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
        ScoringSettings(false_alarms_per_account_year=settings.HARK_FALSE_ALARMS_PER_YEAR),
        rng=np.random.default_rng(_SEED),
        histories_client=known.client if len(known.client) else None,
    )
