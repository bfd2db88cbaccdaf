"""The text of a table, cut into cells: what divides them is told by the rows, not by the first line."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from explorer.one_dimension.tables.cells import is_empty, is_number

if TYPE_CHECKING:
    import pandas as pd

DELIMITERS = {";": "semicolons", "\t": "tabs", ",": "commas", "|": "bars", " ": "spaces", "": "one column"}
MOST_COLUMNS = 200
_MOST_HEAD = 60  # rows of words above the numbers
_SAMPLE = 300  # rows that show what divides cells
_DIVIDED = 0.6  # how much of its fitness one column keeps beneath several names
_COMMENT = re.compile(r"\s*(#(?!N/A)|%|//)", re.IGNORECASE)
_COMMENT_MARKS = "#%/ \t"
_REMARK = re.compile(r"(\s*[-+\d.,].*?)\s#\s.*")  # behind numbers
_BRACKETS = "[](){} \t"
_DECIMAL = re.compile(r'"?([-+]?\d+),(\d+)"?')  # as if one number with a decimal comma
_SEP = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)  # Excel's own first line
_BOMS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8-sig"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip


def text_of(content: bytes) -> str:
    """The text of a file, whichever encoding it is in. Raises ValueError on what is no text."""
    encoding = next((name for bom, name in _BOMS if content.startswith(bom)), _without_bom(content))
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8":
            raise
        text = content.decode("cp1252", "replace")
    if any(ord(c) < 32 and c not in "\t\r\n\f" for c in text[:4096]):
        raise ValueError("control characters")
    return text


def _without_bom(content: bytes) -> str:
    """UTF-16 shows by the zeros beside its Latin letters and digits."""
    start = np.frombuffer(content[:4096], np.uint8)
    odd, even = (float((start[side::2] == 0).mean()) if start.size > 1 else 0.0 for side in (1, 0))
    return "utf-16-le" if odd > 0.4 > even else "utf-16-be" if even > 0.4 > odd else "utf-8"


@dataclass(frozen=True)
class Lines:
    """The lines of a table without comments and without empty ones at both ends, and their numbers in the file from 1.

    `delimiter` is the one that the file names, else ""; `above` the last comment above the first line, in which NumPy
    and others write the names of columns.
    """

    rows: list[str]
    places: list[int]
    delimiter: str = ""
    above: str = ""

    def only(self, wanted: Callable[[str], object]) -> Lines:
        """The same without the rows that aren't `wanted`."""
        kept = [number for number, row in enumerate(self.rows) if wanted(row)]
        return replace(self, rows=[self.rows[n] for n in kept], places=[self.places[n] for n in kept])


def lines_of(text: str) -> Lines:
    """The lines of a text. Remarks behind numbers are left out as well."""
    lines = re.sub("\r*\n|\r", "\n", text).split("\n")
    named = _SEP.fullmatch(lines[0])
    there = [number for number in range(1 if named else 0, len(lines)) if lines[number].strip()]
    kept = [number for number in there if not _COMMENT.match(lines[number])]
    if not kept:
        return Lines([], [])
    above = [lines[number] for number in there if number < kept[0]]
    rows = {n: lines[n] for n in range(kept[0], kept[-1] + 1) if not _COMMENT.match(lines[n])}
    texts = [remarked[1] if (remarked := _REMARK.fullmatch(row)) else row for row in rows.values()]
    return Lines(
        texts, [n + 1 for n in rows], named[1] if named else "", above[-1].lstrip(_COMMENT_MARKS) if above else ""
    )


def without_empty_rows(lines: Lines, delimiter: str) -> Lines:
    """Without rows that hold nothing, as spreadsheets write them; in a single column those are missing values."""
    nothing = delimiter + ' \t"'
    return lines.only(lambda row: row.strip(nothing)) if delimiter else lines


def upright(lines: Lines, delimiter: str) -> tuple[Lines, bool]:
    """A table of one row as one column, and whether it was one: a vector, in brackets or with its name before it."""
    cells = cells_of([lines.rows[0].strip(_BRACKETS + delimiter)], delimiter)[0] if len(lines.rows) == 1 else []
    named = bool(cells) and (is_number(cells[0]) or not set(cells[0]) & set("[{(:"))
    if not named or sum(map(is_number, cells)) < max(2, len(cells) - 1):
        return lines, False
    return replace(lines, rows=cells, places=lines.places * len(cells)), True


