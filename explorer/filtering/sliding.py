"""The window over a small grid of numbers, place after place, beside the result as far as it has come: a film."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer import render

Grid = NDArray[np.floating]

CELL = 48  #: pixels
_GAP = 1  # cells between the two


def sliding(
    x: Grid, result: Grid, kernel: tuple[int, int], *, padding: str = "valid", stride: int = 1, dilation: int = 1
) -> Iterator[render.Picture]:
    """A picture for each value of `result` (h', w'), that of a convolution of `x` (h, w) by a kernel of that shape.

    The window is where `explorer.filtering.convolution.convolve` has it: with padding it hangs over the rim.
    """
    wide = [dilation * (k - 1) + 1 for k in kernel]
    before = [0 if padding == "valid" else (k - 1) // 2 for k in wide]
    after = [0 if padding == "valid" else k // 2 for k in wide]
    numbers = _drawn(x, render.grey(_shares(x)))
    left = np.pad(numbers, [(CELL * a, CELL * b) for a, b in zip(before, after, strict=True)] + [(0, 0)],
                  constant_values=255)  # fmt: skip
    right = _drawn(result, render.signed(result))
    for count, (row, column) in enumerate(np.ndindex(*result.shape), 1):
        corner = CELL * stride * row, CELL * stride * column
        framed = render.box(left, (*corner, corner[0] + CELL * wide[0], corner[1] + CELL * wide[1]), thickness=4)
        yield _beside(framed, _as_far_as(right, count, result.shape[1]))


def _shares(values: Grid) -> Grid:
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low) if high > low else np.full(values.shape, 0.5)


def _drawn(values: Grid, colours: render.Picture) -> render.Picture:
    """Each value written on its colour."""
    drawn = np.repeat(np.repeat(colours, CELL, 0), CELL, 1)
    for row, column in np.ndindex(*values.shape):
        ink = (255, 255, 255) if colours[row, column].mean() < 110 else (0, 0, 0)
        text, size = f"{values[row, column] + 0.0:.3g}", 0.45
        (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, 1)
        place = column * CELL + (CELL - width) // 2, row * CELL + (CELL + height) // 2
        cv2.putText(drawn, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, ink, 1, cv2.LINE_AA)
    return drawn


def _as_far_as(drawn: render.Picture, count: int, columns: int) -> render.Picture:
    """The first values of the result; those to come are white."""
    row, column = divmod(count, columns)
    so_far = drawn.copy()
    so_far[row * CELL : (row + 1) * CELL, column * CELL :] = 255
    so_far[(row + 1) * CELL :] = 255
    return so_far


def _beside(left: render.Picture, right: render.Picture) -> render.Picture:
    """Both on white, side by side, each in the middle of the height."""
    height = max(left.shape[0], right.shape[0])
    gap = np.full((height, _GAP * CELL, 3), 255, np.uint8)
    parts = []
    for part in (left, right):
        above = (height - part.shape[0]) // 2
        parts.append(np.pad(part, ((above, height - part.shape[0] - above), (0, 0), (0, 0)), constant_values=255))
    return np.concatenate([parts[0], gap, parts[1]], 1)
