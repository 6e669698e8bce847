"""Talk patterns: who took part, on which channel, in whose company; the statistics of the signals.

A place with raw SQL beside `health.rhythms`, and built like it: touches are read and statistics written as columns, a
shard of accounts at a time. `health.scoring.signals.statistics` computes them; nothing in them depends on the day of
the computation but by the touches known then, all is counted back from the last touch day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from django.db import connection

from health.columns import (
    NO_NUMBER,
    Day,
    Flag,
    Moment,
    Table,
    Whole,
    columns_of,
    id_list,
    read_columns,
    stage_columns,
)
from health.models import TalkPattern
from health.rhythms import firm_days_of
from health.scoring.arrays import IntArray
from health.scoring.signals.statistics import compute_talk_stats
from health.scoring.signals.talk_days import TalkDays, TalkStats

_STORED: Final = columns_of(TalkPattern, without=("computed_at",))
_ID: Final = Whole("account_id")
# Columns that name a contact, where the arrays of scoring have 0 for nobody, which no id is.
_CONTACTS: Final = frozenset({"lone_contact_id", "sponsor_id"})


def rebuild_talk_patterns(account_ids: Sequence[int] | IntArray, *, as_of: dt.datetime) -> int:
    """Recompute the talk patterns of these accounts from the facts known at `as_of`.

    Accounts left without touches lose their row. Returns how many rows were new or different: rebuilding again changes
    nothing.
    """
    table = _table_of(compute_talk_stats(read_talk_days(account_ids, as_of=as_of)))
    stored = {column.name: column.stored(f"fresh.{column.name}") for column in _STORED}
    names = [name for name in stored if name != "account_id"]
    changes = ", ".join(f"{name} = excluded.{name}" for name in (*names, "computed_at"))
    old, new = (", ".join(f"{row}.{name}" for name in names) for row in ("old", "excluded"))
    with connection.cursor() as cursor:
        stage_columns(cursor, "fresh_talk", _STORED, table)
        cursor.execute(
            "DELETE FROM health_talkpattern AS old WHERE account_id = ANY(%s::bigint[])"
            " AND NOT EXISTS (SELECT FROM fresh_talk AS fresh WHERE fresh.account_id = old.account_id)",
            [id_list(account_ids)],
        )
        # Rows whose figures stay the same are not written.
        cursor.execute(
            f"INSERT INTO health_talkpattern AS old ({', '.join(stored)}, computed_at)"  # noqa: S608 - constant names
            f" SELECT {', '.join(stored.values())}, %s FROM fresh_talk AS fresh"
            " WHERE EXISTS (SELECT FROM accounts_account WHERE id = fresh.account_id) ORDER BY account_id"
            f" ON CONFLICT (account_id) DO UPDATE SET {changes} WHERE ({old}) IS DISTINCT FROM ({new})",
            [as_of],
        )
        changed = int(cursor.rowcount)
        cursor.execute("DROP TABLE fresh_talk")
    return changed


def read_talk_patterns(account_ids: Sequence[int] | IntArray) -> TalkStats:
    """Return the stored statistics, accounts in ascending order; those without touches have no row."""
    with connection.cursor() as cursor:
        table = read_columns(
            cursor,
            [(column, column.name) for column in _STORED],
            "FROM health_talkpattern WHERE account_id = ANY(%(accounts)s::bigint[]) ORDER BY account_id",
            {"accounts": id_list(account_ids)},
        )
    return TalkStats(
        *(np.where(values == NO_NUMBER, 0, values) if name in _CONTACTS else values for name, values in table.items())
    )


def _table_of(stats: TalkStats) -> Table:
    values = (getattr(stats, name) for name in TalkStats.__dataclass_fields__)
    return {
        column.name: np.where(known == 0, NO_NUMBER, known) if column.name in _CONTACTS else known
        for column, known in zip(_STORED, values, strict=True)
    }


def read_talk_days(account_ids: Sequence[int] | IntArray, *, as_of: dt.datetime) -> TalkDays:
    """Return who took part on which day, known at `as_of`: the touches, the people met, and the accounts' contacts."""
    given: dict[str, Any] = {"ids": id_list(account_ids), "as_of": as_of}
    known = "account_id = ANY(%(ids)s::bigint[]) AND counts AND occurred_at <= %(as_of)s"
    with connection.cursor() as cursor:
        touches = read_columns(
            cursor,
            (
                (_ID, "account_id"),
                (Moment("at"), "occurred_at"),
                (Flag("voice"), "is_voice"),
                (Flag("client"), "direction IN ('inbound', 'mutual')"),
                (Flag("ours"), "direction = 'outbound'"),
            ),
            f"FROM touchpoints_touchpoint WHERE {known}",
            given,
        )
        meetings = read_columns(
            cursor,
            ((_ID, "account_id"), (Whole("contact"), "contact_id"), (Moment("at"), "occurred_at")),
            "FROM touchpoints_touchpoint AS touch JOIN touchpoints_touchpoint_contacts AS link"
            f" ON link.touchpoint_id = touch.id WHERE {known} AND direction IN ('inbound', 'mutual')",
            given,
        )
        contacts = read_columns(
            cursor,
            (
                (_ID, "account_id"),
                (Whole("contact"), "id"),
                (Flag("ranked"), "level IN ('director', 'executive')"),
                (Day("left"), "left_on"),
            ),
            "FROM accounts_contact WHERE account_id = ANY(%(ids)s::bigint[])",
            given,
        )
    return TalkDays.from_columns(
        touches={**touches, "day": firm_days_of(touches["at"])},
        meetings={**meetings, "day": firm_days_of(meetings["at"])},
        contacts=contacts,
    )
