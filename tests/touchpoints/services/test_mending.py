"""Rejected rows: mended, and tried again as they are."""

from __future__ import annotations

import pytest

from accounts.models import User
from tests import factories
from tests.touchpoints.files_on_disk import NOW, import_text
from touchpoints.models import ImportBatch, Touchpoint
from touchpoints.services import mending


@pytest.fixture
def batch(root: User) -> ImportBatch:
    """Two rows of an unknown client, one without a date."""
    text = "account,at,channel\nAcme,2026-05-01T09:00:00Z,call\nAcme,2026-05-02T09:00:00Z,call\nAcme,,call\n"
    return import_text(text, create_unknown_accounts=False)


def test_rows_are_tried_again_together_once_their_account_is_there(batch: ImportBatch, root: User) -> None:
    assert mending.retry_rejected(batch=batch, by=root, now=NOW) == (0, 3)
    factories.AccountFactory(name="Acme")
    assert mending.retry_rejected(batch=batch, by=root, now=NOW) == (2, 1)
    assert Touchpoint.objects.count() == 2
    batch.refresh_from_db()
    assert (batch.created_count, batch.rejected_count) == (2, 3)
    assert list(batch.rejected_rows.values_list("status", flat=True)) == ["mended", "mended", "open"]


def test_a_mended_row_is_taken_once(batch: ImportBatch, root: User) -> None:
    factories.AccountFactory(name="Acme")
    row = batch.rejected_rows.get(line_number=4)
    cells = ["Acme", "2026-05-03T09:00:00Z", "call\0"]
    assert mending.mend_row(row=row, cells=cells, by=root, now=NOW) is None
    assert mending.mend_row(row=row, cells=cells, by=root, now=NOW) is None
    row.refresh_from_db()
    assert (row.status, row.resolved_by, row.cells[2]) == ("mended", root, "call")
    assert Touchpoint.objects.count() == 1


def test_a_row_that_is_still_wrong_keeps_the_new_cells_and_the_new_reason(batch: ImportBatch, root: User) -> None:
    row = batch.rejected_rows.get(line_number=4)
    reason = mending.mend_row(row=row, cells=["Acme", "2026-05-03T09:00:00Z", "call"], by=root, now=NOW)
    row.refresh_from_db()
    assert reason == row.message
    assert (row.reason_code, row.status, row.cells[1]) == ("unknown_account", "open", "2026-05-03T09:00:00Z")


def test_a_dismissed_row_is_not_tried_again(batch: ImportBatch, root: User) -> None:
    for row in batch.rejected_rows.all():
        mending.dismiss_row(row=row, by=root, now=NOW)
    factories.AccountFactory(name="Acme")
    assert mending.retry_rejected(batch=batch, by=root, now=NOW) == (0, 0)
    assert not Touchpoint.objects.exists()
