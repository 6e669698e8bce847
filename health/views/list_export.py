"""A list as a spreadsheet: every account that it holds, in its order, with its columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.http import FileResponse, Http404, StreamingHttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from config.days import firm_day
from config.http import HtmxHttpRequest
from health.filters import read_filters
from health.list_columns import SheetField, fields_of
from health.selectors.list_export import exported_accounts
from health.selectors.saved_views import saved_views_of
from health.spreadsheets import Cell, csv_parts, xlsx_file
from health.walks import LISTS

_NAMES: Final = {"today": "Today", "account-list": "Accounts"}


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What a spreadsheet is made of; the rows are read while it is written."""

    title: str
    file_name: str
    fields: tuple[SheetField, ...]
    rows: Iterator[list[Cell]]


@require_safe
def list_csv(request: HtmxHttpRequest, name: str) -> StreamingHttpResponse:
    """Send the list as CSV while it is read."""
    sheet = _sheet(request, name, firm_day(timezone.now()))
    parts = csv_parts([field.head for field in sheet.fields], sheet.rows)
    response = StreamingHttpResponse(parts, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{sheet.file_name}.csv"'
    return response


@require_safe
def list_xlsx(request: HtmxHttpRequest, name: str) -> FileResponse:
    """Send the list as XLSX. The format ends with its directory, so the file is whole before the first byte is sent."""
    sheet = _sheet(request, name, firm_day(timezone.now()))
    file = xlsx_file([field.head for field in sheet.fields], sheet.rows, title=sheet.title)
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"{sheet.file_name}.xlsx",
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )


def _sheet(request: HtmxHttpRequest, name: str, today: dt.date) -> _Sheet:
    if name not in LISTS:
        raise Http404("There is no such list.")
    defaults = LISTS[name](request.user)
    filters = read_filters(request.GET, user=request.user, defaults=defaults).filters
    fields = fields_of(filters.columns)
    accounts = exported_accounts(request.user, filters, today=today)
    rows = ([field.read(account) for field in fields] for account in accounts)
    named = next((one.view.name for one in saved_views_of(request.user, name) if one.is_of(filters)), "")
    title = f"{named or _NAMES[name]}, {today.day} {today:%B %Y}"
    return _Sheet(title, f"hark-{slugify(named) or _NAMES[name].lower()}-{today}", fields, rows)
