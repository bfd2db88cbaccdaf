"""Columns of numbers out of a table as text: CSV in all its dialects, with words above the numbers or without."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from explorer.one_dimension.tables.cells import MARKS, is_number
from explorer.one_dimension.tables.columns import ALMOST, Column, Table, mark_of_all
from explorer.one_dimension.tables.delimited import (
    DELIMITERS,
    Lines,
    cells_of,
    delimiter_of,
    lines_of,
    maybe_decimal,
    surely_decimal,
    table_of,
    upright,
    without_empty_rows,
)

if TYPE_CHECKING:
    import pandas as pd

MOST_CELLS = 10_000_000
_LONGEST_NAME, _LONGEST_UNIT = 60, 8
_MOST_HEAD = 60  # rows of words above the numbers
_UNIT = re.compile(
    r"(milli|micro|nano|kilo|mega|giga|centi)?(seconds?|minutes?|hours?|volts?|amperes?|amps?|watts?|ohms?|hertz"
    r"|met(er|re)s?|grams?|pascals?|newtons?|joules?|decibels?|kelvins?|moles?|samples?)"
    r"|degrees?( \w+)?|per ?cent|(no|without) unit|unitless|arbitrary units?|counts?",
    re.IGNORECASE,
)


class TableError(ValueError):
    """Text that is no table of numbers; the message goes on from the file's name."""


def read_table(text: str) -> Table:
    """The columns of numbers in a table. Raises TableError when there is none, and when it is too large."""
    lines = lines_of(text)
    if not lines.rows:
        raise TableError("has no column of numbers: it holds no rows.")
    delimiter = _delimiter(lines)
    if len(lines.rows) * (lines.rows[0].count(delimiter) + 1 if delimiter else 1) > MOST_CELLS:
        raise TableError(f"has more than {MOST_CELLS:,} cells: leave columns out.")
    lines, was_row = upright(without_empty_rows(lines, delimiter), delimiter)
    cells = table_of(lines.rows, "" if was_row else delimiter)
    columns = _columns(cells, delimiter)
    names = _names(cells.iloc[: columns[0].head]) or _names_above(lines.above, delimiter, len(columns))
    remarks = ["one row"] if was_row else []
    if delimiter == "," and not was_row and maybe_decimal(lines):
        remarks.append("if they are decimal commas, put a name above the column")
    table = Table({}, {}, ", ".join([_read_as(delimiter, columns), *remarks]))
    for index, column in enumerate(columns):
        column.put(table, _title(names, index, table), lines.places)
    if not table.columns:
        faults = sorted(table.faults.values(), key=lambda fault: ALMOST not in fault)
        raise TableError(f"has no column of numbers: {faults[0] if faults else 'its cells are empty.'}")
    return table


def _delimiter(lines: Lines) -> str:
    """What divides the cells: as the file says, else as its rows show; "" where there is one column."""
    delimiter = lines.delimiter or delimiter_of(lines.only(str.strip).rows)
    return "" if delimiter == "," and surely_decimal(lines) else delimiter


def _columns(cells: pd.DataFrame, delimiter: str) -> list[Column]:
    """The columns, read by their decimal marks, and beneath how many rows of words each one's numbers begin."""
    columns = [Column(cells[index]) for index in cells]
    mark = mark_of_all(columns, delimiter)
    for column in columns:
        column.read(mark)
    head = _head(columns)
    for column in columns:
        column.head = head
    return columns


def _head(columns: Sequence[Column]) -> int:
    """How many rows of words stand above the numbers: names, units, remarks."""
    rows = len(columns[0].values)
    numeric = [column for column in columns if column.numeric_from(0) or column.numeric_from(rows // 2)]
    if not numeric:
        return int(rows > 1)  # a name, and text
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


def _names_above(comment: str, delimiter: str, width: int) -> list[str]:
    """The names of columns in a comment; [] if it holds something else."""
    names = [cell.strip() for cell in cells_of([comment], delimiter)[0]] if comment else []
    return names if len(names) == width and delimiter and not any(map(is_number, names)) else []


def _is_unit(cell: str) -> bool:
    return (
        len(cell) <= _LONGEST_UNIT
        or (cell[0], cell[-1]) in (("[", "]"), ("(", ")"))
        or _UNIT.fullmatch(cell) is not None
    )


def _title(names: Sequence[str], index: int, table: Table) -> str:
    name = names[index] if index < len(names) else ""
    title = "".join(c for c in name if c.isprintable())[:_LONGEST_NAME] or f"column {index + 1}"
    return title if title not in table.columns and title not in table.faults else f"{title} ({index + 1})"


def _read_as(delimiter: str, columns: Sequence[Column]) -> str:
    said = [DELIMITERS.get(delimiter, f"divided by {delimiter}")]
    used = dict.fromkeys(column.mark for column in columns if column.numeric and column.has_mark)
    said += [MARKS[mark] for mark in used]
    if any(column.numeric and column.cells.str.contains("%", regex=False).any() for column in columns):
        said.append("percent signs left out")
    return ", ".join(said)
