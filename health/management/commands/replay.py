"""`manage.py replay`: what the trust page shows, computed now and printed; nothing is written."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from config.formats import count_of
from health.charts import trust as charts
from health.services.trust import replay_portfolio


class Command(BaseCommand):
    """Replay the firm's own past."""

    help = (
        "Go through the past week by week, say what would have been said from what was known by then, and compare it "
        "with what happened. Prints the report of the trust page; writes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--months", type=int, default=12, help="how far back to go, from 1 to 60 (default 12)")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print the whole report as JSON")

    def handle(self, *args: Any, months: int, as_json: bool, **options: Any) -> None:
        with tqdm(total=None, unit=" weeks", leave=False, disable=None) as bar:

            def show(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            try:
                report = replay_portfolio(as_of=timezone.now(), months=months, progress=show)
            except ValueError as error:
                raise CommandError(str(error)) from error
        if as_json:
            self.stdout.write(json.dumps(report, indent=2))
        elif report["status"] == "thin":
            self.stdout.write(_thin(report))
        else:
            self.stdout.write("\n".join(_lines(report)))


def _thin(report: dict[str, Any]) -> str:
    if report["possible_from"]:
        return f"There is too little history for a replay. It will be possible from {report['possible_from']} on."
    return f"There is too little history: {report['trust']['min_accounts']} accounts with three touch days are needed."


def _lines(report: dict[str, Any]) -> list[str]:
    firm, trust = report["firm"], report["trust"]
    flagged, warning, alarms = firm["flagged_in_time"], firm["warning_days"], firm["false_alarms"]
    days, back, listed, longest = (firm[n] for n in ("days_to_alarm", "came_back", "listed", "longest_first"))
    return [
        (
            f"{count_of(report['reviews'], 'weekly review')} of {count_of(report['accounts'], 'account')} from"
            f" {report['first_review']} to {report['as_of']}, {count_of(report['fits'], 'fit')}; budget"
            f" {report['budget']:g}."
        ),
        (
            f"Lost (no touch for the own horizon and {trust['lost_min_days']} days): {firm['lost']}; another"
            f" {firm['lost_young']} had fewer than three touch days."
        ),
        f"Flagged before lost: {_share(flagged)}.",
        f"Warning time: {_days(warning)}. From the last touch to the alarm: {_days(days)}.",
        (
            f"False alarms per account and year: {charts.rate(alarms['rate'])}, {charts.rate(alarms['low'])} to"
            f" {charts.rate(alarms['high'])}; {alarms['count']} in {alarms['years']:.0f} account-years."
        ),
        f"Flags that came back by themselves: {_share(back)}; {firm['pending']} not decided yet.",
        f"First places of the managers' lists that stayed silent: {_share(listed)}; longest first: {_share(longest)}.",
        (
            f"Calibration of {count_of(firm['checked'], 'review')} of {count_of(firm['checked_accounts'], 'account')}:"
            f" {_merits(firm)}, AUC not long overdue {_score(firm['auc_watched'])}."
        ),
        f"Before the calibration on the firm's own past: {_merits(firm['base'])}.",
        *(
            f"  says {100 * one['said']:3.0f}%, happens {100 * one['happened']['share']:3.0f}%"
            f"  ({charts.percent_range(one['happened'])}; {count_of(one['accounts'], 'account')})"
            for one in firm["calibration"]
        ),
        "Beside simpler rules (longest silence and BG/NBD at as many false alarms):",
        *(_rule(one) for one in report["rules"]),
    ]


def _share(figures: dict[str, Any]) -> str:
    if not figures["whole"]:
        return "– (none)"
    return f"{charts.percent(figures['share'])} of {figures['whole']}, {charts.percent_range(figures)}"


def _days(figures: dict[str, Any]) -> str:
    if not figures["count"]:
        return "– (none)"
    middle = "never" if figures["median"] is None else count_of(round(figures["median"]), "day")
    return f"median {middle} of {figures['count']}, {charts.days_range(figures)}"


def _score(figures: dict[str, Any]) -> str:
    if figures["value"] is None:
        return "–"
    interval = "" if figures["low"] is None else f" ({figures['low']:.3f} to {figures['high']:.3f})"
    return f"{figures['value']:.3f}{interval}"


def _merits(figures: dict[str, Any]) -> str:
    return (
        f"log-loss {_score(figures['log_loss'])}, calibration error {_score(figures['calibration_error'])}, Brier"
        f" {_score(figures['brier'])}, AUC {_score(figures['auc'])}"
    )


def _rule(one: dict[str, Any]) -> str:
    name = charts.RULE_NAMES[one["rule"]]
    return (
        f"  {name:<22} {charts.rate(one['false_alarms']['rate']):>5} a year, in time"
        f" {charts.percent(one['flagged_in_time']['share']):>4}, to the alarm {_days(one['days_to_alarm'])}"
    )
