"""Cells of the CSV files Hark writes."""

from __future__ import annotations

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_safe(cell: object) -> str:
    """The cell as text that no spreadsheet runs: what would start a formula gets an apostrophe in front.

    None becomes empty. Plain numbers, negative ones included, stay numbers. Leading spaces hide nothing from a
    spreadsheet, so they are looked through. Import keeps such cells as they are; only what we write is guarded.
    """
    if cell is None:
        return ""
    text = str(cell).replace("\0", "")
    if isinstance(cell, int | float) or not text.lstrip(" \u00a0").startswith(_FORMULA_STARTS):
        return text
    return text if _is_number(text) else "'" + text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii() and text[-1:].isdigit()
