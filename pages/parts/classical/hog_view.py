"""HOG of the picture, cell by cell."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import plots, render
from explorer.classical import descriptor_pictures as draw
from explorer.classical.hog import Hog, hog_of
from explorer.pictures.images import Image
from explorer.pictures.reduced import grey
from pages.parts.pickers import picture
from pages.parts.widgets import show
from pages.parts.widgets.takeaway import take_array, take_code
from pages.parts.widgets.tiles import choose_tile, keep_tile, kept_tile

SIDE = 192  # pixels of the longer side


def hog_view(image: Image, corner: DeltaGenerator) -> None:
    """The picture's HOG as tiles, and the numbers of the cell that is chosen."""
    left, right = st.columns([1.35, 1], gap="large")
    with right:
        cells = st.columns(2)
        cell = cells[0].select_slider("Cell, in pixels", [8, 12, 16, 24], 16, key="descriptors_cell",
                                      bind="query-params")  # fmt: skip
        count = cells[1].select_slider("Directions", [4, 6, 8, 9, 12], 9, key="descriptors_directions",
                                       bind="query-params")  # fmt: skip
    values = grey(image, SIDE)
    found = hog_of(values, cell, count)
    with left:
        row, column = _chosen_cell(image, found, cell)
    with right:
        crop = values[row * cell : (row + 1) * cell, column * cell : (column + 1) * cell]
        small, words = st.columns([1, 2.2], vertical_alignment="center", wrap=False)
        with small:
            show.picture(render.enlarge(render.grey(crop), 120), "The pixels of the chosen cell")
        words.markdown(_number_words(found, row, column))
        _directions(found, row, column)
    with corner:
        take_array(found.blocks.ravel(), "hog.npy", f"All {found.blocks.size:,} numbers")
        take_code(
            "import explorer\nfrom explorer.classical.hog import hog_of\n"
            "from explorer.pictures.reduced import grey\n\n"
            f"found = hog_of(grey({picture.code()}, {SIDE}), {cell}, {count})\n"
            "descriptor = found.blocks.ravel()"
        )


def _chosen_cell(image: Image, found: Hog, cell: int) -> tuple[int, int]:
    """All cells as tiles, and the row and column of the one chosen."""
    rows, columns, count = found.cells.shape
    middle = rows // 2 * columns + columns // 2
    start = before if (before := kept_tile("hog_cell", middle)) < rows * columns else middle
    names = [f"cell at row {n // columns}, column {n % columns}" for n in range(rows * columns)]
    number = choose_tile(draw.cell_tiles(found, cell), names, start, alt=f"HOG: {rows} × {columns} cells",
                         columns=columns, key=f"hog_sheet_{image.digest[:8]}_{cell}_{count}")  # fmt: skip
    keep_tile("hog_cell", number, middle)
    st.caption(f"{rows} × {columns} cells of {cell} × {cell} pixels: bright lines where edges run.")
    row, column = divmod(number, columns)
    return row, column


def _directions(found: Hog, row: int, column: int) -> None:
    """A cell's numbers as bars, by the direction of the edge."""
    shares = found.cells[row, column]
    order = np.argsort(found.edge_angles_deg)
    names = [f"{angle:.0f}°" for angle in found.edge_angles_deg[order]]
    show.chart(
        plots.bars(list(100 * shares[order]), names, y="% of its gradient", height=200), key="descriptors_cell_bars"
    )
    st.caption("The direction in which the edge runs, counter-clockwise from horizontal: 90° is upright.")


def _number_words(found: Hog, row: int, column: int) -> str:
    count = found.cells.shape[2]
    starts = found.numbers_of(row, column)
    spans = ", ".join(f"{n}–{n + count - 1}" for n in starts)
    flat = " This cell is flat: all are zero." if found.cells[row, column].sum() < 1e-6 else ""
    return (
        f"**Row {row}, column {column}.** Its {count} numbers stand {len(starts)} times among the "
        f"{found.blocks.size:,} of the descriptor ({spans}), each time divided by the strength of another "
        f"block of 2 × 2 cells, so that light and shade don't matter.{flat}"
    )
