"""Pixels brought to a range and to a size: what every way of decoding ends with."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def fit(size: tuple[int, int], max_side: int) -> tuple[int, int]:
    """A size of the same proportions whose larger side is at most `max_side`."""
    scale = min(1.0, max_side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def shrink(values: NDArray[np.generic], max_side: int, low: float = 0.0, high: float = 1.0) -> NDArray[np.float32]:
    """(H, W) or (H, W, 3) from low … high to RGB in [0, 1], averaged to a larger side ≤ max_side."""
    values = averaged(values, max_side)
    pixels = np.clip((values.astype(np.float32) - np.float32(low)) / np.float32(high - low), 0, 1)
    return pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)


def averaged(values: NDArray[np.generic], max_side: int) -> NDArray[np.generic]:
    """(H, W) or (H, W, C) averaged to a larger side ≤ max_side."""
    size = fit((values.shape[1], values.shape[0]), max_side)
    if values.shape[1::-1] == size:
        return values
    return cv2.resize(np.ascontiguousarray(values), size, interpolation=cv2.INTER_AREA)


def to_unit_range(values: NDArray[np.uint8]) -> NDArray[np.float32]:
    """0 … 255 to the float32 nearest to value/255."""
    return np.divide(values, np.float32(255), dtype=np.float32)


def over_white(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """(H, W, 4) in [0, 1] with straight alpha → (H, W, 3) in front of white."""
    alpha = pixels[..., 3:]
    return pixels[..., :3] * alpha + (1 - alpha)
