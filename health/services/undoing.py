"""Taking back what was just done with accounts or a saved view: one step, however many accounts it was done with.

A `Step` names the rows that an action wrote. Taking it back touches these rows alone, and only where they still stand
as the action left them: what a colleague did in the meantime stays.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from django.db import transaction

from accounts.assignments import OwnerBefore, record_assignments
from accounts.models import Account, User
from config.days import firm_day
from health.models import NextAction, QuietPeriod, SavedView, Snooze
from health.services.saved_views import restore_view
from touchpoints.signals import activity_changed

SNOOZED, WOKEN, PAUSED, RESUMED, PLANNED, DONE, ASSIGNED, VIEW_REMOVED = (
    "snoozed",
    "woken",
    "paused",
    "resumed",
    "planned",
    "done",
    "assigned",
    "view_removed",
)


@dataclass(frozen=True, slots=True)
class Handover:
    """An account that changed hands: its owner and team before, and the owner since."""

    account_id: int
    owner_before: int | None
    team_before: int | None
    owner_after: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """What an action did: its kind, the accounts, and the rows it wrote (of an assignment, its handovers)."""

    kind: str
    account_ids: tuple[int, ...]
    row_ids: tuple[int, ...] = ()
    handovers: tuple[Handover, ...] = ()


@transaction.atomic
def take_back(*, step: Step, by: User, now: dt.datetime) -> int:
    """Take `step` back; return with how many accounts that was still possible.

    Raises ValueError for a kind that is none.
    """
    if step.kind not in _WAYS_BACK:
        raise ValueError(f"step: there is no way back from {step.kind!r}")
    # The locks make whoever acts on the same accounts take turns.
    list(Account.objects.select_for_update().only("pk").filter(pk__in=step.account_ids).order_by("pk"))
    return _WAYS_BACK[step.kind](step, by, now)


def _end_snoozes(step: Step, by: User, now: dt.datetime) -> int:
    ended = list(Snooze.objects.filter(pk__in=step.row_ids, ended_at__isnull=True))
    Snooze.objects.filter(pk__in=[one.pk for one in ended]).update(ended_at=now, ended_why=f"taken back by {by}"[:200])
    for one in ended:
        replaced = Snooze.objects.filter(
            account=one.account_id,
            ended_at=one.created_at,
            ended_why__startswith="replaced",
            until_on__gt=firm_day(now),
        )
        replaced.update(ended_at=None, ended_why="")
    return len(ended)


def _reopen_snoozes(step: Step, _by: User, now: dt.datetime) -> int:
    again = Snooze.objects.filter(pk__in=step.row_ids, ended_at__isnull=False, until_on__gt=firm_day(now))
    taken = Snooze.objects.filter(account__in=step.account_ids, ended_at__isnull=True).values("account")
    return again.exclude(account__in=taken).update(ended_at=None, ended_why="")


def _end_quiet(step: Step, _by: User, now: dt.datetime) -> int:
    ended = QuietPeriod.objects.filter(pk__in=step.row_ids, ended_at__isnull=True).update(ended_at=now)
    _rescore(step.account_ids)
    return ended


def _reopen_quiet(step: Step, _by: User, now: dt.datetime) -> int:
    """Let periods hold again; they count as written now, so that their accounts are scored anew."""
    again = QuietPeriod.objects.filter(pk__in=step.row_ids, ended_at__isnull=False, ends_on__gte=firm_day(now))
    reopened = again.update(ended_at=None, created_at=now)
    _rescore(step.account_ids)
    return reopened


def _end_actions(step: Step, by: User, now: dt.datetime) -> int:
    ended = list(NextAction.objects.filter(pk__in=step.row_ids, ended_at__isnull=True))
    NextAction.objects.filter(pk__in=[one.pk for one in ended]).update(ended_at=now, ended_by=by)
    for one in ended:
        replaced = NextAction.objects.filter(account=one.account_id, ended_at=one.created_at, is_done=False)
        replaced.exclude(pk=one.pk).update(ended_at=None, ended_by=None)
    return len(ended)


def _reopen_actions(step: Step, _by: User, _now: dt.datetime) -> int:
    again = NextAction.objects.filter(pk__in=step.row_ids, is_done=True)
    taken = NextAction.objects.filter(account__in=step.account_ids, ended_at__isnull=True).values("account")
    return again.exclude(account__in=taken).update(ended_at=None, ended_by=None, is_done=False)


def _hand_back(step: Step, by: User, now: dt.datetime) -> int:
    still = Account.objects.in_bulk([one.account_id for one in step.handovers])
    given = [(still[one.account_id], one) for one in step.handovers if one.account_id in still]
    given = [(account, one) for account, one in given if account.owner_id == one.owner_after]
    for account, one in given:
        account.owner_id, account.team_id = one.owner_before, one.team_before
        account.save(update_fields=["owner", "team", "updated_at"])
    record_assignments(changes=[OwnerBefore(account, one.owner_after) for account, one in given], by=by, now=now)
    return len(given)


def _bring_views_back(step: Step, by: User, _now: dt.datetime) -> int:
    removed = SavedView.objects.filter(pk__in=step.row_ids, owner=by, removed_at__isnull=False)
    return sum(_brought_back(view) for view in removed)


def _brought_back(view: SavedView) -> bool:
    try:
        restore_view(view=view)
    except ValueError:  # another view has its name by now
        return False
    return True


_WAYS_BACK: Final[dict[str, Callable[[Step, User, dt.datetime], int]]] = {
    SNOOZED: _end_snoozes,
    WOKEN: _reopen_snoozes,
    PAUSED: _end_quiet,
    RESUMED: _reopen_quiet,
    PLANNED: _end_actions,
    DONE: _reopen_actions,
    ASSIGNED: _hand_back,
    VIEW_REMOVED: _bring_views_back,
}


def rows_of(kind: str, accounts: Sequence[Account], rows: Iterable[Snooze | QuietPeriod | NextAction]) -> Step:
    """Return the step that wrote `rows`."""
    return Step(kind, tuple(account.pk for account in accounts), tuple(row.pk for row in rows))


def _rescore(account_ids: Sequence[int]) -> None:
    transaction.on_commit(partial(activity_changed.send_robust, sender=QuietPeriod, account_ids=tuple(account_ids)))
