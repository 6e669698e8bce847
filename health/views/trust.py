"""The trust page: does the score work, on this firm's own past? And how many false alarms the firm accepts."""

from __future__ import annotations

import csv
import datetime as dt
import logging
from typing import Any

from celery import Task
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from accounts.access import can_administer
from config.days import firm_day
from config.formats import count_of
from config.http import HtmxHttpRequest, wants_fragment
from health import tasks
from health.charts import trust as charts
from health.charts.card import ChartCard, Table
from health.models import ScoreRun, TrustReport
from health.scoring.trust.params import BUDGETS
from health.selectors import trust as selectors
from health.selectors.budget import current_budget, last_decision
from health.services.budget import decide_budget
from health.services.runs import open_run
from health.services.trust import MOST_ATTEMPTS, open_report
from touchpoints.parsers.export import csv_safe

logger = logging.getLogger(__name__)

LOST_SHOWN = 50


@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def trust(request: HtmxHttpRequest) -> HttpResponse:
    """Show the page; for htmx the progress of a replay, or the effect of a budget."""
    finished, unfinished = selectors.newest_reports()
    if wants_fragment(request):
        return _fragment(request, finished, unfinished)
    return render(request, "health/trust.html", _context(request, finished, unfinished))


def _fragment(request: HtmxHttpRequest, finished: TrustReport | None, unfinished: TrustReport | None) -> HttpResponse:
    if request.htmx.target == "budget-effect":
        return render(request, "health/_trust_effect.html", _budget_context(request, finished))
    if unfinished is None:
        response = HttpResponse()
        response["HX-Refresh"] = "true"  # the replay is done: the page has another shape now
        return response
    return render(request, "health/_trust_progress.html", _progress(unfinished))


@require_safe
def trust_csv(request: HtmxHttpRequest, name: str) -> HttpResponse:
    """Send the data of one chart as CSV, of what the reader may see."""
    finished, _ = selectors.newest_reports()
    if finished is None or not _is_rich(finished):
        raise Http404("No past has been replayed yet.")
    table = _tables(request, finished).get(name)
    if table is None:
        raise Http404("There is no chart of that name in your scope.")
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="hark-trust-{name}-{finished.as_of_on:%Y-%m-%d}.csv"'
    writer = csv.writer(response)
    writer.writerow(table.columns)
    writer.writerows([csv_safe("" if cell is None else str(cell)) for cell in row] for row in table.rows)
    return response


@require_POST
def budget(request: HtmxHttpRequest) -> HttpResponse:
    """Decide on another budget of false alarms; the portfolio is learned and scored anew for it."""
    _check_administers(request)
    wanted = _asked_budget(request.POST.get("budget"))
    if wanted is None:
        messages.error(request, f"Choose a budget from {BUDGETS[0]:g} to {BUDGETS[-1]:g}, in quarters.")
        return redirect("trust")
    now = timezone.now()
    if not decide_budget(false_alarms_per_year=wanted, by=request.user, now=now):
        messages.info(request, f"The budget is {wanted:g} already. Nothing was changed.")
        return redirect("trust")
    # The run is recorded first: if the worker cannot be told, the sweep finds what it left undone.
    run = open_run(kind=ScoreRun.Kind.MANUAL, as_of=now)
    _enqueue(tasks.score_portfolio, run.pk)
    messages.success(
        request, f"The budget is {wanted:g} false alarms per account and year. The portfolio is scored anew for it."
    )
    return redirect("trust")


@require_POST
def run_again(request: HtmxHttpRequest) -> HttpResponse:
    """Replay the past now, without waiting for the week to pass."""
    _check_administers(request)
    report = open_report(now=timezone.now())
    if not _enqueue(tasks.replay_past, report.pk):
        messages.warning(request, "The replay waits: the background worker cannot be reached. It starts by itself.")
    return redirect("trust")


