"""How the embedded servers tell a person what they are doing."""

from collections.abc import Callable
from typing import TypeAlias

Report: TypeAlias = Callable[[str], None]
"""Called with one sentence."""


def silent(_: str) -> None:
    """Drop the sentence."""
