"""The handover brief of an account: one page to read or to print."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import account_for, can_write
from accounts.services import save_handover_note
from config.days import firm_day
from config.http import HtmxHttpRequest
from health.explanations import explain_score
from health.models import Band
from health.scoring.explain_signals import signals_from, spell_signal
from health.selectors.account import health_of
from health.selectors.brief import brief_of
from health.selectors.promised import PROMISE_WORDS


class HandoverNoteForm(forms.Form):
    """What no figure can say."""

    note = forms.CharField(
        label="What the next person must know",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text="Such as: whom to ask first, what not to mention, what they care about.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def account_brief(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show the brief of account `pk`; keep the note for whoever comes next."""
    as_of = timezone.now()
    account = account_for(request.user, pk)
    is_writable = can_write(request.user, account)
    form = HandoverNoteForm(request.POST or None, initial={"note": account.handover_note})
    if request.method == "POST":
        if not is_writable:
            raise PermissionDenied("You may read this account but not change it.")
        if form.is_valid():
            save_handover_note(account=account, note=form.cleaned_data["note"], by=request.user, now=as_of)
            messages.success(request, "The note is saved.")
            return redirect("account-brief", pk)
    today, health = firm_day(as_of), health_of(account)
    signals = signals_from(health.signals) if health else ()
    brief = brief_of(account, health, as_of=as_of, today=today)
    context = {
        "account": account,
        "health": health,
        "explanation": explain_score(health, today=today) if health else None,
        "signals": [spell_signal(one, today) for one in signals],
        "brief": brief,
        "promise_words": PROMISE_WORDS,
        "moves": [(move, Band(move.to_band).label) for move in brief.moves],
        "form": form,
        "is_writable": is_writable,
        "as_of": as_of,
        "renewal_days": (account.renewal_on - today).days if account.renewal_on else None,
    }
    return render(request, "health/brief.html", context, status=422 if form.is_bound else 200)
