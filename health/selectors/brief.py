"""The handover brief: what whoever looks after an account next must know, on one page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q, QuerySet

from accounts.models import Account
from health.models import AccountHealth, BandChange, NextAction
from health.selectors.account import Suppression, suppression_of
from health.selectors.next_actions import open_action
from health.selectors.people import People, people_of
from health.selectors.promised import speaks_of_a_promise
from touchpoints.models import Channel, Direction, Touchpoint

RECENT_DAYS: Final = 90
#: One printed page holds so many of each.
_TALKS, _MOVES, _PROMISES, _BOOKED = 5, 3, 3, 4


@dataclass(frozen=True, slots=True)
class ChannelCount:
    """How many touches of the last 90 days came on one channel."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything on the page that is not on the account or its score.

    `waiting` is the client's newest touch when nothing of ours has followed it.
    """

    people: People
    channels: list[ChannelCount]
    touches: int
    from_client: int
    talks: list[Touchpoint]
    moves: list[BandChange]
    last_talk: Touchpoint | None
    promises: list[Touchpoint]
    booked: list[Touchpoint]
    waiting: Touchpoint | None
    suppression: Suppression
    next_action: NextAction | None


def brief_of(account: Account, health: AccountHealth | None, *, as_of: dt.datetime, today: dt.date) -> Brief:
    """Return the brief as of a moment; the same number of queries for every account."""
    known = Touchpoint.objects.filter(account=account, counts=True, occurred_at__lte=as_of)
    recent = known.filter(occurred_at__gt=as_of - dt.timedelta(days=RECENT_DAYS))
    last_talk = _with_people(known.filter(is_voice=True)).first()
    channels, from_client = _counted(recent)
    talks = _with_people(recent.filter(is_voice=True))[: _TALKS + 1]
    return Brief(
        people=people_of(account, health, as_of=as_of),
        channels=channels,
        touches=sum(one.count for one in channels),
        from_client=from_client,
        talks=[talk for talk in talks if talk != last_talk][:_TALKS],
        moves=list(
            BandChange.objects.filter(
                account=account, changed_on__gt=today - dt.timedelta(days=RECENT_DAYS), changed_on__lte=today
            ).order_by("-changed_on")[:_MOVES]
        ),
        last_talk=last_talk,
        promises=list(_with_people(known.filter(speaks_of_a_promise()))[:_PROMISES]),
        booked=list(
            Touchpoint.objects.filter(account=account, counts=True, occurred_at__gt=as_of).order_by("occurred_at")[
                :_BOOKED
            ]
        ),
        waiting=_waiting(known),
        suppression=suppression_of(account, today=today),
        next_action=open_action(account),
    )


def _with_people(touches: QuerySet[Touchpoint]) -> QuerySet[Touchpoint]:
    return touches.prefetch_related("contacts", "colleagues").order_by("-occurred_at", "-pk")


def _counted(recent: QuerySet[Touchpoint]) -> tuple[list[ChannelCount], int]:
    """Return the counts by channel, most first, and how many came from the client alone."""
    rows = (
        recent.order_by()
        .values_list("channel")
        .annotate(count=Count("pk"), inbound=Count("pk", filter=Q(direction=Direction.INBOUND)))
    )
    found = sorted(rows, key=lambda row: (-row[1], row[0]))
    labels = dict(Channel.choices)
    return [ChannelCount(str(labels[channel]), count) for channel, count, _ in found], sum(row[2] for row in found)


def _waiting(known: QuerySet[Touchpoint]) -> Touchpoint | None:
    newest = known.order_by("-occurred_at", "-pk").first()
    return newest if newest is not None and newest.direction == Direction.INBOUND else None