def _check_administers(request: HtmxHttpRequest) -> None:
    if not can_administer(request.user):
        raise PermissionDenied("Only administrators decide on the budget and start a replay.")


def _enqueue(task: Task, *args: int) -> bool:
    """Hand a task to the worker; False when the broker does not answer."""
    try:
        task.delay(*args)
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("the worker could not be told of %s%s: %s", task.name, args, error)
        return False
    return True


def _is_rich(report: TrustReport) -> bool:
    return bool(report.report and report.report["status"] == "ok")


def _progress(unfinished: TrustReport) -> dict[str, Any]:
    return {"unfinished": unfinished, "has_failed": unfinished.attempt >= MOST_ATTEMPTS}


def _context(request: HtmxHttpRequest, finished: TrustReport | None, unfinished: TrustReport | None) -> dict[str, Any]:
    context: dict[str, Any] = {"finished": finished, "csv_page": "trust-csv", "query": ""}
    context |= _progress(unfinished) if unfinished else {}
    if finished is None or finished.report is None:
        return context
    report = finished.report
    scope = selectors.trust_scope(request.user)
    context |= {"report": report, "scope": scope, "today": firm_day(timezone.now())}
    if not _is_rich(finished):
        return context | _thin(report)
    context |= _budget_context(request, finished) if scope.is_firm else {}
    figures = selectors.figures_for(scope, report)
    if figures is None:
        return context
    judged = [one for one in selectors.lost_accounts(request.user, report) if not one.is_young]
    return context | {
        "figures": figures,
        "first_review": dt.date.fromisoformat(report["first_review"]),
        "headline": _headline(figures, scope),
        "verdict": _verdict(figures),
        "tiles": _tiles(figures),
        "charts": _cards(report, figures, scope),
        "lost": sorted(judged, key=lambda one: one.is_in_time)[:LOST_SHOWN],
        "lost_count": len(judged),
        "missed_count": sum(not one.is_in_time for one in judged),
        "small": report["trust"]["small_cell"],
    }


def _thin(report: dict[str, Any]) -> dict[str, Any]:
    days = {name: report[name] for name in ("known_since", "possible_from")}
    return {
        "is_thin": True,
        **{name: dt.date.fromisoformat(value) if value else None for name, value in days.items()},
    }


def _headline(figures: dict[str, Any], scope: selectors.TrustScope) -> str:
    flagged = figures["flagged_in_time"]
    if not flagged["whole"]:
        return f"Nobody was lost from {scope.words} in this time."
    if flagged["whole"] == 1:
        return f"The one account lost was {'flagged in time' if flagged['part'] else 'not flagged in time'}."
    return f"{flagged['part']} of {flagged['whole']} lost accounts were flagged in time."


def _verdict(figures: dict[str, Any]) -> str:
    """Say in a breath how early a flag comes, how often it is wrong, and whether the risk that is said is true."""
    flagged, warning, back = figures["flagged_in_time"], figures["warning_days"], figures["came_back"]
    sentences = []
    if flagged["part"] and warning["median"] is not None:
        sentences.append(f"The warning came {count_of(round(warning['median']), 'day')} ahead in the median.")
    if back["whole"]:
        text = f"Of {count_of(back['whole'], 'flag')}, {charts.percent(back['share'])} came back by themselves"
        sentences.append(text + (": a flag is a reason to call, not a verdict." if back["share"] >= 0.5 else "."))
    if figures["calibration"]:
        off = charts.calibration_gap(figures["calibration"])
        sentences.append(f"The chance that is said is off by {charts.points(off)} on average.")
    return " ".join(sentences)


