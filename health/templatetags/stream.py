"""How the texts of the stream are written: folded when they are long, with the words that were looked for marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from django import template
from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

#: A text that is longer, or has more lines, is folded to its beginning.
FOLDED_AFTER_CHARACTERS: Final = 320
FOLDED_AFTER_LINES: Final = 5
_LEAD_CHARACTERS: Final = 220
_LEAD_LINES: Final = 3
_EXCERPT_CHARACTERS: Final = 110
# Marks that belong to the letter before them, joiners and signs of direction are not torn from it.
_JOINED: Final = re.compile(r"[\u0300-\u036f\u064b-\u065f\u0900-\u0903\u093a-\u094f\u200c-\u200f\ufe0f]")


@register.filter
def lead(text: str) -> str:
    """Return the beginning of a text too long to be shown whole; '' for one that is not."""
    tidy = text.strip()
    lines = tidy.splitlines()
    if len(tidy) <= FOLDED_AFTER_CHARACTERS and len(lines) <= FOLDED_AFTER_LINES:
        return ""
    first = "\n".join(lines[:_LEAD_LINES])
    if len(first) > _LEAD_CHARACTERS:
        end = _LEAD_CHARACTERS
        while end < len(first) and _JOINED.match(first[end]):
            end += 1
        # Scripts without spaces are cut where they are.
        space = first.rfind(" ", end - 30, end)
        first = first[: space if space > 0 else end]
    return f"{first.rstrip()} …"


@register.filter
def excerpt(text: str, words: Sequence[str]) -> SafeString:
    """Write the lines around the first of `words` that stands in a text, marked; its beginning when none does."""
    tidy = " ".join(text.split())
    found = re.search("|".join(re.escape(word) for word in words), tidy, flags=re.IGNORECASE) if words else None
    start = max(0, found.start() - _EXCERPT_CHARACTERS) if found else 0
    start = tidy.find(" ", start) + 1 if start else 0
    end = (found.end() if found else start) + _EXCERPT_CHARACTERS
    cut = tidy[start:end]
    # Stems are searched for, whole words are marked: "Promised", not its first six letters.
    stems = "|".join(re.escape(word) for word in words)
    whole = sorted(set(re.findall(rf"\w*(?:{stems})\w*", cut, flags=re.IGNORECASE))) if stems else []
    return marked(f"{'… ' if start else ''}{cut}{' …' if end < len(tidy) else ''}", whole)


@register.filter
def marked(text: str, words: Sequence[str]) -> SafeString:
    """Write a text with each of `words` in a mark element, in any case."""
    wanted = [re.escape(word) for word in sorted(words, key=len, reverse=True)]
    if not wanted:
        return conditional_escape(text)
    parts = re.split(f"({'|'.join(wanted)})", text, flags=re.IGNORECASE)
    # Odd parts are what matched.
    return format_html_join(
        "", "{}{}{}", ((OPEN, part, CLOSE) if place % 2 else ("", part, "") for place, part in enumerate(parts))
    )


OPEN: Final = SafeString("<mark>")
CLOSE: Final = SafeString("</mark>")
