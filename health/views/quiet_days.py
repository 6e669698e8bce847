"""The firm's quiet days, for the administrator."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.views.administering import for_administrators
from config.days import firm_day
from config.http import HtmxHttpRequest
from health.forms import QuietDaysForm
from health.models import QuietDays
from health.services.quiet_days import LONGEST_QUIET_DAYS, add_quiet_days, end_quiet_days


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def quiet_days(request: HtmxHttpRequest) -> HttpResponse:
    """List the quiet days and add some."""
    now = timezone.now()
    form = QuietDaysForm(request.POST or None, today=firm_day(now))
    if request.method == "POST" and form.is_valid():
        add_quiet_days(author=request.user, now=now, **form.cleaned_data)
        messages.success(request, "No client is flagged on these days. Scores follow within minutes.")
        return redirect("quiet-days")
    known = QuietDays.objects.select_related("author").order_by("-starts_on", "-pk")[:100]
    context = {"form": form, "known": known, "today": firm_day(now), "most_days": LONGEST_QUIET_DAYS}
    return render(request, "health/quiet_days.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_administrators
def quiet_days_end(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """End quiet days before they are over, or before they begin."""
    days = get_object_or_404(QuietDays, pk=pk)
    if end_quiet_days(days=days, by=request.user, now=timezone.now()):
        messages.success(request, "Ended. Scores follow within minutes.")
    else:
        messages.info(request, "They are over already.")
    return redirect("quiet-days")
