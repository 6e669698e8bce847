"""A model that scores may rest on without a fit: the parameters of the reference figures."""

from __future__ import annotations

import datetime as dt

from health.models import ModelVersion
from health.scoring.params import MODEL_CODE_VERSION
from health.selectors.models import StoredModel
from tests.health.scoring.portfolios import example_model


def stored_model(now: dt.datetime) -> StoredModel:
    """Store the log-normal example model as fitted at `now`."""
    fitted = example_model("lognormal")
    row = ModelVersion.objects.create(
        family="lognormal",
        fitted=fitted.to_dict(),
        code_version=MODEL_CODE_VERSION,
        as_of_on=now.date(),
        created_at=now,
        log_likelihood=fitted.log_likelihood,
        account_count=fitted.accounts,
        gap_count=fitted.gaps,
        false_alarm_budget=fitted.thresholds.budget_per_account_year,
    )
    return StoredModel(row.pk, fitted, now, row.account_count)
