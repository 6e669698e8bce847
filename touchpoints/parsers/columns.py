"""Getting at the cell of a field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

CellGetter = Callable[[Sequence[str]], str]


def cell_getter(mapping: Mapping[str, int]) -> Callable[[str], CellGetter]:
    """A maker of functions `row -> stripped cell of that field`; unmapped fields are always empty."""

    def getter(field: str) -> CellGetter:
        column = mapping.get(field)
        if column is None:
            return _nothing
        return lambda cells: cells[column].strip()

    return getter


def _nothing(cells: Sequence[str]) -> str:  # noqa: ARG001 - the shape of a CellGetter
    return ""
