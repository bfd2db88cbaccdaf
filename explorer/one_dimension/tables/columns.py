"""A table's columns: numbers by their own decimal mark, and for each that is no signal the cell that says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from explorer.one_dimension.tables.cells import empty, mark_of, numbers

if TYPE_CHECKING:
    import pandas as pd

ALMOST = "holds text in"  #: a column of numbers otherwise
_LONGEST_CELL = 20


@dataclass(frozen=True, eq=False)
class Table:
    """columns by name, each (n,) float64 with NaN where a cell is no number; `faults` says of a column why it is no
    signal, `read_as` how the text was read: "semicolons, decimal comma"."""

    columns: dict[str, NDArray[np.float64]]
    faults: dict[str, str]
    read_as: str


class Column:
    """The cells of a column on their way to numbers."""

    def __init__(self, cells: pd.Series[str]) -> None:
        self.cells = cells
        self.empty = empty(cells)
        self.mark = mark_of(cells)
        self.head = 0  # rows above the numbers
        self.values: NDArray[np.float64] = np.empty(0)

    def read(self, usual: str) -> None:
        """Take the column's own decimal mark, or the table's where its own cells leave it open."""
        self.mark = self.mark or usual
        self.values = numbers(self.cells, self.mark)
        self.values[self.empty] = np.nan
        self.text = np.isnan(self.values) & ~self.empty

    @property
    def numeric(self) -> bool:
        """Whether beneath the head at least as many cells are numbers as are text."""
        return self.numeric_from(self.head)

    def numeric_from(self, row: int) -> bool:
        """Whether from this row on at least as many cells are numbers as are text."""
        count = int((~np.isnan(self.values[row:])).sum())
        return count > 0 and count >= int(self.text[row:].sum())

    @property
    def has_mark(self) -> bool:
        """Whether any of its numbers is written with a point or a comma."""
        return bool(self.cells[~np.isnan(self.values)].str.contains(r"[.,]").any())

    def put(self, table: Table, title: str, places: Sequence[int]) -> None:
        """Add what stands beneath the head to the table, with what is wrong with it."""
        head = self.head
        values, text = self.values[head:], self.text[head:]
        if not self.numeric or not np.isfinite(values).any():
            if text.any():
                table.faults[title] = f"“{title}” holds text, such as {self._cell(head + int(text.argmax()), places)}."
            return
        if text.any():
            place = self._cell(head + int(text.argmax()), places)
            table.faults[title] = f"“{title}” {ALMOST} {place}; put a number there or leave the row out."
            return
        table.columns[title] = values
        gaps = ~np.isfinite(values)
        if gaps.any():
            first = int(gaps.argmax())
            table.faults[title] = (
                f"“{title}” has a gap: value {first + 1:,} ({self._cell(head + first, places)}) is empty, NaN or "
                "infinite; fill it or leave the row out."
            )

    def _cell(self, row: int, places: Sequence[int]) -> str:
        where = f"row {places[row]:,}" if row < len(places) else f"row {row + 1:,}"
        said = str(self.cells.iloc[row]).strip()
        said = said if len(said) <= _LONGEST_CELL else said[: _LONGEST_CELL - 1] + "…"
        return f"{where}: “{said}”" if said else where


def mark_of_all(columns: Sequence[Column], delimiter: str) -> str:
    """The table's decimal mark: that of most columns that show theirs; where none does, a comma only if it can't divide
    cells."""
    shown = [column.mark for column in columns if column.mark]
    if shown:
        return "," if shown.count(",") > shown.count(".") else "."
    commas = any(column.cells.str.contains(",", regex=False).any() for column in columns)
    return "," if commas and delimiter != "," else "."
