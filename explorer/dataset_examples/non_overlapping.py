"""Places of a map that see no pixel in common: the best, the next best that does not overlap it, and so on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.networks.tracing.receptive_fields import Axis, Field


def top_non_overlapping(
    order: NDArray[np.float32], field: Field, count: int
) -> tuple[NDArray[np.float32], NDArray[np.intp], NDArray[np.intp]]:
    """For each channel of `order` (C, h, w) the `count` highest values whose patches don't overlap, falling.

    Values, rows and columns, (C, count) each; a value is −∞ where there are no more.
    """
    channels, height, width = order.shape
    near_rows, near_columns = _near(field.rows, height), _near(field.columns, width)
    remaining, each = order.copy(), np.arange(channels)
    values = np.full((channels, count), -np.inf, np.float32)
    rows, columns = np.zeros((2, channels, count), np.intp)
    for k in range(count):
        rows[:, k], columns[:, k] = np.divmod(remaining.reshape(channels, -1).argmax(1), width)
        row, column = rows[:, k], columns[:, k]
        values[:, k] = remaining[each, row, column]
        remaining[near_rows[row][:, :, None] & near_columns[column][:, None, :]] = -np.inf
    return values, rows, columns


def _near(axis: Axis, length: int) -> NDArray[np.bool_]:
    """For each two of `length` positions along an axis, whether they see a pixel in common: (length, length)."""
    apart = np.abs(np.subtract.outer(np.arange(length), np.arange(length)))
    return np.asarray(apart * axis.stride < max(axis.size, 1))


def inside(field: Field, shape: tuple[int, ...], first: tuple[int, int], side: int) -> NDArray[np.bool_]:
    """Which places of a map from `first` on see at least one pixel, and not padding alone."""

    def seen(axis: Axis, start: int, length: int) -> NDArray[np.bool_]:
        begin = axis.start + (start + np.arange(length)) * axis.stride
        return (np.minimum(begin + axis.size, side) > np.maximum(begin, 0)).astype(np.bool_)

    return np.outer(seen(field.rows, first[0], shape[0]), seen(field.columns, first[1], shape[1]))
