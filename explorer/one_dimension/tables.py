"""Columns of numbers out of a table as text: CSV in all its dialects, with words above the numbers or without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from explorer.one_dimension.cells import MARKS, empty, mark_of, numbers
from explorer.one_dimension.delimited import DELIMITERS, delimiter_of, lines_of, table_of

if TYPE_CHECKING:
    import pandas as pd

MOST_CELLS = 10_000_000
_LONGEST_NAME, _LONGEST_CELL, _LONGEST_UNIT = 60, 20, 8
_ALMOST = "holds text in"  # a column of numbers otherwise
_MOST_HEAD = 60  # rows of words above the numbers


class TableError(ValueError):
    """Text that is no table of numbers; the message goes on from the file's name."""


@dataclass(frozen=True, eq=False)
class Table:
    """columns by name, each (n,) float64 with NaN where a cell is no number; `faults` says of a column why it is no
    signal, `taken` how the text was read: "semicolons, decimal comma"."""

    columns: dict[str, NDArray[np.float64]]
    faults: dict[str, str]
    taken: str


def read_table(text: str) -> Table:
    """The columns of numbers in a table. Raises TableError when there is none, and when it is too large."""
    lines, places, delimiter = lines_of(text)
    if not lines:
        raise TableError("has no column of numbers: it holds no rows.")
    delimiter = delimiter or delimiter_of(lines)
    if len(lines) * (lines[0].count(delimiter) + 1 if delimiter else 1) > MOST_CELLS:
        raise TableError(f"has more than {MOST_CELLS:,} cells: leave columns out.")
    cells = table_of(lines, delimiter)
    read = [_Column(cells[index]) for index in cells]
    mark = _mark(read, delimiter)
    for column in read:
        column.read(mark)
    head = _head(read)
    names = _names(cells.iloc[:head])
    found = Table({}, {}, _taken(delimiter, read))
    for index, column in enumerate(read):
        column.put(found, _title(names, index, found), head, places)
    if not found.columns:
        faults = sorted(found.faults.values(), key=lambda fault: _ALMOST not in fault)
        raise TableError(f"has no column of numbers: {faults[0] if faults else 'its cells are empty.'}")
    return found


class _Column:
    """The cells of a column on their way to numbers."""

    def __init__(self, cells: pd.Series[str]) -> None:
        self.cells = cells
        self.empty = empty(cells)
        self.mark = mark_of(cells)
        self.values: NDArray[np.float64] = np.empty(0)

    def read(self, usual: str) -> None:
        """Take the column's own decimal mark, or the table's where its own cells leave it open."""
        self.mark = self.mark or usual
        self.values = numbers(self.cells, self.mark)
        self.values[self.empty] = np.nan
        self.text = np.isnan(self.values) & ~self.empty

    @property
    def numeric(self) -> bool:
        """Whether at least as many cells are numbers as are text."""
        count = int((~np.isnan(self.values)).sum())
        return count > 0 and count >= int(self.text.sum())

    @property
    def has_mark(self) -> bool:
        return bool(self.cells[~np.isnan(self.values)].str.contains(r"[.,]").any())

    def put(self, table: Table, title: str, head: int, places: Sequence[int]) -> None:
        """Add what stands beneath the first `head` rows to the table, with what is wrong with it."""
        values, text = self.values[head:], self.text[head:]
        if not self.numeric or not np.isfinite(values).any():
            if text.any():
                table.faults[title] = f"“{title}” holds text, such as {self._cell(head + int(text.argmax()), places)}."
            return
        if text.any():
            place = self._cell(head + int(text.argmax()), places)
            table.faults[title] = f"“{title}” {_ALMOST} {place}; put a number there or leave the row out."
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


def _mark(columns: Sequence[_Column], delimiter: str) -> str:
    """The table's decimal mark: that of most columns that show theirs; where none does, a comma only if it can't divide
    cells."""
    shown = [column.mark for column in columns if column.mark]
    if shown:
        return "," if shown.count(",") > shown.count(".") else "."
    commas = any(column.cells.str.contains(",", regex=False).any() for column in columns)
    return "," if commas and delimiter != "," else "."


def _head(columns: Sequence[_Column]) -> int:
    """How many rows of words stand above the numbers: names, units, remarks."""
    numeric = [column for column in columns if column.numeric]
    if not numeric:
        return 0
    text: NDArray[np.bool_] = np.any([column.text[:_MOST_HEAD] for column in numeric], axis=0)
    without: NDArray[np.bool_] = np.all([np.isnan(column.values[:_MOST_HEAD]) for column in numeric], axis=0)
    head = text | without
    above = len(head) if head.all() else int(head.argmin())
    words = np.flatnonzero(text[:above])
    return int(words[-1]) + 1 if words.size else 0


def _names(head: pd.DataFrame) -> list[str]:
    """The row of names: the fullest, of several the last that does not look like units."""
    rows = [[str(cell).strip().strip('"') for cell in row] for row in head.itertuples(index=False)]
    fullest = max((sum(map(bool, row)) for row in rows), default=0)
    full = [row for row in rows if sum(map(bool, row)) == fullest]
    while len(full) > 1 and all(_is_unit(cell) for cell in full[-1]):
        full.pop()
    return full[-1] if full else []


def _is_unit(cell: str) -> bool:
    return len(cell) <= _LONGEST_UNIT or (cell[0], cell[-1]) in (("[", "]"), ("(", ")"))


def _title(names: Sequence[str], index: int, table: Table) -> str:
    name = names[index] if index < len(names) else ""
    title = "".join(c for c in name if c.isprintable())[:_LONGEST_NAME] or f"column {index + 1}"
    return title if title not in table.columns and title not in table.faults else f"{title} ({index + 1})"


def _taken(delimiter: str, columns: Sequence[_Column]) -> str:
    said = [DELIMITERS.get(delimiter, f"divided by {delimiter}")]
    used = dict.fromkeys(column.mark for column in columns if column.numeric and column.has_mark)
    said += [MARKS[mark] for mark in used]
    if any(column.numeric and column.cells.str.contains("%", regex=False).any() for column in columns):
        said.append("percent signs left out")
    return ", ".join(said)
