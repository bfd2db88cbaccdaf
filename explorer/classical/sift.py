"""SIFT's keypoints, and what each number of their descriptors is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.feature import SIFT

from explorer.cache import memoised
from explorer.classical.descriptors import DescriptorError, Values
from explorer.compute import compute_slot
from explorer.filtering.grids import centred_grid, unit_step
from explorer.pictures.images import Image
from explorer.pictures.reduced import grey

_LEAST_SIDE = 16  # of a picture in which SIFT is looked for, in pixels


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


@memoised
def keypoints(image: Image, side: int) -> Keypoints:
    """SIFT of a picture reduced to `side` pixels on its longer side."""
    return sift_of(grey(image, side))