def maybe_decimal(lines: Lines) -> bool:
    """Whether all rows are two whole numbers with a comma between, which may be a decimal one."""
    return all(_DECIMAL.fullmatch(row.strip()) for row in lines.rows)


def surely_decimal(lines: Lines) -> bool:
    """Whether a second whole number begins with a zero, or a first one is a zero with a sign: 0,05 or -0,5."""
    parts = [found for row in lines.rows if (found := _DECIMAL.fullmatch(row.strip()))]
    return maybe_decimal(lines) and any(
        found[1] in ("-0", "+0") or (found[2].startswith("0") and len(found[2]) > 1) for found in parts
    )


def delimiter_of(lines: Sequence[str]) -> str:
    """What divides the cells: with it rows have as many cells as each other, and those are numbers.

    Where two do equally well, the one by which the row above the numbers fits, then the one that makes more columns.
    """
    return max(DELIMITERS, key=lambda delimiter: _fitness(lines, delimiter))


def _fitness(lines: Sequence[str], delimiter: str) -> tuple[float, bool, int]:
    above = cells_of(lines[:_MOST_HEAD], delimiter)
    start = next((place for place, row in enumerate(above) if any(map(is_number, row))), 0)
    rows = [*above[start:], *cells_of(lines[_MOST_HEAD :: max(1, len(lines) // _SAMPLE)], delimiter)]
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    width, times = Counter(map(len, rows)).most_common(1)[0] if rows else (1, 0)
    if width == 1 and delimiter:  # nothing is divided
        return 0.0, False, 0
    head = [cell.strip() for cell in above[start - 1]] if start else [""] * width
    fits = width in (len(head), len([cell for cell in head if cell]))
    agree = (1 + times / len(rows)) / 2 if rows else 0.0
    if not delimiter and start and re.search("[;\t,|]", above[start - 1][0]):
        agree *= _DIVIDED  # names that something divides stand above columns
    return round(agree * _share_of_numbers([cell for row in rows for cell in row]), 2), fits, width


def cells_of(rows: Sequence[str], delimiter: str) -> list[list[str]]:
    """Each row cut into its cells; quoted ones may hold the delimiter."""
    if not delimiter:
        return [[_unquoted(row)] for row in rows]
    stripped = [row.strip() for row in rows] if delimiter == " " else rows
    try:
        found = [row or [""] for row in csv.reader(stripped, delimiter=delimiter, skipinitialspace=delimiter == " ")]
    except csv.Error:
        found = []
    if len(found) == len(rows):
        return found
    return [[cell.strip('" ') for cell in row.split(delimiter)] for row in rows]  # a quotation mark is never closed


def _unquoted(cell: str) -> str:
    cell = cell.strip()
    return cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell


def _share_of_numbers(cells: list[str]) -> float:
    there = [cell for cell in cells if not is_empty(cell)]
    return sum(map(is_number, there)) / len(there) if there else 0.0


def table_of(lines: Sequence[str], delimiter: str) -> pd.DataFrame:
    """All cells as text, "" where a row is short; at most MOST_COLUMNS columns. Empty lines are rows."""
    import pandas as pd

    if not delimiter:
        return pd.DataFrame({0: [_unquoted(line) for line in lines]}, dtype=str)
    # pandas takes a tab for a space, too
    width = max(len(line.split()) if delimiter == " " else line.count(delimiter) + 1 for line in lines)
    if width > MOST_COLUMNS:
        return pd.DataFrame([row[:MOST_COLUMNS] for row in cells_of(lines, delimiter)], dtype=str).fillna("")
    text = "\n".join(line.strip() for line in lines) if delimiter == " " else "\n".join(lines)

    def read(quoting: int) -> pd.DataFrame:
        return pd.read_csv(
            io.StringIO(text), sep=r"\s+" if delimiter == " " else delimiter, header=None, names=range(width),
            dtype=str, na_filter=False, skip_blank_lines=False, quoting=quoting, index_col=False, low_memory=False,
        ).fillna("")  # fmt: skip

    try:
        return read(csv.QUOTE_MINIMAL)
    except pd.errors.ParserError:  # a quotation mark is never closed
        return read(csv.QUOTE_NONE).apply(lambda cells: cells.str.strip('" '))
