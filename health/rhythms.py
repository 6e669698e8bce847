"""Rhythms: sufficient statistics recomputed from the touches, and the arrays that scoring works on.

One of the places with raw SQL: touches are read and statistics written as columns, a shard of accounts at a time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from django.db import connection

from config.days import day_start, firm_zone
from health.columns import (
    Flag,
    Moment,
    Reals,
    Table,
    Whole,
    columns_of,
    id_list,
    moment_number,
    read_columns,
    stage_columns,
)
from health.models import Rhythm, Series
from health.scoring.arrays import BoolArray, FloatArray, IntArray
from health.scoring.gaps import evidence_many
from health.scoring.histories import TouchHistories
from health.scoring.params import GapParams
from health.scoring.ranges import usual_ranges_many
from health.scoring.rhythm import RhythmStats, compute_rhythm

_ID: Final = Whole("account_id")
_STORED: Final = columns_of(Rhythm, without=("version", "computed_at", "evidence", "evidence_model_id"))
# The fields of RhythmStats, in their order.
_STATS: Final = (
    "account_id", "touch_days", "first_on", "last_on", "median_gap_days", "log_sum_100", "log_sum_085", "log_sum_060",
    "log_square_100", "log_square_085", "log_square_060", "gap_sum_100", "gap_sum_085", "gap_sum_060", "near_days",
    "far_days", "returned_gap_days",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class TouchDays:
    """The touch days of some accounts, of both series."""

    any_touch: TouchHistories
    client: TouchHistories

    def of(self, series: str) -> TouchHistories:
        """Return the histories of one series."""
        return self.client if series == Series.CLIENT else self.any_touch


def read_touch_days(account_ids: Sequence[int] | IntArray, *, as_of: dt.datetime) -> TouchDays:
    """Return the touch days of these accounts known at `as_of`; one pass over an index that holds all it needs."""
    with connection.cursor() as cursor:
        touches = read_columns(
            cursor,
            (
                (_ID, "account_id"),
                (Moment("at"), "occurred_at"),
                (Flag("client"), "direction IN ('inbound', 'mutual')"),
            ),
            "FROM touchpoints_touchpoint"
            " WHERE account_id = ANY(%(ids)s::bigint[]) AND counts AND occurred_at <= %(as_of)s",
            {"ids": id_list(account_ids), "as_of": as_of},
        )
    ids, days = touches["account_id"], firm_days_of(touches["at"])
    by_client = touches["client"]
    return TouchDays(TouchHistories.from_pairs(ids, days), TouchHistories.from_pairs(ids[by_client], days[by_client]))


def read_histories(account_ids: Sequence[int] | IntArray, series: str, *, as_of: dt.datetime) -> TouchHistories:
    """Return the touch days of these accounts known at `as_of`, for one series."""
    return read_touch_days(account_ids, as_of=as_of).of(series)


def firm_days_of(moments: IntArray) -> IntArray:
    """Return the ordinals of the firm's days of moments, as `Moment` columns hold them: int64[M]."""
    if not len(moments):
        return moments
    first, last = (int(_EPOCH_YEAR + end // _YEAR_MICROSECONDS) for end in (moments.min(), moments.max()))
    first = max(first - 1, 1)
    zone = str(firm_zone())
    starts = np.concatenate([_day_starts(zone, year) for year in range(first, last + 2)])
    return dt.date(first, 1, 1).toordinal() - 1 + np.searchsorted(starts, moments, side="right")


_EPOCH_YEAR: Final = 2000
_YEAR_MICROSECONDS: Final = 365.2425 * 86_400_000_000


@cache
def _day_starts(zone: str, year: int) -> IntArray:  # noqa: ARG001 - the starts depend on it
    """Return when each day of a year begins in the firm's time zone, as `Moment` columns hold it."""
    first = dt.date(year, 1, 1)
    count = (dt.date(year + 1, 1, 1) - first).days
    return np.array([moment_number(day_start(first + dt.timedelta(days=n))) for n in range(count)], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class EvidenceModel:
    """The model under which evidence is computed and stored: the key of its row and its parameters."""

    pk: int
    params: GapParams

    @property
    def column(self) -> Reals:
        """The column of evidence, one float for each component."""
        return Reals("evidence", width=self.params.components)


def rebuild_rhythms(
    account_ids: Sequence[int] | IntArray, *, as_of: dt.datetime, model: EvidenceModel | None = None
) -> int:
    """Recompute the rhythms of these accounts from the touches known at `as_of`.

    Both series; accounts left without touches lose their rows. Returns how many rows were new or different: rebuilding
    again changes nothing. With `model` the evidence of what changed is stored too, as the touch days are at hand.
    """
    days = read_touch_days(account_ids, as_of=as_of)
    parts = [_stored_rows(days.of(series), series, model) for series in (Series.ANY, Series.CLIENT)]
    table = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    with connection.cursor() as cursor:
        return _replace_rhythms(cursor, account_ids, table, as_of=as_of, model=model)


def _stored_rows(histories: TouchHistories, series: str, model: EvidenceModel | None) -> Table:
    stats, ranges = compute_rhythm(histories), usual_ranges_many(histories)
    names = RhythmStats.__dataclass_fields__
    table: Table = {column: getattr(stats, name) for column, name in zip(_STATS, names, strict=True)}
    table |= {
        "series": np.full(len(stats), str(series)),
        "low_gap_days": ranges[:, 0],
        "high_gap_days": ranges[:, 1],
    }
    if model is not None:
        table["evidence"] = evidence_many(histories, model.params)
    return table


# Figures by which one sees that touch days came, went or moved.
_TELLING: Final = (
    "touch_days", "first_on", "last_on", "log_sum_085", "log_sum_060", "gap_sum_060", "near_days", "far_days",
)  # fmt: skip


def _replace_rhythms(
    cursor: Any, account_ids: Sequence[int] | IntArray, table: Table, *, as_of: dt.datetime, model: EvidenceModel | None
) -> int:
    columns = (*_STORED, model.column) if model else _STORED
    stage_columns(cursor, "fresh_rhythm", columns, table)
    stored = {column.name: column.stored(f"fresh.{column.name}") for column in columns}
    stored |= {"version": "1", "computed_at": "%(as_of)s", "evidence_model_id": "%(model)s"}
    stored.setdefault("evidence", "NULL")
    changes = ", ".join(
        f"{name} = excluded.{name}" for name in stored if name not in {"account_id", "series", "version"}
    )
    old, new = (", ".join(f"{row}.{name}" for name in _TELLING) for row in ("old", "excluded"))
    cursor.execute(
        "DELETE FROM health_rhythm AS old"  # noqa: S608 - constant names
        " WHERE account_id = ANY(%(ids)s::bigint[]) AND NOT EXISTS"
        " (SELECT FROM fresh_rhythm AS fresh WHERE fresh.account_id = old.account_id"
        f" AND {stored['series']} = old.series)",
        {"ids": id_list(account_ids)},
    )
    # Rows whose figures stay the same are not written, so their version stands.
    cursor.execute(
        f"INSERT INTO health_rhythm AS old ({', '.join(stored)})"  # noqa: S608 - constant names
        f" SELECT {', '.join(stored.values())} FROM fresh_rhythm AS fresh ORDER BY account_id, series"
        f" ON CONFLICT (account_id, series) DO UPDATE SET {changes}, version = old.version + 1"
        f" WHERE ({old}) IS DISTINCT FROM ({new})",
        {"as_of": as_of, "model": model.pk if model else None},
    )
    changed = int(cursor.rowcount)
    cursor.execute("DROP TABLE fresh_rhythm")
    return changed


@dataclass(frozen=True, eq=False)
class RhythmRows:
    """Stored rhythms of one series, accounts in ascending order; those without touches have no row.

    ``evidence`` is float64[A, C], nan where none of the model is stored; ``low_gap_days`` and ``high_gap_days`` bound
    the usual range, float64[A], nan without gaps.
    """

    stats: RhythmStats
    evidence: FloatArray
    low_gap_days: FloatArray
    high_gap_days: FloatArray

    @property
    def lacks_evidence(self) -> BoolArray:
        """bool[A]: where evidence is still to be computed."""
        missing: BoolArray = np.isnan(self.evidence[:, 0])
        return missing


def read_rhythms(account_ids: Sequence[int] | IntArray, series: str) -> RhythmStats:
    """Return the stored statistics of one series, accounts in ascending order; those without touches have no row."""
    return _stats_of(_read(account_ids, series))


def read_rhythm_rows(account_ids: Sequence[int] | IntArray, series: str, model: EvidenceModel) -> RhythmRows:
    """Return the stored rhythms of one series with their evidence under `model`."""
    table = _read(account_ids, series, model)
    return RhythmRows(_stats_of(table), table["evidence"], table["low_gap_days"], table["high_gap_days"])


def _read(account_ids: Sequence[int] | IntArray, series: str, model: EvidenceModel | None = None) -> Table:
    columns = [(column, column.name) for column in _STORED if column.name != "series"]
    if model is not None:
        columns.append((model.column, "CASE WHEN evidence_model_id = %(model)s THEN evidence END"))
    with connection.cursor() as cursor:
        return read_columns(
            cursor,
            columns,
            "FROM health_rhythm WHERE series = %(series)s AND account_id = ANY(%(ids)s::bigint[]) ORDER BY account_id",
            {"series": series, "ids": id_list(account_ids), "model": model.pk if model else None},
        )


def _stats_of(table: Table) -> RhythmStats:
    return RhythmStats(*(table[name] for name in _STATS))


def scored_rhythms(
    account_ids: Sequence[int] | IntArray, model: EvidenceModel, *, as_of: dt.datetime
) -> tuple[RhythmRows, RhythmRows]:
    """Return the rhythms of both series, any touch and client, each with its evidence; what is missing is computed
    and stored.

    Only accounts whose gaps, or whose model, are new since it was stored have their touch days read, once for both.
    """
    both = {series: read_rhythm_rows(account_ids, series, model) for series in (Series.ANY, Series.CLIENT)}
    missing = [rows.stats.account_ids[rows.lacks_evidence] for rows in both.values()]
    if any(len(ids) for ids in missing):
        days = read_touch_days(np.union1d(*missing), as_of=as_of)
        for (series, rows), ids in zip(both.items(), missing, strict=True):
            histories = days.of(series)
            histories = histories.subset(np.isin(histories.account_ids, ids))
            fresh = evidence_many(histories, model.params)
            rows.evidence[np.searchsorted(rows.stats.account_ids, histories.account_ids)] = fresh
            if len(histories):
                _store_evidence(series, model, histories.account_ids, fresh)
    return both[Series.ANY], both[Series.CLIENT]


def _store_evidence(series: str, model: EvidenceModel, account_ids: IntArray, evidence: FloatArray) -> None:
    with connection.cursor() as cursor:
        stage_columns(cursor, "fresh_evidence", (_ID, model.column), {"account_id": account_ids, "evidence": evidence})
        cursor.execute(
            "UPDATE health_rhythm AS rhythm SET evidence = fresh.evidence, evidence_model_id = %(model)s"
            " FROM fresh_evidence AS fresh WHERE rhythm.account_id = fresh.account_id AND rhythm.series = %(series)s"
            " AND rhythm.account_id BETWEEN %(first)s AND %(last)s",
            {"model": model.pk, "series": series, "first": account_ids[0].item(), "last": account_ids[-1].item()},
        )
        cursor.execute("DROP TABLE fresh_evidence")
