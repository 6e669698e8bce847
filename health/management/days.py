"""Days as arguments of commands."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentTypeError


def day_argument(text: str) -> dt.date:
    """Read a day such as 2026-06-15; anything else is an error that says so."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is not a day; write it like 2026-06-15.") from None
