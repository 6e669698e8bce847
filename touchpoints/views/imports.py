"""Importing a file: upload it, say how to read it, watch it load, read the report. For administrators."""

from __future__ import annotations

import json
import logging
import zoneinfo
from typing import Any, Final

from celery import Task
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from accounts.access import can_administer
from config.http import HtmxHttpRequest, wants_fragment
from touchpoints import tasks
from touchpoints.forms.imports import ReadingForm, UploadForm, field_choices, read_choices
from touchpoints.models import BatchStatus, ImportBatch, ImportKind
from touchpoints.parsers.fields import Kind
from touchpoints.parsers.inspect import Inspection
from touchpoints.previews import HEADINGS, preview_rows
from touchpoints.selectors import imports as selectors
from touchpoints.services import imports

logger = logging.getLogger(__name__)

PER_PAGE: Final = 50
_UPLOAD_METHODS: Final = ["GET", "HEAD", "POST"]
_WAITING: Final = (BatchStatus.RECEIVED, BatchStatus.FAILED)


def check_may_import(request: HtmxHttpRequest) -> None:
    """Raise PermissionDenied for everybody but administrators."""
    if not can_administer(request.user):
        raise PermissionDenied("Administrators import files. Ask one of them.")


@require_safe
def import_list(request: HtmxHttpRequest) -> HttpResponse:
    """List the imports, newest first."""
    check_may_import(request)
    page = Paginator(selectors.all_batches(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "touchpoints/import_list.html", {"page": page, "batches": page.object_list})


@require_http_methods(_UPLOAD_METHODS)
def import_new(request: HtmxHttpRequest) -> HttpResponse:
    """Upload a file."""
    check_may_import(request)
    form = UploadForm(request.POST or None, request.FILES or None, initial=_asked_kind(request))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            receipt = imports.receive_file(
                source_name=form.cleaned_data["source"],
                kind=form.cleaned_data["kind"],
                file=file,
                file_name=file.name,
                uploaded_by=request.user,
                now=timezone.now(),
            )
        except ValueError as error:
            form.add_error(None, _without_name(error))
        else:
            if not receipt.is_new:
                messages.info(request, _seen_before(receipt.batch))
            return redirect("import-batch", receipt.batch.pk)
    context = {"form": form, "sources": selectors.source_names(), "most_megabytes": settings.HARK_MAX_UPLOAD_MB}
    return render(request, "touchpoints/import_new.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(_UPLOAD_METHODS)
def import_batch(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """One import, by its state: how to read the file, how far it is, or what became of it.

    A POST carries the choices of how to read it: `do=import` starts, anything else looks again.
    """
    check_may_import(request)
    batch = selectors.batch_for(pk)
    if batch.status in _WAITING:
        return _reading(request, batch)
    if request.method == "POST":
        return redirect("import-batch", pk)  # it was started in another window
    if batch.status == BatchStatus.DONE:
        return _show(request, batch, "report", _report(request, batch))
    return _show(request, batch, "progress", {"pace": selectors.pace_of(batch, now=timezone.now())})


@require_POST
def import_discard(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Forget a received file that was not imported."""
    check_may_import(request)
    batch = selectors.batch_for(pk)
    if imports.discard_batch(batch=batch):
        messages.success(request, f"“{batch.file_name}” is discarded. Nothing of it was imported.")
        return redirect("imports")
    messages.error(request, "Rows of this file were imported already, so that it is kept.")
    return redirect("import-batch", pk)


def _asked_kind(request: HtmxHttpRequest) -> dict[str, str]:
    kind = request.GET.get("kind", "")
    return {"kind": kind} if kind in ImportKind.values else {}


def _without_name(error: ValueError) -> str:
    """Services name the argument in front of their words; a person need not read it."""
    name, colon, words = str(error).partition(": ")
    text = words if colon and " " not in name else str(error)
    return text[:1].upper() + text[1:]


def _seen_before(batch: ImportBatch) -> str:
    when = timezone.localtime(batch.created_at).strftime("%Y-%m-%d %H:%M")
    told = f"This very file came from {batch.source} before, on {when}"
    if batch.status == BatchStatus.RECEIVED:
        return f"{told}, and was not imported yet. Here it is."
    if batch.status == BatchStatus.FAILED:
        return f"{told}, and its import stopped. Here it is; try again."
    return f"{told}. Nothing was imported again; this is its report."


def _reading(request: HtmxHttpRequest, batch: ImportBatch) -> HttpResponse:
    """Show how the file would be read, with the person's choices; start the import when asked and nothing is open."""
    is_sent = request.method == "POST"
    wants_import = is_sent and request.POST.get("do") == "import"
    mistake = ""
    fixed = {name: value for name, value in batch.options.items() if name != "kind"}
    if is_sent:
        try:
            fixed = read_choices(request.POST, batch.kind)
        except ValueError as error:
            mistake = _without_name(error)
    try:
        try:
            inspection = imports.inspect_batch(batch, fixed=fixed)
        except ValueError as error:  # a choice that does not go with this file: say so, and show it as it was
            mistake, fixed = _without_name(error), {}
            inspection = imports.inspect_batch(batch)
    except OSError:
        logger.exception("the file of import %s cannot be opened", batch.pk)
        return _show(request, batch, "reading", {"is_file_lost": True}, status=422 if is_sent else 200)
    if wants_import and not mistake and inspection.is_ready:
        return _start(request, batch, inspection)
    context = _reading_context(batch, inspection, fixed) | {"mistake": mistake, "is_refused": wants_import}
    return _show(request, batch, "reading", context, status=422 if mistake or wants_import else 200)


def _start(request: HtmxHttpRequest, batch: ImportBatch, inspection: Inspection) -> HttpResponse:
    is_queued = imports.start_import(batch=batch, options=inspection.options, now=timezone.now())
    if is_queued and not enqueue(tasks.run_import, batch.pk):
        messages.warning(request, "The import waits: the background worker cannot be reached. It starts by itself.")
    return redirect("import-batch", batch.pk)


def enqueue(task: Task, *args: int) -> bool:
    """Hand a task to the worker; False when the broker does not answer."""
    try:
        task.delay(*args)
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("the worker could not be told of %s%s: %s", task.name, args, error)
        return False
    return True


def _reading_context(batch: ImportBatch, inspection: Inspection, fixed: dict[str, Any]) -> dict[str, Any]:
    options = inspection.options
    zone = zoneinfo.ZoneInfo(options.time_zone if batch.kind == Kind.TOUCHPOINTS else settings.HARK_TIME_ZONE)
    fields = field_choices(inspection)
    taken = {field.column for field in fields}
    unknown = selectors.unknown_accounts(list(inspection.preview))
    return {
        "inspection": inspection,
        "blocking": [one for one in inspection.problems if one.severity == "blocking"],
        "warnings": [one for one in inspection.problems if one.severity != "blocking"],
        "form": ReadingForm(options, asked=[one.option for one in inspection.questions if one.choices]),
        "fields": fields,
        "unused": [column.name for column in inspection.columns if column.number not in taken],
        "headings": HEADINGS[batch.kind],
        "preview": preview_rows(inspection.preview, zone=zone),
        "unknown_accounts": unknown,
        "shown": json.dumps(options.to_dict()),
        "chosen": ",".join(sorted(fixed)),
    }


def _report(request: HtmxHttpRequest, batch: ImportBatch) -> dict[str, Any]:
    only_open = request.GET.get("rows") != "all"
    page = Paginator(selectors.rejected_rows(batch, only_open=only_open), PER_PAGE).get_page(request.GET.get("page"))
    open_count = page.paginator.count if only_open else selectors.rejected_rows(batch, only_open=True).count()
    now = timezone.now()
    return {
        "pace": selectors.pace_of(batch, now=now),
        "page": page,
        "rows": page.object_list,
        "only_open": only_open,
        "open_count": open_count,
        "reasons": selectors.rejected_reasons(batch) if page.has_next() and page.number == 1 else [],
        "not_kept": max(0, batch.rejected_count - imports.MOST_REJECTED_KEPT),
        "booked_ahead": selectors.booked_ahead(batch, now=now) if batch.kind == ImportKind.TOUCHPOINTS else 0,
    }


def _show(
    request: HtmxHttpRequest, batch: ImportBatch, state: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    context |= {"batch": batch, "state": state, "part": f"touchpoints/_import_{state}.html"}
    is_fragment = wants_fragment(request)
    template = "touchpoints/_import_batch.html" if is_fragment else "touchpoints/import_batch.html"
    return render(request, template, context, status=status)
