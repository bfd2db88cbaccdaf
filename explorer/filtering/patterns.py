"""Pattern matching: a piece of a picture slides over a picture, and the answer is high where the two are alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.arrays import read_only
from explorer.cache import memoised
from explorer.filtering.convolution import convolve
from explorer.pictures.images import Image
from explorer.pictures.reduced import LUMA

Array = NDArray[np.floating[Any]]
Box = tuple[int, int, int, int]  #: top, left, bottom, right; the last two are just outside
Measure = Literal["raw", "zero-mean", "normalized"]

MEASURES: tuple[Measure, ...] = ("raw", "zero-mean", "normalized")
LEAST_SIDE = 3  # pixels of a pattern
_FLAT = 1e-4  # mean squared contrast of a window below which it is flat, as rounding leaves it


class PatternError(ValueError):
    """A pattern that can't be looked for: one sentence says what came, what is allowed and what to do."""


@dataclass(frozen=True)
class Found:
    """A place that looks like the pattern, and how much: −1 to 1 when normalized."""

    box: Box
    score: float


@dataclass(frozen=True, eq=False)
class Search:
    """What a pattern answered over a picture: `scores` (H − k1 + 1, W − k2 + 1), by the window's upper left corner."""

    scores: Array
    pattern: Array  #: (k1, k2) or (k1, k2, 3), as it was slid
    shape: tuple[int, int]  #: k1, k2


def values_of(image: Image, *, colour: bool) -> Array:
    """The picture as (H, W, 3) in [0, 1], or as (H, W): 0.299 R + 0.587 G + 0.114 B."""
    return image.pixels if colour else image.pixels @ LUMA


@memoised
def search(image: Image, source: Image, box: Box, *, measure: Measure = "normalized", colour: bool = False) -> Search:
    """Look in `image` for what is in the `box` of `source`.

    "raw" is Σ x·w, "zero-mean" Σ x·(w − w̄), "normalized" that over the lengths of x − x̄ and w − w̄ (Lewis 1995, eq. 2):
    −1 to 1, whatever the light. With colour the pattern is a k1×k2×3 kernel, its mean taken over all of it, as
    skimage.feature.match_template does. Raises PatternError when the box is not in `source`, smaller than 3 × 3, larger
    than the picture, or (unless raw) flat.
    """
    pattern = _cut(values_of(source, colour=colour), box)
    if pattern.shape[0] > image.height or pattern.shape[1] > image.width:
        raise PatternError(
            f"The pattern of {pattern.shape[0]} × {pattern.shape[1]} pixels is larger than the picture of "
            f"{image.height} × {image.width}; draw a smaller box."
        )
    x = values_of(image, colour=colour)
    kernel = pattern if measure == "raw" else pattern - pattern.mean()
    if measure != "raw" and float(np.mean(kernel**2)) < _FLAT / 25:
        raise PatternError("What is in the box is all alike, so it has no pattern; draw it around something.")
    scores = _slide(x, kernel)
    if measure == "normalized":
        scores = _normalized(x, kernel, scores)
    return Search(read_only(scores), read_only(kernel), (pattern.shape[0], pattern.shape[1]))


def _cut(values: Array, box: Box) -> Array:
    top, left, bottom, right = box
    height, width = values.shape[:2]
    if not (0 <= top < bottom <= height and 0 <= left < right <= width):
        raise PatternError(f"The box {box} is not inside the picture of {height} × {width} pixels; draw it anew.")
    if min(bottom - top, right - left) < LEAST_SIDE:
        raise PatternError(
            f"The box is {bottom - top} × {right - left} pixels; a pattern needs at least {LEAST_SIDE} × {LEAST_SIDE}."
        )
    return np.array(values[top:bottom, left:right])


def _slide(x: Array, kernel: Array) -> Array:
    """Σ of the products, over the colours too: the middle of the 3-D convolution, which has one layer only."""
    scores = convolve(x, kernel)
    return np.array(scores[..., 0] if scores.ndim == 3 else scores)


def _normalized(x: Array, kernel: Array, sums: Array) -> Array:
    """Divide by the lengths; 0 where the window is flat."""
    height, width = kernel.shape[:2]
    count = kernel.size
    flat = x.reshape(*x.shape[:2], -1).astype(np.float64)
    total, squares = (_window_sums(values, height, width) for values in (flat.sum(-1), (flat**2).sum(-1)))
    spread = np.maximum(squares - total**2 / count, 0)
    length = np.sqrt(spread * float(np.sum(kernel.astype(np.float64) ** 2)))
    alive = spread / count > _FLAT / 25
    return np.clip(np.where(alive, sums / np.where(alive, length, 1), 0), -1, 1)


def _window_sums(values: NDArray[np.float64], height: int, width: int) -> NDArray[np.float64]:
    """The sum in each window, from the table of sums from the corner (Crow 1984)."""
    table = cv2.integral(values, sdepth=cv2.CV_64F)
    sums = table[height:, width:] - table[:-height, width:] - table[height:, :-width] + table[:-height, :-width]
    return np.asarray(sums, np.float64)


def non_max_suppression(found: Search, *, threshold: float, overlap: float = 0.2, count: int = 50) -> list[Found]:
    """The best windows of at least `threshold`, best first, at most `count`.

    Non-maximum suppression: a window goes when a better one covers more than `overlap` of the two together
    (intersection over union; 1 keeps them all).
    """
    # cv2.dnn.NMSBoxes finds the same windows but does not stop at `count`: of 490,000 it takes 25 s, this 7
    scores = found.scores
    rows, columns = np.nonzero(scores >= threshold)
    order = np.argsort(-scores[rows, columns], kind="stable")
    left = np.stack([rows[order], columns[order]], 1)
    kept: list[Found] = []
    while len(left) and len(kept) < count:
        row, column = (int(i) for i in left[0])
        kept.append(Found((row, column, row + found.shape[0], column + found.shape[1]), float(scores[row, column])))
        left = left[1:]
        if overlap < 1:
            left = left[_shared(left - (row, column), found.shape) <= overlap]
    return kept


def _shared(apart: NDArray[np.intp], shape: tuple[int, int]) -> NDArray[np.float64]:
    """Intersection over union of two windows of the same shape that are (rows, columns) apart."""
    both = np.prod(np.maximum(np.array(shape) - np.abs(apart), 0), axis=1)
    return np.asarray(both / (2 * shape[0] * shape[1] - both), np.float64)
