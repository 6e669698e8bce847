"""Where touches come from, and whether each feed is alive. For administrators."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.services import save_managed
from accounts.views.administering import for_administrators
from config.http import HtmxHttpRequest
from touchpoints.forms.sources import SourceForm
from touchpoints.models import Source
from touchpoints.selectors.sources import feeds


@require_safe
@for_administrators
def sources(request: HtmxHttpRequest) -> HttpResponse:
    """List the sources with their freshness."""
    found = feeds(now=timezone.now())
    context = {
        "feeds": found,
        "late": [feed for feed in found if feed.is_late],
        "judged": [feed for feed in found if feed.is_judged],
    }
    return render(request, "touchpoints/sources.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def source_edit(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Rename a source, say how its times are meant, or how often it should deliver."""
    source = get_object_or_404(Source, pk=pk)
    name = source.name
    form = SourceForm(request.POST or None, instance=source)
    if request.method == "POST" and form.is_valid():
        changed = [str(form.fields[field].label or field).lower() for field in form.changed_data]
        save_managed(record=source, by=request.user, changed=changed)
        messages.success(request, f"{source} is saved.")
        return redirect("sources")
    context = {"form": form, "source": source, "name": name}
    return render(request, "touchpoints/source_form.html", context, status=422 if form.is_bound else 200)
