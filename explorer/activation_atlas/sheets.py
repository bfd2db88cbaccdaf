"""An activation atlas to look at and to take away: its cells as one sheet of pictures, its samples as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from explorer import render
from explorer.activation_atlas.cells import ActivationAtlas
from explorer.csv_table import to_csv

Colour = tuple[int, int, int]
GAP = 4  #: pixels between the cells of a sheet
_COLUMNS = {
    "picture": "", "row": "", "column": "", "x": ".5f", "y": ".5f", "cell": "", "class": "", "probability": ".5f"
}  # fmt: skip


def tiles(
    atlas: ActivationAtlas, pictures: Mapping[int, render.Picture], side: int, *, empty: Colour, waiting: Colour
) -> render.Picture:
    """The grid's cells row by row, (grid², side, side, 3): by number their pictures, where there is one by now."""
    sheet = np.full((atlas.grid**2, side, side, 3), empty, np.uint8)
    for cell in atlas.cells:
        picture = pictures.get(cell.number)
        sheet[cell.number] = waiting if picture is None else _square(picture, side)
    return sheet


def _square(picture: render.Picture, side: int) -> render.Picture:
    smaller = side < picture.shape[0]
    how = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (side, side), interpolation=how), np.uint8)


def sheet(atlas: ActivationAtlas, pictures: Mapping[int, render.Picture], side: int = 96) -> render.Picture:
    """All cells as one picture, (H, W, 4), clear where there is none."""
    white = (255, 255, 255)
    laid = render.mosaic(tiles(atlas, pictures, side, empty=white, waiting=white), columns=atlas.grid, gap=GAP)
    for number in set(range(atlas.grid**2)) - pictures.keys():
        row, column = (place * (side + GAP) for place in divmod(number, atlas.grid))
        laid[row : row + side, column : column + side, 3] = 0
    return laid


def table(atlas: ActivationAtlas, names: Sequence[str]) -> bytes:
    """The samples as CSV: picture, row and column of the map, x and y in [0, 1), cell, and what that speaks for."""
    classes = {cell.number: cell.classes[0] for cell in atlas.cells}
    places = zip(atlas.samples.where.tolist(), atlas.points.tolist(), atlas.cell_of.tolist(), strict=True)
    return to_csv(
        _COLUMNS,
        (
            (names[number], row, column, x, y, cell, *classes.get(cell, (None, None)))
            for (number, row, column), (x, y), cell in places
        ),
    )
