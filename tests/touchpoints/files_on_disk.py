"""Files to import, received and run as the services do it, without a worker."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

from django.core.files.base import File

from touchpoints.models import ImportBatch
from touchpoints.services import imports
from touchpoints.services.imports import Outcome

NOW = dt.datetime(2026, 6, 15, 10, 0, tzinfo=dt.UTC)


def receive(content: str | bytes, *, source: str = "CRM", kind: str = "touchpoints") -> imports.Receipt:
    data = content.encode() if isinstance(content, str) else content
    return imports.receive_file(
        source_name=source, kind=kind, file=File(io.BytesIO(data), name="touches.csv"), file_name="touches.csv",
        uploaded_by=None, now=NOW,
    )  # fmt: skip


def start(batch: ImportBatch, **fixed: Any) -> bool:
    options = imports.inspect_batch(batch, fixed=fixed).options
    return imports.start_import(batch=batch, options=options, now=NOW)


def run(batch: ImportBatch) -> ImportBatch:
    outcome = imports.run_import(batch_id=batch.pk, clock=lambda: NOW)
    assert isinstance(outcome, Outcome)
    return outcome.batch


def import_text(content: str | bytes, *, source: str = "CRM", kind: str = "touchpoints", **fixed: Any) -> ImportBatch:
    batch = receive(content, source=source, kind=kind).batch
    assert start(batch, **fixed)
    return run(batch)


def path_of(batch: ImportBatch) -> Path:
    return Path(batch.file.path)
