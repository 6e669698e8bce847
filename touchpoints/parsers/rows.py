"""What the parsers of the three kinds of row have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from touchpoints.parsers.columns import cell_getter
from touchpoints.parsers.options import ImportOptions
from touchpoints.parsers.reader import fit_columns
from touchpoints.parsers.records import CellError, RowError

R = TypeVar("R")


class RowParser(ABC, Generic[R]):
    """Turns rows of cells into records of one kind by one set of options.

    Raises ValueError when the mapping lacks what such a record needs.
    """

    def __init__(self, options: ImportOptions) -> None:
        if options.missing():
            raise ValueError(f"mapping: no column is chosen for {', '.join(options.missing())}")
        self._options = options
        self._column = cell_getter(options.mapping)
        self._columns = options.column_count
        self._least_columns = max(options.mapping.values()) + 1

    def parse(self, cells: list[str], line: int) -> R | RowError:
        """The record of one row, or why there is none; never raises for what a row holds."""
        try:
            if self._columns and len(cells) != self._columns:
                error = fit_columns(cells, line, self._columns)
            elif len(cells) < self._least_columns:
                error = fit_columns(cells, line, self._least_columns)
            else:
                error = None
            return error or self._read(cells, line)
        except CellError as error:
            return RowError(line, tuple(cells), error.code, error.message)

    @abstractmethod
    def _read(self, cells: list[str], line: int) -> R:
        """The record of a row that has all its columns. Raises CellError."""
