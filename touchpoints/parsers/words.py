"""Folding words so that spellings of one word meet: case, accents, punctuation and spacing do not matter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

_SEPARATORS = re.compile(r"[\W_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def fold(text: str) -> str:
    """`E-Mail`, `e_mail` and ` é mail ` all become `e mail`."""
    # Twice: taking characters apart may bring capitals to light, and small letters more to take apart.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _SEPARATORS.sub(" ", bare).strip()


def fold_name(text: str) -> str:
    """A column's name folded, words run together by capitals parted: `accountId` becomes `account id`."""
    return fold(_CAMEL.sub(" ", text))


def index_synonyms(synonyms: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Turn {value: its words} into {folded word: value}; ValueError when one word stands for two values."""
    index: dict[str, str] = {}
    for value, words in synonyms.items():
        for word in words:
            if index.setdefault(fold(word), value) != value:
                raise ValueError(f"{word!r} stands for both {index[fold(word)]!r} and {value!r}")
    return index
