"""Touchpoint files: logs of calls, mail, meetings and messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import itemgetter
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
MAX_NAME = 200
_CACHE_LIMIT = 20_000
_ORDER = (
    "account", "account_name", "at", "time", "channel", "direction", "outcome", "contact", "from", "to", "our_person",
    "subject", "body", "external_id", "automated",
)  # fmt: skip
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
        self._has_sides = "from" in options.mapping or "to" in options.mapping
        # Unmapped fields read the empty cell that `_read` puts at the end of the row.
        self._pick = itemgetter(*(options.mapping.get(name, -1) for name in _ORDER))
        self._channels: dict[str, ChannelReading] = {}
        self._directions: dict[str, str] = {"": ""}
        self._outcomes: dict[str, str] = {"": ""}
        self._flags: dict[str, bool] = {"": False}
        self._people: dict[str, tuple[str, ...]] = {"": ()}

    def _read(self, cells: list[str], line: int) -> TouchpointRecord:
        (
            account_cell, name, at_cell, time_cell, channel_cell, direction_cell, outcome_cell, contact_cell,
            sender_cell, recipient_cell, our_cell, subject, body, given_id, automated_cell,
        ) = map(str.strip, self._pick([*cells, ""]))  # fmt: skip
        if not at_cell:
            raise CellError("no_date", "This row has no date; say when the touch was.")
        at = self._dates.moment_of(at_cell, time_cell) if time_cell else self._dates.moment(at_cell)
        channel = self._channels.get(channel_cell) or self._read_channel(channel_cell)
        direction = _cached(self._directions, direction_cell, read_direction) or channel.direction
        outcome = (self._read_outcome(outcome_cell) if outcome_cell else "") or channel.outcome
        contacts = _cached(self._people, contact_cell, split_people) if contact_cell else ()
        ours = _cached(self._people, our_cell, split_people) if our_cell else ()
        if self._has_sides:
            contacts, ours, direction = self._read_sides(sender_cell, recipient_cell, contacts, ours, direction)
        account = account_cell or name or _first_address(contacts)
        _check_account(account, name)
        if not direction or direction == "unknown":
            direction = self._default_direction(channel.channel)
        is_automated = channel.is_automated or _cached(self._flags, automated_cell, read_flag)
        if given_id:
            external_id = shorten_external_id(given_id)
        else:
            # The moment as seconds: the cheapest exact text of it.
            who, what = (";".join(contacts), ";".join(ours)), (subject, body, "automated" if is_automated else "")
            external_id = derive_external_id(
                account, str(at.timestamp()), channel.channel, direction, outcome, *who, *what
            )
        if len(subject) > MAX_SUBJECT:
            # Nothing is lost: the whole subject opens the text.
            subject, body = subject[: MAX_SUBJECT - 1] + "…", f"{subject}\n\n{body}".rstrip()
        return TouchpointRecord(
            line, account, contacts, ours, at, channel.channel, direction, outcome, is_automated, subject, body,
            external_id, name,
        )  # fmt: skip

    def _default_direction(self, channel: str) -> str:
        if self._options.default_direction == "unknown" and channel in {"meeting", "visit"}:
            return "mutual"
        return self._options.default_direction

    def _read_channel(self, cell: str) -> ChannelReading:
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
        self, sender: str, recipient: str, contacts: tuple[str, ...], ours: tuple[str, ...], direction: str
    ) -> tuple[tuple[str, ...], tuple[str, ...], str]:
        """Who is on which side of From and To, and by that the direction; our own domains tell."""
        senders = _cached(self._people, sender, split_people)
        recipients = _cached(self._people, recipient, split_people)
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


def _first_address(people: tuple[str, ...]) -> str:
    return next((person for person in people if "@" in person), "")


def _check_account(account: str, name: str) -> None:
    if not account:
        raise CellError("no_account", "This row names no client; give an account, or a contact's e-mail address.")
    if len(account) > MAX_NAME or len(name) > MAX_NAME:
        raise CellError("too_long", f"The account of this row is longer than {MAX_NAME} characters.")


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
