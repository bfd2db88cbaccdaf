"""Histograms of oriented gradients, and what each number in them is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from skimage.feature import hog

from explorer.classical.descriptors import DescriptorError, Values

BLOCK = 2  # cells a side of the block in which HOG normalizes


@dataclass(frozen=True, eq=False)
class Hog:
    """Histograms of oriented gradients (Dalal & Triggs 2005).

    cells: (rows, columns, n), the share of a cell's gradient strength in each of n sectors of direction, in the order
    of `edge_angles_deg`; zeros where it is flat. blocks: (rows − 1, columns − 1, 2, 2, n), the descriptor: cells
    divided by the norm of their block (L2-Hys). picture: (h, w) ≥ 0, each cell's star of edges.
    """

    cells: NDArray[np.float64]
    blocks: NDArray[np.float64]
    picture: NDArray[np.float64]

    @property
    def edge_angles_deg(self) -> NDArray[np.float64]:
        """At which angle the edges of each sector run, (n,) in [0°, 180°): its middle, as `edges.slope` counts.

        scikit-image's sectors hold the gradient's direction, across the edge, and go clockwise from rightwards.
        """
        count = self.cells.shape[2]
        return (90 - (np.arange(count) + 0.5) * 180 / count) % 180

    def numbers_of(self, row: int, column: int) -> list[int]:
        """Where the cell's histogram starts in the flat descriptor: up to four places, once for each of its blocks."""
        rows, columns, *_ = self.blocks.shape
        return [
            int(np.ravel_multi_index((r, c, row - r, column - c, 0), self.blocks.shape))
            for r in range(max(0, row - BLOCK + 1), min(rows, row + 1))
            for c in range(max(0, column - BLOCK + 1), min(columns, column + 1))
        ]


def hog_of(values: Values, cell: int = 16, directions: int = 9) -> Hog:
    """HOG of brightness (h, w) in [0, 1], on cells of `cell` pixels and that many sectors of 180°.

    Raises DescriptorError when fewer than two cells fit on a side.
    """
    if min(values.shape) < BLOCK * cell:
        raise DescriptorError(
            f"HOG with cells of {cell} pixels needs at least {BLOCK * cell} pixels on each side; these are "
            f"{values.shape[0]} × {values.shape[1]}: take smaller cells or a larger picture."
        )
    size = {"orientations": directions, "pixels_per_cell": (cell, cell), "feature_vector": False}
    cells = hog(values, cells_per_block=(1, 1), block_norm="L1", **size)[:, :, 0, 0]
    blocks, picture = hog(values, cells_per_block=(BLOCK, BLOCK), block_norm="L2-Hys", visualize=True, **size)
    return Hog(np.asarray(cells, np.float64), np.asarray(blocks, np.float64), np.asarray(picture, np.float64))