def _tiles(figures: dict[str, Any]) -> list[dict[str, str]]:
    """Each figure with its count and its interval."""
    flagged, warning, alarms = figures["flagged_in_time"], figures["warning_days"], figures["false_alarms"]
    back, listed, longest = figures["came_back"], figures["listed"], figures["longest_first"]
    return [
        _tile(
            "Flagged before lost",
            charts.percent(flagged["share"]),
            f"of {count_of(flagged['whole'], 'lost account')}",
            charts.percent_range(flagged),
        ),
        _tile(
            "Warning time",
            "–" if warning["median"] is None else count_of(round(warning["median"]), "day"),
            f"median of {count_of(warning['count'], 'account')} flagged in time",
            charts.days_range(warning) if warning["count"] else "",
        ),
        _tile(
            "False alarms",
            charts.rate(alarms["rate"]),
            f"per account and year; {count_of(alarms['count'], 'alarm')} in {alarms['years']:.0f} account-years",
            "" if alarms["low"] is None else f"{charts.rate(alarms['low'])} to {charts.rate(alarms['high'])}",
        ),
        _tile(
            "Came back by themselves",
            charts.percent(back["share"]),
            f"of {count_of(back['whole'], 'flag')}; {figures['pending']} not decided yet",
            charts.percent_range(back),
        ),
        _tile(
            "First on the list, stayed silent",
            charts.percent(listed["share"]),
            f"of {listed['whole']} weekly places; by the longest silence {charts.percent(longest['share'])}",
            charts.percent_range(listed),
        ),
    ]


def _tile(label: str, value: str, note: str, interval: str) -> dict[str, str]:
    return {"label": label, "value": value, "note": note, "interval": interval}


def _cards(report: dict[str, Any], figures: dict[str, Any], scope: selectors.TrustScope) -> dict[str, ChartCard]:
    """The charts of a scope: simpler rules, teams and budgets are figures of the firm."""
    cards = [
        charts.calibration_chart(
            figures["calibration"], checked=figures["checked"], accounts=figures["checked_accounts"]
        )
    ]
    if scope.is_firm:
        groups = [(one.kind, one.name, one.figures) for one in selectors.groups_by_name(report)]
        cards += [
            charts.rules_chart(report["rules"], report["effects"]["budgets"]),
            charts.groups_chart(groups, small=report["trust"]["small_cell"]),
            charts.budgets_table(report["effects"]),
        ]
    return {card.name: card for card in cards}


def _tables(request: HtmxHttpRequest, finished: TrustReport) -> dict[str, Table]:
    report = finished.report or {}
    scope = selectors.trust_scope(request.user)
    figures = selectors.figures_for(scope, report)
    if figures is None:
        return {}
    lost = [
        (one.name, one.last_touch_on, one.flagged_on, one.lost_on, one.warning_days, "no" if one.is_young else "yes")
        for one in selectors.lost_accounts(request.user, report)
    ]
    columns = ("Account", "Last touch", "Flagged", "Lost", "Days of warning", "Judged")
    return {
        **{name: card.table for name, card in _cards(report, figures, scope).items()},
        "lost": Table(columns, tuple(lost)),
    }


def _asked_budget(text: str | None) -> float | None:
    try:
        wanted = float(text or "")
    except ValueError:
        return None
    return wanted if wanted in BUDGETS else None


def _budget_context(request: HtmxHttpRequest, finished: TrustReport | None) -> dict[str, Any]:
    """The budget in force, the one asked for, and what it would change by the newest replay."""
    if not selectors.trust_scope(request.user).is_firm:
        raise PermissionDenied("The budget is the firm's; its figures are for who sees the firm.")
    now = current_budget()
    asked = _asked_budget(request.GET.get("budget"))
    then = now if asked is None else asked
    is_known = finished is not None and finished.report is not None and _is_rich(finished)
    effects = finished.report["effects"] if is_known and finished and finished.report else None
    return {
        "budget_now": now,
        "budget_then": then,
        "budget_range": (BUDGETS[0], BUDGETS[-1], BUDGETS[1] - BUDGETS[0]),
        "decision": last_decision(),
        "effect": charts.budget_effect(effects, now=now, then=then) if effects and then != now else "",
    }
