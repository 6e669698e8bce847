"""The rows that an import did not take: downloaded, mended, tried again, dismissed. For administrators."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Final

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from config.formats import count_of
from config.http import HtmxHttpRequest
from touchpoints import tasks
from touchpoints.models import ImportBatch, RejectedRow, RejectedRowStatus
from touchpoints.parsers.export import csv_safe
from touchpoints.parsers.options import ImportOptions
from touchpoints.selectors import imports as selectors
from touchpoints.services import imports, mending
from touchpoints.views.imports import check_may_import, enqueue

# More than these are tried again by the worker, so that the page answers.
MOST_AT_ONCE: Final = 500
_MOST_CELLS: Final = 1000


@require_safe
def import_rejected(request: HtmxHttpRequest, pk: int) -> StreamingHttpResponse:
    """Download the rejected rows that are still open, with line and reason, as CSV."""
    check_may_import(request)
    batch = selectors.batch_for(pk)
    response = StreamingHttpResponse(_csv_lines(batch), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rejected-rows-of-import-{batch.pk}.csv"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def rejected_mend(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Correct the cells of a rejected row and import it."""
    check_may_import(request)
    row = selectors.rejected_row_for(pk)
    names = _column_names(row.batch)
    reason, cells = row.message, [str(cell) for cell in row.cells]
    if row.status != RejectedRowStatus.OPEN:
        messages.info(request, f"Line {row.line_number} is {row.get_status_display().lower()} already.")
        return redirect("import-batch", row.batch_id)
    if request.method == "POST":
        cells = _sent_cells(request, len(names))
        refused = mending.mend_row(row=row, cells=cells, by=request.user, now=timezone.now())
        if refused is None:
            messages.success(request, f"Line {row.line_number} is imported.")
            return redirect("import-batch", row.batch_id)
        reason = refused
    width = max(len(cells), len(names))
    used = set(ImportOptions.from_dict(row.batch.options).mapping.values())
    inputs = [
        {
            "number": number,
            "name": names[number] if number < len(names) else f"Column {number + 1}",
            "value": cells[number] if number < len(cells) else "",
            "is_long": number < len(cells) and (len(cells[number]) > 80 or "\n" in cells[number]),
            "is_used": number in used,
        }
        for number in range(width)
    ]
    context = {
        "row": row,
        "batch": row.batch,
        "reason": reason,
        "used": [one for one in inputs if one["is_used"]],
        "unused": [one for one in inputs if not one["is_used"]],
        "is_refused": request.method == "POST",
    }
    return render(request, "touchpoints/rejected_mend.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def rejected_dismiss(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Say that a rejected row is not needed."""
    check_may_import(request)
    row = selectors.rejected_row_for(pk)
    mending.dismiss_row(row=row, by=request.user, now=timezone.now())
    messages.success(request, f"Line {row.line_number} is dismissed. It stays in the list of all rows.")
    return redirect("import-batch", row.batch_id)


@require_POST
def import_retry(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Try all open rejected rows again as they are, such as after the missing accounts were imported."""
    check_may_import(request)
    batch = selectors.batch_for(pk)
    if selectors.rejected_rows(batch, only_open=True).count() > MOST_AT_ONCE:
        if enqueue(tasks.retry_rejected, batch.pk, request.user.pk):
            messages.info(
                request, "The rows are tried again in the background. Reload this page to see how many are left."
            )
        else:
            messages.error(
                request, "The background worker cannot be reached. Nothing was tried; try again in a minute."
            )
    else:
        messages.success(request, _retry(batch, request.user))
    return redirect(f"{reverse('import-batch', args=[pk])}#rejected")


def _retry(batch: ImportBatch, by: User) -> str:
    taken, refused = mending.retry_rejected(batch=batch, by=by, now=timezone.now())
    return f"{count_of(taken, 'row')} imported, {count_of(refused, 'row')} rejected again."


def _column_names(batch: ImportBatch) -> tuple[str, ...]:
    """The names in the file's header, or numbers; numbers too when the file cannot be opened any more."""
    options = ImportOptions.from_dict(batch.options)
    try:
        names = imports.inspect_batch(batch, options=options).header
    except OSError:
        names = ()
    return names or tuple(f"Column {number + 1}" for number in range(options.column_count))


def _sent_cells(request: HtmxHttpRequest, width: int) -> list[str]:
    """The cells of the form; empty ones beyond the last column of the file fall away."""
    count = next((n for n in range(_MOST_CELLS) if f"cell-{n}" not in request.POST), _MOST_CELLS)
    cells = [request.POST[f"cell-{number}"].replace("\x00", "").replace("\r\n", "\n") for number in range(count)]
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    return cells


class _Echo:
    """A file that hands back what is written to it, so that rows leave as they are made."""

    def write(self, text: str) -> str:
        return text


def _csv_lines(batch: ImportBatch) -> Iterator[str]:
    writer = csv.writer(_Echo())
    rows = selectors.rejected_rows(batch, only_open=True)
    yield "\ufeff" + writer.writerow(["Line", "Reason", *map(csv_safe, _column_names(batch))])
    for row in rows.iterator(chunk_size=500):
        yield writer.writerow(_csv_cells(row))


def _csv_cells(row: RejectedRow) -> list[str]:
    return [str(row.line_number), csv_safe(row.message), *map(csv_safe, row.cells)]
