"""Learning the portfolio: fit the gap law, replay the alarm thresholds, store both as a model version."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Final

import numpy as np
from django.db import connection, transaction

from config.days import firm_day
from health import ledger
from health.models import ModelVersion
from health.rhythms import read_touch_days
from health.scoring.fit import fit_model
from health.scoring.params import MODEL_CODE_VERSION, ScoringSettings
from health.selectors.budget import current_budget
from health.selectors.models import StoredModel, current_model
from touchpoints.models import AccountActivity

logger = logging.getLogger(__name__)

REFIT_AFTER: Final = dt.timedelta(days=7)
REFIT_AT_CHANGE: Final = 0.05
# Between two nights a portfolio that is being imported may grow by this much before it is learned anew.
REFIT_AT_ONCE_AT_CHANGE: Final = 0.5
# The fit itself samples 3,000; the thresholds are replayed on these.
MOST_ACCOUNTS: Final = 20_000
_SEED: Final = 20_250_101


def fit_is_due(
    model: StoredModel | None,
    *,
    now: dt.datetime,
    portfolio_count: int,
    budget: float,
    at_change: float = REFIT_AT_CHANGE,
) -> bool:
    """Whether the model is missing, a week old, for another budget, or of a portfolio much smaller or larger."""
    if model is None:
        return portfolio_count > 0
    if model.fitted.settings.false_alarms_per_account_year != budget:
        return True
    has_grown = abs(portfolio_count - model.portfolio_count) > at_change * max(model.portfolio_count, 1)
    return has_grown or now - model.created_at >= REFIT_AFTER


def count_accounts_with_touches() -> int:
    """Return how many accounts have, or once had, a touch; to look for one in each would take seconds a sweep."""
    return AccountActivity.objects.count()


@transaction.atomic
def learn_if_due(*, now: dt.datetime, refit: bool = False, at_change: float = REFIT_AT_CHANGE) -> StoredModel | None:
    """Return the model to score with: the current one, or a new one when that is due or with `refit`.

    One process fits at a time; another that waited here finds the work done.
    """
    ledger.lock_fitting()
    model = current_model()
    count, budget = count_accounts_with_touches(), current_budget()
    if refit or fit_is_due(model, now=now, portfolio_count=count, budget=budget, at_change=at_change):
        model = fit_portfolio_model(as_of=now, now=now) or model
    return model


def fit_portfolio_model(*, as_of: dt.datetime, now: dt.datetime) -> StoredModel | None:
    """Fit the portfolio as known at `as_of` and store the model; None when there is no touch to learn from.

    When the fit fails, the parameters before it stand and the row says why.
    """
    account_ids = _sampled_accounts()
    known = read_touch_days(account_ids, as_of=as_of)
    if not len(known.any_touch):
        return None
    previous = current_model()
    fitted = fit_model(
        known.any_touch,
        firm_day(as_of).toordinal(),
        ScoringSettings(false_alarms_per_account_year=current_budget()),
        previous.fitted if previous else None,
        rng=np.random.default_rng(_SEED),
        histories_client=known.client if len(known.client) else None,
    )
    if fitted.failed:
        logger.warning("the fit of the portfolio failed, the parameters before it stand: %s", fitted.failed)
    with transaction.atomic():
        row = ModelVersion.objects.create(
            family=fitted.params.to_dict()["family"],
            fitted=fitted.to_dict(),
            code_version=MODEL_CODE_VERSION,
            as_of_on=firm_day(as_of),
            created_at=now,
            log_likelihood=fitted.log_likelihood,
            account_count=count_accounts_with_touches(),
            gap_count=fitted.gaps,
            false_alarm_budget=fitted.thresholds.budget_per_account_year,
            failure=fitted.failed,
        )
    return StoredModel(row.pk, fitted, row.created_at, row.account_count)


def _sampled_accounts() -> list[int]:
    """Return all accounts that have touches, or a fixed pseudo-random 20,000 of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM accounts_account AS account WHERE EXISTS"
            " (SELECT FROM touchpoints_touchpoint AS touch WHERE touch.account_id = account.id AND touch.counts)"
            " ORDER BY hashint8(id), id LIMIT %s",
            [MOST_ACCOUNTS],
        )
        return sorted(row[0] for row in cursor.fetchall())
