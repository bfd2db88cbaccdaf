"""Points of two classes from a visitor's table: two columns of numbers and one of labels, in any dialect of CSV."""

from __future__ import annotations

from pathlib import PurePath

import numpy as np

from explorer.learning.errors import TrainingError
from explorer.learning.plane.points import MOST, SIDE, Labels, Points
from explorer.one_dimension.tables.delimited import cells_of, delimiter_of, lines_of, text_of

MOST_BYTES = 5 * 2**20
_FILLED = 0.8  # share of the plane that the points are laid over
_WANTED = "two columns of numbers, and a third with one of two labels"


def read_points(content: bytes, name: str) -> tuple[Points, Labels]:
    """The points (n, 2) of a table, moved and scaled to fill the plane, to four decimals, and their labels 0 or 1.

    The first label in the order of the alphabet is 0. Raises TrainingError on what is no such table, on gaps, on more
    than 500 rows or 5 MB, and where all points or all labels are alike.
    """
    title = f"“{PurePath(name).name[:60]}”"
    rows = _rows(content, title)
    numbers, labels = _columns(rows, title)
    classes = sorted(set(labels))
    if len(classes) != 2:
        told = ", ".join(classes[:3]) + (", …" if len(classes) > 3 else "")
        raise TrainingError(f"{title} has {len(classes)} labels in its third column ({told}): exactly two are needed.")
    return _laid_out(numbers, title), np.array([classes.index(label) for label in labels])


def _rows(content: bytes, title: str) -> list[list[str]]:
    if len(content) > MOST_BYTES:
        raise TrainingError(f"{title} is larger than 5 MB: keep up to {MOST} rows of it.")
    try:
        lines = lines_of(text_of(content)).rows
    except ValueError:
        raise TrainingError(f"{title} is no text; a CSV with {_WANTED} is needed.") from None
    if not lines:
        raise TrainingError(f"{title} is empty; a CSV with {_WANTED} is needed.")
    delimiter = delimiter_of([line.strip() for line in lines])
    rows = [[cell.strip().strip('"') for cell in row] for row in cells_of(lines, delimiter)]
    rows = [row for row in rows if any(row)]
    if min(map(len, rows), default=0) < 3:
        raise TrainingError(f"{title} has rows of fewer than three cells; {_WANTED} are needed.")
    return rows if _number(rows[0][0]) is not None else rows[1:]


def _columns(rows: list[list[str]], title: str) -> tuple[Points, list[str]]:
    if not 2 <= len(rows) <= MOST:
        raise TrainingError(f"{title} has {len(rows):,} rows of numbers; 2 to {MOST} are needed.")
    numbers = [[_number(cell) for cell in row[:2]] for row in rows]
    for place, pair in enumerate(numbers, 1):
        if None in pair:
            raise TrainingError(
                f"{title} has no two numbers in its row {place} beneath the names: fill it, or take it out."
            )
    return np.array(numbers, np.float64), [row[2] for row in rows]


def _number(cell: str) -> float | None:
    """The number in a cell, a decimal comma too; None for what is none or isn't finite."""
    try:
        value = float(cell.replace(",", ".").replace("−", "-"))
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _laid_out(points: Points, title: str) -> Points:
    """Both axes by one factor, so that no shape is bent; the middle of the points is the plane's."""
    least, most = points.min(0), points.max(0)
    with np.errstate(over="ignore"):
        size = float((most - least).max())
    if not 0 < size < np.inf:
        raise TrainingError(f"{title} holds points that are all in one place, or too far apart for 64 bits.")
    return np.round((points - (least + most) / 2) * (2 * SIDE * _FILLED / size), 4) + 0.0
