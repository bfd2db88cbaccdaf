"""Numbers out of the cells of a table, however people and programs write them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # pandas takes long to load, and few visitors bring a table
    import pandas as pd

MARKS = {".": "decimal point", ",": "decimal comma"}
_EMPTY = frozenset(("", "na", "n/a", "#n/a", "n.a.", "nan", "null", "none", "nil", "missing", "-", "--", "?", "."))
_MINUS = dict.fromkeys(map(ord, "\u2012\u2013\u2212\ufe63\uff0d"), "-")  # dashes, the true minus, a full-width one
_BETWEEN_THOUSANDS = re.compile(r"(?<=\d)[\s'’](?=\d{3}(?!\d))")
_FORTRAN = {ord("d"): "e", ord("D"): "e"}
_AFTER_SIGN = re.compile(r"^([+-])\s+")
_POWER = r"(?:[eEdD][+-]?\d+)?"  # D is Fortran's
# A number with this decimal mark; the other mark may stand between thousands, in threes and after no zero.
_NUMBER = {
    ".": re.compile(rf"[+-]?(?:\d+\.?\d*|\.\d+|[1-9]\d{{0,2}}(?:,\d{{3}})+(?:\.\d*)?){_POWER}"),
    ",": re.compile(rf"[+-]?(?:\d+,?\d*|,\d+|[1-9]\d{{0,2}}(?:\.\d{{3}})+(?:,\d*)?){_POWER}"),
}
_SAMPLE = 1000  # cells that show which mark a column uses


def is_empty(cell: str) -> bool:
    """Whether a cell says that there is no value."""
    return cell.strip().lower() in _EMPTY


def empty(cells: pd.Series[str]) -> NDArray[np.bool_]:
    """Which cells say that there is no value, (n,)."""
    return cells.str.strip().str.lower().isin(_EMPTY).to_numpy(bool)


def numbers(cells: pd.Series[str], mark: str) -> NDArray[np.float64]:
    """(n,) float64, NaN where a cell is no number with this decimal mark.

    Understood are the true minus, spaces and apostrophes between thousands, powers of ten, and a percent sign, which is
    left out: 5 % is 5.
    """
    import pandas as pd

    other = cells.str.contains(".", regex=False).to_numpy(bool) if mark == "," else np.zeros(len(cells), bool)
    plain = cells if mark == "." else cells.str.replace(",", ".", regex=False)
    values = pd.to_numeric(plain, errors="coerce").to_numpy(np.float64, copy=True)
    special = np.isnan(values) | other
    if special.any():
        codes, unique = pd.factorize(cells[special])
        values[special] = np.array([_number(cell, mark) for cell in unique])[codes]
    return values


def _number(cell: str, mark: str) -> float:
    tidy = _tidy(cell)
    if not _NUMBER[mark].fullmatch(tidy):
        return np.nan
    return float(tidy.translate(_FORTRAN).replace("," if mark == "." else ".", "").replace(mark, "."))


def _tidy(cell: str) -> str:
    tidy = cell.strip().translate(_MINUS).removesuffix("%").rstrip()
    if not tidy[:1].isdigit():
        tidy = _AFTER_SIGN.sub(r"\1", tidy)
    return _BETWEEN_THOUSANDS.sub("", tidy)


def mark_of(cells: pd.Series[str]) -> str:
    """The decimal mark by which more of a column's cells are numbers, "." or ","; "" where it is as many by both."""
    step = max(1, len(cells) // _SAMPLE)
    few = cells.iloc[::step]
    point, comma = (int(np.isfinite(numbers(few, mark)).sum()) for mark in MARKS)
    return "" if point == comma else "." if point > comma else ","


def is_number(cell: str) -> bool:
    """Whether a cell is a number with either decimal mark."""
    return any(number.fullmatch(_tidy(cell)) for number in _NUMBER.values())
