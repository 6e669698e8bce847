"""How a list begins for a person, as far as an address does not say otherwise: its columns, and the view it opens with.

Kept with the person (`User.list_settings`), who is read with every request anyway: no list takes a query more for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.models import User


@dataclass(frozen=True, slots=True)
class Beginning:
    """The columns that a person chose for a list, None for the usual ones, and the saved view it opens with, if any."""

    columns: tuple[str, ...] | None = None
    view_id: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as it is kept; what is usual is left out."""
        kept: dict[str, Any] = {}
        if self.columns is not None:
            kept["columns"] = list(self.columns)
        if self.view_id is not None:
            kept["view"] = self.view_id
        return kept

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> Beginning:
        """Read what `to_dict` gave."""
        columns = kept.get("columns")
        return cls(None if columns is None else tuple(columns), kept.get("view"))


def beginning_of(user: User, list_name: str) -> Beginning:
    """Return how a list begins for `user`."""
    return Beginning.from_dict(user.list_settings.get(list_name, {}))
