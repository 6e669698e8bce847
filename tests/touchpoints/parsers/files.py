"""Small files, as bytes, for the parser tests."""

from __future__ import annotations

import io
from collections.abc import Iterable

from touchpoints.parsers.options import ImportOptions
from touchpoints.parsers.parse import parse_file
from touchpoints.parsers.records import Record, RowError


def rows(*lines: str) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def log_options(**changed: object) -> ImportOptions:
    """Options of a log `account,at,channel,subject`."""
    values: dict[str, object] = {
        "kind": "touchpoints",
        "mapping": {"account": 0, "at": 1, "channel": 2, "subject": 3},
    }
    return ImportOptions(**(values | changed))  # type: ignore[arg-type]


def parse_all(data: bytes, options: ImportOptions, **arguments: int) -> list[Record | RowError]:
    return list(parse_file(io.BytesIO(data), options, **arguments))


def codes(parsed: Iterable[Record | RowError]) -> list[str]:
    """`ok` for a record, the code for an error."""
    return [one.code if isinstance(one, RowError) else "ok" for one in parsed]
