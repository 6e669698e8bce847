"""Fixtures of the tests of scoring."""

from __future__ import annotations

import datetime as dt

import pytest

from health.selectors.models import StoredModel
from tests.health.stored_models import stored_model


@pytest.fixture
def model(as_of: dt.datetime, db: None, monkeypatch: pytest.MonkeyPatch) -> StoredModel:
    """A stored model that stands, so that a test of something else does not wait for a fit."""
    monkeypatch.setattr("health.services.fitting.fit_is_due", lambda *_, **__: False)
    return stored_model(as_of)
