"""What the trust page shows, bound to what the reader may see.

A report is of the whole firm, cut by team, segment and owner as they were on its day. Who sees everything reads the
firm's figures; a lead reads those of the own team, an account manager those of the own book. Names of lost accounts are
looked up among the accounts that the reader may see today.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from accounts.access import accounts_visible_to, sees_everything
from accounts.models import Role, Segment, Team, User
from health.models import TrustReport


@dataclass(frozen=True, slots=True)
class TrustScope:
    """Whose figures a reader gets: `group` is "firm", or a grouping of the report with the `key` within it."""

    group: str
    key: str
    words: str

    @property
    def is_firm(self) -> bool:
        return self.group == "firm"


def trust_scope(user: User) -> TrustScope:
    """Return whose figures `user` may read; the rule stands in docs/access.md."""
    if sees_everything(user):
        return TrustScope("firm", "", "the firm")
    if user.role == Role.LEAD and user.team_id is not None:
        return TrustScope("team", str(user.team_id), "your team")
    return TrustScope("owner", str(user.pk), "your book")


def figures_for(scope: TrustScope, report: dict[str, Any]) -> dict[str, Any] | None:
    """Return the figures of a scope; None when no account of it took part in the replay."""
    if scope.is_firm:
        firm: dict[str, Any] = report["firm"]
        return firm
    found: dict[str, Any] | None = report["groups"][scope.group].get(scope.key)
    return found


def newest_reports() -> tuple[TrustReport | None, TrustReport | None]:
    """Return the newest finished report, and the one that is being computed; None for either that there is not."""
    unfinished = TrustReport.objects.filter(finished_at__isnull=True).defer("report").first()
    return TrustReport.objects.filter(finished_at__isnull=False).first(), unfinished


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """A team or a segment by name, with its figures."""

    kind: str
    name: str
    figures: dict[str, Any]


def groups_by_name(report: dict[str, Any]) -> list[GroupFigures]:
    """Return the firm's teams, then its segments; those that are no more are left out."""
    named = {
        "team": list(Team.objects.values_list("pk", "name")),
        "segment": list(Segment.objects.values_list("pk", "name")),
    }
    return [
        GroupFigures(kind, name, report["groups"][kind][str(pk)])
        for kind, rows in named.items()
        for pk, name in rows
        if str(pk) in report["groups"][kind]
    ]


@dataclass(frozen=True, slots=True)
class LostAccount:
    """An account that the firm lost, and when it was flagged; `flagged_on` is None for never."""

    account_id: int
    name: str
    last_touch_on: dt.date
    lost_on: dt.date
    flagged_on: dt.date | None
    is_young: bool

    @property
    def is_in_time(self) -> bool:
        return self.flagged_on is not None and self.flagged_on < self.lost_on

    @property
    def warning_days(self) -> int | None:
        return (self.lost_on - self.flagged_on).days if self.flagged_on and self.is_in_time else None


def lost_accounts(user: User, report: dict[str, Any]) -> list[LostAccount]:
    """Return the lost accounts of the scope of `user` that they may see, in the order of the report: the latest first.

    An account manager may see the team's too, but the figures beside the names are of the own book.
    """
    rows, scope = report["lost"], trust_scope(user)
    visible = accounts_visible_to(user).filter(pk__in=[row["account"] for row in rows]).order_by()
    if not scope.is_firm:
        visible = visible.filter(**{scope.group: scope.key})
    names = dict(visible.values_list("pk", "name"))
    return [
        LostAccount(
            row["account"],
            names[row["account"]],
            dt.date.fromisoformat(row["last_touch"]),
            dt.date.fromisoformat(row["lost_on"]),
            dt.date.fromisoformat(row["flagged_on"]) if row["flagged_on"] else None,
            row["is_young"],
        )
        for row in rows
        if row["account"] in names
    ]
