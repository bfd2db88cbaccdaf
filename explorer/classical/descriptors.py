"""Descriptors people designed before networks learned their own: HOG and SIFT, and what each number in them is.

All angles are in degrees and counter-clockwise as on the screen, though rows grow downwards: scikit-image's own, of
which HOG's are clockwise and SIFT's are radians from downwards, are converted here and go no further.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.feature import SIFT, hog, match_descriptors

from explorer.cache import memoised
from explorer.compute import compute_slot
from explorer.filtering.grids import centred_grid, unit_step
from explorer.pictures.images import Image
from explorer.pictures.reduced import grey

BLOCK = 2  # cells a side of the block in which HOG normalizes
NEAR = 3.0  # pixels within which a match counts as correct
RATIO = 0.8  # the best match must be this much nearer than the second (Lowe 2004, section 7.1)
_LEAST_SIDE = 16  # of a picture in which SIFT is looked for, in pixels

Values = NDArray[np.float32]


class DescriptorError(ValueError):
    """A picture or a choice that gives no descriptor: one sentence says why and what to do."""


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


def _counter_clockwise(from_downwards: NDArray[np.float64]) -> NDArray[np.float64]:
    """SIFT's angles in scikit-image, radians from downwards to the right, as degrees in [0, 360) from rightwards."""
    return np.asarray((np.rad2deg(from_downwards) - 90) % 360, np.float64)


#: where a keypoint's eight numbers point in its upright patch, whose main gradient points downwards (270°)
GRID_ANGLES_DEG = _counter_clockwise(2 * np.pi * np.arange(1, 9) / 8)


@dataclass(frozen=True, eq=False)
class Keypoints:
    """SIFT keypoints (Lowe 2004), coarsest first.

    positions: (n, 2) row and column; sigmas: (n,) scale in pixels; angles_deg: (n,) in [0°, 360°), towards which the
    picture brightens most, from rightwards; grids: (n, 4, 4, 8) in 0 … 255, in each of 4 × 4 squares of the upright
    patch eight directions in the order of GRID_ANGLES_DEG.
    """

    positions: NDArray[np.float64]
    sigmas: NDArray[np.float64]
    angles_deg: NDArray[np.float64]
    grids: NDArray[np.uint8]

    @property
    def descriptors(self) -> NDArray[np.float32]:
        """The grids as (n, 128)."""
        return self.grids.reshape(len(self.grids), -1).astype(np.float32)


def sift_of(values: Values) -> Keypoints:
    """SIFT of brightness (h, w) in [0, 1]. Raises DescriptorError when nothing is found."""
    if min(values.shape) < _LEAST_SIDE:
        raise DescriptorError(f"SIFT needs at least {_LEAST_SIDE} pixels on each side; this has {min(values.shape)}.")
    detector: Any = SIFT()  # a fresh one each time: it adapts itself to the first picture it sees
    try:
        with compute_slot():
            detector.detect_and_extract(values)
    except RuntimeError:
        raise DescriptorError(
            "SIFT finds no keypoint here: it looks for blobs with structure; take a richer picture."
        ) from None
    order = np.argsort(-detector.sigmas, kind="stable")
    return Keypoints(
        detector.positions[order].astype(np.float64),
        detector.sigmas[order].astype(np.float64),
        _counter_clockwise(detector.orientations[order]),
        detector.descriptors[order].reshape(-1, 4, 4, 8),
    )


def patch(values: Values, points: Keypoints, number: int, side: int = 64) -> Values:
    """What a keypoint's grid covers, turned so that it brightens downwards: ±6σ sampled on (side, side)."""
    row, column = points.positions[number]
    x, y = 12 * points.sigmas[number] / side * unit_step(points.angles_deg[number])
    v, u = centred_grid(side)
    rows, columns = row + y * v - x * u, column + x * v + y * u
    at = columns.astype(np.float32), rows.astype(np.float32)
    return np.asarray(cv2.remap(values, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def turned(values: Values, angle_deg: float, scale: float) -> tuple[Values, NDArray[np.float64]]:
    """The picture turned counter-clockwise and scaled, on a canvas that holds it, and the (2, 3) map of (x, y) to it.

    Raises DescriptorError on a scale that is not positive.
    """
    if scale <= 0:
        raise DescriptorError(f"The scale must be above 0, not {scale:g}.")
    height, width = values.shape
    matrix = np.asarray(cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle_deg, scale), np.float64)
    cos, sin = np.abs(matrix[0, :2])
    size = int(np.ceil(height * sin + width * cos)), int(np.ceil(height * cos + width * sin))
    matrix[:, 2] += [(size[0] - width) / 2, (size[1] - height) / 2]
    if scale < 1:  # blur away what the smaller picture can't hold
        values = np.asarray(cv2.GaussianBlur(values, (0, 0), 0.5 * np.sqrt(scale**-2 - 1)), np.float32)
    mean = float(values.mean())
    made = cv2.warpAffine(values, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=mean)
    return np.clip(made, 0, 1).astype(np.float32), matrix


@dataclass(frozen=True, eq=False)
class Matches:
    """Keypoints of a picture matched with those of its turned and scaled self.

    pairs: (m, 2) numbers into `first` and `second`; distances: (m,) pixels between where each match landed and where
    the known transform puts it.
    """

    first: Keypoints
    second: Keypoints
    changed: Values
    pairs: NDArray[np.intp]
    distances: NDArray[np.float64]

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Which landed within 3 pixels of the true place."""
        return self.distances <= NEAR


def match(values: Values, first: Keypoints, angle_deg: float, scale: float) -> Matches:
    """Turn and scale the picture, find SIFT anew, and match: nearest both ways, and by Lowe's ratio.

    Raises DescriptorError when the changed picture has no keypoint.
    """
    changed, matrix = turned(values, angle_deg, scale)
    second = sift_of(changed)
    pairs = match_descriptors(first.descriptors, second.descriptors, max_ratio=RATIO, cross_check=True)
    landed = second.positions[pairs[:, 1]]
    true = (first.positions[pairs[:, 0]][:, ::-1] @ matrix[:, :2].T + matrix[:, 2])[:, ::-1]
    return Matches(first, second, changed, pairs, np.hypot(*(landed - true).T))


@memoised
def keypoints(image: Image, side: int) -> Keypoints:
    """SIFT of a picture reduced to `side` pixels on its longer side."""
    return sift_of(grey(image, side))


@memoised
def matches(image: Image, side: int, angle_deg: float, scale: float) -> Matches:
    """That picture matched with its turned and scaled self."""
    return match(grey(image, side), keypoints(image, side), angle_deg, scale)
