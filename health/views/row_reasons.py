"""All reasons for an account's standing, on demand in its row: each with the touches behind it, day by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.access import account_for
from accounts.models import Account
from config.days import firm_day
from config.formats import short_date
from config.http import HtmxHttpRequest, wants_fragment
from health.explanations import explain_score, unheard_note
from health.reasons import Reasons, reasons_of
from health.selectors.account import health_of
from health.selectors.evidence import Evidence


@dataclass(frozen=True, slots=True)
class DayLink:
    """A day of touches, and where they are read."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """One reason: its sentence, how many touches are behind it, the days that are named, and where all are read."""

    sentence: str
    touches: str
    url: str
    days: tuple[DayLink, ...] = ()


@require_safe
@vary_on_headers("HX-Request")
def row_reasons(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Give htmx the reasons for the row; a browser without JavaScript finds them on the account page."""
    today = firm_day(timezone.now())
    account = account_for(request.user, pk)
    if not wants_fragment(request):
        return HttpResponseRedirect(f"{account.get_absolute_url()}#why-title")
    health = health_of(account)
    reasons = reasons_of(health, today=today) if health else None
    context = {
        "account": account,
        "explanation": explain_score(health, today=today) if health else None,
        "unheard": unheard_note(health, today=today) if health else "",
        "lines": _lines(account, reasons, today) if reasons else (),
        "clearing": reasons.clearing if reasons else "",
    }
    return render(request, "health/_row_reasons.html", context)


def _lines(account: Account, reasons: Reasons, today: dt.date) -> tuple[ReasonLine, ...]:
    """Return the signals, and the steps that take at least a point of health from the account, the heaviest first."""
    steps = sorted((row for row in reasons.steps if row.told.whole_points < 0), key=lambda row: row.told.points)
    return (
        *(_line(account, row.sentence, row.touches, row.evidence, today) for row in reasons.signals),
        *(_line(account, f"{row.told.label}: {row.points} health", row.touches, row.evidence, today) for row in steps),
    )


def _line(account: Account, sentence: str, touches: str, evidence: Evidence | None, today: dt.date) -> ReasonLine:
    if evidence is None or not evidence.count:
        return ReasonLine(sentence, "", "")
    count = f"{evidence.count} {'touch' if evidence.count == 1 else 'touches'}"
    url = f"{account.get_absolute_url()}?{urlencode({'because': evidence.name})}#stream"
    is_whole = bool(evidence.days) and evidence.days[0] == evidence.first_on
    return ReasonLine(
        sentence,
        count if is_whole else touches,
        url,
        tuple(_day_links(account, evidence.days, today)) if is_whole else (),
    )


def _day_links(account: Account, days: Iterable[dt.date], today: dt.date) -> Iterable[DayLink]:
    for day in days:
        query = urlencode({"from": day.isoformat(), "to": day.isoformat()})
        yield DayLink(short_date(day, today), f"{account.get_absolute_url()}?{query}#stream")
