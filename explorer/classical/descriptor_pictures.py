"""Descriptors drawn: stars of gradients, and lines between what was matched."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.classical.descriptors import Values
from explorer.classical.hog import Hog
from explorer.classical.sift import GRID_ANGLES_DEG, Keypoints
from explorer.classical.sift_matching import Matches
from explorer.filtering.grids import unit_step
from explorer.render import Picture, grey

CORRECT, WRONG = (86, 180, 233), (255, 150, 40)  # blue and orange, told apart with any colour vision
_MOST = 80  # lines that can still be told apart


def cell_tiles(found: Hog, cell: int) -> Picture:
    """The star of each cell, row by row: (rows · columns, cell, cell, 3), brightness on one scale."""
    rows, columns, _ = found.cells.shape
    highest = float(found.picture.max()) or 1.0
    stars = grey(np.sqrt(found.picture / highest).astype(np.float32))
    cut = stars[: rows * cell, : columns * cell].reshape(rows, cell, columns, cell, 3)
    return np.ascontiguousarray(cut.swapaxes(1, 2).reshape(rows * columns, cell, cell, 3))


def grid(patch: Values, histogram: NDArray[np.uint8], side: int = 320) -> Picture:
    """A keypoint's patch with its 4 × 4 grid; in each square eight arrows, as long as its numbers (4, 4, 8)."""
    drawn = cv2.resize(grey(patch) // 2, (side, side), interpolation=cv2.INTER_CUBIC)
    step = side / 4
    for place in range(1, 4):
        at = round(place * step)
        drawn[at, :] = drawn[:, at] = 150
    longest = float(histogram.max()) or 1.0
    for row, column, way in np.ndindex(4, 4, 8):
        length = 0.48 * step * histogram[row, column, way] / longest
        middle = np.array([(column + 0.5) * step, (row + 0.5) * step])
        end = middle + length * unit_step(float(GRID_ANGLES_DEG[way]))
        if length > 1:
            cv2.arrowedLine(drawn, _point(middle), _point(end), WRONG, 2, cv2.LINE_AA, tipLength=0.25)
    return np.asarray(drawn, np.uint8)


def keypoints_drawn(values: Values, points: Keypoints, chosen: int, times: int = 3) -> Picture:
    """All keypoints as circles of 6σ with their direction; the chosen one stands out."""
    drawn = np.repeat(np.repeat(grey(values), times, 0), times, 1)
    order = [n for n in range(len(points.sigmas)) if n != chosen] + [chosen]
    for number in order:
        middle = times * (points.positions[number][::-1] + 0.5)
        radius = times * 6 * points.sigmas[number]
        colour, width = (WRONG, 3) if number == chosen else (CORRECT, 1)
        cv2.circle(drawn, _point(middle), max(2, round(radius)), colour, width, cv2.LINE_AA)
        end = middle + radius * unit_step(points.angles_deg[number])
        cv2.line(drawn, _point(middle), _point(end), colour, width, cv2.LINE_AA)
    return np.asarray(drawn, np.uint8)


def matches_drawn(values: Values, found: Matches, times: int = 2) -> Picture:
    """The picture and its changed self side by side, lines between at most 80 matches: blue correct, orange wrong."""
    left, right = (np.repeat(np.repeat(grey(v), times, 0), times, 1) for v in (values, found.changed))
    gap, height = 12, max(len(left), len(right))
    ground = right[0, 0]  # what the turn left empty; on it both stand, in light and in dark
    drawn = np.full((height, left.shape[1] + gap + right.shape[1], 3), ground, np.uint8)
    drawn[: len(left), : left.shape[1]] = left
    drawn[: len(right), left.shape[1] + gap :] = right
    step = max(1, -(-len(found.pairs) // _MOST))
    order = [n for n in range(0, len(found.pairs)) if n % step == 0 or not found.correct[n]]
    for number in sorted(order, key=lambda n: not found.correct[n]):  # the wrong ones on top
        first, second = found.pairs[number]
        start = times * (found.first.positions[first][::-1] + 0.5)
        end = times * (found.second.positions[second][::-1] + 0.5) + (left.shape[1] + gap, 0)
        colour = CORRECT if found.correct[number] else WRONG
        cv2.line(drawn, _point(start), _point(end), colour, 1, cv2.LINE_AA)
    return drawn


def _point(place: NDArray[np.float64]) -> tuple[int, int]:
    return round(float(place[0])), round(float(place[1]))
