"""What every parser yields: a record for a row that could be read, a `RowError` for one that could not.

Empty texts and None mean "the file does not say": a writer leaves such a field of an existing object alone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


class CellError(ValueError):
    """A cell cannot be read. `code` is stable and short, the message is what the user reads."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class UnreadableFileError(ValueError):
    """The file as a whole cannot be read (on): not a table, damaged archive. The message says what to do."""


@dataclass(frozen=True, slots=True)
class TouchpointRecord:
    """One communication, as a file tells it.

    `account_ref` is an external id or a name, or, where the file has no such column, the client's e-mail address.
    `contact_refs` and `our_refs` are e-mail addresses (lower case) or names. `occurred_at` is aware, in UTC.
    `account_name` is the name beside an id, for creating an account that is not known yet; it may be empty.
    `line` is the 1-based physical line at which the row begins.
    """

    line: int
    account_ref: str
    contact_refs: tuple[str, ...]
    our_refs: tuple[str, ...]
    occurred_at: datetime
    channel: str
    direction: str
    outcome: str
    is_automated: bool
    subject: str
    body: str
    external_id: str
    account_name: str = ""


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """One client firm, as a file tells it. `arr` is in the firm's currency, two decimals; `status` may be empty."""

    line: int
    external_id: str
    name: str
    owner_email: str
    team: str
    segment: str
    arr: Decimal | None
    renewal_on: date | None
    started_on: date | None
    status: str
    agreed_cadence_days: int | None
    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """One person at a client, as a file tells it. `account_ref` as in `TouchpointRecord`; `level` may be empty."""

    line: int
    account_ref: str
    name: str
    email: str
    title: str
    level: str
    external_id: str
    left_on: date | None


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that was not taken: where it stands, its cells as received (long ones shortened), and why."""

    line: int
    cells: tuple[str, ...]
    code: str
    message: str


Record = TouchpointRecord | AccountRecord | ContactRecord

MAX_EXTERNAL_ID = 200


def derive_external_id(*parts: str) -> str:
    """The id of a touch whose source gives none: 128 bits of the SHA-256 of what the row says.

    The same row always gets the same id, in this file and in the next export, so a replay changes nothing. The price:
    two rows that agree in every part (account, moment, channel, direction, outcome, people, texts) are one touch.
    """
    return "row-" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def shorten_external_id(external_id: str) -> str:
    """An id longer than the database keeps, made to fit without two different ids becoming one."""
    if len(external_id) <= MAX_EXTERNAL_ID:
        return external_id
    digest = hashlib.sha256(external_id.encode()).hexdigest()[:32]
    return f"{external_id[: MAX_EXTERNAL_ID - 33]}-{digest}"
