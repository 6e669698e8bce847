"""The model that scores rest on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from health.models import ModelVersion
from health.scoring.params import FittedModel


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A fitted model and the row that scores name."""

    pk: int
    fitted: FittedModel
    created_at: dt.datetime
    portfolio_count: int


def current_model() -> StoredModel | None:
    """Return the newest model; None before the first fit, or when other scoring code stored it."""
    row = ModelVersion.objects.first()
    if row is None:
        return None
    try:
        fitted = FittedModel.from_dict(row.fitted)
    except ValueError:
        return None
    return StoredModel(row.pk, fitted, row.created_at, row.account_count)
