"""Touchpoint files: logs of calls, mail, meetings and messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO, TypeVar

from touchpoints.parsers.dates import DateReader
from touchpoints.parsers.options import ImportOptions
from touchpoints.parsers.reader import read_rows
from touchpoints.parsers.records import (
    CellError,
    RowError,
    TouchpointRecord,
    derive_external_id,
    shorten_external_id,
)
from touchpoints.parsers.rows import RowParser
from touchpoints.parsers.values import (
    ChannelReading,
    domain_of,
    read_channel,
    read_direction,
    read_flag,
    read_outcome,
    split_people,
)

MAX_SUBJECT = 500
MAX_REF = 254
_CACHE_LIMIT = 20_000
T = TypeVar("T")


class TouchpointParser(RowParser[TouchpointRecord]):
    """Turns rows of cells into TouchpointRecords by one set of options; keeps what it learnt about repeated words.

    Where the row does not say otherwise, a meeting or visit is mutual: both sides took part, or it was none.
    Raises ValueError when the mapping lacks what a touch needs.
    """

    def __init__(self, options: ImportOptions) -> None:
        super().__init__(options)
        self._dates = DateReader(options.time_zone, options.date_order, options.dotted_order)
        self._ours = frozenset(domain.lower().lstrip("@") for domain in options.our_domains)
        self._channels: dict[str, ChannelReading] = {}
        self._directions: dict[str, str] = {"": ""}
        self._outcomes: dict[str, str] = {"": ""}
        self._flags: dict[str, bool] = {"": False}
        self._people: dict[str, tuple[str, ...]] = {"": ()}
        column = self._column
        self._account, self._account_name = column("account"), column("account_name")
        self._at, self._time = column("at"), column("time")
        self._channel, self._direction, self._outcome = column("channel"), column("direction"), column("outcome")
        self._contact, self._from, self._to = column("contact"), column("from"), column("to")
        self._our_person, self._automated = column("our_person"), column("automated")
        self._subject, self._body, self._external_id = column("subject"), column("body"), column("external_id")
        self._has_sides = "from" in options.mapping or "to" in options.mapping

    def _read(self, cells: list[str], line: int) -> TouchpointRecord:
        clock = self._time(cells)
        at_cell = self._at(cells)
        if not at_cell:
            raise CellError("no_date", "This row has no date; say when the touch was.")
        at = self._dates.moment_of(at_cell, clock) if clock else self._dates.moment(at_cell)
        channel = self._read_channel(self._channel(cells))
        direction = _cached(self._directions, self._direction(cells), read_direction) or channel.direction
        outcome = self._read_outcome(self._outcome(cells)) or channel.outcome
        contacts = _cached(self._people, self._contact(cells), split_people)
        ours = _cached(self._people, self._our_person(cells), split_people)
        if self._has_sides:
            contacts, ours, direction = self._read_sides(cells, contacts, ours, direction)
        name = self._account_name(cells)
        account = self._account(cells) or name or next((one for one in contacts if "@" in one), "")
        if not account:
            raise CellError("no_account", "This row names no client; give an account, or a contact's e-mail address.")
        if len(account) > 200 or len(name) > 200:
            raise CellError("too_long", "The account of this row is longer than 200 characters.")
        if not direction or direction == "unknown":
            direction = self._default_direction(channel.channel)
        automated = _cached(self._flags, self._automated(cells), read_flag) or channel.is_automated
        subject, body = self._subject(cells), self._body(cells)
        given_id = self._external_id(cells)
        if given_id:
            external_id = shorten_external_id(given_id)
        else:
            external_id = derive_external_id(
                account,
                at.isoformat(),
                channel.channel,
                direction,
                outcome,
                "a" if automated else "",
                ";".join(contacts),
                ";".join(ours),
                subject,
                body,
            )
        if len(subject) > MAX_SUBJECT:
            # Nothing is lost: the whole subject opens the text.
            subject, body = subject[: MAX_SUBJECT - 1] + "…", f"{subject}\n\n{body}".rstrip()
        return TouchpointRecord(
            line,
            account,
            contacts,
            ours,
            at,
            channel.channel,
            direction,
            outcome,
            automated,
            subject,
            body,
            external_id,
            name,
        )

    def _default_direction(self, channel: str) -> str:
        if self._options.default_direction == "unknown" and channel in {"meeting", "visit"}:
            return "mutual"
        return self._options.default_direction

    def _read_channel(self, cell: str) -> ChannelReading:
        known = self._channels.get(cell)
        if known is not None:
            return known
        if not cell:
            reading = ChannelReading(self._options.default_channel)
        else:
            try:
                reading = read_channel(cell)
            except CellError:
                if self._options.unknown_channel == "reject":
                    raise
                reading = ChannelReading("other")
        if len(self._channels) < _CACHE_LIMIT:
            self._channels[cell] = reading
        return reading

    def _read_outcome(self, cell: str) -> str:
        try:
            return _cached(self._outcomes, cell, read_outcome)
        except CellError:
            if self._options.unknown_outcome == "reject":
                raise
            return ""

    def _read_sides(
        self, cells: list[str], contacts: tuple[str, ...], ours: tuple[str, ...], direction: str
    ) -> tuple[tuple[str, ...], tuple[str, ...], str]:
        """Who is on which side of From and To, and by that the direction; our own domains tell."""
        senders = _cached(self._people, self._from(cells), split_people)
        recipients = _cached(self._people, self._to(cells), split_people)
        if not self._ours:
            known = direction or "unknown"
            theirs = senders if known == "inbound" else recipients if known == "outbound" else senders + recipients
            others = recipients if known == "inbound" else senders if known == "outbound" else ()
            return _merge(contacts, theirs), _merge(ours, others), direction
        from_us = [one for one in senders if self._is_ours(one)]
        from_them = [one for one in senders if not self._is_ours(one)]
        to_us = [one for one in recipients if self._is_ours(one)]
        to_them = [one for one in recipients if not self._is_ours(one)]
        if not contacts and not from_them and not to_them and (from_us or to_us):
            raise CellError("only_our_side", "Everybody in this row is on our side; no client took part.")
        direction = direction or ("inbound" if from_them else "outbound" if from_us else "")
        return _merge(contacts, (*from_them, *to_them)), _merge(ours, (*from_us, *to_us)), direction

    def _is_ours(self, person: str) -> bool:
        domain = domain_of(person) if "@" in person else ""
        return domain in self._ours or any(domain.endswith("." + ours) for ours in self._ours)


def _merge(first: tuple[str, ...], second: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _cached(cache: dict[str, T], cell: str, read: Callable[[str], T]) -> T:
    known = cache.get(cell)
    if known is None:
        known = read(cell)
        if len(cache) < _CACHE_LIMIT:
            cache[cell] = known
    return known


def parse_touchpoints(
    stream: BinaryIO, options: ImportOptions, *, skip_lines: int = 0
) -> Iterator[TouchpointRecord | RowError]:
    """Every row of a touchpoint file, in file order, as a record or as the reason why not.

    `stream`: seekable binary, at its start, plain or gzip; it stays open. `skip_lines`: see `reader.read_rows`.
    Raises ValueError for options that cannot work and UnreadableFileError for a damaged archive.
    """
    parser = TouchpointParser(options)
    for row in read_rows(stream, options, skip_lines=skip_lines):
        yield row if isinstance(row, RowError) else parser.parse(row[1], row[0])
