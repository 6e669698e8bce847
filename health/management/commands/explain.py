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
from health.selectors.past import account_on

_FIGURES = (
    "band", "band_since_on", "health_score", "risk", "normal", "gone", "horizon_days", "usual_gap_days",
    "is_usual_gap_own", "touch_days", "last_touch_on", "last_client_touch_on", "due_on", "alarm_since_on",
    "alarm_index", "regularity", "alarm_series", "drift", "is_slowing", "slowing_since_on", "next_change_on",
    "value_at_risk", "priority",
)  # fmt: skip

# Known of a past day from the touches alone.
_PAST_FIGURES = (
    "band", "health_score", "risk", "normal", "gone", "horizon_days", "usual_gap_days", "is_usual_gap_own",
    "touch_days", "last_touch_on", "alarm_index", "regularity", "drift", "is_slowing",
)  # fmt: skip


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
            health = AccountHealth.objects.filter(pk=found.pk).first()
            if health is None:
                raise CommandError(f"{found.name} is not scored yet. Run `manage.py score`.")
        explanation = explain_score(health, today=day)
        known = {name: getattr(health, name) for name in (_FIGURES if day == today else _PAST_FIGURES)}
        figures = {name: value for name, value in known.items() if value not in (None, "")}
        if as_json:
            answer = {"account": found.name, "as_of": day, "explanation": str(explanation), **figures}
            self.stdout.write(json.dumps(answer, default=_plain, ensure_ascii=False, indent=2))
            return
        self.stdout.write(f"{found.name}: {health.get_band_display()}")
        self.stdout.write(str(explanation))
        width = max(map(len, figures))
        for name, value in figures.items():
            spelled = f"{value:.4g}" if isinstance(value, float) else str(value)
            self.stdout.write(f"  {name.ljust(width)}  {spelled}")


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
