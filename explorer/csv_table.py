"""Tables for a spreadsheet, to which no text in them is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet's formula begins with


def to_csv(columns: Mapping[str, str], rows: Iterable[Iterable[str | float | None]]) -> bytes:
    """The columns' names, then the rows; numbers are formatted as `columns` says, and None is an empty cell.

    An apostrophe stands before a text that begins with = + - @: names of files come from visitors.
    """
    file = io.StringIO(newline="")
    lines = csv.writer(file)
    lines.writerow(columns)
    formats = tuple(columns.values())
    lines.writerows([_written(cell, form) for cell, form in zip(row, formats, strict=True)] for row in rows)
    return file.getvalue().encode()


def _written(cell: str | float | None, form: str) -> str:
    if cell is None:
        return ""
    return _no_formula(cell) if isinstance(cell, str) else format(cell, form)


def _no_formula(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text
