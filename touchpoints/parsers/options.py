"""How one file is to be read: everything a person may confirm or correct, in one frozen, JSON-able value."""

from __future__ import annotations

import codecs
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from touchpoints.parsers.dates import DateOrder
from touchpoints.parsers.fields import FIELDS, Kind, missing_fields
from touchpoints.parsers.values import CHANNELS, DIRECTIONS

_CHOICES: dict[str, tuple[str, ...]] = {
    "kind": tuple(Kind),
    "date_order": tuple(DateOrder),
    "dotted_order": (DateOrder.DMY, DateOrder.MDY),
    "default_channel": CHANNELS,
    "default_direction": DIRECTIONS,
    "unknown_channel": ("reject", "other"),
    "unknown_outcome": ("reject", "plain"),
    "quote": ('"', "'", ""),
    "delimiter": (",", ";", "\t", "|"),
}


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to read one file. Raises ValueError, naming the option, for a value that cannot be.

    kind: accounts, contacts or touchpoints.
    encoding, delimiter, quote: how bytes become cells; `quote` may be empty (no quoting).
    has_header, first_line: whether there is a header, and the 1-based physical line of it (or of the first row).
    column_count: cells every row must have; 0 takes the number in the first row.
    mapping: {field name: 0-based column}, for the fields of `fields.FIELDS[kind]`.
    date_order: of numeric dates with slashes or hyphens and the year last; AMBIGUOUS reads only dates that can be read
        one way and rejects the others. dotted_order: the same for 31.12.2024.
    time_zone: IANA name, for times without an offset.
    default_channel, default_direction: for touches whose row does not say.
    unknown_channel, unknown_outcome: whether a word not understood rejects the row or becomes `other` / plain.
    our_domains: our own e-mail domains; they tell our side from the client's in From and To.
    create_unknown_accounts: whether a touch or contact of an unknown account creates it or is rejected (for the
        writer; parsing does not look at it).
    """

    kind: str
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    has_header: bool = True
    first_line: int = 1
    column_count: int = 0
    mapping: Mapping[str, int] = field(default_factory=dict)
    date_order: str = DateOrder.AMBIGUOUS
    dotted_order: str = DateOrder.DMY
    time_zone: str = "UTC"
    default_channel: str = "other"
    default_direction: str = "unknown"
    unknown_channel: str = "reject"
    unknown_outcome: str = "reject"
    our_domains: tuple[str, ...] = ()
    create_unknown_accounts: bool = True

    def __post_init__(self) -> None:
        for name, allowed in _CHOICES.items():
            value = getattr(self, name)
            if value not in allowed:
                raise ValueError(f"{name}: {value!r} is not one of {', '.join(repr(str(one)) for one in allowed)}")
        self._check_encoding()
        self._check_time_zone()
        self._check_numbers()
        self._check_mapping()

    def _check_encoding(self) -> None:
        try:
            is_text = codecs.lookup(self.encoding)._is_text_encoding
        except (LookupError, ValueError, TypeError):
            is_text = False
        if not is_text:
            raise ValueError(f"encoding: {self.encoding!r} is not a text encoding; write it like utf-8 or cp1252")

    def _check_time_zone(self) -> None:
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError, TypeError) as error:
            raise ValueError(
                f"time_zone: {self.time_zone!r} is not a time zone; write it like Europe/Berlin"
            ) from error

    def _check_numbers(self) -> None:
        for name, least in (("first_line", 1), ("column_count", 0)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise ValueError(f"{name}: must be a whole number from {least}, not {value!r}")
        for name in ("has_header", "create_unknown_accounts"):
            if not isinstance(getattr(self, name), bool):
                raise ValueError(f"{name}: must be true or false, not {getattr(self, name)!r}")  # noqa: TRY004 - a bad option is a ValueError, whatever is bad about it
        if not all(isinstance(domain, str) for domain in self.our_domains):
            raise ValueError("our_domains: must be a list of domains such as example.com")

    def _check_mapping(self) -> None:
        known = {one.name for one in FIELDS[Kind(self.kind)]}
        for name, column in self.mapping.items():
            if name not in known:
                raise ValueError(f"mapping: there is no field {name!r} in {self.kind}")
            if isinstance(column, bool) or not isinstance(column, int) or column < 0:
                raise ValueError(f"mapping: the column of {name!r} must be a whole number from 0, not {column!r}")
            if self.column_count and column >= self.column_count:
                raise ValueError(
                    f"mapping: {name!r} cannot be in column {column + 1}; the file has {self.column_count} columns"
                )

    def missing(self) -> list[str]:
        """What must still be mapped before the file can be read, in words; empty when it can."""
        return missing_fields(Kind(self.kind), set(self.mapping))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; `from_dict` gives back an equal value."""
        plain = {one.name: getattr(self, one.name) for one in dataclasses.fields(self)}
        plain["mapping"] = dict(self.mapping)
        plain["our_domains"] = list(self.our_domains)
        return {name: str(value) if isinstance(value, str) else value for name, value in plain.items()}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> ImportOptions:
        """Read what `to_dict` wrote (or a form built); ValueError for an unknown option or an impossible value."""
        unknown = set(plain) - {one.name for one in dataclasses.fields(cls)}
        if unknown:
            raise ValueError(f"unknown options: {', '.join(sorted(unknown))}")
        if "kind" not in plain:
            raise ValueError("kind: missing")
        values = dict(plain)
        if "mapping" in values:
            if not isinstance(values["mapping"], Mapping):
                raise ValueError("mapping: must be an object of field names and column numbers")
            values["mapping"] = dict(values["mapping"])
        if "our_domains" in values:
            if not isinstance(values["our_domains"], list | tuple):
                raise ValueError("our_domains: must be a list of domains such as example.com")
            values["our_domains"] = tuple(values["our_domains"])
        return cls(**values)
