"""`manage.py explain ACCOUNT`: the sentence of the account page and the figures behind it."""

from __future__ import annotations

import datetime as dt
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Account
from config.days import firm_day
from health.explanations import explain_score
from health.management.days import day_argument
from health.models import AccountHealth
from health.reasons import Reasons, as_plain, reasons_of
from health.selectors.past import account_on

_FIGURES = (
    "band", "band_since_on", "health_score", "risk", "normal", "gone", "horizon_days", "usual_gap_days",
    "is_usual_gap_own", "touch_days", "last_touch_on", "last_client_touch_on", "due_on", "alarm_since_on",
    "alarm_index", "regularity", "alarm_series", "drift", "is_slowing", "slowing_since_on", "main_signal",
    "next_change_on", "value_at_risk", "priority",
)  # fmt: skip

# What a past day knows nothing of: it follows from the scores before it, or from the account's value today.
_NOT_OF_THE_PAST = frozenset({"band_since_on", "next_change_on", "value_at_risk", "priority"})


class Command(BaseCommand):
    """Explain a score."""

    help = "Say why an account stands where it stands, from the figures stored with its score."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("account", metavar="ACCOUNT", help="its number in Hark, its external id, or its name")
        parser.add_argument("--as-of", type=day_argument, metavar="DATE", help="a past day, as 2026-06-15")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")

    def handle(self, *args: Any, account: str, as_of: dt.date | None, as_json: bool, **options: Any) -> None:
        found = _find(account)
        today = firm_day(timezone.now())
        day = as_of or today
        if day > today:
            raise CommandError(f"{day} lies ahead; a score can only be explained for today or a past day.")
        if day < today:
            health = account_on(found.pk, day)
            if health is None:
                raise CommandError(f"No touch of {found.name} is known by {day}.")
        else:
            health = (
                AccountHealth.objects.filter(pk=found.pk).select_related("model_version", "feed_stop__source").first()
            )
            if health is None:
                raise CommandError(f"{found.name} is not scored yet. Run `manage.py score`.")
        explanation = explain_score(health, today=day)
        reasons = reasons_of(health, today=day)
        names = [name for name in _FIGURES if day == today or name not in _NOT_OF_THE_PAST]
        figures = {name: value for name in names if (value := getattr(health, name)) not in {None, ""}}
        if as_json:
            why = as_plain(reasons, health) if reasons else {}
            answer = {"account": found.name, "as_of": day, "explanation": str(explanation), **figures, **why}
            self.stdout.write(json.dumps(answer, default=_plain, ensure_ascii=False, indent=2))
            return
        self.stdout.write(f"{found.name}: {health.get_band_display()}")
        self.stdout.write(str(explanation))
        self._write_figures(figures)
        if reasons is not None:
            self._write_reasons(reasons)

    def _write_figures(self, figures: dict[str, Any]) -> None:
        width = max(map(len, figures))
        for name, value in figures.items():
            spelled = f"{value:.4g}" if isinstance(value, float) else str(value)
            self.stdout.write(f"  {name.ljust(width)}  {spelled}")

    def _write_reasons(self, reasons: Reasons) -> None:
        self.stdout.write(f"Health: {reasons.sum_words}, from that of the typical account on rhythm")
        width = max(len(row.told.label) for row in reasons.steps)
        for row in reasons.steps:
            self.stdout.write(f"  {row.told.label.ljust(width)}  {row.told.points:+9.4f}  {row.touches}")
        for signal in reasons.signals:
            self.stdout.write(f"  {signal.sentence} ({signal.touches})")
        if reasons.clearing:
            self.stdout.write(reasons.clearing)


def _plain(value: object) -> str | float:
    return value.isoformat() if isinstance(value, dt.date) else float(str(value))


def _find(text: str) -> Account:
    """Return the account that `text` names; an ambiguous or unknown name is an error that says what to do."""
    if text.isascii() and text.isdigit() and len(text) < 19:
        by_number = Account.objects.filter(pk=int(text)).first()
        if by_number is not None:
            return by_number
    by_external_id = Account.objects.filter(external_id=text).first()
    if by_external_id is not None:
        return by_external_id
    named = list(Account.objects.filter(name__iexact=text)[:2]) or list(
        Account.objects.filter(name__icontains=text)[:6]
    )
    if len(named) == 1:
        return named[0]
    if not named:
        raise CommandError(f"There is no account “{text}”. Give its number in Hark, its external id or its name.")
    listed = ", ".join(f"{one.name} ({one.pk})" for one in named)
    raise CommandError(f"More than one account goes by “{text}”: {listed}. Give the number.")
