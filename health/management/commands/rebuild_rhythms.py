"""`manage.py rebuild_rhythms`: recompute every account's statistics from its touches."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from tqdm import tqdm

from health.services.runs import rebuild_all


class Command(BaseCommand):
    """Recompute what scoring remembers of the touches; for use after changes to the database by hand."""

    help = (
        "Recompute every account's rhythm and talk pattern from its touches. Where nothing has changed, this changes "
        "nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with tqdm(total=None, unit=" accounts", leave=False, disable=None) as bar:

            def show(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            rebuilt = rebuild_all(as_of=timezone.now(), progress=show)
        self.stdout.write(
            f"Looked at {rebuilt.accounts:,} accounts: {rebuilt.changed:,} rhythms and {rebuilt.changed_talk:,} talk "
            "patterns were not what their touches say and are now. The next score uses them; `manage.py score` makes "
            "one at once."
        )
